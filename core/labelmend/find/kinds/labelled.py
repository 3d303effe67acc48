"""How often objects alike carry a label: learned from all, and judged by models that did not see the case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Objects
from labelmend.find.evidence.hypotheses import agreement
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.lots import log_area, lot, sample
from labelmend.find.statistics import (
    FIT_ROWS,
    Design,
    Tick,
    Weights,
    design,
    fit_logistic,
    logit,
    quantile_knots,
)
from labelmend.find.trees import FEWEST, NOTHING, Trees, fit_trees

EDGE = 6
"""The column that says whether the border cuts an object off."""

LIKENESS = 10
"""The column that says how much it looks like a label, where pictures were looked at."""

PARTS = 3
"""Of few cases, each part is judged by what the others teach."""

LEAST_IOU = 0.3
"""A label that overlaps its object less is no example of a labelled one."""


@dataclass(frozen=True)
class Labelled:
    """Log odds (n,) that an object carries a label; held: rows judged by a model that did not see them.

    Where so many objects teach that one case hardly counts, one model judges all. whole (n,) are the odds
    that the object would have if the border did not cut it off, which is a reason to leave it out, not one
    to doubt it.
    """

    odds: Floats
    whole: Floats
    held: Ints


def labelled(
    objects: Objects,
    *,
    n_categories: int,
    tick: Tick,
    likeness: Floats | None = None,
    careless: Floats | None = None,
) -> Labelled:
    """Log odds of every object. A case must not teach its own answer: that would hide the very exceptions.

    likeness (n,), where pictures were looked at, says how much it looks like a label: one more column.
    careless (n,), where given, is learned from beside all else and then taken to be the same for all: objects
    are not less real because their image was labelled carelessly.

    The order of unlabelled objects is that of all models together, those that saw the case too, which is the
    steadiest one; the odds along that order are those which models find for cases they did not see.
    """
    has_label = objects.taken >= 0
    rows = np.flatnonzero(~objects.crowd & ~(has_label & (objects.iou < LEAST_IOU)))
    columns = _columns(objects, likeness)
    as_seen = columns
    if careless is not None:
        as_seen = [*columns, careless]
        columns = [*columns, np.full(len(objects), np.median(careless))]
    tick()
    learner = _Learner(as_seen, objects.category, has_label, likeness is not None, n_categories, tick)
    some = sample(rows, objects.box, FIT_ROWS)
    model = learner.fit(some)
    odds = model.odds(columns, objects.category)
    by_border = _by_border(model, odds, columns, objects)
    if len(rows) > FIT_ROWS:
        return Labelled(odds, odds + by_border, np.setdiff1d(rows, some, assume_unique=True))
    odds = _by_others(learner, odds, columns, objects, rows)
    return Labelled(odds, odds + by_border, rows)


def _by_border(model: _Model, odds: Floats, columns: list[Floats], objects: Objects) -> Floats:
    """What (n,) the border takes off the odds of objects that it cuts off."""
    cut = np.flatnonzero(objects.edge & (objects.taken < 0))
    of_cut = [c[cut] for c in columns]
    of_cut[EDGE] = np.zeros(len(cut))
    out = np.zeros(len(objects))
    out[cut] = np.maximum(model.odds(of_cut, objects.category[cut]) - odds[cut], 0)
    return out


def _by_others(
    learner: _Learner, odds: Floats, columns: list[Floats], objects: Objects, rows: Ints
) -> Floats:
    """Log odds (n,) by models that did not see the case, in the order of those and of odds together."""
    number = lot(objects.box, objects.score, objects.stronger, objects.weaker)
    part = np.minimum((number * PARTS).astype(np.int64), PARTS - 1)
    apart, together = np.zeros(len(objects)), odds
    for k in range(PARTS):
        of_part = learner.fit(rows[part[rows] != k]).odds(columns, objects.category)
        apart = np.where(part == k, of_part, apart)
        together = together + of_part
    free = np.flatnonzero(objects.taken < 0)
    apart[free] = _along(together[free], apart[free])
    return apart


@dataclass(frozen=True)
class _Learner:
    columns: list[Floats]
    category: Ints
    has_label: Bools
    looked: bool
    n_categories: int
    tick: Tick

    def fit(self, rows: Ints) -> _Model:
        """What these rows teach."""
        model = design(_knots(self.columns, rows, self.has_label, self.looked), self.n_categories)
        self.tick()
        few, y, category = [c[rows] for c in self.columns], self.has_label[rows], self.category[rows]
        weights = fit_logistic(model.matrix(few), category, y, n_categories=self.n_categories, tick=self.tick)
        if len(rows) < FEWEST:
            return _Model(model, weights, NOTHING, self.tick)
        trees = fit_trees(few, y, model.apply(weights, few, category), tick=self.tick)
        return _Model(model, weights, trees, self.tick)


@dataclass(frozen=True)
class _Model:
    design: Design
    weights: Weights
    trees: Trees
    tick: Tick

    def odds(self, columns: list[Floats], category: Ints) -> Floats:
        self.tick()
        return self.trees.apply(columns, self.design.apply(self.weights, columns, category), self.tick)


def _along(order: Floats, value: Floats) -> Floats:
    """The values (n,) sorted along an order; equal ranks share their mean."""
    _, rank, count = np.unique(order, return_inverse=True, return_counts=True)
    if not len(order):
        return value
    start = np.cumsum(count) - count
    out: Floats = (np.add.reduceat(np.sort(value), start) / count)[rank]
    return out


def _columns(objects: Objects, likeness: Floats | None) -> list[Floats]:
    return [
        logit(objects.score),
        log_area(objects.box),
        np.minimum(objects.other_cover, 1.0),
        objects.other_iou,
        objects.stronger,
        np.log(objects.members),
        objects.edge.astype(np.float64),
        objects.weaker,
        objects.rival,
        objects.company,
        *([] if likeness is None else [likeness]),
        *agreement(objects.by_source),
    ]


def _knots(columns: list[Floats], train: Ints, has_label: Bools, looked: bool) -> list[Floats]:
    of_score = columns[0]
    right = train[has_label[train]]
    return [
        np.r_[of_score.min(initial=0), logit(np.array([0.2])), quantile_knots(of_score[right], 9)],
        quantile_knots(columns[1][train], 6),
        np.array([0, 0.1, 0.25, 0.45, 0.7, 1]),
        np.array([0, 0.05, 0.15, 0.3, 0.45, 0.6, 0.8]),
        np.array([0, 0.1, 0.25, 0.45, 0.65, 1]),
        np.array([0, 0.7, 1.4]),
        np.array([0, 1.0]),
        np.array([0, 0.1, 0.3, 0.6]),
        np.array([0, 0.05, 0.2, 0.5, 1]),
        np.array([0, 0.1, 0.3, 0.6, 0.8, 0.95]),
        *([quantile_knots(columns[LIKENESS][train], 3)] if looked else []),
        *(quantile_knots(column[right], 6) for column in columns[LIKENESS + looked :]),
    ]
