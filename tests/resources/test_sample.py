"""The sample project is what its script makes, and holds the errors it says it holds."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools import mask as rle
from pycocotools.coco import COCO

import labelmend_resources as resources
from labelmend.review import instructions_file

PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.fixture(scope="module")
def sample():
    return Path(str(resources.sample_files()))


@pytest.fixture(scope="module")
def maker():
    sys.path.insert(0, str(PACKAGING))
    import make_sample

    yield make_sample
    sys.path.remove(str(PACKAGING))


@pytest.fixture(scope="module")
def coco(sample):
    return COCO(sample / "annotations.json")


@pytest.fixture(scope="module")
def errors(sample):
    return json.loads((sample / "truth.json").read_bytes())["errors"]


def test_the_script_makes_these_very_files(sample, maker):
    shots = maker.table.shots()
    annotations, truth = maker.dataset(shots)
    assert annotations.encode() == (sample / "annotations.json").read_bytes()
    assert truth.encode() == (sample / "truth.json").read_bytes()
    assert maker.results(shots).encode() == (sample / "detections.json").read_bytes()


@pytest.mark.parametrize("number", [3, 5])
def test_the_script_paints_these_very_pictures(sample, maker, number):
    (shot,) = maker.table.shots((number,))
    painted = cv2.imdecode(np.frombuffer(maker.encoded(shot), np.uint8), cv2.IMREAD_COLOR).astype(int)
    stored = cv2.imread(str(sample / "images" / shot.file_name)).astype(int)
    # Another OpenCV or JPEG library may round otherwise; another picture would differ by dozens.
    assert np.abs(painted - stored).mean() < 2


def test_it_is_small_and_whole(sample, coco):
    assert sum(path.stat().st_size for path in sample.rglob("*")) < 3_000_000
    names = [image["file_name"] for image in coco.imgs.values()]
    lost = [name for name in names if not (sample / "images" / name).is_file()]
    assert len(names) == 37
    assert len(lost) == 1
    pictures = {path.relative_to(sample / "images").as_posix() for path in (sample / "images").rglob("*.jpg")}
    assert pictures == set(names) - set(lost)


def test_every_kind_of_error_and_every_kind_of_shape_is_there(coco, errors):
    assert {e["kind"] for e in errors} == {
        "missing",
        "spurious",
        "class",
        "location",
        "duplicate",
        "structure",
    }
    assert {e["subkind"] for e in errors if e["kind"] == "location"} == {"loose", "tight", "shift"}
    shapes = [a["segmentation"] for a in coco.anns.values()]
    assert any(isinstance(s, dict) and isinstance(s["counts"], str) for s in shapes)
    assert any(isinstance(s, dict) and isinstance(s["counts"], list) for s in shapes)
    assert any(isinstance(s, list) and len(s) > 1 for s in shapes)
    assert any(not s for s in shapes)
    assert sum(a["iscrowd"] for a in coco.anns.values()) == 2


def test_truth_names_annotations_that_are_there(coco, errors):
    for error in errors:
        for annotation in error["annotation_ids"]:
            assert coco.anns[annotation]["image_id"] == error["image_id"]
            assert coco.anns[annotation]["category_id"] in (error["category_id"], error["true_category_id"])


def test_labels_without_an_error_are_sound(coco, errors):
    wrong = {annotation for error in errors for annotation in error["annotation_ids"]}
    sound = [a for a in coco.anns.values() if a["id"] not in wrong]
    assert len(sound) > 250
    for record in sound:
        x, y, w, h = record["bbox"]
        assert w > 2
        assert h > 2
        assert x >= 0
        assert y >= 0
        assert x + w <= 640
        assert y + h <= 480
        assert _own_box(coco, record) == pytest.approx(record["bbox"], abs=0.011)


def _own_box(coco, record):
    shape = record["segmentation"]
    if isinstance(shape, dict):
        return rle.toBbox(coco.annToRLE(record)).tolist()
    if not shape:
        return record["bbox"]
    points = np.concatenate([np.array(part).reshape(-1, 2) for part in shape])
    return [*points.min(0), *(points.max(0) - points.min(0))]


def test_detections_load_as_coco_results(sample, coco):
    records = json.loads((sample / "detections.json").read_bytes())
    assert {r["image_id"] for r in records} <= set(coco.imgs)
    assert {r["category_id"] for r in records} <= set(coco.cats)
    assert all(0 <= r["score"] <= 1 for r in records)
    masks = [r for r in records if "segmentation" in r]
    assert 50 < len(masks) < len(records)
    for record in masks:
        shape = record["segmentation"] | {"counts": record["segmentation"]["counts"].encode()}
        assert rle.toBbox(shape).tolist() == record["bbox"]


def test_a_copy_is_complete_and_leaves_what_is_there(tmp_path, sample):
    target = tmp_path / "user data" / "sample"
    assert resources.copy_sample(target) == target
    original = {p.relative_to(sample): p.read_bytes() for p in sample.rglob("*") if p.is_file()}
    assert {p.relative_to(target): p.read_bytes() for p in target.rglob("*") if p.is_file()} == original
    (target / "instructions.md").write_text("mine")
    (target / "detections.json").unlink()
    resources.copy_sample(target)
    assert (target / "instructions.md").read_text() == "mine"
    assert (target / "detections.json").read_bytes() == original[Path("detections.json")]


def test_the_icon_loads():
    assert b"<svg" in resources.icon_bytes()
    assert resources.icon_bytes("icon.png").startswith(b"\x89PNG")


def test_its_instructions_are_valid_and_tell_every_class_and_no_other(sample, coco):
    text, names = (
        (sample / "instructions.md").read_text(encoding="utf-8"),
        [c["name"] for c in coco.cats.values()],
    )
    told = instructions_file.read(text, file="instructions.md", categories=names)
    assert {one.name for one in told.classes} == set(names)
    assert instructions_file.written(told) == text
    assert all(one.tolerance for one in told.classes)


def test_a_ticked_box_has_its_picture():
    drawn = sorted(Path(resources.drawings()).iterdir())
    assert [one.name for one in drawn] == ["back.svg", "forward.svg", "tick.svg", "up.svg"]
    assert all(one.read_text(encoding="utf-8").startswith("<svg") for one in drawn)
