"""Boosted trees learn what an additive model cannot, and nothing where there is nothing to learn."""

from __future__ import annotations

import numpy as np

from labelmend.find.statistics import logistic
from labelmend.find.trees import fit_trees


def nobody() -> None:
    """A tick that nobody counts."""


def test_two_columns_that_act_together_only():
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 8000))
    y = (a > 0.5) != (b > 0.5)
    trees = fit_trees([a, b], y, np.zeros(8000), tick=nobody)
    right = (trees.apply([a, b], np.zeros(8000), nobody) > 0) == y
    assert right.mean() > 0.97


def test_chance_teaches_nothing():
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 4000))
    y = rng.random(4000) < 0.3
    start = np.full(4000, np.log(0.3 / 0.7))
    odds = fit_trees([a, b], y, start, tick=nobody).apply([a, b], start, nobody)
    assert np.abs(logistic(odds) - 0.3).max() < 0.3
