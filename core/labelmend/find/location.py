"""Boxes in the wrong place: looser, tighter or further off than this model's own spread explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence import Evidence
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.moved import moved_odds, residuals, share_by_rank
from labelmend.find.statistics import Tick, design, fit_robust, logistic, logit, quantile_knots, sample

FEWEST = 20
STEADY = 0.3
"""Weight of a view that steadies the one that orders pairs best."""

HOLD = 0.5
"""The same, of the view that learns next to nothing."""

SCORE_STEPS = (0.2, 0.5, 0.8, 0.95)
WIDTHS = (0.05, 0.08, 0.12)
"""Spreads tried for pairs that met by chance; the likelihood chooses."""


@dataclass(frozen=True)
class Matched:
    """The matched annotations: their rows, both boxes, IoU, score, and how often such ones go unseen."""

    row: Ints
    label: Floats
    object: Floats
    category: Ints
    iou: Floats
    score: Floats
    edge: Bools
    unseen: Floats


@dataclass(frozen=True)
class View:
    """One way to measure disagreement, with the densities of the two explanations beside the model's own.

    distance (n,) grows with disagreement; wrong (n,) is its density for a wrong box; chance(width) the
    one for a pair that met by chance.
    """

    distance: Floats
    wrong: Floats
    chance: Callable[[float], Floats]

    def take(self, rows: Ints) -> View:
        """The same view of some rows."""
        return View(self.distance[rows], self.wrong[rows], lambda width: self.chance(width)[rows])


def matched(evidence: Evidence, unseen: Floats) -> Matched:
    """The columns that the location models use."""
    a, o = evidence.annotations, evidence.objects
    row = np.flatnonzero(a.seen >= 0)
    at = a.seen[row]
    return Matched(
        row, a.box[row], o.box[at], a.category[row], a.iou[row], o.score[at], a.edge[row], unseen[row]
    )


def location(
    found: Evidence, pairs: Matched, *, n_categories: int, with_masks: bool, tick: Tick
) -> tuple[Floats, float]:
    """P(the box is wrong) of each matched pair, and the share of wrong ones.

    A mixture says how many are wrong. Which ones is told better by what moved labels look like, and
    steadied by the two other views; masks cannot be moved, so there the mixture stands.
    """
    if len(pairs.row) < FEWEST:
        return np.zeros(len(pairs.row)), 0.0
    mixed, share = _mixed(pairs, n_categories, tick)
    steady = _steady(pairs)
    if with_masks:
        # Masks share no pixels: a detection that lies in another label too has merged two objects.
        merged = found.objects.other_cover[found.annotations.seen[pairs.row]]
        return mixed ** (1 - STEADY) * steady**STEADY * (1 - merged) ** 2, share
    odds = moved_odds(found, pairs.row, pairs.label, pairs.object, n_categories=n_categories, tick=tick)
    tick()
    rank = odds + HOLD * np.log(steady + 1e-6) + 0.2 * np.log(mixed + 1e-6)
    return share_by_rank(rank, mixed), share


def _mixed(pairs: Matched, n_categories: int, tick: Tick) -> tuple[Floats, float]:
    """Both views of each pair, each a mixture around what is usual for its size, score, class and edge."""
    columns = [
        np.log(np.maximum(pairs.label[:, 2] * pairs.label[:, 3], 1e-9)),
        logit(pairs.score),
        pairs.edge.astype(np.float64),
    ]
    some = sample(np.arange(len(pairs.row)), pairs.label)
    model = design([quantile_knots(c, 7) for c in columns], n_categories)
    tick()
    x = model.matrix([c[some] for c in columns])
    together, shares = np.ones(len(pairs.row)), []
    views = (_by_sides(pairs), _by_iou(pairs))
    for view in views:
        fit = fit_robust(x, pairs.category[some], view.distance[some], n_categories=n_categories, tick=tick)
        tick()
        centre = model.apply(fit.centre, columns, pairs.category)
        spread = np.exp(model.apply(fit.spread, columns, pairs.category)) * fit.factor
        posterior, share = _mixture(pairs, view, centre, spread, some, tick)
        together *= posterior
        shares.append(share)
    learned: Floats = together ** (1 / len(views))
    return learned, float(np.mean(shares))


def _steady(pairs: Matched) -> Floats:
    """How far each pair lies beyond what is usual at its size, whatever the rest; sure pairs count more.

    The learned views lose their hold where few pairs are alike; this one hardly learns anything.
    """
    size = np.log(np.maximum(pairs.label[:, 2] * pairs.label[:, 3], 1e-9))
    good = pairs.score > 0.3
    edges = np.quantile(size[good], [0.2, 0.4, 0.6, 0.8]) if good.sum() > 200 else np.zeros(0)
    cell, agreement = np.digitize(size, edges), logit(np.clip(pairs.iou, 0.02, 0.995))
    z = np.zeros(len(size))
    for k in range(len(edges) + 1):
        on = cell == k
        if (usual := agreement[on & good]).size:
            centre = np.median(usual)
            z[on] = (centre - agreement[on]) / (1.48 * np.median(np.abs(usual - centre)) + 1e-6)
    return np.sqrt(pairs.score) * logistic(2 * (z - 2.2))


def _by_sides(pairs: Matched) -> View:
    low, high = np.log(0.07), np.log(0.6)
    r = residuals(pairs.label, pairs.object)
    distance = np.log(np.sqrt((r**2).mean(axis=1)) + 0.01)
    return View(
        distance,
        np.where((distance > low) & (distance < high), 1 / (high - low), 1e-3),
        lambda width: np.exp(-np.abs(distance - high) / (2.5 * width)) / (5 * width),
    )


def _by_iou(pairs: Matched) -> View:
    apart = 1.02 - pairs.iou
    return View(
        np.log(apart),
        np.where(pairs.iou < 0.85, 1 / 0.75, 1e-3) * apart,
        lambda width: np.exp(-(pairs.iou - 0.1) / width) / width * apart,
    )


@dataclass(frozen=True)
class _Parts:
    """The shares of a mixture: wrong boxes, and chance meetings by step of score."""

    wrong: float
    chance: Floats
    width: float


def _mixture(
    pairs: Matched, view: View, centre: Floats, spread: Floats, some: Ints, tick: Tick
) -> tuple[Floats, float]:
    """Posterior of "wrong" under: the model's own spread, a wrong box, a chance meeting.

    Chance: the label's object went unseen, and the detection is of something else.
    """
    z = (view.distance - centre) / spread
    far = z[some][z[some] > 0]
    spread = spread * (np.median(far) / 0.6745 if len(far) else 1.0)
    own = np.exp(-0.5 * ((view.distance - centre) / spread) ** 2) / spread / np.sqrt(2 * np.pi) + 1e-12
    step = np.digitize(pairs.score, SCORE_STEPS)
    u = np.clip(pairs.unseen, 0.01, 0.95)
    odds = u / (1 - u)
    few = view.take(some)
    best, best_likelihood = None, -np.inf
    for width in WIDTHS:
        parts, likelihood = _fit(own[some], few.wrong, few.chance(width), odds[some], step[some], width, tick)
        if likelihood > best_likelihood:
            best, best_likelihood = parts, likelihood
    assert best is not None
    q = _densities(best, own, view.wrong, view.chance(best.width), odds, step)
    return q[1] / q.sum(axis=0), best.wrong


def _fit(
    own: Floats, wrong: Floats, chance: Floats, odds: Floats, step: Ints, width: float, tick: Tick
) -> tuple[_Parts, float]:
    parts = _Parts(0.02, np.full(len(SCORE_STEPS) + 1, 0.02), width)
    n = len(parts.chance)
    q = _densities(parts, own, wrong, chance, odds, step)
    for _ in range(40):
        tick()
        q = _densities(parts, own, wrong, chance, odds, step)
        share = q / q.sum(axis=0)
        met = np.bincount(step, share[2], n) + 0.02
        rest = np.bincount(step, (1 - share[2]) * odds, n) + 1
        parts = _Parts(float((share[1].sum() + 0.02) / (share[:2].sum() + 1)), met / rest, width)
    return parts, float(np.log(q.sum(axis=0) / (1 + parts.chance[step] * odds)).sum())


def _densities(parts: _Parts, own: Floats, wrong: Floats, chance: Floats, odds: Floats, step: Ints) -> Floats:
    return np.stack([(1 - parts.wrong) * own, parts.wrong * wrong, parts.chance[step] * odds * chance])


def usual_spread(pairs: Matched) -> tuple[Floats, Floats]:
    """Centre and spread (n, 4) of each side's residual for labels of that size and class."""
    r = residuals(pairs.label, pairs.object)
    size = np.log(np.maximum(pairs.label[:, 2] * pairs.label[:, 3], 1e-9))
    edges = np.unique(np.quantile(size, np.linspace(0, 1, 9)[1:-1])) if len(size) > 200 else np.zeros(0)
    cell = np.digitize(size, edges)
    centre, spread = np.zeros_like(r), np.full_like(r, 0.05)
    for k in range(len(edges) + 1):
        on = cell == k
        if on.any():
            centre[on] = np.median(r[on], axis=0)
            spread[on] = 1.48 * np.median(np.abs(r[on] - centre[on]), axis=0) + 1e-3
    return centre, spread * _class_factor(np.abs(r - centre) / spread, pairs.category)[:, None]


def _class_factor(z: Floats, category: Ints, shrink: float = 20.0) -> Floats:
    """How much wider a class's spread is than the whole's; few examples count little."""
    order = np.argsort(category, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(category[order]) != 0])
    factor = np.ones(len(category))
    for rows in np.split(order, starts[1:]):
        n = len(rows)
        factor[rows] = (n * np.median(z[rows]) / 0.6745 + shrink) / (n + shrink)
    return factor
