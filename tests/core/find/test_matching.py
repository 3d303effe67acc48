"""Pairs, groups of detections and the one-to-one choice, against the slow and simple way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.find.evidence.hypotheses import Votes, gather, suppress
from labelmend.find.evidence.matching import match, one_to_one
from labelmend.find.evidence.pairs import crossing, crossing_within
from labelmend.geometry.boxes import intersection_pairs, iou

seeds = st.integers(0, 10_000)


def boxes(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, 3, n), np.round(np.c_[rng.uniform(-20, 60, (n, 2)), rng.uniform(0, 40, (n, 2))])


@given(seeds)
@settings(max_examples=60)
def test_crossing_lists_every_pair_that_shares_area(seed):
    rng = np.random.default_rng(seed)
    (image_a, a), (image_b, b) = boxes(rng, int(rng.integers(0, 30))), boxes(rng, int(rng.integers(0, 30)))
    found = crossing(image_a, a, image_b, b)
    i, j = (x.ravel() for x in np.meshgrid(np.arange(len(a)), np.arange(len(b)), indexing="ij"))
    shared = intersection_pairs(a[i], b[j]) * (image_a[i] == image_b[j])
    on = shared > 0
    np.testing.assert_array_equal(found.first, i[on])
    np.testing.assert_array_equal(found.second, j[on])
    np.testing.assert_array_equal(found.shared, shared[on])


@given(seeds)
@settings(max_examples=60)
def test_crossing_within_lists_every_pair_once(seed):
    rng = np.random.default_rng(seed)
    image, box = boxes(rng, int(rng.integers(0, 40)))
    found = crossing_within(image, box)
    i, j = np.triu_indices(len(box), 1)
    on = (intersection_pairs(box[i], box[j]) > 0) & (image[i] == image[j])
    np.testing.assert_array_equal(found.first, i[on])
    np.testing.assert_array_equal(found.second, j[on])


def test_a_freak_coordinate_hides_no_pair():
    box = np.array([[1e15, 0, 5, 5], [0, 0, 10, 10], [5, 5, 10, 10], [-1e15, 0, 3e15, 20]])
    found = crossing_within(np.zeros(4, np.int64), box)
    assert (1, 2) in set(zip(found.first.tolist(), found.second.tolist(), strict=True))


@given(seeds)
@settings(max_examples=60)
def test_one_to_one_is_the_greedy_choice(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 60))
    left, right = rng.integers(0, 12, n), rng.integers(0, 12, n)
    value = rng.integers(0, 6, n) / 5
    taken, used_left, used_right = [], set(), set()
    for k in np.argsort(-value, kind="stable"):
        if left[k] not in used_left and right[k] not in used_right:
            taken.append(k)
            used_left.add(left[k])
            used_right.add(right[k])
    assert sorted(one_to_one(left, right, value)) == sorted(taken)


@given(seeds)
@settings(max_examples=60)
def test_suppress_is_what_visiting_one_by_one_gives(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    close = np.triu(rng.random((n, n)) < 0.2, 1)
    close |= close.T
    head = np.full(n, -1)
    for i in range(n):
        if head[i] < 0:
            head[(head < 0) & close[i]] = i
            head[i] = i
    strong, weak = np.nonzero(np.triu(close, 1))
    np.testing.assert_array_equal(suppress(n, strong, weak), head)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        # label, object, IoU, of one class
        ([(0, 0, 0.7, False), (0, 1, 0.5, True), (1, 0, 0.4, False)], [1, 0]),
        # The label beside is of the object's class, the one that fits is not.
        ([(0, 0, 0.9, False), (1, 0, 0.3, True)], [0, -1]),
        ([(0, 0, 0.3, False), (1, 0, 0.22, True)], [-1, 0]),
        ([(0, 0, 0.9, False), (1, 0, 0.7, True)], [-1, 0]),
        ([(0, 0, 0.15, True), (1, 1, 0.25, True)], [-1, 1]),
    ],
    ids=["one class first", "one that fits", "another class is further off", "both fit", "two objects"],
)
def test_the_same_class_goes_first_where_it_lies_as_near(pairs, expected):
    label, thing, iou, same = (np.array(column) for column in zip(*pairs, strict=True))
    got = match(label, thing, iou, same_class=same, score=np.ones(len(pairs)), n_annotations=2)
    np.testing.assert_array_equal(got, expected)


def test_detections_of_one_object_become_one_hypothesis():
    box = np.array([[0, 0, 100, 100], [2, 0, 100, 100], [0, 3, 100, 100], [300, 0, 50, 50.0]])
    found = gather(
        np.zeros(4, np.int64),
        np.array([0, 0, 1, 2]),
        box,
        np.array([0.5, 0.9, 0.3, 0.2]),
        np.array([0, 1, 1, 1]),
        n_categories=3,
        n_sources=2,
        masked=None,
    )
    np.testing.assert_array_equal(found.head, [1, 3])
    np.testing.assert_array_equal(found.members, [3, 1])
    np.testing.assert_array_equal(found.by_source, [[0.5, 0.9], [0, 0.2]])
    votes = found.votes.of(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 2]))
    np.testing.assert_allclose(votes, [0.9, 0.3, 0.0, 0.2])
    assert 0 < found.box[0, 0] < 2  # between its two members of the leading class
    assert found.box[0, 1] == 0
    assert iou(found.box[:1], box[1:2])[0, 0] > 0.97


@pytest.mark.parametrize(("masked", "head"), [([0, 0, 1, 1], 2), ([0, 0, 0, 0], 0), ([1, 0, 1, 0], 0)])
def test_of_several_models_one_with_a_mask_stands_for_the_object(masked, head):
    box = np.array([[0, 0, 100, 100], [1, 0, 100, 100], [2, 0, 100, 100], [3, 0, 100, 100.0]])
    found = gather(
        np.zeros(4, np.int64),
        np.array([0, 1, 0, 0]),
        box,
        np.array([0.9, 0.8, 0.7, 0.6]),
        np.array([0, 0, 1, 1]),
        n_categories=2,
        n_sources=2,
        masked=np.array(masked, bool),
    )
    assert found.head.tolist() == [head]
    np.testing.assert_array_equal(found.box, box[[head]])
    assert found.score.tolist() == [0.9]


def test_the_vote_of_any_class_is_found_however_many_classes_fired():
    chance = np.random.default_rng(5)
    score = chance.random((30, 20)) * (chance.random((30, 20)) < chance.random((30, 1)))
    score[:, 0] += 0.1  # each hypothesis has one at least
    key = np.flatnonzero(score.ravel() > 0)
    votes = Votes(key, score.ravel()[key], 20)
    hypothesis, category = (side.ravel() for side in np.indices(score.shape))
    assert votes.of(hypothesis, category).tolist() == score.ravel().tolist()
