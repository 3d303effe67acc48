"""The columns of COCO files as found in the wild, and the sentence of every fault."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelmend.coco import faults as faults_module
from labelmend.coco.columns import Dataset, fresh_id, read_dataset
from labelmend.coco.identity import ODD
from labelmend.coco.intake import Intake
from labelmend.coco.outlines import read_labels
from labelmend.coco.record import annotation_of
from labelmend.coco.source import lay_out


def dataset(text: bytes | dict[str, Any]) -> Dataset:
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    return read_dataset(lay_out(Intake("a.json", text, hashlib.sha256(text).hexdigest())))


def coco(
    annotations: list[Any], *, images: list[Any] | None = None, categories: list[Any] | None = None
) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "1.jpg", "width": 64, "height": 48}] if images is None else images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "cat"}] if categories is None else categories,
    }


def annotation(**values: Any) -> dict[str, Any]:
    return {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], **values}


def codes(found: Dataset) -> list[tuple[str, int, str]]:
    return [(fault.array, fault.row, fault.code) for fault in found.faults]


def sentence(found: Dataset, code: str) -> str:
    return next(fault.sentence for fault in found.faults if fault.code == code)


def test_a_regular_file() -> None:
    found = dataset(
        coco([annotation(), annotation(id=7, area=12.5, iscrowd=1, segmentation=[[1, 2, 3, 4, 5, 6]])])
    )
    assert found.faults == []
    assert found.images.file_name == ["1.jpg"]
    assert (found.images.width[0], found.images.height[0]) == (64, 48)
    assert found.categories.name == ["cat"]
    annotations = found.annotations
    assert annotations.id.tolist() == [1, 7]
    assert annotations.image.tolist() == annotations.category.tolist() == [0, 0]
    assert annotations.bbox.tolist() == [[1, 2, 3, 4]] * 2
    assert np.isnan(annotations.area[0])
    assert annotations.area[1] == 12.5
    assert annotations.crowd.tolist() == [False, True]
    assert annotations.shape.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("segmentation", "shape"),
    [
        ([], 0),
        (None, 0),
        ([[]], 0),
        ("", 0),
        ({}, 0),
        (7, 0),
        ([[1, 2, 3, 4, 5, 6]], 1),
        ([[1.25, 2.25, 3.25, 4.25, 5, 6], [1, 2, 3, 4, 5, 6]], 1),
        ([1, 2, 3, 4, 5, 6], 1),
        ({"size": [4, 4], "counts": [16]}, 2),
        ({"size": [4, 4], "counts": "`0"}, 2),
    ],
)
@pytest.mark.parametrize("identity", [1, "x"])  # read by the typed parser, and record by record
def test_the_kind_of_shape(segmentation: Any, shape: int, identity: Any) -> None:
    found = dataset(coco([annotation(id=identity, segmentation=segmentation)]))
    assert found.annotations.shape.tolist() == [shape]


@pytest.mark.parametrize(
    ("crowd", "told"), [(0, False), (1, True), (True, True), (False, False), (None, False)]
)
def test_crowd_in_the_wild(crowd: Any, told: bool) -> None:
    assert dataset(coco([annotation(iscrowd=crowd)])).annotations.crowd.tolist() == [told]


def test_odd_ids_join_as_they_are_or_else_in_the_other_form() -> None:
    big = 10**30
    images = [{"id": one, "file_name": "a"} for one in ("a", 5, big, ODD, 0, "5", True, -3)]
    refs = ["a", 5.0, big, ODD, 0, "5", True, -3, "0", 1, None]
    found = dataset(coco([annotation(id=i, image_id=one) for i, one in enumerate(refs)], images=images))
    assert found.annotations.image.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 4, -1, -1]
    assert found.images.id.tolist() == [ODD, 5, ODD, ODD, 0, ODD, ODD, -3]
    assert found.images.odd_ids == {0: "a", 2: big, 3: ODD, 5: "5", 6: True}
    assert [row for _, row, code in codes(found) if code == "unknown-image"] == [9, 10]
    assert "has 1 annotation with image_id in another form than the id ('0' for 0)" in sentence(
        found, "id-form"
    )


def test_a_record_that_does_not_say_of_what_it_is() -> None:
    lacking = {key: value for key, value in annotation().items() if key != "category_id"}
    found = dataset(coco([annotation(image_id=None), lacking]))
    assert sentence(found, "unknown-image").endswith("has no image_id; correct image_id or delete it.")
    assert sentence(found, "unknown-category").endswith("has no category_id; choose its class or delete it.")


def test_an_id_that_equals_the_mark_of_odd_ones() -> None:
    images = [{"id": one, "file_name": "a"} for one in (1, ODD, 2)]
    found = dataset(
        coco([annotation(id=i, image_id=one) for i, one in enumerate((ODD, 1, 2))], images=images)
    )
    assert found.images.odd_ids == {1: ODD}
    assert found.annotations.image.tolist() == [1, 0, 2]


def test_a_number_of_five_thousand_digits() -> None:
    nines = b"9" * 5000
    text = (
        b'{"images":[{"id":1,"file_name":"a"}],"categories":[],'
        b'"annotations":[{"id":%s,"image_id":1,"bbox":[1,2,3,%s]}]}'
    )
    found = dataset(text % (nines, nines))
    assert found.annotations.image.tolist() == [0]
    assert np.isnan(found.annotations.bbox).all()


def test_masked_values_are_not_used() -> None:
    text = (
        b'{"images":[{"id":1,"file_name":"NaN \\ud83d","width":NaN}],'
        b'"categories":[{"id":1,"name":"x"}],"annotations":['
        b'{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,NaN,4],"area":NaN},'
        b'{"id":2,"image_id":1,"category_id":1,"bbox":[1,2,3,4],"area":-Infinity},'
        b'{"id":3,"image_id":NaN,"category_id":1,"bbox":[1,2,3,4]}]}'
    )
    found = dataset(text)
    assert np.isnan(found.annotations.area).all()
    assert np.isnan(found.annotations.bbox[0]).all()
    assert found.annotations.bbox[1].tolist() == [1, 2, 3, 4]
    assert found.annotations.image.tolist() == [0, 0, -1]
    assert found.images.file_name == ["NaN ?"]
    assert np.isnan(found.images.width[0])


def test_faults_name_their_place() -> None:
    found = dataset(
        coco(
            [
                annotation(id=908),
                annotation(id=908),
                annotation(id=3, image_id=42),
                annotation(id=4, category_id="dog"),
                annotation(id=5, bbox=[1, 2, 3]),
                annotation(id=6, bbox=[1, 2, "three", 4]),
                17,
                {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]},
            ]
        )
    )
    assert codes(found) == [
        ("annotations", 6, "not-an-object"),
        ("annotations", 7, "no-id"),
        ("annotations", 1, "duplicate-id"),
        ("annotations", 2, "unknown-image"),
        ("annotations", 3, "unknown-category"),
        ("annotations", 4, "bad-box"),
        ("annotations", 5, "bad-box"),
    ]
    assert sentence(found, "duplicate-id").startswith(
        "a.json: annotations[1] (id 908) has the same id as annotations[0]"
    )
    assert sentence(found, "unknown-image").startswith("a.json: annotations[2] (id 3) is of image 42, which")
    assert "category 'dog'" in sentence(found, "unknown-category")
    assert "four finite numbers" in sentence(found, "bad-box")
    assert len(found.annotations) == 8


def test_faults_of_images_and_categories() -> None:
    images = [{"id": 1, "file_name": "a", "width": 0, "height": 5}, {"id": 1}, {"file_name": "b"}, []]
    found = dataset(coco([annotation()], images=images, categories=[{"id": 1}, {"id": 1, "name": 5}]))
    assert codes(found) == [
        ("images", 3, "not-an-object"),
        ("images", 2, "no-id"),
        ("images", 1, "duplicate-id"),
        ("images", 1, "no-file-name"),
        ("images", 0, "bad-size"),
        ("categories", 1, "duplicate-id"),
        ("categories", 0, "no-name"),
    ]
    assert np.isnan(found.images.width[0])
    assert found.images.height[0] == 5
    assert found.annotations.image.tolist() == [1]  # the last one of an id, as a Python dict has it
    assert found.categories.name == ["1", "5"]


def labels(records: list[Any]) -> Dataset:
    text = json.dumps(coco(records)).encode()
    return read_labels(lay_out(Intake("a.json", text, hashlib.sha256(text).hexdigest())))[0]


def test_annotations_without_a_box_have_that_of_their_outline() -> None:
    outline = [[1, 2, 3, 4, 5, 7]]
    boxless = {"id": 1, "image_id": 1, "category_id": 1}
    found = labels([boxless | {"segmentation": outline}, boxless | {"id": 2, "segmentation": [[1, 2, 3, 4]]}])
    assert [fault.sentence.partition("has ")[2] for fault in found.faults if fault.code == "bad-box"] == [
        "a bbox that is not four finite numbers; the bounds of its outline are used.",
        "a bbox that is not four finite numbers; draw its box or delete it.",
    ]
    assert found.annotations.bbox[0].tolist() == [1, 2, 4, 5]
    assert np.isnan(found.annotations.bbox[1]).all()
    assert annotation_of(b'{"segmentation":[[1,2,3,4,5,7]]}').bbox.tolist() == [1, 2, 4, 5]
    many = labels([boxless | {"id": k, "segmentation": outline} for k in range(9)])
    assert [fault.sentence for fault in many.faults] == [
        "a.json has 9 annotations without a bbox that can be used; they have the bounds of their outlines."
    ]


def test_a_box_of_texts_is_read_and_said() -> None:
    found = labels([annotation(bbox=["1", "2.5", "3e0", "4"])])
    assert found.annotations.bbox.tolist() == [[1, 2.5, 3, 4]]
    assert sentence(found, "number-text").endswith(
        "1 annotation with a bbox of texts; they are read as numbers."
    )


def test_no_categories_said_by_null() -> None:
    found = dataset(coco([annotation()]) | {"categories": None})
    assert sentence(found, "no-categories").startswith("a.json has no “categories”")


def test_many_faults_of_a_kind_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults_module, "LIMIT", 3)
    found = dataset(coco([annotation(id=i, image_id=9) for i in range(1234)]))
    assert len(found.faults) == 4
    assert "1,231 more" in found.faults[-1].sentence


def test_an_irregular_record_among_thousands() -> None:
    many = [annotation(id=i, bbox=[i, 2, 3, 4]) for i in range(5000)]
    many[3000] = annotation(id="x", bbox=None)
    found = dataset(coco(many))
    assert found.annotations.odd_ids == {3000: "x"}
    assert found.annotations.bbox[:, 0].tolist()[2990:3000] == list(range(2990, 3000))
    assert np.isnan(found.annotations.bbox[3000]).all()
    assert codes(found) == [("annotations", 3000, "bad-box")]


def test_no_records_at_all() -> None:
    found = dataset(coco([], images=[], categories=[]))
    assert (len(found.images), len(found.categories), len(found.annotations)) == (0, 0, 0)
    assert fresh_id(found.annotations) == 1


@pytest.mark.parametrize(
    ("ids", "taken", "told"),
    [
        ([1, 5, 3], (), 6),
        ([1, 5, 3], (6, 7), 8),
        ([-4], (), 1),
        ([0], (), 1),
        ([2**63 - 1, 1], (), 2),
        (["7", "12"], (), "13"),
        (["a", "b"], (), "1"),
        (["a", "b"], ("1",), "2"),
        (["a", 3], (), 4),
        ([10**30, 3], (), 4),
        ([2.0], (), 3),
        ([2.0], (3.0,), 4),
    ],
)
def test_fresh_id(ids: list[Any], taken: tuple[Any, ...], told: Any) -> None:
    found = dataset(coco([annotation(id=one) for one in ids]))
    assert fresh_id(found.annotations, taken=taken) == told


@pytest.mark.parametrize("name", ["a\0b.jpg", "x" * 300 + ".jpg", "é" * 130, "folder/" * 200 + "a.jpg"])
def test_a_name_that_no_file_can_have_is_none(name: str, tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": name}, {"id": 2, "file_name": "folder/" * 20 + "é" * 100 + ".jpg"}]
    found = dataset(coco([annotation()], images=images))
    assert codes(found) == [("images", 0, "bad-file-name")]
    assert found.images.file_name == ["", images[1]["file_name"]]
    assert not (tmp_path / str(images[1]["file_name"])).exists()
