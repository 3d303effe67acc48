import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from labelmend.geometry.differences import difference, mask_difference, region
from labelmend.geometry.polygons import area


def box(x, y, w, h):
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float)


def test_what_a_shifted_box_gains_and_loses():
    found = difference((box(0, 0, 10, 10),), (box(4, 0, 10, 10),))
    assert area(found.added) == pytest.approx(40)
    assert area(found.removed) == pytest.approx(40)
    assert found.iou == pytest.approx(60 / 140)
    (plus,), (minus,) = found.plus, found.minus
    assert 10 < plus[0] < 14
    assert 0 < minus[0] < 4


def test_a_label_that_only_grows_loses_nothing():
    found = difference((box(10, 10, 10, 10),), (box(5, 10, 20, 10),))
    assert found.removed == ()
    assert len(found.minus) == 0
    assert area(found.added) == pytest.approx(100)
    assert len(found.plus) == 2


def test_a_hole_is_no_place_of_the_label():
    holed = (box(0, 0, 10, 10), box(4, 4, 2, 2))
    assert region(holed).area == pytest.approx(96)
    found = difference((box(0, 0, 10, 10),), holed)
    assert area(found.removed) == pytest.approx(4)
    assert found.added == ()


def test_a_new_label_is_all_added_and_an_empty_one_all_removed():
    assert difference((), (box(0, 0, 3, 3),)).iou == 0
    assert area(difference((), (box(0, 0, 3, 3),)).added) == pytest.approx(9)
    assert difference((), ()).iou == 0


def test_an_outline_that_crosses_itself_is_compared_all_the_same():
    bow = np.array([[0, 0], [10, 10], [10, 0], [0, 10]], float)
    assert difference((bow,), (bow,)).iou == pytest.approx(1)


sides = st.tuples(*[st.floats(0, 50), st.floats(0, 50), st.floats(1, 50), st.floats(1, 50)])


@given(sides, sides)
def test_areas_add_up(first, second):
    before, after = box(*first), box(*second)
    found = difference((before,), (after,))
    gained, lost = region(found.added).area, region(found.removed).area
    assert area((before,)) + gained - lost == pytest.approx(area((after,)), abs=1e-6)
    assert 0 <= found.iou <= 1 + 1e-9


def counts_of(pixels):
    return bytes(coco_mask.encode(np.asfortranarray(pixels, np.uint8))["counts"])


PIXELS = arrays(np.uint8, (8, 11), elements=st.integers(0, 1))


@given(PIXELS, PIXELS)
def test_the_difference_of_masks_is_that_of_their_pixels(before, after):
    found = mask_difference(counts_of(before), counts_of(after), height=8, width=11)
    both, either = (before & after).sum(), (before | after).sum()
    assert found.iou == pytest.approx(both / either if either else 0.0)
    for rings, points, pixels in (
        (found.added, found.plus, after & ~before & 1),
        (found.removed, found.minus, before & ~after & 1),
    ):
        assert len(points) <= 4
        assert bool(len(points)) == bool(pixels.any())
        for x, y, wide in points.tolist():
            assert pixels[int(y), int(x)]
            assert wide >= 0.8
            assert [x % 1, y % 1] == [0.5, 0.5]
        assert region(rings).area <= pixels.sum()
        assert region(rings).area >= 0.25 * pixels.sum()
