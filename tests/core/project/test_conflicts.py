"""Labels that several changed: what the sample makes of them, and what the expert's choice comes to."""

import pytest

from builders.datasets import ANN, EXP, LEA, REV
from builders.teams import BEA, EACH, as_, box, made, shared, work
from labelmend.errors import Refused
from labelmend.project import sampling, verbs
from labelmend.project.merging import merge
from labelmend.project.project import Project
from labelmend.report.progress import overview_of
from labelmend.review.states import Actor


@pytest.fixture
def project(tmp_path):
    """A package was shared; then Ann moved two labels here, and both were drawn by a plan."""
    project = made(tmp_path)
    path = shared(project, "part", [0])
    project.apply(box(0, 12)(project))
    project.apply(box(EACH, 12)(project))
    project = as_(project, LEA)
    project.apply(sampling.draw_planned(project, limit=0.02, sure=0.95, seed=1), op="draw")
    work(path, BEA, box(0, 13))
    assert merge(project, path).conflicts == 1
    return project


def told(project):
    (batch,) = sampling.batches(project)
    of = next(one for one in overview_of(project).finished if one.name == batch.category)
    assert (len(of.open), len(of.wrong)) == (batch.open, batch.wrong)
    return batch.open, batch.wrong


def test_a_drawn_label_that_somebody_changed_is_open_and_not_wrong(project):
    assert told(project) == (2, 0)


@pytest.mark.parametrize(("who", "wrong"), [("Ann", 0), ("Bea", 1)])
def test_what_was_drawn_is_right_when_the_expert_takes_it(project, who, wrong):
    project = as_(project, EXP)
    (issue,) = project.state.versions
    names = [version.who for version in project.state.versions[issue]]
    project.apply(verbs.take_version(project, issue, names.index(who)))
    assert told(project) == (1, wrong)
    assert project.standing(issue).outcome == ("corrected" if wrong else "fix stands")
    project.undo()
    assert told(project) == (2, 0)
    assert len(project.state.versions[issue]) == 2


def test_a_rejection_waits_for_the_expert_with_the_versions(project):
    path = shared(project, "later", [1])
    project = as_(project, REV)
    (issue,) = [one for one in project.state.standings if project.standing(one).status == "in_review"]
    project.apply(verbs.reject(project, issue, reason="too loose"))
    assert told(project) == (1, 1)
    package = Project.open(path, actor=REV)
    package.apply(verbs.approve(package, issue))
    package.close()
    assert merge(project, path).conflicts == 1
    assert told(project) == (2, 0)


def test_issues_of_one_label_are_judged_together(tmp_path):
    project = made(tmp_path)
    first, second = shared(project, "first", [0]), shared(project, "second", [0])
    work(first, ANN, box(0, 12))
    work(second, BEA, box(0, 13))
    merge(project, first)
    merge(project, second)
    states = sorted((one.status, one.outcome) for one in project.state.standings.values())
    assert states == [("conflict", ""), ("decided", "merged")]
    assert not any(sampling.is_wrong(one) for one in project.state.standings.values())


def test_an_expert_decides_on_a_conflict_in_a_package(tmp_path):
    project = made(tmp_path)
    first, second = shared(project, "first", [0]), shared(project, "second", [0])
    work(first, ANN, box(0, 12))
    work(second, BEA, box(0, 13))
    for path in (first, second):
        merge(project, path)
    (issue,) = project.state.versions
    package = Project.open(shared(project, "expert", [0]), actor=EXP)
    assert [one.who for one in package.state.versions[issue]] == ["Ann", "Bea"]
    package.apply(verbs.take_version(package, issue, 1))
    package.close()
    assert merge(project, package.path).conflicts == 0
    assert project.annotation(0).bbox[0] == 13
    assert not project.state.versions


def test_what_the_expert_only_corrected_so_far_is_open_still(project):
    project = as_(project, EXP)
    project.apply(box(0, 20)(project))
    assert told(project) == (2, 0)
    (issue,) = project.state.versions
    project.apply(verbs.decide(project, issue, "corrected"))
    assert told(project) == (1, 1)


@pytest.mark.parametrize("who", [EXP, Actor("Smith, Jo", "annotator")])
def test_whose_version_it_is_does_not_decide(tmp_path, who):
    project = made(tmp_path)
    path = shared(project, "part", [0])
    project.apply(box(0, 12)(project))
    work(path, who, box(0, 13))
    assert merge(project, path).conflicts == 1
    (issue,) = project.state.versions
    assert {version.who for version in project.state.versions[issue]} >= {"Ann"}
    project = as_(project, Actor(who.name, "expert"))
    for number in (0, 1):
        with pytest.raises(Refused, match="your own work"):
            project.apply(verbs.take_version(project, issue, number))
    project = as_(project, Actor("Eve", "expert"))
    project.apply(verbs.take_version(project, issue, 0))


def test_what_is_kept_of_a_conflict_is_the_original(project):
    project = as_(project, EXP)
    (issue,) = project.state.versions
    project.apply(verbs.decide(project, issue, "fix stands"))
    assert project.standing(issue).outcome == "original stands"
    assert told(project) == (1, 1)  # the drawn fix did not stand


def test_a_label_that_was_drawn_unchanged_stands_with_the_original(tmp_path):
    project = made(tmp_path)
    project.apply(box(0, 12)(project))
    (issue,) = project.state.standings
    project.apply(verbs.dismiss(project, issue))
    project = as_(project, LEA)
    project.apply(sampling.draw_planned(project, limit=0.02, sure=0.95, seed=1), op="draw")
    path = shared(project, "part", [0])
    project = as_(project, REV)
    project.apply(verbs.reject(project, issue, reason="too loose"))
    package = Project.open(path, actor=Actor("Rob", "reviewer"))
    package.apply(verbs.approve(package, issue))
    package.close()
    assert merge(project, path).conflicts == 1
    (version,) = project.state.versions[issue]
    assert version.said == (("Ann", "dismissed"), ("Rev", "rejected"), ("Rob", "approved"))
    project = as_(project, EXP)
    project.apply(verbs.decide(project, issue, "original stands"))
    assert (project.standing(issue).outcome, told(project)) == ("fix stands", (0, 0))
    project.undo()
    project.apply(box(0, 20)(project))
    project.apply(verbs.take_version(project, issue, 0))
    assert (project.annotation(0).bbox[0], told(project)) == (10, (0, 0))
