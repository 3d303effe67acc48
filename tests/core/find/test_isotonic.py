"""Shares that rise with a rank."""

from __future__ import annotations

import numpy as np

from labelmend.find.isotonic import falling, rising, share_by_rank


def test_a_share_rises_with_the_rank_and_keeps_its_mean():
    rng = np.random.default_rng(2)
    rank = rng.normal(size=2000)
    true = 1 / (1 + np.exp(-rank))
    share = share_by_rank(rank, (rng.random(2000) < true).astype(float))
    order = np.argsort(rank)
    assert (np.diff(share[order]) > 0).all()
    assert np.abs(share - true).mean() < 0.08


def test_neighbours_out_of_order_share_their_weighted_mean():
    level, weight = np.array([1.0, 4.0, 2.0, 5.0]), np.array([1.0, 3.0, 1.0, 1.0])
    np.testing.assert_allclose(rising(level, weight), [1, 3.5, 3.5, 5])
    np.testing.assert_allclose(falling(level, weight), np.full(4, 20 / 6))
