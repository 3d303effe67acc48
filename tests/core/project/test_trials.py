"""The trial of the instructions: known answers, judged blind; what comes out; nothing is changed by it."""

import pytest

from builders.datasets import ANN, EXP, LEA, REV, faulty, issue_of, make_project
from builders.sheets import answered
from labelmend.errors import Refused
from labelmend.project import editing, sampling, trials, verbs
from labelmend.project.agreeing import agreement_of
from labelmend.project.instructing import instruct
from labelmend.review.instructions import ClassInstructions, Instructions
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

BEA, CLEO = Actor("Bea", "annotator"), Actor("Cleo", "reviewer")
CAT = ClassInstructions("cat", definition="A small tiger.", include="The tail.")


@pytest.fixture
def project(tmp_path):
    """Known answers: a loose box and a class that were mended, a label that is right, one that is deleted."""
    project = make_project(tmp_path, **faulty())
    for kind in ("location", "class", "duplicate"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.apply(verbs.dismiss(project, issue_of(project, "spurious")))
    project.work_as(LEA)
    project.apply(instruct(project, Instructions(classes=(CAT,))))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
    project.work_as(REV)
    for kind in ("location", "class", "duplicate"):
        project.apply(verbs.approve(project, issue_of(project, kind)))
    project.apply(verbs.reject(project, issue_of(project, "spurious"), reason="there is nothing"))
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue_of(project, "spurious"), "fix stands"))
    project.work_as(LEA)
    yield project
    project.close()


def start(project, **how):
    project.work_as(LEA)
    project.apply(trials.start_trial(project, **how), op="draw")
    return trials.trial_of(project)


def answer(project, actor, kind, make):
    project.work_as(actor)
    issue = issue_of(project, kind)
    own = answered(project, issue, make, who=actor.name)
    step = trials.take_answer(project, trials.trial_of(project), issue, own)
    project.apply(step, op="answer")


def no_error(there, issue):
    return verbs.dismiss(there, issue)


def key_of(there, issue):
    return there.state.notes[issue].annotation


def box(*bbox):
    return lambda there, issue: editing.set_box(there, key_of(there, issue), bbox, issue=issue)


def as_class(row):
    return lambda there, issue: editing.set_category(there, key_of(there, issue), row, issue=issue)


def gone(there, issue):
    return editing.delete(there, key_of(there, issue), issue=issue)


def test_labels_whose_answer_is_known_can_be_asked_about(project):
    assert sorted(trials.known(project)) == sorted(
        issue_of(project, kind) for kind in ("location", "class", "duplicate", "spurious")
    )


def test_the_lead_starts_it_by_a_seed_that_draws_the_same_again(project):
    step = trials.start_trial(project, count=3, seed=7)
    assert step == trials.start_trial(project, count=3, seed=7)
    assert (step.trial.number, len(step.trial.asked), step.trial.seed) == (1, 3, 7)
    assert len(trials.start_trial(project, seed=7).trial.asked) == 4  # all that are known
    project.work_as(ANN)
    with pytest.raises(Refused, match="Only the lead can start a trial"):
        trials.start_trial(project, seed=7)


def test_the_lead_chooses_by_hand(project):
    issue = issue_of(project, "class")
    trial = start(project, issues=[issue, issue])
    assert [(one.issue, one.kind, one.category) for one in trial.asked] == [(issue, "class", "dog")]
    assert "chosen by hand" in project.last_row.title
    with pytest.raises(Refused, match="is not known"):
        trials.start_trial(project, issues=[issue_of(project, "missing")])


@pytest.mark.parametrize(
    ("how", "told"), [({}, "Name a seed"), ({"seed": 1, "count": 0}, "one label at least")]
)
def test_what_cannot_be_started(project, how, told):
    with pytest.raises(Refused, match=told):
        trials.start_trial(project, **how)


def test_without_known_answers_there_is_no_trial(tmp_path):
    project = make_project(tmp_path, actor=LEA, **faulty())
    with pytest.raises(Refused, match="no label whose right answer is known"):
        trials.start_trial(project, seed=1)
    with pytest.raises(Refused, match="No trial of the instructions was started"):
        trials.result(project)
    project.close()


def test_anybody_takes_it_once_and_nothing_of_it_changes_the_labels(project):
    trial = start(project, seed=1)
    records, standings = dict(project.state.records), dict(project.state.standings)
    answer(project, CLEO, "location", no_error)
    assert len(trials.unanswered(project, trial)) == 3
    with pytest.raises(Refused, match="You have answered"):
        answer(project, CLEO, "location", no_error)
    assert (project.state.records, project.state.standings) == (records, standings)
    assert project.undo_title() is None
    project.work_as(ANN)
    assert len(trials.unanswered(project, trial)) == 4


@pytest.mark.parametrize(
    ("kind", "make", "mistake"),
    [
        ("location", box(20, 20, 64, 50), ""),
        ("location", box(11, 13, 74, 64), "another shape than the known one"),
        ("location", no_error, "left as it was; it is to be changed"),
        ("location", gone, "deleted; it is to be changed"),
        ("class", as_class(1), ""),
        ("class", as_class(2), "made bird; it is dog"),
        ("spurious", no_error, ""),
        ("spurious", gone, "deleted; it is right"),
        ("duplicate", gone, ""),
        ("duplicate", no_error, "left as it was; it is to be deleted"),
        ("duplicate", lambda there, i: verbs.ambiguous(there, i), "could not be told; it is to be deleted"),
    ],
)
def test_what_is_right_and_what_is_a_mistake(project, kind, make, mistake):
    start(project, seed=1)
    answer(project, BEA, kind, make)
    (row,) = trials.result(project).of()
    assert (row.kind, row.asked, row.right) == (kind, 1, 0 if mistake else 1)
    assert row.mistakes == (((mistake, 1),) if mistake else ())


@pytest.mark.parametrize(
    ("make", "mistake"),
    [
        (lambda there, i: editing.create(there, 0, 1, bbox=[120, 20, 60, 55], issue=i), ""),
        (no_error, "no label added; one is missing"),
    ],
)
def test_a_label_that_was_missing(tmp_path, make, mistake):
    project = make_project(tmp_path, **faulty())
    issue = issue_of(project, "missing")
    project.apply(verbs.accept(project, issue))
    project.work_as(LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
    project.work_as(REV)
    project.apply(verbs.approve(project, issue))
    start(project, seed=1)
    answer(project, BEA, "missing", make)
    (row,) = trials.result(project).of()
    assert (row.kind, row.right) == ("missing", 0 if mistake else 1)
    assert row.mistakes == (((mistake, 1),) if mistake else ())
    project.close()


def test_the_result_tells_what_is_misunderstood_by_whom_beside_what_is_written(project):
    start(project, seed=1)
    for actor in (ANN, BEA):
        answer(project, actor, "location", no_error)
        answer(project, actor, "class", as_class(1))
    answer(project, BEA, "duplicate", no_error)
    told = trials.result(project)
    assert told.people == (("Ann", 2, 1), ("Bea", 3, 1))
    worst = told.of()[0]
    assert (worst.category, worst.kind, worst.asked, worst.right) == ("cat", "location", 2, 0)
    assert worst.mistakes == (("left as it was; it is to be changed", 2),)
    assert worst.instructions == CAT
    assert [(row.kind, row.right) for row in told.of("Ann")] == [("location", 0), ("class", 1)]
    pair = next(one for one in agreement_of(project).pairs if one.how == "trial")
    assert (pair.one, pair.other, pair.n, pair.agreed) == ("Ann", "Bea", 2, 2)


def test_trials_are_numbered_and_each_has_its_answers(project):
    start(project, seed=1)
    answer(project, BEA, "class", no_error)
    start(project, seed=2)
    answer(project, BEA, "class", as_class(1))
    assert trials.result(project, 1).people == (("Bea", 1, 0),)
    assert trials.result(project).people == (("Bea", 1, 1),)
    with pytest.raises(Refused, match="There is no trial 3: the last one is 2"):
        trials.result(project, 3)


def test_the_answer_counts_that_was_known_when_it_began(project):
    start(project, seed=1)
    project.work_as(EXP)
    issue = issue_of(project, "spurious")
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    project.apply(editing.delete(project, key, issue=issue))  # the expert has changed their mind
    answer(project, BEA, "spurious", no_error)
    assert trials.result(project).people == (("Bea", 1, 1),)
