"""The masks of annotations, whatever form they have in the file; a broken one is none."""

import json

import numpy as np
import pytest

from labelmend.coco.mask_column import mask_column
from labelmend.geometry import masks

RUNS = [11, 5, 184]
PACKED = masks.pack(RUNS, height=10, width=20)


def column(*segmentations, height=10.0, width=20.0):
    records = [json.dumps({"segmentation": one}).encode() for one in segmentations]
    n = len(records)
    found = mask_column(records.__getitem__, height=np.full(n, height), width=np.full(n, width))
    return [found[i] for i in range(len(found))]


def test_both_forms_of_a_mask():
    assert column({"size": [10, 20], "counts": RUNS}, {"size": [10, 20], "counts": PACKED.decode()}) == [
        PACKED,
        PACKED,
    ]


@pytest.mark.parametrize(
    "segmentation", [{"size": [10, 20], "counts": "~~"}, {"size": [11, 20], "counts": RUNS}, [], None, 7, {}]
)
def test_what_is_no_usable_mask_is_none(segmentation):
    assert column(segmentation, {"size": [10, 20], "counts": RUNS}) == [b"", PACKED]


def test_polygons_are_drawn():
    [one] = column([[1, 1, 6, 1, 6, 6]])
    assert masks.area(one, height=10, width=20) > 0


def test_an_image_of_unknown_size_has_no_masks():
    assert column({"size": [10, 20], "counts": RUNS}, height=np.nan) == [b""]


def test_deleted_and_unreadable_records():
    records = [None, b'{"segmentation": {"size": [10, 20], "counts": [11, 5, 184]}, "area": NaN}', b"7"]
    found = mask_column(records.__getitem__, height=np.full(3, 10.0), width=np.full(3, 20.0))
    assert [found[i] for i in range(3)] == [b"", PACKED, b""]
