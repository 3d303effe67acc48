"""Labels moved at random."""

from __future__ import annotations

import numpy as np
import pytest

from labelmend.find.kinds.moved import LEAST_MOVE, MOST_MOVE, moved, share_of_moved
from labelmend.geometry.boxes import iou_pairs


def boxes(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.concatenate([rng.uniform(0, 400, (n, 2)), rng.uniform(10, 200, (n, 2))], axis=1)


def test_moves_are_no_further_than_they_may_be():
    box = boxes(500)
    off = np.abs(moved(box) - box)
    assert (off[:, 2:] <= 2 * MOST_MOVE * box[:, 2:] + 1e-9).all()
    assert (moved(box)[:, 2:] > 0).all()
    assert 0.3 < np.median(iou_pairs(moved(box), box)) < 0.8


def test_small_moves_are_commoner_than_large_ones():
    box = boxes(4000)
    # Of boxes that grow on all sides, each side is moved by its own distance.
    off = (box - moved(box))[:, :2] / box[:, 2:]
    grown = off[(off > LEAST_MOVE).all(axis=1) & (moved(box)[:, 2:] > 1.3 * box[:, 2:]).all(axis=1)]
    assert len(grown) > 500
    assert grown.max() == pytest.approx(MOST_MOVE, abs=0.01)
    assert np.median(grown) == pytest.approx(0.336, abs=0.01)  # that of an even spread is 0.375


@pytest.mark.parametrize("scale", [0.25, 3.0])
def test_moves_scale_and_do_not_know_the_order(scale):
    box = boxes(200)
    order = np.random.default_rng(1).permutation(200)
    np.testing.assert_allclose(moved(box[order] * scale), moved(box)[order] * scale)


def test_the_share_of_moved_is_read_from_the_pairs_seen_best():
    rng = np.random.default_rng(3)
    doubt = np.r_[rng.uniform(0, 1, 4000), rng.uniform(0, 1, 4000)]
    is_moved = rng.random(4000) < 0.05
    # Those seen badly look moved though they are not.
    sound = rng.normal(-4, 1, 4000) + 6 * (doubt[:4000] > 0.6)
    odds = np.r_[np.where(is_moved, rng.normal(3, 1, 4000), sound), rng.normal(3, 1, 4000)]
    assert share_of_moved(odds, doubt, 4000) == pytest.approx(0.05, abs=0.01)


def test_no_share_is_certain():
    odds, doubt = np.r_[np.full(5000, -9.0), np.full(50, 5.0)], np.zeros(5050)
    assert 0 < share_of_moved(odds, doubt, 5000) < 0.001
    assert share_of_moved(-odds, doubt, 5000) == 0.5


def test_of_few_pairs_the_usual_share_is_believed():
    odds, doubt = np.r_[np.full(50, -9.0), np.full(50, 5.0)], np.zeros(100)
    assert 0.01 < share_of_moved(odds, doubt, 50) < 0.02


def test_by_few_pairs_fewer_of_the_moved_ones_count_as_told():
    def share(n: int) -> float:
        # Sound pairs that are no surer than the lesser half of the moved ones are not told from those.
        even = (np.arange(n) + 0.5) / n
        return share_of_moved(np.r_[5 * even - 3.1, 5 * even], np.zeros(2 * n), n)

    assert share(500) == share_of_nothing(500)
    assert share(10_000) > 10 * share_of_nothing(10_000)


def share_of_nothing(n: int) -> float:
    return share_of_moved(np.r_[np.full(n, -9.0), np.full(n, 5.0)], np.zeros(2 * n), n)
