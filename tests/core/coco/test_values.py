"""Values that nobody can mean: each is told by its place, and nothing is read as what it is not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import labelmend
from labelmend.cli import main
from labelmend.coco.columns import Dataset, read_dataset
from labelmend.coco.intake import Intake
from labelmend.coco.source import lay_out
from labelmend.coco.values import ClassNames

BOX = {"bbox": [1, 2, 30, 40]}


def coco() -> dict[str, Any]:
    return {
        "images": [{"id": k, "file_name": f"{k}.jpg", "width": 64, "height": 48} for k in (1, 2, 3)],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [
            {"id": k, "image_id": k % 3 + 1, "category_id": 1 + k % 2, **BOX} for k in range(1, 9)
        ],
    }


def dataset(value: dict[str, Any]) -> Dataset:
    text = json.dumps(value).encode()
    return read_dataset(lay_out(Intake("a.json", text, hashlib.sha256(text).hexdigest())))


def told(value: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(fault.array, fault.row, fault.code) for fault in dataset(value).faults]


@pytest.mark.parametrize("array", ["images", "categories", "annotations"])
@pytest.mark.parametrize("identity", [True, False, {"a": 1}, [3], 2.5, "", " "])
def test_an_id_that_is_none_is_told(array: str, identity: Any) -> None:
    value = coco()
    value[array].append(value[array][0] | {"id": identity, "file_name": "9.jpg", "name": "cow"})
    row = len(value[array]) - 1
    assert told(value) == [(array, row, "bad-id")]
    value[array][row]["id"] = "nine"
    assert told(value) == []


def test_a_truth_value_is_told_as_the_file_has_it() -> None:
    value = coco()
    value["annotations"][2]["id"] = True
    assert dataset(value).faults[0].sentence == (
        "a.json: annotations[2] (id true) has an id that is neither a whole number nor a text; its place in "
        "the file tells it apart."
    )


@pytest.mark.parametrize(
    ("area", "bad"),
    [
        (-1, True),
        (-0.5, True),
        ("big", True),
        (True, True),
        ([4], True),
        (0, False),
        (None, False),
        ("4", False),
    ],
)
@pytest.mark.parametrize("identity", [3, "x"])  # read by the typed parser, and record by record
def test_an_area_that_none_can_have(area: Any, bad: bool, identity: Any) -> None:
    value = coco()
    value["annotations"][2] |= {"area": area, "id": identity}
    assert told(value) == [("annotations", 2, "bad-area")] * bad


@pytest.mark.parametrize("flag", [2, -1, "yes", [1], {}])
def test_a_flag_that_is_none(flag: Any) -> None:
    value = coco()
    value["annotations"][2]["iscrowd"] = flag
    assert told(value) == [("annotations", 2, "bad-flag")]
    assert dataset(value).annotations.crowd[2] == (flag == 2)
    value["annotations"][2]["iscrowd"] = "1"
    assert told(value) == []


@pytest.mark.parametrize("size", [0, -5, 1e12, "wide", True])
def test_a_size_that_no_picture_has(size: Any) -> None:
    value = coco()
    value["images"][1]["height"] = size
    assert told(value) == [("images", 1, "bad-size")]


def test_two_images_of_one_file() -> None:
    value = coco()
    value["images"][2]["file_name"] = "1.jpg"
    assert told(value) == [("images", 2, "same-file")]


def test_classes_of_one_name_are_told_and_kept_apart() -> None:
    value = coco()
    value["categories"] += [{"id": 3, "name": "dog"}, {"id": 4, "name": "  "}, {"id": 5, "name": "CAT "}]
    value["annotations"][0]["category_id"] = 3
    found = dataset(value)
    assert told(value) == [
        ("categories", 3, "no-name"),
        ("categories", 1, "same-name"),
        ("categories", 2, "same-name"),
        ("categories", 4, "like-name"),
    ]
    assert found.categories.name == ["cat", "dog (id 2)", "dog (id 3)", "4", "CAT "]
    assert "'dog'; here it is called 'dog (id 2)'. Give" in found.faults[1].sentence


def test_the_one_class_with_labels_keeps_the_name() -> None:
    value = coco()
    value["categories"].append({"id": 0, "name": "dog"})
    value["categories"].append({"name": "dog"})
    names = dataset(value).categories.name
    assert names == ["cat", "dog", "dog (id 0)", "dog (categories[3])"]


def test_a_name_that_several_classes_may_have_finds_none() -> None:
    by = ClassNames(["cat", "Cat", "dog", "cow", "cow"])
    asked = ["cat", "Cat", "CAT", " DOG ", "cow", "Cow", "horse"]
    assert [by.row(name) for name in asked] == [0, 1, -1, 2, -1, -1, -1]


def test_detections_that_name_a_class_of_several_are_left_out(tmp_path: Path) -> None:
    value = coco()
    value["categories"].append({"id": 3, "name": "dog"})
    value["annotations"][0]["category_id"] = 3
    (tmp_path / "a.json").write_text(json.dumps(value))
    named = [{"image_id": 1, "category_id": name, "score": 0.9, **BOX} for name in ("cat", "dog")]
    (tmp_path / "d.json").write_text(json.dumps(named))
    data = labelmend.load(tmp_path / "a.json", detections=tmp_path / "d.json", offered=False)
    assert data.detections is not None
    assert data.detections.category.tolist() == [0]
    assert any("is of category 'dog', which is not among" in fault.sentence for fault in data.faults)


OUTLINE = [1, 2, 31, 2, 31, 42, 1, 42]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: v["images"][1].pop("width"), "images[1] (id 2) has no width or height"),
        (
            lambda v: v["annotations"].append(v["annotations"][1] | {"id": 9}),
            "(id 9) is annotations[1] again",
        ),
        (
            lambda v: v["annotations"][1].update(segmentation=[OUTLINE, [1, 1, 2, 2]]),
            "annotations[1] (id 2) has no three points or more in 1 of the 2 parts of its segmentation",
        ),
        (
            lambda v: v["annotations"][1].update(segmentation=OUTLINE),
            "annotations[1] (id 2) has a polygon without its outer brackets",
        ),
        (
            lambda v: v["annotations"][1].update(segmentation={"size": [48, 64], "counts": [3072]}),
            "annotations[1] (id 2) has a segmentation that cannot be used: its mask is empty",
        ),
        (
            lambda v: v["annotations"][1].update(segmentation={"size": [48, 64]}),
            "annotations[1] (id 2) has a segmentation that is neither",
        ),
    ],
)
def test_check_tells_what_else_is_wrong(change: Any, words: str, tmp_path: Path, capsys: Any) -> None:
    value = coco()
    place = tmp_path / "a.json"
    for one in value["annotations"]:
        one["bbox"] = [1, 2, 30, 40 - one["id"] / 9]
    place.write_text(json.dumps(value))
    assert main(["check", str(place)]) == 0
    capsys.readouterr()
    change(value)
    place.write_text(json.dumps(value))
    assert main(["check", str(place)]) == 1
    line, summary = capsys.readouterr().out.splitlines()
    assert line.startswith("error: a.json: ")
    assert words in line
    assert ": 1 error, 0 warnings" in summary


def test_one_more_is_told_as_one(tmp_path: Path, capsys: Any) -> None:
    value = coco()
    for one in value["annotations"][:4]:
        one["image_id"] = 77
    (tmp_path / "a.json").write_text(json.dumps(value))
    new = ["new", str(tmp_path / "p.labelmend"), "--annotations", str(tmp_path / "a.json")]
    main([*new, "--images", str(tmp_path)])
    assert "fault: 1 more record of annotations has the fault “unknown-image” too." in capsys.readouterr().err
