"""What moved labels would look like: sound pairs are moved at random, and told from the pairs as they are."""

from __future__ import annotations

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.evidence.hypotheses import agreement
from labelmend.find.evidence.matching import SAME_CLASS_IOU
from labelmend.find.inputs import Floats, Ints
from labelmend.find.lots import log_area, lot, sample, spread_numbers
from labelmend.find.statistics import (
    Logistic,
    Tick,
    Weights,
    above,
    design,
    fit_robust,
    logistic,
    logit,
    median,
    quantile_knots,
    quantiles,
)
from labelmend.geometry.boxes import iou_pairs, residuals

ROWS = 15_000
"""Pairs that are moved, and pairs as they are, that the two are told apart on."""

SOUND = 0.5
"""IoU from which a pair of the same class is sound enough to be moved."""

SEEN_BEST = 0.6
"""Share of the pairs, those seen best, that the number of wrong boxes is read from."""

PART, PART_BY_FEW = 0.7, 0.5
"""Share of the moved labels that counts as told from sound ones, by many pairs and by few; the rest was
hardly moved."""

FEW_PAIRS, MANY_PAIRS = 1_000, 4_000
"""Pairs up to which, and from which on, that is so."""

LEAST_MOVE, MOST_MOVE = 0.15, 0.6
"""By what share of the box a side is moved outwards: from what is worth mending to what is another place."""

INWARD = 0.5
"""What of that a side is moved inwards: a box that shrinks as far as it may grow would be gone."""

FEW_ROWS = 8_000
"""Pairs up to which each is judged by the others alone: among more, one has hardly a say."""

USUAL_SHARE, SHARE_COUNTS = 0.02, 200.0
"""Share of wrong boxes as long as few pairs tell, and the pairs that this counts for."""

ROUNDS = 6
"""Times that the pairs are counted as moved by what was learned last."""

FEWEST_KNOTS, MOST_KNOTS = 4, 9
"""Of a column, by how many cases there are."""


def told_apart(
    found: Evidence, row: Ints, label: Floats, other: Floats, iou: Floats, *, n_categories: int, tick: Tick
) -> tuple[Floats, float]:
    """Log of how much likelier (n,) each pair is if its label was moved; and the share of such labels.

    row is that of Annotations, label and other (n, 4) are the boxes of both, iou (n,) is of their masks if
    they have some. The pairs as they are hold wrong ones too, as unlabelled cases hold positive ones: each
    round counts them as moved by as much as the last one says.
    """
    category = found.annotations.category[row]
    sight = _sight(found, row)
    base, new, new_iou = _simulated(found, row, label, other, iou, sight)
    if not len(base):
        return np.zeros(len(row)), 0.0
    some = sample(np.arange(len(row)), label, ROWS)
    tick()
    usual = _Usual(sight[:3], np.log(1.02 - iou), category, some, n_categories, tick)
    by_size = _BySize(sight[1], iou, found.objects.score[found.annotations.seen[row]])
    everything = np.arange(len(row))
    better = found.objects.other_iou[found.annotations.seen[row]]
    tick()
    now = _shape(label, other, iou) + _beyond(usual, by_size, everything, sight[1], iou)
    now += [better - iou, *sight]
    tick()
    then = _shape(new, other[base], new_iou) + _beyond(usual, by_size, base, sight[1], new_iou)
    then += [better[base] - new_iou]
    columns = [np.r_[c[some], d] for c, d in zip(now, then + [c[base] for c in sight], strict=True)]
    tick()
    model = design([_knots(c) for c in columns], n_categories)
    tick()
    both = np.r_[some, base]
    learner = Logistic(model.matrix(columns), category[both], n_categories=n_categories, tick=tick)
    few = len(some) == len(row) <= FEW_ROWS
    odds, weights, more, share = _learned(learner, len(some), usual.doubt[both], few=few, tick=tick)
    return odds[: len(row)] if few else model.apply(weights, now, category) + more, share


def _learned(
    learner: Logistic, n: int, doubt: Floats, *, few: bool, tick: Tick
) -> tuple[Floats, Weights, float, float]:
    """Log odds (n + m,) that each of n pairs as they are, and of the moved ones behind them, was moved; the
    weights that say so and what is added to what they say; the share of moved ones among the n."""
    is_moved = np.r_[np.zeros(n), np.ones(len(doubt) - n)]
    for _ in range(ROUNDS):
        tick()
        weights = learner.fit(is_moved)
        more = float(np.log(len(is_moved) / is_moved.sum() - 1))
        odds = (learner.odds_by_others(is_moved) if few else learner.odds()) + more
        share = share_of_moved(odds, doubt, n)
        is_moved[:n] = logistic(odds[:n] + np.log(share / (1 - share)))
    tick()
    return odds, weights, more, share


def _simulated(
    found: Evidence, row: Ints, label: Floats, other: Floats, iou: Floats, sight: list[Floats]
) -> tuple[Ints, Floats, Floats]:
    """Sound pairs (m,), where their labels are moved to (m, 4), and the IoU (m,) that is left."""
    same = found.objects.category[found.annotations.seen[row]] == found.annotations.category[row]
    of_boxes = iou_pairs(label, other)
    base = sample(np.flatnonzero((iou >= SOUND) & (of_boxes > 0) & same), label, ROWS)
    score = found.objects.score[found.annotations.seen[row[base]]]
    # Of sight, the second is the size, which knows a scale.
    tie = lot(other[base], *(column[base] for k, column in enumerate(sight) if k != 1))
    new = moved(label[base], iou[base], score, tie=tie)
    # A mask that moves with its box loses what the box loses.
    left = np.minimum(iou[base] * iou_pairs(new, other[base]) / of_boxes[base], 1.0)
    kept = left >= SAME_CLASS_IOU  # or the two would not have been paired
    return base[kept], new[kept], left[kept]


def _beyond(usual: _Usual, by_size: _BySize, rows: Ints, size: Floats, iou: Floats) -> list[Floats]:
    return [usual.distance(np.log(1.02 - iou), rows), by_size.distance(size[rows], iou)]


def share_of_moved(odds: Floats, doubt: Floats, n: int) -> float:
    """The share of wrong boxes among n pairs as they are, which are followed by the moved ones.

    odds (n + m,) that each was moved, doubt (n + m,) of what is usual for it.
    From the pairs that the model sees best: there hardly any sound pair looks as much like a moved one as
    most moved ones do.
    """
    part = np.interp(np.log(n), np.log((FEW_PAIRS, MANY_PAIRS)), (PART_BY_FEW, PART))
    best = doubt <= np.quantile(doubt[:n], SEEN_BEST)
    real, moved = odds[:n][best[:n]], odds[n:][best[n:]]
    if not len(moved):
        real, moved = odds[:n], odds[n:]
    beyond = int((real > np.quantile(moved, 1 - part)).sum())
    share = (beyond / part + USUAL_SHARE * SHARE_COUNTS) / (len(real) + SHARE_COUNTS)
    return float(min(share, 0.5))


def moved(box: Floats, *others: Floats, tie: Floats | None = None) -> Floats:
    """Each box (n, 4) moved in one of four ways: looser on all sides, tighter, one side only, or shifted.

    Those are the slips of a hand, small ones oftener than large ones (the square of an even number). Sides
    that each go their own way are how a model misses.
    others (n,) tell equal boxes apart (see `lots.lot`), and tie what is the same in those too.
    """
    u = spread_numbers(box, *others, tie=tie)
    far = (LEAST_MOVE**0.5 + (MOST_MOVE**0.5 - LEAST_MOVE**0.5) * u[:, :4]) ** 2
    this_side = np.floor(u[:, 4:5] * 4) == np.arange(4)
    one_side = far * this_side * np.where(u[:, 5:9] < 0.5, 1, -INWARD)
    angle, distance = 2 * np.pi * u[:, 0], far[:, 1]
    across, down = np.cos(angle) * distance, np.sin(angle) * distance
    shift = np.stack([-across, -down, across, down], axis=1)
    ways = np.stack([far, -INWARD * far, one_side, shift])
    way = np.floor(u[:, 9] * len(ways)).astype(np.int64)
    outward = ways[way, np.arange(len(box))] * np.concatenate([box[:, 2:], box[:, 2:]], axis=1)
    low = box[:, :2] - outward[:, :2]
    high = np.maximum(box[:, :2] + box[:, 2:] + outward[:, 2:], low + 0.1 * box[:, 2:])
    return np.concatenate([low, high - low], axis=1)


def _shape(label: Floats, other: Floats, iou: Floats) -> list[Floats]:
    """How the two boxes of each pair disagree, whatever their size."""
    r = residuals(label, other)
    centre = np.hypot((r[:, 0] + r[:, 2]) / 2, (r[:, 1] + r[:, 3]) / 2)
    return [
        np.log(np.sqrt((r**2).mean(axis=1)) + 0.01),
        np.log(1.02 - iou),
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
        log_area(o.box.take(at, axis=0)),
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
    if ((column == 0) | (column == 1)).all():
        return np.array([0.0, 1.0])
    # What few cases tell in detail is chance: the best number of pieces grows with their fifth root.
    return quantile_knots(column, int(np.clip(round(1.3 * len(column) ** 0.2), FEWEST_KNOTS, MOST_KNOTS)))


def _is_twofold(column: Floats) -> bool:
    """Whether there are two different numbers in it at the most."""
    return bool(((column == column.min(initial=np.inf)) | (column == column.max(initial=-np.inf))).all())


class _Usual:
    """The usual disagreement of objects seen that well, and its spread."""

    def __init__(
        self, columns: list[Floats], y: Floats, category: Ints, some: Ints, n_categories: int, tick: Tick
    ) -> None:
        model = design([_knots(c) if _is_twofold(c) else quantile_knots(c, 7) for c in columns], n_categories)
        x = model.matrix([c[some] for c in columns])
        fit = fit_robust(x, category[some], y[some], n_categories=n_categories, tick=tick)
        self._centre = model.apply(fit.centre, columns, category)
        spread = model.apply(fit.spread, columns, category)
        self._centre[some], spread[some] = fit.by_others
        self._spread = np.exp(spread) * fit.factor

    def distance(self, y: Floats, rows: Ints) -> Floats:
        """Spreads (n,) by which y lies beyond the usual of these rows."""
        out: Floats = (y - self._centre[rows]) / self._spread[rows]
        return out

    @property
    def doubt(self) -> Floats:
        """What may still be usual (n,) of each."""
        return self._centre + 2 * self._spread


class _BySize:
    """The usual agreement of objects of that size, whatever the rest.

    The learned one loses its hold where few pairs are alike; this one hardly learns anything.
    """

    def __init__(self, size: Floats, iou: Floats, score: Floats) -> None:
        good = score > 0.3
        few = good.sum() <= 200
        self._ends = np.zeros(0) if few else quantiles(size[good], np.array([0.2, 0.4, 0.6, 0.8]))
        n = len(self._ends) + 1
        cell, agreement = above(size, self._ends, at=True), logit(np.clip(iou, 0.02, 0.995))
        self._centre, self._spread = np.zeros(n), np.ones(n)
        for k in range(n):
            if (usual := agreement[(cell == k) & good]).size:
                self._centre[k] = median(usual)
                self._spread[k] = 1.48 * median(np.abs(usual - self._centre[k])) + 1e-6

    def distance(self, size: Floats, iou: Floats) -> Floats:
        """Spreads (n,) by which these agree less than usual."""
        cell = above(size, self._ends, at=True)
        out: Floats = (self._centre[cell] - logit(np.clip(iou, 0.02, 0.995))) / self._spread[cell]
        return out
