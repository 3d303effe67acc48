"""Polygons compared pair by pair share what finely drawn masks of them share, at any scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from labelmend.geometry.polygon_pairs import Regions, iou_of_pairs, regions

FINE = 32
"""Pixels of a drawn mask to each pixel of the polygon."""

corner = st.integers(0, 12 * FINE).map(lambda n: n / FINE)
part = st.lists(corner, min_size=6, max_size=12).filter(lambda flat: len(flat) % 2 == 0)
polygon = st.lists(part, min_size=1, max_size=3)
# What is drawn twice covers nothing by even-odd, and here what it surrounds: no file means the former.
once = st.lists(st.tuples(corner, corner), min_size=3, max_size=6, unique=True).map(lambda at: [*sum(at, ())])
drawn_once = st.lists(once, min_size=1, max_size=3)


def larger(shape: list[list[float]], by: float) -> list[list[float]]:
    return [[by * v for v in flat] for flat in shape]


def only(shape: list[list[float]]) -> Regions:
    return regions([shape])


def test_by_hand() -> None:
    square, triangle = [0.0, 0, 4, 0, 4, 4, 0, 4], [0.0, 0, 4, 0, 0, 4]
    beside, bow = [8.0, 0, 12, 0, 12, 4, 8, 4], [0.0, 0, 4, 4, 4, 0, 0, 4]
    first = regions([[square], [square, beside], [square, square], [square], [bow], [[0.0, 0, 1, 1, 2, 2]]])
    second = regions([[triangle], [square], [triangle, square], [beside], [square], [[0.0, 0, 1, 1, 2, 2]]])
    assert iou_of_pairs(first, second).tolist() == pytest.approx([0.5, 0.5, 1, 0, 0.5, 0])
    assert regions([[], [[1.0, 2, 3, 4]], [[1.0, 2, 3, 4, 5, 6, 7]], [square]])[:3].tolist() == [None] * 3


def test_edges_that_all_but_run_along_each_other_hide_nothing() -> None:
    whole = [8.59375, 10.375, 5.0, 0.0, 0.0, 0.0]
    crossing = [*whole, 5.8125, 0.03125, 0.09375, 0.09375]
    assert iou_of_pairs(only([whole]), only([crossing]))[0] == pytest.approx(0.9865, abs=1e-3)
    twice = [[0.0, 3.34375, 1.5625, 10.28125, 11.375, 6.84375, 4.625, 0, 7.125, 10.28125, 0, 6.1875]] * 2
    zigzag = [0.0, 4.875, 10.5, 0, 0, 0, 0, 3.125, 1.625, 1.84375, 4.28125, 0]
    one, other = [zigzag, zigzag], [zigzag, *twice]
    for by in (1, 3):
        told = iou_of_pairs(only(larger(one, by)), only(larger(other, by)))[0]
        assert told == pytest.approx(0.424341, abs=1e-5)


@given(drawn_once, drawn_once)
def test_iou_is_that_of_finely_drawn_masks(one: list[list[float]], other: list[list[float]]) -> None:
    side = 12 * FINE
    a, b = (coco_mask.merge(coco_mask.frPyObjects(larger(shape, FINE), side, side)) for shape in (one, other))
    told = iou_of_pairs(only(one), only(other))[0]
    union = float(coco_mask.area(coco_mask.merge([a, b])))
    length = sum(map(_length, larger(one, FINE) + larger(other, FINE)))
    assert told * union == pytest.approx(coco_mask.iou([a], [b], [0])[0][0] * union, abs=1.5 * length + 8)


def _length(flat: list[float]) -> float:
    points = np.array(flat).reshape(-1, 2)
    return float(np.hypot(*(points - np.roll(points, 1, axis=0)).T).sum())


@given(polygon, polygon, st.floats(0.05, 40))
def test_order_and_scale_do_not_matter(
    one: list[list[float]], other: list[list[float]], scale: float
) -> None:
    told = iou_of_pairs(only(one), only(other))[0]
    assert 0 <= told <= 1
    assert iou_of_pairs(only(other), only(one))[0] == pytest.approx(told, abs=1e-6)
    far = iou_of_pairs(only(larger(one, scale)), only(larger(other, scale)))[0]
    assert far == pytest.approx(told, abs=1e-6)
