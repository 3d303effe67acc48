"""How often objects alike carry a label: learned from all, and judged by models that did not see the case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence import Objects
from labelmend.find.hypotheses import agreement
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.rates import draw
from labelmend.find.statistics import FIT_ROWS, Tick, design, fit_logistic, logit, quantile_knots, sample
from labelmend.find.trees import FEWEST, fit_trees

PARTS = 3
"""Of few cases, each part is judged by what the others teach."""

LEAST_IOU = 0.3
"""A label that overlaps its object less is no example of a labelled one."""


@dataclass(frozen=True)
class Labelled:
    """Log odds (n,) that an object carries a label; held: rows judged by a model that did not see them.

    Where so many objects teach that one case hardly counts, one model judges all.
    """

    odds: Floats
    held: Ints


def labelled(objects: Objects, *, n_categories: int, tick: Tick) -> Labelled:
    """Log odds of every object. A case must not teach its own answer: that would hide the very exceptions.

    The order of unlabelled objects is that of the model that saw all of them, which is the better one;
    the odds along that order are those which models find for cases they did not see.
    """
    has_label = objects.taken >= 0
    rows = np.flatnonzero(~objects.crowd & ~(has_label & (objects.iou < LEAST_IOU)))
    columns = _columns(objects)
    tick()
    learner = _Learner(columns, objects.category, has_label, objects.box, n_categories, tick)
    full = learner.odds(rows, None)
    if len(rows) > FIT_ROWS:
        return Labelled(full, np.setdiff1d(rows, sample(rows, objects.box), assume_unique=True))
    part = _parts(objects)
    apart = np.zeros(len(objects))
    for k in range(PARTS):
        mine = np.flatnonzero(part == k)
        apart[mine] = learner.odds(rows[part[rows] != k], mine)
    free = np.flatnonzero(~has_label)
    apart[free] = _along(full[free], apart[free])
    return Labelled(apart, rows)


def _parts(objects: Objects) -> Ints:
    number = draw(objects.box, objects.score, objects.stronger, objects.weaker)
    return np.minimum((number * PARTS).astype(np.int64), PARTS - 1)


@dataclass(frozen=True)
class _Learner:
    columns: list[Floats]
    category: Ints
    has_label: Bools
    box: Floats
    n_categories: int
    tick: Tick

    def odds(self, rows: Ints, wanted: Ints | None) -> Floats:
        """The log odds of the wanted rows (None: all of them), as these rows teach them."""
        model = design(_knots(self.columns, rows, self.has_label), self.n_categories)
        self.tick()
        some = sample(rows, self.box)
        few, y, category = [c[some] for c in self.columns], self.has_label[some], self.category[some]
        weights = fit_logistic(model.matrix(few), category, y, n_categories=self.n_categories, tick=self.tick)
        columns = self.columns if wanted is None else [c[wanted] for c in self.columns]
        odds = model.apply(weights, columns, self.category if wanted is None else self.category[wanted])
        self.tick()
        if len(rows) < FEWEST:
            return odds
        trees = fit_trees(few, y, model.apply(weights, few, category), tick=self.tick)
        return trees.apply(columns, odds, self.tick)


def _along(order: Floats, value: Floats) -> Floats:
    """The values (n,) sorted along an order; equal ranks share their mean."""
    _, rank, count = np.unique(order, return_inverse=True, return_counts=True)
    if not len(order):
        return value
    start = np.cumsum(count) - count
    out: Floats = (np.add.reduceat(np.sort(value), start) / count)[rank]
    return out


def _columns(objects: Objects) -> list[Floats]:
    return [
        logit(objects.score),
        np.log(np.maximum(objects.box[:, 2] * objects.box[:, 3], 1e-9)),
        np.minimum(objects.other_cover, 1.0),
        objects.other_iou,
        objects.stronger,
        np.log(objects.members),
        objects.edge.astype(np.float64),
        objects.weaker,
        objects.rival,
        objects.company,
        *agreement(objects.by_source),
    ]


def _knots(columns: list[Floats], train: Ints, has_label: Bools) -> list[Floats]:
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
        *(quantile_knots(column[right], 6) for column in columns[10:]),
    ]
