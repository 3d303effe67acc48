"""Sums over cases, taken in portions: what plain algebra with one column a class gives, to rounding."""

import numpy as np
import pytest

from labelmend.find.normal_equations import Cases
from labelmend.find.statistics import fit_logistic, fit_robust, logistic

WIDTH, CLASSES = 30, 12


@pytest.fixture
def cases():
    random = np.random.default_rng(3)
    x = random.normal(size=(5000, WIDTH)) * (random.random((5000, WIDTH)) < 0.2)
    x[:, 0] = 1
    return x, random.integers(0, CLASSES - 1, 5000), random.normal(size=5000)  # the last class has no case


def test_the_solution_is_that_of_the_whole_matrix(cases):
    x, category, y = cases
    kept = Cases.of(x, category, CLASSES)
    weight, penalty = np.abs(y) + 0.1, np.full(WIDTH, 3.0)
    ours = kept.squares(weight[kept.order], penalty, 2.0).solve(*kept.sums((weight * y)[kept.order]))
    whole = np.concatenate([x, np.eye(CLASSES)[category]], axis=1)
    ridge = np.diag(np.r_[penalty, np.full(CLASSES, 2.0)])
    theirs = np.linalg.solve((whole * weight[:, None]).T @ whole + ridge, whole.T @ (weight * y))
    np.testing.assert_allclose(np.concatenate(ours), theirs, atol=1e-9)
    np.testing.assert_allclose(kept.values(*ours), (whole @ theirs)[kept.order], atol=1e-9)


def test_the_logistic_regression_ends_at_its_summit(cases):
    x, category, noise = cases
    y = noise + x[:, 1] + category / CLASSES > 0
    fit = fit_logistic(x, category, y, n_categories=CLASSES, tick=lambda: None)
    left = y - logistic(x @ fit.knots + fit.classes[category])
    penalty = np.r_[1e-3, np.full(WIDTH - 1, 2.0)]
    assert np.abs(x.T @ left - penalty * fit.knots).max() < 0.1
    assert np.abs(np.bincount(category, left, CLASSES) - 2.0 * fit.classes).max() < 0.1


def test_the_robust_regression_does_not_mind_freaks(cases):
    x, category, noise = cases
    y = 2 * x[:, 1] + category / CLASSES + 0.1 * noise
    y[::50] += 30
    fit = fit_robust(x, category, y, n_categories=CLASSES, tick=lambda: None)
    assert fit.centre.knots[1] == pytest.approx(2, abs=0.05)
    spread = np.exp(x @ fit.spread.knots + fit.spread.classes[category]) * fit.factor
    assert np.median(spread) == pytest.approx(0.1, rel=0.3)
