"""The few estimators that the finder learns with: additive logistic and robust regression, error rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.normal_equations import Cases, Squares

FIT_ROWS = 40_000
"""Rows that a model of some hundred parameters is fitted on; more change nothing but the time."""

ENOUGH = 3e-3
"""A step of all weights by less than that is the last."""

NEAR, SHRINKS = 0.5, 0.3
"""After a step this small the curvature, which takes most of the time to sum, is kept for as long as each
step is at most this share of the one before."""

AT_ONCE = 1 << 15
"""Cases that a model is applied to at a time: what is made of them stays in the processor's cache."""

ROUNDS = 14
"""Times in a fit that the curvature is summed; more change nothing."""

ALONE = 0.02
"""What a case is held by at least beside itself: one that nothing else is like would be thrown anywhere."""

MOST, LESS = 0.8, np.pi / 8
"""Share of the cases that are as much like others as is usual; how far the odds of one that is less so are
led towards even, by the variance that they have beyond it: what a logistic curve comes to on average."""

_ROBUST_RIDGE, _ROBUST_ROUNDS = 2.0, 8

Tick = Callable[[], None]


def logistic(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), for any x."""
    out: Floats = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return out


def logit(p: Floats) -> Floats:
    """log(p / (1 - p)), with p held off 0 and 1."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    out: Floats = np.log(p / (1 - p))
    return out


@dataclass(frozen=True)
class Weights:
    """Weights of an additive model: of the constant and all knots (width,), and one a class (k,)."""

    knots: Floats
    classes: Floats


@dataclass(frozen=True)
class Design:
    """An additive model's columns: piecewise linear in each variable; classes are kept apart, being many."""

    knots: tuple[Floats, ...]
    n_categories: int

    @property
    def width(self) -> int:
        """Parameters beside the classes': the constant and one a knot."""
        return 1 + sum(max(len(k), 1) for k in self.knots)

    @property
    def nothing(self) -> Weights:
        """Weights of 0."""
        return Weights(np.zeros(self.width), np.zeros(self.n_categories))

    def matrix(self, columns: Sequence[Floats]) -> Floats:
        """The design matrix (n, width)."""
        n = len(columns[0])
        out = np.zeros((n, self.width))
        out[:, 0] = 1
        every, row, at = out.reshape(-1), np.arange(n) * self.width, 1
        for column, knots in zip(columns, self.knots, strict=True):
            j, t = _place(column, knots)
            if len(knots) < 2:
                out[:, at] = 1
            else:
                place = row + (at + j)
                every[place], every[place + 1] = 1 - t, t
            at += max(len(knots), 1)
        return out

    def apply(self, weights: Weights, columns: Sequence[Floats], category: Ints) -> Floats:
        """What the model says (n,) of each row, without the matrix."""
        out: Floats = weights.knots[0] + weights.classes[category]
        at = 1
        for column, knots in zip(columns, self.knots, strict=True):
            n = max(len(knots), 1)
            _add_along(out, column, knots, weights.knots[at : at + n])
            at += n
        return out


def _add_along(out: Floats, column: Floats, knots: Floats, values: Floats) -> None:
    """Add to out (n,) what np.interp says of the column: its rise from each knot to the next is summed, which
    takes half the time of looking up where each number lies."""
    rises = list(zip(knots[:-1], knots[1:], np.diff(values) / np.diff(knots), strict=True))
    for begin in range(0, len(out), AT_ONCE):
        rows = slice(begin, begin + AT_ONCE)
        x, said = column[rows], np.full(len(out[rows]), values[0])
        for low, high, rise in rises:
            said += rise * (np.clip(x, low, high) - low)
        out[rows] += said


def design(knots: Sequence[Floats], n_categories: int) -> Design:
    """A design with these knots."""
    return Design(tuple(np.unique(k) for k in knots), n_categories)


def quantile_knots(column: Floats, n: int) -> Floats:
    """n knots where the data lie."""
    return quantiles(column, np.linspace(0.01, 0.99, n)) if len(column) else np.zeros(1)


def quantiles(values: Floats, shares: Floats) -> Floats:
    """np.quantile of some numbers (n,), at least one: to sort them all takes less time than to pick some."""
    ordered = np.sort(values)
    place = shares * (len(ordered) - 1)
    at = place.astype(np.int64)
    low, high = ordered[at], ordered[np.minimum(at + 1, len(ordered) - 1)]
    part = place - at
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))


def median(values: Floats) -> float:
    """np.median of some numbers (n,), at least one, in the same way."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def above(values: Floats, limits: Floats, *, at: bool = False) -> Ints:
    """How many of a few limits each number (n,) is above, or at too: np.searchsorted, but quicker."""
    out = np.zeros(len(values), np.uint8)
    for limit in limits:
        out += values >= limit if at else values > limit
    return out.astype(np.int64)


def _place(column: Floats, knots: Floats) -> tuple[Ints, Floats]:
    if len(knots) < 2:
        return np.zeros(len(column), np.int64), np.zeros(len(column))
    x = np.clip(column, knots[0], knots[-1])
    j = above(x, knots[1:-1], at=True)
    return j, (x - knots[j]) / (knots[j + 1] - knots[j])


def fit_logistic(
    x: Floats,
    category: Ints,
    y: Bools | Floats,
    *,
    n_categories: int,
    tick: Tick,
    ridge: float = 2.0,
) -> Weights:
    """A logistic regression of y, which may be probabilities, on the design matrix x and the class."""
    return Logistic(x, category, n_categories=n_categories, tick=tick, ridge=ridge).fit(y)


class Logistic:
    """Logistic regressions on one design matrix x and the class, by Newton's method with a ridge.

    Near the result the curvature is that of an earlier step, or of the fit before: at most ROUNDS times in a
    fit it is summed anew. offset (n,) are log odds known beforehand: what is learned is added to them.
    """

    def __init__(
        self,
        x: Floats,
        category: Ints,
        *,
        n_categories: int,
        tick: Tick,
        ridge: float = 2.0,
        offset: Floats | None = None,
    ) -> None:
        self._cases = Cases.of(x, category, n_categories)
        self._rough = self._cases.rough()  # a step need not be exact: the next one starts where it led
        self._given = 0.0 if offset is None else offset
        self._known = 0.0 if offset is None else offset[self._cases.order]
        self._ridge, self._tick = ridge, tick
        self._penalty = np.full(x.shape[1], ridge)
        self._penalty[0] = 1e-3
        self._weights = Weights(np.zeros(x.shape[1]), np.zeros(n_categories))
        self._squares: Squares | None = None

    def fit(self, y: Bools | Floats) -> Weights:
        """The weights for y, which may be probabilities; sought from those of the fit before on."""
        cases, ridge, rounds = self._cases, self._ridge, ROUNDS
        right = y[cases.order].astype(np.float64)
        weights, level = self._weights.knots, self._weights.classes
        squares, last = self._squares, np.inf if self._squares is None else NEAR
        while rounds:
            self._tick()
            p = logistic(cases.values(weights, level) + self._known)
            of_knots, of_classes = cases.sums(right - p)
            wanted = of_knots - self._penalty * weights, of_classes - ridge * level
            step = None if squares is None or last > NEAR else squares.solve(*wanted)
            if squares is None or step is None or _size(step) > SHRINKS * last:
                rounds -= 1
                squares = self._rough.squares(p * (1 - p) + 1e-9, self._penalty, ridge)
                step = squares.solve(*wanted)
            weights, level = weights + np.clip(step[0], -3, 3), level + np.clip(step[1], -2, 2)
            last = _size(step)
            if last < ENOUGH:
                break
        self._weights, self._squares = Weights(weights, level), squares
        return self._weights

    def odds(self) -> Floats:
        """Log odds (n,) that the last fit gives each row of x, beside those known beforehand."""
        cases = self._cases
        out = np.empty(len(cases.order))
        out[cases.order] = cases.values(self._weights.knots, self._weights.classes)
        return out

    def odds_by_others(self, y: Bools | Floats) -> Floats:
        """The same (n,), each row's as if the last fit, which was for y, had been made without that row.

        Of few rows each has a say in what is learned of it: one that is like no other would lean towards what
        it was said to be. And what the others say of it is far from sure: its odds are nearer to even.
        """
        cases, odds = self._cases, self.odds()
        p = logistic(odds + self._given)
        weight = p * (1 - p) + 1e-9
        squares = self._rough.squares(weight[cases.order], self._penalty, self._ridge)
        reach = np.empty(len(odds))
        reach[cases.order] = self._rough.leverage(squares)
        variance = reach / np.maximum(1 - weight * reach, ALONE)  # without its own part of the curvature
        more = np.maximum(variance - np.quantile(variance, MOST), 0.0)
        out: Floats = (odds - variance * (y - p)) / np.sqrt(1 + LESS * more)
        return out


def _size(step: tuple[Floats, Floats]) -> float:
    return float(max(np.abs(part).max() for part in step))


@dataclass(frozen=True)
class Robust:
    """Weights of the centre and of the log spread, and the factor that makes the spread a deviation.

    by_others: centre (n,) and log spread (n,) of each case as if it had been left out of the fit.
    """

    centre: Weights
    spread: Weights
    factor: float
    by_others: tuple[Floats, Floats]


def fit_robust(x: Floats, category: Ints, y: Floats, *, n_categories: int, tick: Tick) -> Robust:
    """Huber regression of y on the design matrix x, with a spread that depends on the same columns."""
    cases = Cases.of(x, category, n_categories)
    y = y[cases.order]
    penalty = np.full(x.shape[1], _ROBUST_RIDGE)
    penalty[0] = 1e-3
    weight, used, residual = np.ones(len(y)), np.ones(len(y)), y
    for _ in range(_ROBUST_ROUNDS):
        tick()
        used = weight
        squares = cases.squares(used, penalty, _ROBUST_RIDGE)
        centre = Weights(*squares.solve(*cases.sums(used * y)))
        residual = y - cases.values(centre.knots, centre.classes)
        scale = 1.48 * np.median(np.abs(residual)) + 1e-6
        weight = 1 / np.maximum(1, np.abs(residual) / (1.3 * scale))
    tick()
    # What is left of each without its own say: of few cases, each bends the curve towards itself.
    left = residual / np.maximum(1 - used * cases.leverage(squares), ALONE)
    log_size = np.log(np.abs(left) + 0.05 * scale)
    squares = cases.squares(np.ones(len(y)), penalty, _ROBUST_RIDGE)
    fit = Weights(*squares.solve(*cases.sums(log_size)))
    beyond = log_size - cases.values(fit.knots, fit.classes)
    spread = log_size - beyond / np.maximum(1 - cases.leverage(squares), ALONE)
    factor = 1.48 * float(np.median(np.abs(left) / np.exp(spread)))
    by_others = np.empty(len(y)), np.empty(len(y))
    by_others[0][cases.order], by_others[1][cases.order] = y - left, spread
    return Robust(centre, fit, factor, by_others)


def levelled(share: Floats) -> Floats:
    """An estimate (n,) that may lie above 1 as a probability: the same below a half, in order above."""
    out: Floats = 0.98 * share / (1 + share**4) ** 0.25
    return out
