"""The engine as a script uses it: load, find, check; columns and records."""

import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from pycocotools import mask as coco_mask

import labelmend
from builders.datasets import annotation, faulty, grid, make_project, write_dataset
from labelmend import api
from labelmend.errors import BadFile, Cancelled
from labelmend.find.issues import KINDS
from labelmend.project.listing import write_issues

OUTLINE = [[20, 20, 80, 20, 80, 70, 20, 70]]


def loaded(folder, **dataset):
    annotations, _, detections = write_dataset(folder, **(dataset or faulty()))
    return labelmend.load(annotations, detections=detections)


def test_the_records_and_the_columns_say_the_same(tmp_path):
    data = loaded(tmp_path)
    found = labelmend.find_issues(data)
    records = list(found.records())
    assert len(records) == len(found) == len(found.columns)
    assert [one.score for one in records] == sorted((one.score for one in records), reverse=True)
    assert [one.kind for one in records] == [KINDS[kind] for kind in found.columns.kind]
    assert [one.image_id for one in records] == (data.images.id[found.columns.image]).tolist()
    assert list(found.records(top=3)) == records[:3]
    assert list(found) == records
    with pytest.raises(ValueError, match="from 0 up, not -1"):
        found.records(top=-1)
    assert {"missing", "spurious", "class", "location", "duplicate", "structure"} == {
        one.kind for one in records
    }


def test_every_kind_has_its_suggestion(tmp_path):
    best = {}
    for one in labelmend.find_issues(loaded(tmp_path)).records():
        best.setdefault(one.kind, one)
    assert best["missing"].annotation_id is None
    assert best["missing"].suggestion["fix"] == "create"
    assert best["missing"].suggestion["bbox"] == best["missing"].bbox
    assert best["class"].suggestion == {"fix": "category", "category": "dog", "category_id": 2}
    assert best["location"].annotation_id == 1
    assert best["location"].suggestion["fix"] == "bbox"
    assert best["location"].suggestion["bbox"] == pytest.approx([20, 20, 60, 50], abs=4)
    assert best["duplicate"].suggestion == best["structure"].suggestion == {"fix": "delete"}


def without_ids(listed: str) -> str:
    """A project's list without the issues' ids, which files alone do not give."""
    return re.sub(r'^(?:\{"issue": \d+, |(issue|\d+),)', lambda m: "" if m[1] else "{", listed, flags=re.M)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_files_alone_give_what_a_project_gives_to_the_byte(tmp_path, form):
    project = make_project(tmp_path, **faulty())
    of_project, of_files = io.StringIO(), io.StringIO()
    write_issues(project, of_project, form=form)
    project.close()
    data = labelmend.load(tmp_path / "annotations.json", detections=[tmp_path / "detections.json"])
    labelmend.find_issues(data).write(of_files, form=form)
    assert of_files.getvalue() == without_ids(of_project.getvalue())
    assert of_files.getvalue().count("\n") > 6


def test_masks_are_used_when_both_have_them(tmp_path):
    given = faulty()
    given["annotations"][0]["segmentation"] = OUTLINE
    for one in given["detections"]:
        x, y, w, h = one["bbox"]
        one["segmentation"] = [[x, y, x + w, y, x + w, y + h, x, y + h]]
    project = make_project(tmp_path, **given)
    of_project, of_files = io.StringIO(), io.StringIO()
    write_issues(project, of_project, form="jsonl")
    project.close()
    data = labelmend.load(tmp_path / "annotations.json", detections=tmp_path / "detections.json")
    assert data.detections.masks is not None
    found = labelmend.find_issues(data)
    found.write(of_files)
    assert of_files.getvalue() == without_ids(of_project.getvalue())
    suggested = [(one.annotation_id, one.suggestion or {}) for one in found.records()]
    shown = {key for key, fix in suggested if "segmentation" in fix}
    assert None in shown, "a missing label comes with its mask"
    assert shown <= {None, given["annotations"][0]["id"]}, "of labels that have none the box is mended"
    for key, fix in suggested:
        if key is None:
            low = coco_mask.toBbox(fix["segmentation"])
            np.testing.assert_allclose(low, fix["bbox"], atol=1)


def test_faults_of_detections_are_told_and_are_no_errors_of_labels(tmp_path):
    given = faulty()
    given["detections"][0]["score"] = "high"
    given["detections"][1]["image_id"] = 999
    project = make_project(tmp_path, **given)
    of_project, of_files = io.StringIO(), io.StringIO()
    write_issues(project, of_project, form="jsonl")
    project.close()
    data = labelmend.load(tmp_path / "annotations.json", detections=tmp_path / "detections.json")
    assert {fault.row for fault in data.faults if fault.array == "detections"} == {0, 1}
    labelmend.find_issues(data).write(of_files)
    assert of_files.getvalue() == without_ids(of_project.getvalue())


def test_odd_ids_and_faults_come_through(tmp_path):
    given = faulty()
    given["annotations"].append(annotation("left one", 4, [0, 0, 0, 5]))
    given["annotations"].append(annotation(7, 999, [0, 0, 10, 5]))
    found = labelmend.find_issues(loaded(tmp_path, **given))
    told = [one.reason for one in found.records() if one.image_id is None]
    assert [text for text in told if "is of image 999" in text]
    assert "left one" in [one.annotation_id for one in found.records()]


def test_without_detections_structure_remains(tmp_path):
    annotations, _, _ = write_dataset(tmp_path, **faulty())
    data = labelmend.load(str(annotations))
    assert {one.kind for one in labelmend.find_issues(data).records()} >= {"structure", "duplicate"}
    found = labelmend.check_structure(data)
    assert [one.annotation_id for one in found.records()] == [902]
    assert found.columns.bbox.shape == (1, 4)


def test_a_record_with_two_faults_has_both(tmp_path):
    given = faulty()
    given["annotations"].append(annotation(902, 4, [1, 1, 0, 5]))  # the id is taken, the box is empty
    annotations, _, _ = write_dataset(tmp_path, **given)
    reasons = [one.reason for one in labelmend.check_structure(labelmend.load(annotations)).records()]
    assert sum("same id" in reason for reason in reasons) == 1
    assert sum("no area" in reason for reason in reasons) == 2


def test_what_cannot_be_loaded_is_said(tmp_path):
    annotations, _, detections = write_dataset(tmp_path)
    with pytest.raises(BadFile, match=r"no\.json"):
        labelmend.load(tmp_path / "no.json")
    twice = labelmend.load(annotations, detections=[detections, detections])
    assert (twice.models, len(twice.faults)) == (("detections.json",), 1)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        labelmend.nothing  # noqa: B018


def test_cancelling_stops(tmp_path):
    data = loaded(tmp_path)

    def stop(_done, _total):
        raise Cancelled

    with pytest.raises(Cancelled):
        labelmend.load(tmp_path / "annotations.json", progress=stop)
    with pytest.raises(Cancelled):
        labelmend.find_issues(data, progress=stop)


def test_importing_is_cheap_and_needs_neither_window_nor_project():
    probe = (
        "import sys, labelmend; early = 'numpy' in sys.modules; labelmend.load; "
        "print(early, [name for name in sys.modules if name.startswith("
        "('PySide6', 'labelmend_desktop', 'labelmend.project'))])"
    )
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False []"


def test_the_columns_have_the_shapes_that_are_told(tmp_path):
    data = loaded(tmp_path)
    n = len(data.annotations)
    assert data.annotations.bbox.shape == (n, 4)
    assert data.images.width.dtype == np.float64
    assert data.categories.name == ["cat", "dog", "bird"]
    assert json.loads(data.source.record("annotations", 0))["id"] == data.names.annotation(0) == 1


def test_detections_of_several_models_are_loaded_together(tmp_path):
    data = loaded(tmp_path)
    seen = json.loads((tmp_path / "detections.json").read_text())
    for one in seen:
        one["bbox"][1] += 1
    (tmp_path / "other.json").write_text(json.dumps(seen))
    places = [tmp_path / "detections.json", str(tmp_path / "other.json")]
    both = labelmend.load(tmp_path / "annotations.json", detections=places)
    assert both.models == ("detections.json", "other.json")
    assert np.bincount(both.detections.source).tolist() == [len(data.detections)] * 2
    found = labelmend.find_issues(both)
    assert any("both models see it" in issue.reason for issue in found.records(top=20))


def test_what_a_notebook_shows_fits_one_line(tmp_path):
    data = loaded(tmp_path)
    found = labelmend.find_issues(data)
    assert repr(data).startswith("<Data of annotations.json: 12 images, ")
    assert repr(found).startswith(f"<{len(found)} issues in annotations.json: ")
    assert max(len(repr(data)), len(repr(found)), len(repr(data.source))) < 250
    assert set(labelmend.__all__) <= set(dir(labelmend))


@pytest.mark.parametrize("with_detections", [True, False])
def test_two_classes_in_one_box_are_told_by_their_outlines(tmp_path, with_detections):
    upper, lower = [20, 20, 80, 20, 20, 70], [80, 70, 80, 20, 20, 70]
    dataset = faulty()
    dataset["annotations"] = [
        annotation(1, 1, [20, 20, 60, 50], category=1, segmentation=[upper]),
        annotation(2, 1, [20, 20, 60, 50], category=2, segmentation=[lower]),
        annotation(3, 2, [20, 20, 60, 50], category=1, segmentation=[upper]),
        annotation(4, 2, [20, 20, 60, 50], category=2, segmentation=[upper]),
    ]
    annotations, _, detections = write_dataset(tmp_path, **dataset)
    data = labelmend.load(annotations, detections=detections if with_detections else None)
    doubled = [one for one in labelmend.find_issues(data).records() if one.kind == "duplicate"]
    assert {one.image_id for one in doubled if one.score > 0.01} == {2}


def test_the_errors_and_the_kinds_are_at_hand(tmp_path):
    """Whoever writes a script finds them beside `load`."""
    assert issubclass(labelmend.BadFile, labelmend.LabelmendError)
    assert labelmend.KINDS is KINDS
    assert labelmend.__all__ == api.__all__
    data = loaded(tmp_path)
    with pytest.raises(labelmend.BadFile, match="nowhere is no folder: name the one that"):
        labelmend.find_issues(data, images=tmp_path / "nowhere")
    with pytest.raises(ValueError, match="form is one of jsonl, csv, not xml"):
        labelmend.find_issues(data).write(io.StringIO(), form="xml")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"annotations": {"images": []}},
            "annotations: a path is needed, not dict; write that to a file first",
        ),
        ({"detections": [{"image_id": 1}]}, "detections: a path is needed, not dict"),
        ({"detections": {"annotations": []}}, "detections: a path is needed, not dict"),
    ],
)
def test_what_was_read_already_is_refused_by_name(tmp_path, given, words):
    wanted = {"annotations": write_dataset(tmp_path)[0]} | given
    with pytest.raises(TypeError, match=words):
        labelmend.load(wanted.pop("annotations"), **wanted)


@pytest.mark.parametrize("with_detections", [False, True])
def test_what_is_wrong_with_a_box_is_said_once(tmp_path, with_detections):
    """Nor is a label outside the image odd, a duplicate, off the picture's edges, or unseen, besides."""
    boxes, found = grid(24)
    more = [[900, 100, 20, 20]] * 2 + [[10, 60, 2000, 12]]
    boxes += [annotation(900 + n, 1 + n, box) for n, box in enumerate(more)]
    boxes[-2]["image_id"] = 1  # twice the same
    annotations, pictures, detections = write_dataset(
        tmp_path, annotations=boxes, detections=found, images=24
    )
    data = labelmend.load(annotations, detections=detections if with_detections else None)
    told = {900: [], 901: [], 902: []}
    for one in labelmend.find_issues(data, images=pictures):
        told.get(one.annotation_id, []).append((one.kind, one.reason.split(":")[0].split(",")[0]))
    outside = [("structure", "The whole box lies outside the image.")]
    if with_detections:
        outside += [("spurious", "The whole box lies outside the image")]
    assert told[900] == told[901] == outside
    assert [one for one in told[902] if one[0] == "structure"] == [
        ("structure", "The box reaches out of the image")
    ]
