"""Estimators: medians as numpy has them, classes of few cases near the whole."""

import numpy as np
import pytest

from labelmend.find.statistics import design, fit_logistic, logistic, median


def nobody() -> None:
    """A tick that nobody counts."""


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_the_median_is_that_of_numpy(n):
    values = np.random.default_rng(n).random(n)
    assert median(values) == np.median(values)


def test_the_levels_of_classes_are_shrunk_to_the_whole():
    category = np.r_[np.zeros(500, int), np.ones(500, int), [2]]
    y = np.r_[np.arange(500) % 10 == 0, np.arange(500) % 10 != 0, [True]]
    model = design([np.zeros(1)], 4)
    column = np.zeros(len(y))
    weights = fit_logistic(model.matrix([column]), category, y, n_categories=4, tick=nobody)
    p = logistic(model.apply(weights, [column], category))
    assert abs(p[0] - 0.1) < 0.03
    assert abs(p[600] - 0.9) < 0.03
    assert 0.35 < p[-1] < 0.75
