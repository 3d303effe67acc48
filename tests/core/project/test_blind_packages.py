"""Answers that are given blind in a package come back with it, about labels and about places without one."""

import shutil

import msgspec
import numpy as np
import pytest

from builders.datasets import LEA, REV, faulty, issue_of, make_project
from builders.forging import forged, last
from builders.sheets import answered
from labelmend.errors import Refused
from labelmend.project import editing, looks, sampling, trials, verbs
from labelmend.project.agreeing import agreement_of
from labelmend.project.history import NO_KEY, Decision, Step
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.project.units import units_of
from labelmend.review.opinions import Judged, Opinion
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import FLAGGED, Actor

BEA = Actor("Bea", "annotator")


@pytest.fixture
def project(tmp_path):
    """A class and a missing label were mended and approved; both are judged blind, and in a trial."""
    project = make_project(tmp_path, **faulty())
    for kind in ("class", "missing"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
    project.work_as(REV)
    for kind in ("class", "missing"):
        project.apply(verbs.approve(project, issue_of(project, kind)))
    project.work_as(LEA)
    project.apply(trials.start_trial(project, seed=1), op="draw")
    yield project
    project.close()


def shared(project, images):
    to = project.path.with_name("part.labelmend")
    share(project, to, np.array(images))
    return Project.open(to, actor=BEA)


def add(there, issue):
    return editing.create(there, 0, 1, bbox=[120, 20, 60, 55], issue=issue)


def judge(package, issue, make):
    own = answered(package, issue, make, who="Bea")
    trial = trials.trial_of(package)
    package.apply(trials.take_answer(package, trial, issue, own), op="answer")
    package.apply(looks.take_look(package, issue, own), op="answer")


def test_what_is_judged_blind_in_a_package_is_merged(project):
    loose, missing = issue_of(project, "class"), issue_of(project, "missing")
    package = shared(project, range(12))
    judge(package, loose, verbs.dismiss)
    judge(package, missing, add)
    package.close()
    merged = merge(project, package.path)
    assert merged.conflicts == 0
    assert (project.standing(loose).status, project.standing(missing).status) == ("ambiguous", "approved")
    (pair,) = [one for one in agreement_of(project).pairs if one.how == "second look"]
    assert (pair.one, pair.other, pair.n, pair.agreed) == ("Ann", "Bea", 2, 1)
    assert trials.result(project).people == (("Bea", 2, 1),)


def test_a_part_asks_about_what_is_in_it(project):
    missing = issue_of(project, "missing")
    image = int(project.issues.image[project.issues.row_of(missing)])
    package = shared(project, [image])
    assert looks.waiting(package) == [missing]
    assert [one.issue for one in trials.trial_of(package).asked] == [missing]
    package.close()


def test_places_that_were_judged_blind_have_nothing_to_do_with_each_other():
    def look(issue, key):
        own = Judged("Bea", "fixed", None)
        return Step("look", decisions=(Decision(issue, None, FLAGGED),), opinions=(Opinion(issue, key, own),))

    steps = [look(1, NO_KEY), look(2, NO_KEY), look(3, 7), look(4, 7)]
    units = [sorted(n for kind, n in unit if kind == "issue") for unit in units_of(steps)]
    assert sorted(units) == [[1], [2], [3, 4]]


def test_an_experts_correction_after_a_blind_look_makes_way_for_the_version_that_was_drawn(project):
    loose = issue_of(project, "class")
    key = looks.key_of(project, loose)
    package = shared(project, range(12))
    judge(package, loose, verbs.dismiss)
    drawn = package.record(key)
    package.work_as(Actor("Eve", "expert"))
    package.apply(editing.set_category(package, key, 2, issue=loose))
    package.work_as(Actor("Fay", "expert"))
    (number,) = [n for n, one in enumerate(package.state.versions[loose]) if one.drawn]
    package.apply(verbs.take_version(package, loose, number))
    package.close()
    lie = shutil.copy(package.path, package.path.with_name("lie.labelmend"))
    forged(lie, last(lambda row, step: (row, msgspec.structs.replace(step, edits=()))))
    with pytest.raises(Refused, match="the drawn version stands, but the label is another one"):
        merge(project, lie)
    assert merge(project, package.path).conflicts == 0
    stands = project.standing(loose)
    assert (stands.outcome, stands.corrected, project.record(key)) == ("fix stands", "", drawn)
