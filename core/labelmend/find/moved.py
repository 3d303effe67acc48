"""What moved labels would look like: sound pairs are moved at random, and told from the pairs as they are."""

from __future__ import annotations

import numpy as np

from labelmend.find.evidence import Evidence
from labelmend.find.hypotheses import agreement
from labelmend.find.inputs import Floats, Ints
from labelmend.find.statistics import Tick, design, fit_logistic, fit_robust, logit, quantile_knots, sample
from labelmend.geometry.boxes import iou_pairs

ROWS = 15_000
"""Pairs that are moved, and pairs as they are, that the two are told apart on."""

SOUND = 0.5
"""IoU from which a pair of the same class is sound enough to be moved."""

LEAST = 0.1
"""IoU that must be left, or the two would not have been paired."""

LEAST_MOVE, MOST_MOVE = 0.05, 0.6
"""By what share of the box a side is moved: from what can just be seen to what is another place."""

WAYS = 3
PRIMES = np.array([2.0, 3, 5, 7, 11, 13, 17, 19, 23, 29])


def moved_odds(
    found: Evidence, row: Ints, label: Floats, other: Floats, *, n_categories: int, tick: Tick
) -> Floats:
    """Log odds (n,) that the label of each pair was moved, up to a constant.

    row is that of Annotations, label and other (n, 4) are the boxes of both. The pairs as they are hold
    moved ones too, as unlabelled cases hold positive ones: that changes the odds, not their order.
    """
    sight, category = _sight(found, row), found.annotations.category[row]
    same = found.objects.category[found.annotations.seen[row]] == category
    base = np.flatnonzero((iou_pairs(label, other) >= SOUND) & same)
    if len(base) < 2:
        return np.zeros(len(row))
    base = sample(base, label, ROWS)
    some = sample(np.arange(len(row)), label, ROWS)
    tick()
    shape, new_shape = _shape(label, other), _shape(moved(label[base]), other[base])
    kept = new_shape[1] < np.log(1.02 - LEAST)
    usual = _Usual(sight[:3], shape[1], category, some, n_categories, tick)
    shape.append(usual.distance(shape[1], np.arange(len(row))))
    new_shape.append(usual.distance(new_shape[1], base))
    base = base[kept]
    columns = [np.r_[c[some], d[kept]] for c, d in zip(shape, new_shape, strict=True)]
    columns += [np.r_[c[some], c[base]] for c in sight]
    model = design([_knots(c) for c in columns], n_categories)
    tick()
    weights = fit_logistic(
        model.matrix(columns),
        np.r_[category[some], category[base]],
        np.r_[np.zeros(len(some), bool), np.ones(len(base), bool)],
        n_categories=n_categories,
        tick=tick,
    )
    return model.apply(weights, shape + sight, category)


def moved(box: Floats) -> Floats:
    """Each box (n, 4) moved in one of three ways: looser or tighter, some sides only, or shifted."""
    u = _spread_numbers(box)
    way = np.floor(u[:, 9] * WAYS)
    far = LEAST_MOVE + (MOST_MOVE - LEAST_MOVE) * u[:, :4]
    all_sides = far * np.where(u[:, 4:5] < 0.5, 1, -0.6)  # a box that shrinks as far would be gone
    some_sides = far * np.where(u[:, 5:9] < 0.5, 1, -1) * (u[:, 5:9] * 2 % 1 < 0.6)
    angle, distance = 2 * np.pi * u[:, 0], far[:, 1]
    across, down = np.cos(angle) * distance, np.sin(angle) * distance
    shift = np.stack([-across, -down, across, down], axis=1)
    outward = np.select([way[:, None] == 0, way[:, None] == 1], [all_sides, some_sides], shift)
    outward = outward * np.concatenate([box[:, 2:], box[:, 2:]], axis=1)
    low = box[:, :2] - outward[:, :2]
    high = np.maximum(box[:, :2] + box[:, 2:] + outward[:, 2:], low + 0.1 * box[:, 2:])
    return np.concatenate([low, high - low], axis=1)


def residuals(label: Floats, other: Floats) -> Floats:
    """By how much left, top, right, bottom (n, 4) of the other box lie right of or below the label's.

    In shares of the mean side of the two.
    """
    side = np.sqrt(np.maximum(label[:, 2:] * other[:, 2:], 1e-12))
    start = (other - label)[:, :2]
    end = (other[:, :2] + other[:, 2:]) - (label[:, :2] + label[:, 2:])
    out: Floats = np.concatenate([start / side, end / side], axis=1)
    return out


def _spread_numbers(box: Floats) -> Floats:
    """Ten numbers (n, 10) in [0, 1) a box, evenly spread, the same in any file order and at any scale."""
    order = np.lexsort((box[:, 1], box[:, 0], box[:, 3], box[:, 2] * box[:, 3]))
    rank = np.empty(len(box))
    rank[order] = np.arange(len(box)) + 0.5
    out: Floats = np.modf(rank[:, None] * np.sqrt(PRIMES))[0]
    return out


def _shape(label: Floats, other: Floats) -> list[Floats]:
    """How the two boxes of each pair disagree, whatever their size."""
    r = residuals(label, other)
    centre = np.hypot((r[:, 0] + r[:, 2]) / 2, (r[:, 1] + r[:, 3]) / 2)
    return [
        np.log(np.sqrt((r**2).mean(axis=1)) + 0.01),
        np.log(1.02 - iou_pairs(label, other)),
        np.log(np.abs(r).max(axis=1) + 0.01),
        np.log(centre + 0.01),
        np.log(np.maximum(other[:, 2], 1e-6) / np.maximum(label[:, 2], 1e-6)),
        np.log(np.maximum(other[:, 3], 1e-6) / np.maximum(label[:, 3], 1e-6)),
    ]


def _sight(found: Evidence, row: Ints) -> list[Floats]:
    """How well the object of each pair was seen; nothing of the label, which may be what was moved."""
    o, at = found.objects, found.annotations.seen[row]
    return [
        logit(o.score[at]),
        np.log(np.maximum(o.box[at, 2] * o.box[at, 3], 1e-9)),
        o.edge[at].astype(np.float64),
        o.weaker[at],
        o.stronger[at],
        np.log(o.members[at]),
        o.other_cover[at],
        o.rival[at],
        (o.category[at] == found.annotations.category[row]).astype(np.float64),
        *agreement(o.by_source, at),
    ]


def _knots(column: Floats) -> Floats:
    two_valued = ((column == 0) | (column == 1)).all()
    return np.array([0.0, 1.0]) if two_valued else quantile_knots(column, 9)


class _Usual:
    """The usual disagreement of objects seen that well, and its spread."""

    def __init__(
        self, columns: list[Floats], y: Floats, category: Ints, some: Ints, n_categories: int, tick: Tick
    ) -> None:
        model = design(
            [_knots(c) if len(np.unique(c)) < 3 else quantile_knots(c, 7) for c in columns], n_categories
        )
        x = model.matrix([c[some] for c in columns])
        fit = fit_robust(x, category[some], y[some], n_categories=n_categories, tick=tick)
        self._centre = model.apply(fit.centre, columns, category)
        self._spread = np.exp(model.apply(fit.spread, columns, category)) * fit.factor

    def distance(self, y: Floats, rows: Ints) -> Floats:
        """Spreads (n,) by which y lies beyond the usual of these rows."""
        out: Floats = (y - self._centre[rows]) / self._spread[rows]
        return out


def share_by_rank(rank: Floats, share: Floats, first: int = 3) -> Floats:
    """The mean of share (n,) among cases of like rank, rising with it: isotonic, on growing bins."""
    n = len(rank)
    order = np.argsort(-rank, kind="stable")
    ends = np.unique(np.minimum(np.round(first * 1.25 ** np.arange(0, 80)).astype(np.int64).cumsum(), n))
    starts = np.r_[0, ends[:-1]]
    weight = (ends - starts).astype(np.float64)
    level = np.add.reduceat(share[order], starts) / weight
    middle = np.add.reduceat(rank[order], starts) / weight
    level = falling(level, weight)
    even = (rank - rank.min()) / max(float(np.ptp(rank)), 1e-9)  # keeps the order where the share is level
    out: Floats = np.interp(rank, middle[::-1], level[::-1]) * (0.9 + 0.1 * even)
    return out


def rising(level: Floats, weight: Floats) -> Floats:
    """The rising sequence nearest to level (n,), by weighted squares: isotonic regression."""
    return falling(level[::-1], weight[::-1])[::-1]


def falling(level: Floats, weight: Floats) -> Floats:
    """The falling sequence nearest to level: pools neighbours that are out of order."""
    pools: list[list[float]] = []
    for value, mass in zip(level.tolist(), weight.tolist(), strict=True):
        pools.append([value, mass, 1])
        while len(pools) > 1 and pools[-1][0] > pools[-2][0]:
            value, mass, count = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + value * mass) / (last[1] + mass)
            last[1], last[2] = last[1] + mass, last[2] + count
    return np.repeat([p[0] for p in pools], [int(p[2]) for p in pools])
