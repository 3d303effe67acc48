"""Packages in which somebody wrote what the window lets nobody do: each is refused, with the reason."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV, faulty, issue_of, make_project
from builders.forging import forged, last
from builders.sheets import answered
from builders.teams import BEA, EACH, as_, box, made, shared, work
from labelmend.errors import Refused
from labelmend.project import looks, sampling, trials, verbs
from labelmend.project.history import Took
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

with_ = msgspec.structs.replace
ROB = Actor("Rob", "reviewer")


@pytest.fixture
def drawn(tmp_path):
    """A label is in review, by a second reviewer too; another was rejected; the package has both."""
    project = made(tmp_path)
    for key in (0, EACH):
        project.apply(box(key, 12)(project))
    project = as_(project, LEA)
    project.apply(change_policy(project, Policy(second=1.0)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    (first, second) = sorted(project.state.standings)
    project = as_(project, REV)
    project.apply(verbs.reject(project, second, reason="Too loose"))
    path = shared(project, "part", [0, 1])
    return project, path, first, second


def refused(project, path, words):
    before = project.last_row.hash
    with pytest.raises(Refused, match=f"is not merged: row .*{words}"):
        merge(project, path)
    assert project.last_row.hash == before


@pytest.mark.parametrize(
    "change",
    [
        lambda row, step: (replace(row, op="anew", of=1), step),
        lambda row, step: (row, with_(step, took=Took(1, 1, 1, (0,), b"what nobody vetted"))),
    ],
)
def test_a_package_is_no_merge_of_others(tmp_path, change):
    project = made(tmp_path)
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 30))
    forged(path, last(change))
    refused(project, path, "done in the project itself")


def decision(change):
    """Change the decision of the last step alone."""
    return last(lambda row, step: (row, with_(step, decisions=(change(step.decisions[0]),))))


def after(**fields):
    return decision(lambda one: with_(one, after=with_(one.after, **fields)))


def by_the_annotator(row, step):
    (one,) = step.decisions
    own = with_(one, after=with_(one.after, first=ANN.name, reviewer=ANN.name))
    return replace(row, actor=ANN.name), with_(step, decisions=(own,))


def reject(package, issue, _other):
    return verbs.reject(package, issue, reason="no")


def approve(package, issue, _other):
    return verbs.approve(package, issue)


def send_back(package, _issue, other):
    return verbs.decide(package, other, "sent back", comment="zoom in")


def original(package, _issue, other):
    return verbs.decide(package, other, "original stands")


def stands(package, _issue, other):
    return verbs.decide(package, other, "fix stands")


FORGERIES = [
    (REV, reject, decision(lambda one: with_(one, comment="")), "A rejection needs a reason"),
    (REV, reject, after(reason="Because"), "that the lead does not list"),
    (REV, reject, after(reviewer="Rob"), "may make"),
    (REV, approve, after(status="approved"), "may make"),
    (REV, approve, after(second=False, status="approved", first=""), "may make"),
    (REV, approve, last(by_the_annotator), "own work"),
    (EXP, send_back, decision(lambda one: with_(one, comment=" ")), "write a comment"),
    (EXP, original, last(lambda row, step: (row, with_(step, edits=()))), "the label is another one"),
    (EXP, stands, after(outcome="corrected"), "You have corrected nothing"),
    (EXP, stands, after(outcome=""), "may make|corrected nothing"),
    (REV, reject, last(lambda row, step: (row, with_(step, own=step))), "said to be the same"),
]


@pytest.mark.parametrize(("who", "act", "forgery", "words"), FORGERIES)
def test_a_verdict_that_the_window_refuses(drawn, who, act, forgery, words):
    project, path, first, second = drawn
    package = Project.open(path, actor=who)
    package.apply(act(package, first, second))
    package.close()
    forged(path, forgery)
    refused(project, path, words)


def test_nobody_is_both_reviewers_of_a_label(drawn):
    project, path, first, _second = drawn
    for who in (REV, ROB):
        package = Project.open(path, actor=who)
        package.apply(verbs.approve(package, first))
        package.close()

    def twice(row, step):
        (one,) = step.decisions
        return replace(row, actor=REV.name), with_(
            step, decisions=(with_(one, after=with_(one.after, reviewer=REV.name)),)
        )

    forged(path, last(twice))
    refused(project, path, "a second person has to look at it")


def test_who_approves_changes_no_label_with_it(drawn):
    project, path, first, _second = drawn
    package = Project.open(path, actor=REV)
    key = next(iter(package.state.before(first)))
    step = box(key, 50)(package)
    package.apply(verbs.approve(package, first))
    package.close()
    forged(path, last(lambda row, given: (row, with_(given, edits=step.edits))))
    refused(project, path, "by a change of the label")


def test_an_annotator_leaves_alone_what_is_in_review(drawn):
    project, path, _first, _second = drawn
    package = Project.open(path, actor=BEA)
    package.apply(box(1, 70)(package))
    now = package.record(0)
    package.close()

    def the_drawn_one(row, step):
        after = now.replace(b"[12", b"[70")
        return row, with_(step, edits=(with_(step.edits[0], key=0, before=now, after=after),))

    forged(path, last(the_drawn_one))
    refused(project, path, "in review or before the expert elsewhere")


# ---------------------------------------------------------------- what is judged blind
@pytest.fixture
def looked(tmp_path):
    """A label of a wrong class was mended; Bea judges it blind in a package, and takes the trial there."""
    project = make_project(tmp_path, **faulty())
    issue = issue_of(project, "class")
    project.apply(verbs.accept(project, issue))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
    project.work_as(REV)
    project.apply(verbs.approve(project, issue))
    project.work_as(LEA)
    project.apply(trials.start_trial(project, seed=1), op="draw")
    path = tmp_path / "part.labelmend"
    share(project, path, np.arange(12))
    yield project, path, issue
    project.close()


def alike(row, step):
    (one,) = step.decisions
    return row, with_(step, versions=(), decisions=(with_(one, after=with_(one.after, status="approved")),))


def of_the_first(row, step):
    (one,) = step.opinions
    first = with_(one.first, verdict="dismissed")
    return row, with_(step, opinions=(with_(one, first=first),))


def in_other_words(row, step):
    return row, with_(step, versions=tuple(with_(one, said=(("Ann", "ambiguous"),)) for one in step.versions))


@pytest.mark.parametrize(
    ("forgery", "words"),
    [
        (last(alike), "no second look makes"),
        (last(of_the_first), "what the first one made"),
        (last(in_other_words), "that nobody made"),
        (last(lambda row, step: (row, with_(step, decisions=()))), "what they were not asked"),
        (last(lambda row, step: (replace(row, role="reviewer"), step)), "Only an annotator"),
        (lambda pairs: [*pairs, pairs[-1]], "what they were not asked"),
    ],
)
def test_a_second_look_that_nobody_took(looked, forgery, words):
    project, path, issue = looked
    package = Project.open(path, actor=BEA)
    own = answered(package, issue, verbs.dismiss, who="Bea")
    package.apply(looks.take_look(package, issue, own), op="answer")
    package.close()
    forged(path, forgery)
    refused(project, path, words)


def test_a_trial_is_answered_once(looked):
    project, path, issue = looked
    package = Project.open(path, actor=BEA)
    own = answered(package, issue, verbs.dismiss, who="Bea")
    package.apply(trials.take_answer(package, trials.trial_of(package), issue, own), op="answer")
    package.close()
    forged(path, lambda pairs: [*pairs, pairs[-1]])
    refused(project, path, "what they were not asked")
