"""Edits, verdicts, review, undo and export on a small project, through the engine."""

import json

import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV, annotation, faulty, issue_of, make_project
from labelmend.errors import Refused
from labelmend.find.issues import LOCATION, SET_BBOX, issues
from labelmend.find.run import Found, run_find
from labelmend.project import editing, verbs
from labelmend.project.export import export
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.project import Project
from labelmend.project.sampling import draw_sample
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor


def exported(project, folder, **options):
    certificate = export(project, folder / "out.json", overwrite=True, **options)
    return certificate, json.loads((folder / "out.json").read_text())


def counts(certificate):
    return certificate.added, certificate.deleted, certificate.changed, certificate.held_back


def test_an_export_without_edits_is_the_source(tmp_path):
    project = make_project(tmp_path)
    certificate, _ = exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "annotations.json").read_bytes()
    assert certificate.identical == certificate.annotations_before
    assert certificate.sha256_export == certificate.sha256_source
    project.close()


def test_every_kind_of_error_is_found(tmp_path):
    project = make_project(tmp_path)
    assert set(project.issues.counts()) >= {
        "missing",
        "spurious",
        "class",
        "location",
        "duplicate",
        "structure",
    }
    project.close()


def test_accept_creates_deletes_and_changes(tmp_path):
    project = make_project(tmp_path)
    missing, spurious, duplicate = (issue_of(project, kind) for kind in ("missing", "spurious", "duplicate"))
    wrong = issue_of(project, "class")
    for issue in (missing, spurious, duplicate, wrong):
        project.apply(verbs.accept(project, issue))
        assert project.standing(issue).status == "fixed"
    certificate, file = exported(project, tmp_path)
    before = json.loads((tmp_path / "annotations.json").read_text())
    assert (certificate.added, certificate.deleted, certificate.changed) == (1, 2, 1)
    assert len(file["annotations"]) == len(before["annotations"]) - 1
    assert file["annotations"][-1]["id"] == 903
    relabelled = next(one for one in file["annotations"] if one["id"] == 8)
    assert relabelled == next(one for one in before["annotations"] if one["id"] == 8) | {"category_id": 2}
    project.close()


def test_undo_and_redo_survive_a_restart(tmp_path):
    project = make_project(tmp_path)
    project.apply(editing.set_box(project, 3, [30, 40, 50, 60]))
    project.apply(editing.delete(project, 4))
    project.undo()
    project.close()
    project = Project.open(tmp_path / "test.labelmend", actor=ANN)
    assert (project.undo_title(), project.redo_title()) == ("move the box", "delete the label")
    project.redo()
    assert project.annotation(4) is None
    project.undo()
    project.undo()
    assert project.undo_title() is None
    exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "annotations.json").read_bytes()
    with pytest.raises(Refused, match="nothing to undo"):
        project.undo()
    project.close()


def test_undo_takes_back_the_verdict_with_the_edit(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    project.apply(verbs.accept(project, issue))
    project.undo()
    assert project.standing(issue).status == "flagged"
    assert project.issues.status_of(project.issues.row_of(issue)) == "flagged"
    project.close()


def test_an_edit_by_hand_fixes_the_issue_it_is_about(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "location", annotation=0)
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=issue))
    assert project.standing(issue).verdict == "fixed"
    project.apply(editing.set_box(project, 0, [20, 20, 61, 50], issue=issue))
    project.apply(verbs.dismiss(project, issue))
    assert project.annotation(0).bbox.tolist() == [8, 12, 76, 66]
    project.close()


def test_an_edit_that_no_issue_is_about_is_noted(tmp_path):
    project = make_project(tmp_path)
    before = len(project.issues)
    project.apply(editing.create(project, 2, 1, bbox=[200, 100, 30, 40]))
    row = len(project.issues) - 1
    assert (before + 1, project.issues.kind_of(row), project.issues.status_of(row)) == (
        row + 1,
        "missing",
        "fixed",
    )
    project.undo()
    assert project.issues.status_of(row) is None
    project.redo()
    assert project.issues.status_of(row) == "fixed"
    project.close()


def test_a_box_takes_its_polygon_along(tmp_path):
    square = [[10, 10, 30, 10, 30, 40, 10, 40]]
    dataset = {"annotations": [annotation(1, 1, [10, 10, 20, 30], segmentation=square)], "detections": []}
    project = make_project(tmp_path, find=False, detections_given=False, **dataset)
    project.apply(editing.set_box(project, 0, [20, 20, 40, 30]))
    _, file = exported(project, tmp_path)
    [one] = file["annotations"]
    assert one["bbox"] == [20, 20, 40, 30]
    assert one["segmentation"] == [[20, 20, 60, 20, 60, 50, 20, 50]]
    assert one["area"] == 1200
    project.apply(editing.set_polygons(project, 0, (np.array([[0.0, 0], [10, 0], [0, 10]]),)))
    _, file = exported(project, tmp_path)
    assert file["annotations"][0]["bbox"] == [0, 0, 10, 10]
    assert file["annotations"][0]["area"] == 50
    project.close()


def test_back_at_the_old_values_is_back_at_the_old_bytes(tmp_path):
    project = make_project(tmp_path)
    project.apply(editing.set_box(project, 3, [30, 40, 50, 60]))
    project.apply(editing.set_box(project, 3, project.read_annotation(3, project.original(3)).bbox))
    assert project.record(3) == project.original(3)
    assert not project.annotation(3).changed
    project.close()


def test_find_again_keeps_every_verdict(tmp_path):
    project = make_project(tmp_path)
    dismissed, accepted = issue_of(project, "class"), issue_of(project, "spurious")
    nothing = issue_of(project, "missing")
    project.apply(verbs.dismiss(project, dismissed))
    project.apply(verbs.accept(project, accepted))
    project.apply(verbs.dismiss(project, nothing))
    sentence = project.issues.sentence(project.issues.row_of(nothing))
    store_found(project, run_find(find_inputs(project)))
    assert project.issues.sentence(project.issues.row_of(nothing)) == sentence
    table = project.issues
    states = {int(i): table.status_of(row) for row, i in enumerate(table.id)}
    assert states[dismissed] == states[nothing] == "dismissed"
    assert states[accepted] == "fixed"
    place = table.bbox[table.row_of(nothing)]
    again = [
        row
        for row in table.rows_in("fix")
        if table.kind_of(row) == "missing" and (table.bbox[row] == place).all()
    ]
    assert again == []
    assert len(set(table.id.tolist())) == len(table)
    project.close()
    project = Project.open(tmp_path / "test.labelmend")
    assert project.standing(dismissed).status == "dismissed"
    project.close()


def test_review_reject_and_expert(tmp_path):
    project = make_project(tmp_path)
    issues = [issue_of(project, kind) for kind in ("missing", "spurious", "class")]
    for issue in issues:
        project.apply(verbs.accept(project, issue))
    unclear = issue_of(project, "duplicate")
    project.apply(verbs.ambiguous(project, unclear, comment="blurred"))
    with pytest.raises(Refused, match="Only the lead"):
        draw_sample(project, Rates(1), seed=1)
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=1), op="draw")
    project.work_as(REV)
    assert {project.standing(issue).status for issue in issues} == {"in_review"}
    project.apply(verbs.approve(project, issues[0]))
    project.apply(verbs.reject(project, issues[1], reason="there is a bird"))
    project.apply(verbs.reject(project, issues[2], reason="a cat"))
    certificate, _ = exported(project, tmp_path)
    assert counts(certificate) == (1, 0, 0, 2)
    certificate, _ = exported(project, tmp_path, every_fix=True)
    assert (certificate.added, certificate.deleted, certificate.changed) == (1, 1, 1)
    project.work_as(EXP)
    project.apply(verbs.decide(project, issues[1], "fix stands"))
    project.apply(verbs.decide(project, issues[2], "original stands", comment="a cat indeed"))
    project.apply(verbs.decide(project, unclear, "sent back", comment="zoom in"))
    certificate, _ = exported(project, tmp_path)
    assert counts(certificate) == (1, 1, 0, 0)
    assert project.standing(unclear).status == "flagged"
    told = [(entry.actor, entry.comment) for entry in project.story(issues[2])]
    assert told == [("Ann", ""), ("Lea", ""), ("Rev", "a cat"), ("Exp", "a cat indeed")]
    project.close()


def test_what_is_not_drawn_is_done(tmp_path):
    project = make_project(tmp_path)
    for kind in ("missing", "spurious", "class", "duplicate"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.work_as(LEA)
    changes = project.apply(draw_sample(project, Rates(0.5), seed=3), op="draw")
    assert len(changes.issues) == 4
    states = sorted(project.standing(issue).status for issue in changes.issues)
    assert states == ["done", "done", "in_review", "in_review"]
    with pytest.raises(Refused, match="nothing to review"):
        draw_sample(project, Rates(0.5), seed=3)
    assert project.undo_title() is None
    project.close()


def test_the_expert_corrects_by_hand(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "location", annotation=0)
    project.apply(verbs.ambiguous(project, issue))
    project.work_as(EXP)
    with pytest.raises(Refused, match="corrected nothing here"):
        verbs.decide(project, issue, "corrected")
    project.apply(editing.set_box(project, 0, [21, 21, 59, 49], issue=issue))
    assert project.standing(issue).status == "ambiguous"
    project.apply(editing.set_box(project, 0, [21, 21, 59, 48], issue=issue))
    project.apply(verbs.decide(project, issue, "fix stands"))
    assert project.standing(issue).outcome == "corrected"
    certificate, _ = exported(project, tmp_path)
    assert certificate.changed == 1
    project.close()


def test_a_reviewer_changes_no_label_but_those_in_review(tmp_path):
    project = make_project(tmp_path, actor=REV)
    with pytest.raises(Refused, match="not in the review sample"):
        editing.delete(project, 3)
    project.close()


def test_undo_is_of_ones_own_steps(tmp_path):
    project = make_project(tmp_path)
    project.apply(editing.delete(project, 3))
    project.work_as(Actor("Bob", "annotator"))
    assert project.undo_title() is None
    project.work_as(Actor(" ann", "annotator"))
    assert project.undo_title() == "delete the label"
    project.close()


def test_a_step_that_no_longer_fits_is_refused(tmp_path):
    project = make_project(tmp_path)
    late = editing.delete(project, 3)
    project.apply(editing.set_box(project, 3, [30, 40, 50, 60]))
    rows = len(project.store.history())
    with pytest.raises(Refused, match="no longer fits"):
        project.apply(late)
    assert len(project.store.history()) == rows
    project.close()


def test_faults_of_the_import_are_structure_issues(tmp_path):
    dataset = faulty()
    dataset["annotations"].append(annotation(950, 77, [1, 1, 5, 5]))
    dataset["annotations"].append(annotation(951, 1, [1, 1, 5, 5]) | {"bbox": ["a", 1, 2, 3]})
    project = make_project(tmp_path, **dataset)
    told = [
        project.issues.sentence(row)
        for row in range(len(project.issues))
        if project.issues.kind_of(row) == "structure"
    ]
    assert any("id 950" in text and "77" in text for text in told)
    assert any("id 951" in text and "four finite numbers" in text for text in told)
    issue = issue_of(project, "structure", annotation=len(dataset["annotations"]) - 1)
    project.apply(verbs.dismiss(project, issue))
    store_found(project, run_find(find_inputs(project)))
    again = [row for row in project.issues.rows_in("fix") if "id 951" in project.issues.sentence(row)]
    assert again == []
    project.close()


def test_the_finder_sees_the_labels_as_they_stand(tmp_path):
    project = make_project(tmp_path)
    key = project.new_key()
    project.apply(editing.create(project, 2, 1, bbox=[200, 100, 30, 40]))
    project.apply(editing.delete(project, 5))
    project.apply(editing.set_box(project, 6, [1, 2, 30, 40]))
    labels = find_inputs(project).labels
    assert 5 not in labels.key
    assert labels.bbox[labels.key == key].tolist() == [[200, 100, 30, 40]]
    assert labels.bbox[labels.key == 6].tolist() == [[1, 2, 30, 40]]
    assert len(labels.key) == len(project.dataset.annotations.id)
    project.close()


def test_a_polygon_is_kept_in_a_file_of_boxes(tmp_path):
    plain = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40]}
    project = make_project(tmp_path, find=False, detections_given=False, annotations=[plain], detections=[])
    triangle = np.array([[10.0, 10], [40, 10], [10, 50]])
    project.apply(editing.create(project, 0, 1, polygons=(triangle,)))
    project.apply(editing.create(project, 0, 1, bbox=[5, 5, 10, 10]))
    _, file = exported(project, tmp_path)
    assert file["annotations"][1] == {
        "id": 2, "image_id": 1, "category_id": 2, "bbox": [10, 10, 30, 40],
        "segmentation": [[10, 10, 40, 10, 10, 50]],
    }  # fmt: skip
    assert file["annotations"][2] == {"id": 3, "image_id": 1, "category_id": 2, "bbox": [5, 5, 10, 10]}
    project.close()


def test_the_first_annotation_of_a_file_without_any(tmp_path):
    project = make_project(tmp_path, find=False, detections_given=False, annotations=[], detections=[])
    project.apply(editing.create(project, 3, 2, bbox=[5.25, 5, 10, 10]))
    _, file = exported(project, tmp_path)
    [one] = file["annotations"]
    assert (one["id"], one["image_id"], one["category_id"], one["bbox"]) == (1, 4, 3, [5.25, 5, 10, 10])
    assert one["area"] == 100
    project.close()


def test_a_record_that_holds_nan_can_be_edited(tmp_path):
    odd = annotation(1, 1, [1, 2, 30, 40], score=float("nan"), text="\ud800")
    project = make_project(tmp_path, find=False, detections_given=False, annotations=[odd], detections=[])
    project.apply(editing.set_box(project, 0, [2, 2, 30, 40]))
    project.apply(editing.create(project, 0, 1, bbox=[5, 5, 10, 10]))
    exported(project, tmp_path)
    written = (tmp_path / "out.json").read_text()
    assert '"bbox": [2, 2, 30, 40]' in written
    assert "NaN" in written
    project.close()


def test_a_mask_is_replaced_by_the_models(tmp_path):
    height, width = 240, 320
    label = {"size": [height, width], "counts": [20, 30, height * width - 50]}
    model = {"size": [height, width], "counts": [20, 30, 210, 30, height * width - 290]}
    one = annotation(1, 1, [0, 20, 1, 30], segmentation=label)
    seen = {"image_id": 1, "category_id": 1, "bbox": [0, 20, 2, 30], "score": 0.9, "segmentation": model}
    project = make_project(tmp_path, find=False, annotations=[one], detections=[seen])
    found = issues(
        LOCATION, np.ones(1), image=0, annotation=0, detection=0, category=0, fix=SET_BBOX,
        bbox=np.array([0.0, 20, 1, 30]), fix_bbox=np.array([0.0, 20, 2, 30]),
    )  # fmt: skip
    store_found(project, Found(found, {}))
    project.apply(verbs.accept(project, int(project.issues.id[0])))
    _, file = exported(project, tmp_path)
    [written] = file["annotations"]
    assert (written["bbox"], written["area"]) == ([0, 20, 2, 30], 60)
    assert written["segmentation"] == model, "in the form that the label's mask had"
    project.close()


def test_what_stood_does_not_change_with_what_is_done_later(tmp_path):
    project = make_project(tmp_path, **faulty())
    issue = issue_of(project, "location")
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    stood = project.still()
    before = stood.record(key)
    project.apply(verbs.accept(project, issue))
    project.apply(editing.delete(project, 3))
    assert stood.record(key) == before
    assert stood.standing(issue).status == "flagged"
    assert stood.state.before(issue) == {}
    assert stood.state.issues_touching(key) == []
    assert stood.state.rows_about.get(issue, ()) == ()
    assert project.state.issues_touching(key) == [issue]
    project.undo()
    assert project.state.before(issue) == {key: before}
    project.close()


def test_a_project_that_is_closed_again_lets_nothing_go_that_is_somebody_elses(tmp_path):
    project = make_project(tmp_path, find=False)
    path = project.path
    project.close()
    other = Project.open(path, actor=Actor("Bea", "annotator"))
    project.close()
    with pytest.raises(Refused, match="by Bea"):
        Project.open(path)
    other.apply(editing.delete(other, 0))
    other.close()
    assert not path.with_name(f"{path.name}.open").exists()
