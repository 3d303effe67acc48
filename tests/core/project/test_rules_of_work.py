"""What must never happen to work: lost, doubled, stuck, or let past the review."""

import contextlib
import json

import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV, issue_of, make_project
from labelmend.errors import BadFile, Refused
from labelmend.find.issues import CLASS, LOCATION, concatenate, issues
from labelmend.find.run import Found
from labelmend.project import editing, verbs
from labelmend.project.export import export, plan
from labelmend.project.finding import store_found
from labelmend.project.in_words import changes_in_words, standing_in_words
from labelmend.project.project import Project
from labelmend.project.queues import waiting
from labelmend.project.sampling import draw_sample, is_wrong
from labelmend.project.suggesting import suggestion
from labelmend.review import rules
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

BOB = Actor("Bob", "annotator")


@pytest.fixture
def project(tmp_path):
    project = make_project(tmp_path)
    yield project
    project.close()


def sent_back(project, issue):
    """Rejected by Rev, sent back by Exp; Ann again."""
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=1), op="draw")
    project.work_as(REV)
    project.apply(verbs.reject(project, issue, reason="look again"))
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue, "sent back", comment="look left"))
    project.work_as(ANN)


def test_alike_changes_of_one_issue_are_told_once_with_their_number(project):
    issue = issue_of(project, "duplicate")
    row = project.issues.row_of(issue)
    keys = int(project.issues.annotation[row]), int(project.issues.other[row])
    for key in keys:
        project.apply(editing.delete(project, key, issue=issue))
    name = project.categories.name[project.dataset.annotations.category[keys[0]]]
    assert changes_in_words(project, issue) == f"{name} deleted (2 labels)"


def test_what_was_sent_back_is_not_added_twice(project):
    issue = issue_of(project, "missing")
    project.apply(verbs.accept(project, issue))
    sent_back(project, issue)
    assert suggestion(project, project.issues.row_of(issue)) is None
    project.apply(verbs.accept(project, issue))
    assert project.standing(issue).status == "fixed"
    assert len(plan(project).added) == 1


def test_the_certificate_says_of_what_was_sent_back_that_it_is_not_finished(project, tmp_path):
    issue = issue_of(project, "missing")
    project.apply(verbs.accept(project, issue))
    sent_back(project, issue)
    told = export(project, tmp_path / "out.json").sentences()
    assert "1 label keeps its original (1 not finished)." in told


def test_a_deletion_that_was_sent_back_waits_and_can_be_put_back(project):
    issue = issue_of(project, "spurious")
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    project.apply(verbs.accept(project, issue))
    sent_back(project, issue)
    assert project.issues.row_of(issue) in waiting(project, "fix")
    project.apply(verbs.dismiss(project, issue))
    assert project.annotation(key) is not None
    assert plan(project).changed == {}


@pytest.fixture
def twice(tmp_path):
    """A project in which two issues, 1 and 2, are about annotation 0."""
    project = make_project(tmp_path, find=False)
    place = np.array([[8.0, 12, 76, 66]])
    kinds = [
        issues(kind, np.ones(1), image=0, annotation=0, category=0, bbox=place) for kind in (LOCATION, CLASS)
    ]
    store_found(project, Found(concatenate(kinds), {}))
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=1))
    project.apply(editing.set_category(project, 0, 2, issue=2))
    yield project
    project.close()


def test_putting_back_never_undoes_a_later_fix_of_another_issue(twice):
    with pytest.raises(Refused, match="another issue"):
        verbs.dismiss(twice, 1)
    twice.apply(verbs.dismiss(twice, 2))
    assert twice.annotation(0).category == 0
    assert twice.annotation(0).bbox.tolist() == [20, 20, 60, 50]


def test_a_dismissed_issue_holds_no_other_fix_back(twice):
    twice.apply(verbs.dismiss(twice, 2))
    assert list(plan(twice).changed) == [0]
    assert plan(twice).held_back == {}


def test_a_label_in_review_is_not_changed_meanwhile(project):
    issue = issue_of(project, "location", annotation=0)
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=issue))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=1), op="draw")
    project.work_as(REV)
    project.work_as(ANN)
    with pytest.raises(Refused, match="in review"):
        editing.set_box(project, 0, [1, 2, 30, 40])
    project.work_as(REV)
    project.apply(verbs.approve(project, issue))
    project.work_as(ANN)
    with pytest.raises(Refused, match="no longer"):
        editing.set_box(project, 0, [1, 2, 30, 40])


def test_everybody_who_had_a_hand_in_it_is_kept_from_reviewing_it(project):
    issue = issue_of(project, "location", annotation=0)
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=issue))
    project.work_as(BOB)
    project.apply(editing.set_box(project, 0, [20, 20, 61, 50], issue=issue))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=1), op="draw")
    project.work_as(REV)
    for name in ("Ann", "Bob"):
        project.work_as(Actor(name, "reviewer"))
        assert len(waiting(project, "review")) == 0
        with pytest.raises(Refused, match="own work"):
            verbs.approve(project, issue)


@pytest.fixture
def moved(project):
    """Ann moved a side of label 0, the lead drew it for review; Rev is there."""
    issue = issue_of(project, "location", annotation=0)
    project.apply(editing.set_box(project, 0, [20, 20, 60, 51], issue=issue))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=1), op="draw")
    project.work_as(REV)
    return project, issue


def test_a_reviewer_corrects_and_approves(moved):
    project, issue = moved
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=issue))
    assert (project.standing(issue).status, project.standing(issue).corrected) == ("in_review", "Rev")
    assert project.issues.row_of(issue) in waiting(project, "review")
    assert not is_wrong(project.standing(issue))
    with pytest.raises(Refused, match="undo the correction"):
        verbs.reject(project, issue, reason="too loose")
    project.apply(verbs.approve(project, issue))
    assert project.last_row.title == "approve with a correction"
    assert project.standing(issue).status == "approved"
    assert is_wrong(project.standing(issue))
    assert plan(project).held_back == {}
    assert project.annotation(0).bbox.tolist() == [20, 20, 60, 50]
    assert standing_in_words(project.standing(issue)) == (
        "Fixed by hand by Ann · approved with a correction by Rev"
    )
    assert rules.is_own_work(project.standing(issue), Actor("rev", "expert"))
    project.undo()
    project.undo()
    assert project.annotation(0).bbox.tolist() == [20, 20, 60, 51]
    project.apply(verbs.reject(project, issue, reason="too loose", comment="left side"))
    assert project.standing(issue).reason == "Too loose"
    assert project.story(issue)[-1].comment == "Too loose: left side"


def test_nobody_approves_the_own_correction_of_another_role_and_another_may_reject_it(moved):
    project, issue = moved
    project.apply(editing.set_box(project, 0, [20, 20, 60, 40], issue=issue))
    for name, why in (("Ann", "own work"), ("Exp", None)):
        project.work_as(Actor(name, "reviewer"))
        if why:
            with pytest.raises(Refused, match=why):
                editing.set_box(project, 0, [20, 20, 60, 41], issue=issue)
    project.apply(verbs.reject(project, issue, reason="Cuts the object off"))
    project.work_as(Actor("Rev", "expert"))
    with pytest.raises(Refused, match="own work"):
        verbs.decide(project, issue, "fix stands")
    project.work_as(Actor("Eve", "expert"))
    project.apply(verbs.decide(project, issue, "original stands"))
    assert not project.annotation(0).changed


def test_a_reviewer_corrects_nothing_but_the_sample(moved):
    project, issue = moved
    for key in (1, 7):
        with pytest.raises(Refused, match="not in the review sample"):
            editing.delete(project, key, issue=issue)
    project.work_as(LEA)
    with pytest.raises(Refused, match="Only an annotator can change this label; you work as lead"):
        editing.delete(project, 1)


def test_an_expert_who_corrected_may_still_send_back_or_restore(moved):
    project, issue = moved
    project.apply(verbs.reject(project, issue, reason="a corner is missing"))
    assert (project.standing(issue).reason, project.story(issue)[-1].comment) == ("", "a corner is missing")
    project.work_as(EXP)
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=issue))
    project.apply(verbs.decide(project, issue, "sent back", comment="look at the corner"))
    project.work_as(ANN)
    assert project.standing(issue).status == "flagged"
    project.apply(verbs.accept(project, issue))
    assert set(project.standing(issue).authors) == {"Ann", "Exp"}


def test_undo_reaches_past_what_was_drawn_or_decided(project):
    drawn = issue_of(project, "spurious")
    project.apply(verbs.accept(project, drawn))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=1), op="draw")
    project.work_as(REV)
    project.work_as(ANN)
    assert project.undo_title() is None
    project.apply(verbs.dismiss(project, issue_of(project, "class")))
    assert project.undo_title() == "not an error"
    project.undo()
    assert project.undo_title() is None


def test_an_expert_may_draw_what_is_missing(project):
    issue = issue_of(project, "missing")
    row = project.issues.row_of(issue)
    project.apply(verbs.ambiguous(project, issue))
    project.work_as(EXP)
    image, place = int(project.issues.image[row]), project.issues.bbox[row]
    project.apply(editing.create(project, image, 1, bbox=place, issue=issue))
    project.apply(verbs.decide(project, issue, "corrected"))
    assert project.standing(issue).status == "decided"
    assert len(plan(project).added) == 1


def test_there_must_be_an_image_to_draw_on(project):
    with pytest.raises(Refused, match="no image"):
        editing.create(project, -1, 0, bbox=[1, 2, 3, 4])


def test_an_export_never_lands_on_a_project(project, tmp_path):
    for name in ("test.labelmend", "test.labelmend-wal"):
        with pytest.raises(Refused, match="choose another name"):
            export(project, tmp_path / name, overwrite=True)
    (tmp_path / "other.json").write_bytes(b"SQLite format 3\0 and more")
    with pytest.raises(Refused, match="database"):
        export(project, tmp_path / "other.json", overwrite=True)


def test_an_export_that_cannot_be_certified_is_not_written(project, tmp_path):
    (tmp_path / "out.json").write_text("old")
    (tmp_path / "out.json.certificate.json").mkdir()
    with pytest.raises(Refused, match="folder"):
        export(project, tmp_path / "out.json", overwrite=True)
    assert (tmp_path / "out.json").read_text() == "old"


def test_a_tampered_project_exports_nothing(project, tmp_path):
    project.tampered = "The history was altered."
    with pytest.raises(Refused, match="altered"):
        export(project, tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


def test_damage_is_said_in_a_sentence(tmp_path):
    make_project(tmp_path).close()
    path = tmp_path / "test.labelmend"
    whole = path.read_bytes()
    told = 0
    for start in range(8192, len(whole), 8192):
        path.write_bytes(whole[:start] + bytes(8192) + whole[start + 8192 :])
        with contextlib.suppress(BadFile, Refused):  # anything else fails the test
            Project.open(path).close()
            continue
        told += 1
    assert told > 0


def test_the_pictures_are_found_when_the_project_moves_alone_or_with_them(tmp_path):
    make_project(tmp_path / "a").close()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "test.labelmend").rename(tmp_path / "b" / "test.labelmend")
    project = Project.open(tmp_path / "b" / "test.labelmend")
    assert project.image_path(0).is_file()
    project.close()
    (tmp_path / "b" / "test.labelmend").rename(tmp_path / "a" / "test.labelmend")
    (tmp_path / "a").rename(tmp_path / "c")
    project = Project.open(tmp_path / "c" / "test.labelmend")
    assert project.image_path(0).is_file()
    project.close()


def test_orientation_is_kept(tmp_path):
    project = make_project(tmp_path)
    assert project.orientation == "stored"
    project.set_orientation("turned")
    project.close()
    project = Project.open(tmp_path / "test.labelmend")
    assert project.orientation == "turned"
    assert json.loads(json.dumps(project.name)) == "test.labelmend"
    project.close()
