"""Masks are drawn when a block asks: each once, and only those of use."""

import json

import numpy as np
import pytest

from labelmend.errors import Cancelled
from labelmend.find.evidence.label_masks import LabelMasks
from labelmend.find.inputs import Labels
from labelmend.geometry import masks

BOXES = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [30, 30, 5, 5], [2, 2, 4, 4.0]])


def made(reads, *, compared, image=0, crowd_image=0, listed=None):
    labels = Labels(
        key=np.arange(4),
        image=np.array([image, image, image, crowd_image], np.int32),
        category=np.zeros(4, np.int32),
        bbox=BOXES,
        crowd=np.array([False, False, False, True]),
        outline=BOXES,
    )

    def read(row):
        reads.append(row)
        x, y, w, h = BOXES[row].tolist()
        outline = [x, y, x + w, y, x + w, y + h, x, y + h]
        shape = {"size": [50, 50], "counts": [0, 10, 2490]} if row == listed else [outline]
        return json.dumps({"id": row, "segmentation": shape}).encode()

    size = np.full(4, 50.0)
    return LabelMasks(labels, read, width=size, height=size, compared=compared)


def areas(found):
    return [masks.area(found[n], height=50, width=50) if found[n] else 0 for n in range(len(found))]


def test_only_what_shares_its_place_and_crowds_are_drawn_and_once():
    reads: list[int] = []
    some = made(reads, compared=False)
    assert areas(some.take(np.array([1, 0, 2]))) == [90, 100, 0]
    assert areas(some.take(np.array([3]))) == [16]
    assert areas(some.take(np.array([2, 1, 0]))) == [0, 90, 100]
    assert reads == [0, 1, 3]  # in the file's order, and once


def test_regions_are_drawn_only_where_something_is_compared_with_them_by_pixels():
    rows = np.arange(3)
    alone = made([], compared=False, crowd_image=1)
    assert areas(alone.take(rows)) == [0, 0, 0]
    assert areas(alone.take(np.array([3]))) == [16]
    beside_a_mask = made([], compared=False, crowd_image=1, listed=1)
    for some in (alone, beside_a_mask):
        assert [region is not None for region in some.regions(rows)] == [True, some is alone, False]
    assert areas(beside_a_mask.take(rows)) == [100, 10, 0]


def test_a_crowd_of_no_image_is_in_nobodys_way():
    nowhere = made([], compared=False, image=-1, crowd_image=-1)
    assert areas(nowhere.take(np.array([0, 1]))) == [0, 0]


def test_reading_stops_when_nobody_waits_and_can_be_begun_again():
    def stop():
        raise Cancelled

    reads: list[int] = []
    some = made(reads, compared=True)
    with pytest.raises(Cancelled):
        some.read(stop)
    assert reads == [0]
    assert areas(some.take(np.arange(4))) == [100, 90, 25, 16]


def test_where_detections_have_masks_all_are_drawn():
    reads: list[int] = []
    assert areas(made(reads, compared=True).take(np.arange(4))) == [100, 90, 25, 16]
