"""Detections of any permitted form become columns; what cannot be used is told."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from labelmend.coco.columns import Dataset, read_dataset
from labelmend.coco.detections import Detections, read_detections, read_files
from labelmend.coco.faults import Fault
from labelmend.coco.intake import Intake
from labelmend.coco.reading import Reading
from labelmend.coco.source import lay_out
from labelmend.errors import BadFile

IMAGES = [
    {"id": 10, "file_name": "a", "width": 20, "height": 10},
    {"id": 20, "file_name": "b", "width": 30, "height": 15},
    {"id": "c", "file_name": "c"},
]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    coco = {
        "images": IMAGES,
        "annotations": [],
        "categories": [{"id": 5, "name": "x"}, {"id": 6, "name": "y"}],
    }
    text = json.dumps(coco).encode()
    return read_dataset(lay_out(Intake("a.json", text, hashlib.sha256(text).hexdigest())))


@pytest.fixture
def read(tmp_path: Path, dataset: Dataset) -> Any:
    def reader(value: Any, name: str = "d.json") -> tuple[Detections, list[Fault]]:
        path = tmp_path / name
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        return read_detections(path, dataset=dataset)

    return reader


def one(**values: Any) -> dict[str, Any]:
    found = {"image_id": 10, "category_id": 5, "bbox": [1, 2, 3, 4], "score": 0.5, **values}
    return {key: value for key, value in found.items() if value is not ...}


def rle(box: tuple[int, int, int, int], *, height: int = 10, width: int = 20) -> dict[str, Any]:
    pixels = np.zeros((height, width), np.uint8, order="F")
    x, y, w, h = box
    pixels[y : y + h, x : x + w] = 1
    found = coco_mask.encode(pixels)
    return {"size": [height, width], "counts": found["counts"].decode()}


def test_sorted_by_image_then_row(read: Any) -> None:
    found, faults = read([one(image_id=20), one(score=0.1), one(image_id=20, category_id=6), one(score=0.9)])
    assert faults == []
    assert found.image.tolist() == [0, 0, 1, 1]
    assert found.row.tolist() == [1, 3, 0, 2]
    assert found.score.tolist() == [0.1, 0.9, 0.5, 0.5]
    assert found.category.tolist() == [0, 0, 0, 1]
    assert found.masks is None
    part = found.of_image(1)
    assert (part.first, part.row.tolist()) == (2, [0, 2])
    assert len(found.of_image(2)) == 0


def test_an_instances_file_with_scores_gzipped(read: Any) -> None:
    found, faults = read({"info": {}, "images": IMAGES, "annotations": [one(id=1), one(id=2)]}, "d.json.gz")
    assert (len(found), faults) == (2, [])


def test_masks_of_every_form(read: Any) -> None:
    runs = [11, 5, 184]
    polygon = [[1, 1, 6, 1, 6, 6, 1, 6], [8, 1, 9, 1, 9, 3]]
    found, faults = read(
        [
            one(segmentation=rle((2, 3, 4, 5)), bbox=...),
            one(segmentation={"size": [10, 20], "counts": runs}),
            one(segmentation=polygon, bbox=...),
            one(),
            one(image_id=20, segmentation=rle((1, 1, 2, 2), height=15, width=30)),
        ]
    )
    assert faults == []
    assert found.masks is not None
    assert found.bbox[0].tolist() == [2, 3, 4, 5]
    assert found.bbox[1].tolist() == [1, 2, 3, 4]
    assert found.bbox[2].tolist() == [1, 1, 8, 5]
    assert found.masks[3] == b""
    areas = [int(coco_mask.area({"size": [10, 20], "counts": found.masks[i]})) for i in range(3)]
    assert areas[:2] == [20, 5]
    assert found.of_image(1).masks[0] == found.masks[4]


BAD_MASKS = {
    "other size": {"size": [11, 20], "counts": "x"},
    "wrong sum": {"size": [10, 20], "counts": [11, 5, 183]},
    "wrong compressed sum": {"size": [10, 20], "counts": rle((0, 0, 1, 1), height=5)["counts"]},
    "damaged": {"size": [10, 20], "counts": "~~~"},
    "cut off": {"size": [10, 20], "counts": "P"},
    "enormous": {"size": [10**9, 10**9], "counts": [10**18]},
    "enormous runs": {"size": [10, 20], "counts": [10**18, 5]},
    "not finite": [[1, 2, 1e999, 4, 5, 6]],
    "endless": [[0, 0, 1e12, 0, 1e12, 1e12]],
    "too few corners": [[1, 2, 3, 4]],
    "odd number": [[1, 2, 3, 4, 5, 6, 7]],
    "a text": "mask",
}


@pytest.mark.parametrize("name", BAD_MASKS)
def test_a_broken_mask_costs_the_mask_only(read: Any, name: str) -> None:
    found, faults = read([one(segmentation=BAD_MASKS[name]), one(segmentation=rle((1, 1, 2, 2)))])
    assert len(found) == 2
    assert found.masks is not None
    assert found.masks[0] == b""
    assert found.masks[1] != b""
    assert [(fault.row, fault.code) for fault in faults] == [(0, "bad-mask")]
    assert faults[0].sentence.startswith("d.json: detections[0] cannot be used whole: its ")


def test_a_broken_mask_without_a_box_costs_the_detection(read: Any) -> None:
    found, faults = read([one(bbox=..., segmentation={"size": [1, 1], "counts": "1"}), one()])
    assert found.row.tolist() == [1]
    assert [fault.code for fault in faults] == ["bad-mask", "bad-box"]


def test_a_mask_of_a_picture_of_unknown_size(read: Any) -> None:
    found, faults = read([one(image_id="c", segmentation=rle((1, 1, 2, 2)))])
    assert len(found) == 1
    assert "no width and height" in faults[0].sentence


DROPPED = {
    "unknown-image": one(image_id=11),
    "unknown-category": one(category_id=7),
    "no-score": one(score=...),
    "bad-box": one(bbox=[1, 2, 3]),
    "flat-box": one(bbox=[1, 2, 0, 4]),
    "not-an-object": 5,
}


@pytest.mark.parametrize("code", DROPPED)
def test_what_cannot_be_used_is_dropped_and_told(read: Any, code: str) -> None:
    found, faults = read([one(), DROPPED[code], one()])
    assert found.row.tolist() == [0, 2]
    assert [(fault.array, fault.row, fault.code) for fault in faults] == [("detections", 1, code)]
    assert faults[0].sentence.startswith("d.json: detections[1] ")


@pytest.mark.parametrize("bad", [None, "1_0", "nan", True, float("nan"), float("inf")])
@pytest.mark.parametrize("key", ["score", "bbox"])
def test_values_that_are_no_numbers(read: Any, key: str, bad: Any) -> None:
    value = [1, 2, bad, 4] if key == "bbox" else bad
    found, faults = read([one(**{key: value}), one()])
    assert found.row.tolist() == [1]
    assert faults[0].code == {"score": "no-score", "bbox": "bad-box"}[key]


def test_odd_ids(read: Any) -> None:
    found, _ = read([one(image_id="c"), one(image_id=10.0), one(category_id=6.0)])
    assert found.image.tolist() == [0, 0, 2]


REFUSED = {
    "nothing of it": (
        [one(image_id=1), one(image_id=2)],
        "none of its 2 detections.*there: 1, 2; here: 10, 20, 'c'",
    ),
    "an image as a number": ([one(image_id=7)], "choose the detections of these images"),
    "no class of it": ([one(category_id=1)], "category ids there: 1; here: 5, 6"),
    "no scores": ({"annotations": [one(score=...)]}, "no “score”"),
    "empty": ([], "holds no detections"),
    "another object": ({"a": 1}, "no detections file"),
    "not a list": ({"annotations": 3}, "is not a list"),
    "a number": (3, "is not a list"),
    "all flat": ([one(bbox=[1, 1, 0, 0])], "can be used. .*without an area"),
    "cut off": (b'[{"image_id":1', "breaks off"),
    "brackets": (b"[" * 1_000_000, "nested too deep"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(read: Any, name: str) -> None:
    value, told = REFUSED[name]
    with pytest.raises(BadFile, match=told) as caught:
        read(value)
    assert str(caught.value).startswith("d.json")


def test_scores_of_0_to_100_are_read_as_per_cent_and_that_is_said(read: Any) -> None:
    found, faults = read([one(score=score) for score in (*range(2, 20), 87.5, 100, 0.5, 0)])
    assert (found.score.max(), found.score.min()) == (1, 0)
    assert 0.875 in found.score
    assert [fault.code for fault in faults] == ["score-scale"]
    assert faults[0].sentence == (
        "d.json has scores of 0 to 100 (20 of 22 are above 1): they were read as per cent, 100 as 1."
    )


def test_scores_of_another_scale_are_brought_to_0_to_1_and_that_is_said(read: Any) -> None:
    found, (fault,) = read([one(score=score) for score in (*range(2, 20), 255, 51, 0.5, 0)])
    assert (found.score.max(), found.score[19], found.score.min()) == (1, 0.2, 0)
    assert fault.sentence == (
        "d.json has scores of 0 to 255 (20 of 22 are above 1): they were divided by the highest."
    )
    found, (fault,) = read([one(score=score) for score in (*range(-12, 0), 0, 0.5, 1, 5)])
    assert found.score[[0, 12, 15]].round(6).tolist() == [0.000006, 0.5, 0.993307]
    assert (
        fault.sentence == "d.json has scores outside 0 to 1 (13 of 16): they were read as log odds, 0 as 0.5."
    )
    _, (fault,) = read([one(score=score) for score in [*([50] * 20), -1]])
    assert fault.code == "score-range"


def test_scores_beyond_one_are_told_and_kept(read: Any) -> None:
    found, faults = read([one(score=87.5), one()])
    assert len(found) == 2
    assert [fault.code for fault in faults] == ["score-range"]


def test_detections_of_another_dataset_are_told_in_one_sentence_for_each_thing(read: Any) -> None:
    given = [one(), one(), *(one(image_id=900 + k // 2) for k in range(6)), *[one(category_id="q")] * 4]
    found, faults = read(given)
    assert len(found) == 2
    assert [fault.sentence for fault in faults] == [
        "d.json has 6 detections (of 12) of 3 images that this dataset lacks (ids 900, 901, 902); they were "
        "left out.",
        "d.json has 4 detections (of 12) of 1 category that this dataset lacks (id 'q'); they were left out. "
        "It may be of another dataset: choose the detections of this one.",
    ]


def test_a_model_may_have_seen_more_than_the_dataset_holds(read: Any) -> None:
    good = [one()] * 40
    _, (images,) = read(good + [one(image_id=900 + k) for k in range(5)])
    assert images.sentence.endswith(
        "5 images that this dataset lacks (ids 900, 901, 902, …); they were left out. "
        "That is right where the model saw more images than are labelled here."
    )
    _, (classes,) = read(good + [one(category_id=9)] * 5)
    assert classes.sentence.endswith("where the model knows more classes than are labelled here.")


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (one(score=None), "no-score", "without a score that is a finite number (below a billion)"),
        (one(bbox=...), "bad-box", "without a bbox of four finite numbers (below a billion) or an outline"),
        (one(bbox=[1, 2, 0, 4]), "flat-box", "whose bbox has no area"),
        ([1, 2], "not-an-object", "that are not records in braces"),
        (one(image_id=...), "unknown-image", "of 1 image that this dataset lacks (id none)"),
    ],
)
def test_many_that_cannot_be_used_are_told_in_one_sentence(
    read: Any, given: Any, code: str, words: str
) -> None:
    _, faults = read([one()] * 20 + [given] * 5)
    (fault,) = faults
    assert (fault.code, fault.row) == (code, -1)
    assert fault.sentence.startswith(f"d.json has 5 detections (of 25) {words}; they were left out. ")
    _, single = read([one()] * 20 + [given])
    assert [(one.code, one.row) for one in single] == [(code, 20)]


def test_many_masks_that_cannot_be_used_are_told_by_the_first(read: Any) -> None:
    found, (fault,) = read([one(segmentation=rle((1, 1, 2, 2), height=11))] * 9)
    assert len(found) == 9
    assert fault.sentence == (
        "d.json: detections[0] cannot be used whole: its mask is of 20 x 11 pixels, its picture of 20 x 10; "
        "its box alone is used. 8 more detections (of 9) have such a mask."
    )


def test_nothing_that_can_be_used_for_several_reasons(tmp_path: Path, read: Any) -> None:
    with pytest.raises(BadFile, match=r"none of its 10 detections can be used. d.json has 5 .*d.json has 5 "):
        read([one(image_id=900)] * 5 + [one(category_id=900)] * 5)


def test_names_in_place_of_ids_are_known_and_said(read: Any) -> None:
    found, faults = read([one(image_id="b"), one(category_id="Y"), one(image_id="10")])
    assert (found.image.tolist(), found.category.tolist()) == ([0, 0, 1], [1, 0, 0])
    assert [fault.sentence for fault in faults] == [
        "d.json names the image of 2 detections otherwise than by its id ('b' for 20); it was read so.",
        "d.json names the category of 1 detection otherwise than by its id ('Y' for 6); it was read so.",
    ]


def test_of_boxes_and_masks_of_one_model_the_masks_are_used(tmp_path: Path, dataset: Dataset) -> None:
    paths = [tmp_path / name for name in ("bbox.json", "segm.json")]
    paths[0].write_text(json.dumps([one()]))
    paths[1].write_text(json.dumps([one(segmentation=rle((1, 2, 3, 4)))]))
    for given in (paths, paths[::-1]):
        found, (fault,), used = read_files(given, dataset=dataset)
        assert (len(found), used) == (1, (paths[1],))
        assert found.masks is not None
        assert fault.sentence == "bbox.json holds the same detections as segm.json; it was left out."


def test_an_id_that_means_another_class_takes_its_place(tmp_path: Path, dataset: Dataset) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps([one(category_id=k) for k in (0, 5, 6)]))
    found, _ = read_detections(path, dataset=dataset, look=lambda _: Reading(classes=((0, 5),)))
    assert (found.row.tolist(), found.category.tolist()) == ([0, 2], [0, 1])


def test_of_several_files_only_those_that_hold_something_are_used(tmp_path: Path, dataset: Dataset) -> None:
    paths = [tmp_path / f"{k}.json" for k in range(3)]
    for path, value in zip(paths, ([], [one()], [one(score=0.7)]), strict=True):
        path.write_text(json.dumps(value))
    found, faults, used = read_files(paths, dataset=dataset)
    assert (found.source.tolist(), used) == ([0, 1], (paths[1], paths[2]))
    assert [fault.sentence.partition(";")[0] for fault in faults] == ["0.json holds no detections"]
    paths[1].write_text("[]")
    with pytest.raises(BadFile, match=r"^1\.json holds no detections; choose"):
        read_files(paths[:2], dataset=dataset)
