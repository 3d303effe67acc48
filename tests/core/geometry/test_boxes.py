"""Overlap of boxes: bounds, symmetry, agreement with COCO's own code; how their sides lie."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from labelmend.geometry.boxes import area, intersection_pairs, iou, iou_pairs, residuals

numbers = st.floats(-500, 500).map(lambda v: round(v, 2))
sides = st.floats(0.01, 400).map(lambda v: round(v, 2))


@st.composite
def boxes(draw, least=0, most=6):
    n = draw(st.integers(least, most))
    corner = draw(arrays(float, (n, 2), elements=numbers))
    side = draw(arrays(float, (n, 2), elements=sides))
    return np.concatenate([corner, side], axis=1)


@given(boxes(), boxes())
def test_iou_is_a_share_and_symmetric(a, b):
    o = iou(a, b)
    assert o.shape == (len(a), len(b))
    assert ((o >= 0) & (o <= 1)).all()
    np.testing.assert_allclose(o, iou(b, a).T)


@given(boxes(least=1))
def test_a_box_covers_itself(a):
    np.testing.assert_allclose(iou_pairs(a, a), 1, rtol=1e-6)
    np.testing.assert_allclose(intersection_pairs(a, a), area(a), rtol=1e-6)


@given(boxes(), boxes())
def test_iou_agrees_with_pycocotools(a, b):
    if len(a) and len(b):
        theirs = np.asarray(coco.iou(a, b, np.zeros(len(b), np.uint8)))
        np.testing.assert_allclose(iou(a, b), theirs, atol=1e-9)


@given(boxes(least=1, most=1), boxes(least=1, most=1))
def test_pairs_are_the_rows_of_the_table(a, b):
    np.testing.assert_allclose(iou_pairs(a, b), iou(a, b)[0])


def test_boxes_without_area_share_nothing():
    flat = np.array([[0, 0, 0, 5], [0, 0, -3, 5.0]])
    assert (area(flat) == 0).all()
    assert (iou(flat, np.array([[0, 0, 5, 5.0]])) == 0).all()
    assert (iou_pairs(flat, flat) == 0).all()


def test_residuals_are_shares_of_the_mean_side():
    r = residuals(np.array([[0.0, 0, 10, 20]]), np.array([[1.0, 0, 10, 20]]))
    np.testing.assert_allclose(r, [[0.1, 0, 0.1, 0]])
