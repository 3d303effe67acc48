"""Sums over cases, taken in portions: what plain algebra with one column a class gives, to rounding."""

import numpy as np
import pytest

from labelmend.find.normal_equations import Cases
from labelmend.find.statistics import Logistic, fit_logistic, fit_robust, logistic

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


@pytest.mark.parametrize("width", [12, 70])
def test_the_push_of_a_case_is_that_of_the_whole_matrix(width):
    random = np.random.default_rng(4)
    x, category = random.normal(size=(300, width)), random.integers(0, CLASSES - 1, 300)
    weight, penalty = random.random(300), np.full(width, 3.0)
    kept = Cases.of(x, category, CLASSES)
    ours = kept.leverage(kept.squares(weight[kept.order], penalty, 2.0))
    whole = np.concatenate([x, np.eye(CLASSES)[category]], axis=1)
    ridge = np.diag(np.r_[penalty, np.full(CLASSES, 2.0)])
    inverse = np.linalg.inv((whole * weight[:, None]).T @ whole + ridge)
    theirs = np.einsum("nv,vw,nw->n", whole, inverse, whole)
    np.testing.assert_allclose(ours, theirs[kept.order], rtol=1e-6)


def few(n: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    x = np.concatenate([np.ones((n, 1)), random.normal(size=(n, 6))], axis=1)
    return x, random.integers(0, 3, n), random.normal(size=n)


def test_odds_by_others_are_those_of_a_fit_without_the_row():
    x, category, noise = few()
    y = (noise + x[:, 1] > 0).astype(float)
    whole = Logistic(x, category, n_categories=3, tick=lambda: None)
    whole.fit(y)
    own, others, left = whole.odds(), whole.odds_by_others(y), np.empty(len(y))
    for row in range(len(y)):
        rest = np.arange(len(y)) != row
        fit = fit_logistic(x[rest], category[rest], y[rest], n_categories=3, tick=lambda: None)
        left[row] = x[row] @ fit.knots + fit.classes[category[row]]
    error = np.abs(others - left)
    assert np.quantile(error, 0.75) < 0.03
    assert error.mean() < 0.15 * np.abs(own - left).mean() + 0.1
    odd = error > 0.05  # what hardly any other is like is led towards even
    assert (np.abs(others[odd]) < np.abs(left[odd])).mean() > 0.8


def test_the_robust_regression_tells_each_case_by_the_others():
    x, category, noise = few()
    y = x[:, 1] + 0.1 * noise
    y[0] += 3  # it would draw the curve towards itself, and widen it
    fit = fit_robust(x, category, y, n_categories=3, tick=lambda: None)
    rest = fit_robust(x[1:], category[1:], y[1:], n_categories=3, tick=lambda: None)
    centre = x[0] @ rest.centre.knots + rest.centre.classes[category[0]]
    spread = x[0] @ rest.spread.knots + rest.spread.classes[category[0]]
    assert fit.by_others[0][0] == pytest.approx(centre, abs=0.02)
    assert fit.by_others[1][0] == pytest.approx(spread, abs=0.1)
    own = x[0] @ fit.spread.knots + fit.spread.classes[category[0]]
    assert own - spread > 2 * abs(fit.by_others[1][0] - spread)
