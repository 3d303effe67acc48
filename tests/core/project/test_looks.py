"""The blind second look: labels as they came, judged by another; what differs goes to the expert."""

from contextlib import closing

import pytest

from builders.datasets import (
    ANN,
    EXP,
    LEA,
    REV,
    annotation,
    detection,
    faulty,
    grid,
    issue_of,
    make_project,
)
from builders.sheets import answered, sheet
from labelmend.errors import Refused
from labelmend.project import editing, looks, sampling, verbs
from labelmend.project.agreeing import agreement_of
from labelmend.project.in_words import versions_in_words
from labelmend.project.instructing import instruct
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.report.progress import overview_of
from labelmend.review.instructions import ClassInstructions, Instructions
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

BEA = Actor("Bea", "annotator")
LOOSE, WRONG_CLASS, NOTHING = "location", "class", "spurious"


@pytest.fixture
def project(tmp_path):
    """Ann has accepted the loose box, the wrong class, the missing label; dismissed that nothing is there."""
    project = make_project(tmp_path, **faulty())
    for kind in (LOOSE, WRONG_CLASS, "missing"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.apply(verbs.dismiss(project, issue_of(project, NOTHING)))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(0.0), seed=4), op="draw")
    yield project
    project.close()


def look(project, kind, make, *, actor=BEA):
    """Judge the label of a kind blind."""
    project.work_as(actor)
    issue = issue_of(project, kind)
    own = answered(project, issue, make, who=actor.name)
    project.apply(looks.take_look(project, issue, own), op="answer")
    return issue


def same_box(there, issue):
    key = there.state.notes[issue].annotation
    return editing.set_box(there, key, [20, 20, 60, 50], issue=issue)


def no_error(there, issue):
    return verbs.dismiss(there, issue)


def test_all_that_was_finished_and_is_in_the_source_waits_for_another(project):
    project.work_as(BEA)
    waits = looks.waiting(project)
    assert {project.issues.kind_of(project.issues.row_of(issue)) for issue in waits} == {
        LOOSE,
        WRONG_CLASS,
        NOTHING,
        "missing",
    }
    project.work_as(ANN)
    assert looks.waiting(project) == []
    assert len(looks.waiting(project, everybody=True)) == 4


def test_the_draw_is_written_down_and_draws_the_same_again(project):
    draw = next(row for row in project.store.history() if row.op == "draw").step().draw
    assert (draw.blind.title, draw.blind.rate, len(draw.blind.drawn)) == ("blind second look", 1.0, 4)
    assert set(draw.blind.frame) <= set(draw.frame)


def test_a_sheet_tells_nothing_of_what_was_said(project):
    project.work_as(LEA)
    told = Instructions(classes=(ClassInstructions("cat", definition="A small tiger."),))
    project.apply(instruct(project, told))
    project.work_as(BEA)
    issue = issue_of(project, LOOSE)
    made = sheet(project, [issue], who="Bea")
    there, (own,) = made.project, made.asked
    row = there.issues.row_of(own)
    key = int(there.issues.annotation[row])
    assert there.detections() is None
    assert there.models == ()
    assert len(there.issues) == 1
    assert there.record(key) == project.original(0)
    assert there.record(key) != project.record(0)
    assert "tiger" in there.state.instructions.of("cat").definition
    assert [entry.actor for entry in there.story(own)] == [""]
    assert "px" not in there.issues.sentence(row)
    assert made.project.actor == Actor("Bea", "annotator")
    there.close()


def test_an_answer_alike_leaves_all_as_it_is(project):
    before = project.record(0)
    issue = look(project, LOOSE, same_box)
    assert project.standing(issue).status == "done"
    assert project.standing(issue).authors == ("Ann", "Bea")
    assert project.record(0) == before
    assert project.last_row.title == "second look: the same"
    assert project.undo_title() is None
    with pytest.raises(Refused, match="does not wait for you"):
        looks.take_look(project, issue, project.state.opinions[0, issue][0].own)


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (LOOSE, no_error),
        (
            LOOSE,
            lambda there, issue: editing.set_box(there, _key(there, issue), [8, 12, 75, 66], issue=issue),
        ),
        (LOOSE, lambda there, issue: verbs.ambiguous(there, issue)),
        (WRONG_CLASS, lambda there, issue: editing.set_category(there, _key(there, issue), 2, issue=issue)),
        (NOTHING, lambda there, issue: editing.delete(there, _key(there, issue), issue=issue)),
    ],
)
def test_another_verdict_class_or_shape_goes_to_the_expert(project, kind, make):
    issue = look(project, kind, make)
    assert project.standing(issue).status == "ambiguous"
    project.work_as(Actor("Bea", "expert"))
    with pytest.raises(Refused, match="own work"):
        verbs.decide(project, issue, "fix stands")
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue, "fix stands"))
    assert project.standing(issue).status == "decided"


@pytest.mark.parametrize(("outcome", "wrong"), [("fix stands", 0), ("original stands", 1)])
def test_a_drawn_label_that_is_seen_otherwise_is_open_until_the_expert_decides(tmp_path, outcome, wrong):
    with closing(make_project(tmp_path, **faulty())) as project:
        project.apply(verbs.accept(project, issue_of(project, LOOSE)))
        project.work_as(LEA)
        project.apply(change_policy(project, Policy(blind=1.0)))
        project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
        project.work_as(REV)
        project.apply(verbs.approve(project, issue_of(project, LOOSE)))
        issue = look(project, LOOSE, no_error)
        (every, _) = overview_of(project).finished
        assert (every.open.tolist(), len(every.wrong)) == ([issue], 0)
        assert sampling.is_open(project.standing(issue))
        assert not sampling.is_wrong(project.standing(issue))
        project.work_as(EXP)
        project.apply(verbs.decide(project, issue, outcome))
        (every, _) = overview_of(project).finished
        assert (len(every.open), len(every.wrong)) == (0, wrong)


def _key(there, issue):
    return there.state.notes[issue].annotation


def test_the_expert_takes_either_version(project):
    issue = look(project, WRONG_CLASS, no_error)
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    versions = project.state.versions[issue]
    assert [one.who for one in versions] == ["Ann", "Bea"]
    project.work_as(EXP)
    project.apply(verbs.take_version(project, issue, 1))
    assert project.record(key) == project.original(key)
    assert project.standing(issue).status == "decided"


def test_only_annotators_look_and_not_at_what_is_doubted_already(project):
    issue = issue_of(project, LOOSE)
    own = answered(project, issue, no_error, who="Rev")
    project.work_as(REV)
    with pytest.raises(Refused, match="Only an annotator can take a second look"):
        looks.take_look(project, issue, own)
    look(project, LOOSE, no_error)
    project.work_as(Actor("Cleo", "annotator"))
    assert issue not in looks.waiting(project)


def test_what_was_handed_in_is_closed(project):
    issue = issue_of(project, LOOSE)
    made = sheet(project, [issue], who="Bea")
    (own,) = made.asked
    assert made.answer(own) is None
    assert made.left == 1
    made.project.apply(verbs.dismiss(made.project, own))
    assert made.answer(own).verdict == "dismissed"
    made.hand_in(own)
    assert made.answer(own) is None
    assert made.left == 0
    assert made.project.undo_title() is None
    made.project.close()


def test_only_the_label_in_question_is_changed_on_a_sheet(project):
    made = sheet(project, [issue_of(project, LOOSE)], who="Bea")
    (own,) = made.asked
    made.require_asked(editing.delete(made.project, _key(made.project, own), issue=own))
    with pytest.raises(Refused, match="Only the label that is asked about"):
        made.require_asked(editing.delete(made.project, 3))
    made.project.close()


def test_agreement_and_who_followed_the_model(project):
    look(project, LOOSE, same_box)
    look(project, WRONG_CLASS, no_error)
    nothing = look(project, NOTHING, no_error)
    assert project.standing(nothing).status == "done"
    told = agreement_of(project)
    (pair,) = told.pairs
    assert (pair.one, pair.other, pair.how, pair.n, pair.agreed) == ("Ann", "Bea", "second look", 3, 2)
    assert (pair.classes.n, pair.classes.observed) == (3, pytest.approx(2 / 3))
    assert pair.shapes.median == pytest.approx(1.0)
    assert "2 of 3 verdicts alike" in pair.sentence
    # The loose box: both as the model says; the class: only who saw it; of the box without area none speaks.
    assert (told.followed.both, told.followed.seen_only, told.followed.blind_only) == (1, 1, 0)
    assert told.followed.neither == 0
    assert told.looks_left == 1


def add(*bbox, category=1):
    return lambda there, issue: editing.create(there, 0, category, bbox=bbox, issue=issue)


def test_a_place_where_a_label_was_missing_is_shown_without_what_the_model_saw(project):
    issue = issue_of(project, "missing")
    place = project.issues.bbox[project.issues.row_of(issue)]
    made = sheet(project, [issue], who="Bea")
    (own,) = made.asked
    row = made.project.issues.row_of(own)
    w, h = made.project.issues.bbox[row][2:]
    assert (w, h) == pytest.approx((1.5 * place[2], 1.5 * place[3]))
    assert made.project.issues.category[row] == -1
    assert looks.stands(project, issue) is not None
    assert len(made.project.annotations_of(0)) == 5
    with pytest.raises(Refused, match="Only the label that is asked about"):
        made.require_asked(editing.create(made.project, 0, 1, bbox=[300, 200, 9, 9], issue=own))
    made.project.close()


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (add(120, 20, 60, 55), "done"),
        (add(120, 20, 60, 55, category=2), "ambiguous"),
        (add(120, 20, 30, 55), "ambiguous"),
        (no_error, "ambiguous"),
    ],
)
def test_a_missing_label_is_added_blind_or_not(project, make, status):
    issue = look(project, "missing", make)
    assert project.standing(issue).status == status
    told = agreement_of(project)
    assert (told.followed.both, told.followed.seen_only) == ((0, 1) if make is no_error else (1, 0))


def added(project, issue):
    image = int(project.issues.image[project.issues.row_of(issue)])
    return [one.bbox.tolist() for one in project.annotations_of(image) if one.key < 0]


@pytest.mark.parametrize("make", [no_error, add(120, 20, 30, 55)])
def test_the_expert_takes_a_label_that_was_missing_with_or_without(project, make):
    issue = look(project, "missing", make)
    (of_ann,) = added(project, issue)
    project.work_as(EXP)
    assert [one.who for one in project.state.versions[issue]] == ["Ann", "Bea"]
    project.apply(verbs.take_version(project, issue, 1))
    assert added(project, issue) == ([] if make is no_error else [[120, 20, 30, 55]])
    project.undo()
    project.apply(verbs.take_version(project, issue, 0))
    assert added(project, issue) == [of_ann]


def test_opinions_are_there_after_opening_again(project):
    look(project, LOOSE, same_box)
    before = agreement_of(project)
    path = project.path
    project.close()
    again = Project.open(path, actor=BEA)
    assert agreement_of(again) == before
    assert len(looks.waiting(again)) == 3
    again.close()


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("labels", "seen", "told"),
    [
        ([[400, 50, 124, 60]], [[400, 50, 60, 60], [464, 50, 60, 60]], "added"),
        ([[400, 50, 70, 60], [470, 50, 50, 60]], [[400, 50, 120, 60]], "deleted"),
    ],
)
def test_a_fix_of_several_labels_is_taken_whole_or_not_at_all(tmp_path, labels, seen, told, number):
    """Ann takes a label over two objects apart, or joins two of one; Bea sees no error in it."""
    annotations, detections = grid()
    annotations += [annotation(900 + k, 2, box) for k, box in enumerate(labels)]
    detections += [detection(2, box, score=0.97) for box in seen]
    given = {"annotations": annotations, "detections": detections, "size": (640, 240)}
    with closing(make_project(tmp_path, **given)) as project:
        before = there(project)
        issue = issue_of(project, LOOSE)
        project.apply(verbs.accept(project, issue))
        after = there(project)
        assert len(after) != len(before)
        project.work_as(LEA)
        project.apply(change_policy(project, Policy(blind=1.0)))
        project.apply(sampling.draw_sample(project, Rates(0.0), seed=4), op="draw")
        look(project, LOOSE, no_error)
        words = versions_in_words(project, issue)
        assert told in words[0]
        assert words[1] == "changed nothing"
        project.work_as(EXP)
        project.apply(verbs.take_version(project, issue, number))
        assert there(project) == (after if number == 0 else before)


def there(project):
    return {one.key: project.record(one.key) for one in project.annotations_of(1)}
