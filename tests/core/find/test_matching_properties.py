"""Matching on any pairs: each side once, nothing left that could be paired, whatever the order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelmend.find.evidence.matching import ANY_CLASS_IOU, SAME_CLASS_IOU, match, one_to_one
from labelmend.find.kinds.moved import moved
from labelmend.geometry.boxes import iou_pairs, residuals

SIDE = 8


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct pairs (left, right) with values that all differ."""
    cells = draw(st.lists(st.integers(0, SIDE * SIDE - 1), unique=True, max_size=40))
    values = draw(st.permutations(range(len(cells))))
    at = np.array(cells, np.int64)
    return at // SIDE, at % SIDE, (np.array(values, float) + 1) / (len(cells) + 1)


@given(pairs())
def test_each_end_once_and_none_left_over(given_pairs):
    left, right, value = given_pairs
    taken = one_to_one(left, right, value)
    assert len(set(left[taken])) == len(set(right[taken])) == len(taken)
    free = ~np.isin(left, left[taken]) & ~np.isin(right, right[taken])
    assert not free.any()


@given(pairs())
def test_both_sides_are_alike(given_pairs):
    left, right, value = given_pairs
    assert set(one_to_one(left, right, value)) == set(one_to_one(right, left, value))


@given(pairs(), st.randoms())
def test_the_order_of_pairs_decides_nothing(given_pairs, random):
    left, right, value = given_pairs
    order = np.array(random.sample(range(len(left)), len(left)), np.int64)
    again = one_to_one(left[order], right[order], value[order])
    assert set(order[again]) == set(one_to_one(left, right, value))


@given(pairs(), st.integers(0, 2**32 - 1))
def test_matches_are_pairs_that_were_offered_and_near_enough(given_pairs, seed):
    left, right, iou = given_pairs
    same = np.random.default_rng(seed).random(len(left)) < 0.5
    score = np.zeros(len(left))
    got = match(left, right, iou, same_class=same, score=score, n_annotations=SIDE)
    offered = {(a, b): (v, s) for a, b, v, s in zip(left, right, iou, same, strict=True)}
    for annotation in np.flatnonzero(got >= 0):
        value, is_same = offered[annotation, got[annotation]]
        assert value >= (SAME_CLASS_IOU if is_same else ANY_CLASS_IOU)
    assert len(set(got[got >= 0])) == (got >= 0).sum()


@given(
    st.lists(
        st.tuples(st.floats(0, 500), st.floats(0, 500), st.floats(2, 300), st.floats(2, 300)),
        min_size=1,
        max_size=30,
    )
)
def test_residuals_are_antisymmetric_and_moves_stay_boxes(boxes):
    box = np.array(boxes)
    new = moved(box)
    assert (new[:, 2:] > 0).all()
    np.testing.assert_allclose(residuals(box, new), -residuals(new, box), atol=1e-9)
    assert (iou_pairs(box, new) < 1).all()
