"""Boxes in the wrong place: told by what labels look like that are moved on purpose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.kinds.moved import told_apart
from labelmend.find.sorting import by_key
from labelmend.find.statistics import Tick, logistic, median
from labelmend.geometry.boxes import residuals

FEWEST = 20
"""With fewer pairs nothing is said of places."""

FEW = 20.0
"""Pairs of all classes that the spread of one is mixed with."""

MIDDLE = 0.6745
"""Half of normal residuals lie within so many standard deviations."""


@dataclass(frozen=True)
class Matched:
    """The matched annotations: their rows, both boxes, IoU (of masks where both have them), score."""

    row: Ints
    label: Floats
    object: Floats
    category: Ints
    iou: Floats
    score: Floats
    edge: Bools


def matched(evidence: Evidence) -> Matched:
    """The columns that the location model uses."""
    a, o = evidence.annotations, evidence.objects
    row = np.flatnonzero(a.seen >= 0)
    at = a.seen[row]
    label, other = a.box.take(row, axis=0), o.box.take(at, axis=0)
    return Matched(row, label, other, a.category[row], a.iou[row], o.score[at], a.edge[row])


def location(found: Evidence, pairs: Matched, *, n_categories: int, tick: Tick) -> tuple[Floats, float]:
    """P(the box is wrong) (n,) of each matched pair, and the share of wrong ones: Bayes' rule."""
    if len(pairs.row) < FEWEST:
        return np.zeros(len(pairs.row)), 0.0
    odds, share = told_apart(
        found, pairs.row, pairs.label, pairs.object, pairs.iou, n_categories=n_categories, tick=tick
    )
    if share == 0:
        return np.zeros(len(odds)), 0.0
    return logistic(odds + np.log(share / (1 - share))), share


def usual_spread(pairs: Matched, tick: Tick) -> tuple[Floats, Floats]:
    """Centre and spread (n, 4) of each side's residual for labels of that size and class."""
    r = residuals(pairs.label, pairs.object)
    size = np.log(np.maximum(pairs.label[:, 2] * pairs.label[:, 3], 1e-9))
    edges = np.unique(np.quantile(size, np.linspace(0, 1, 9)[1:-1])) if len(size) > 200 else np.zeros(0)
    cell = np.digitize(size, edges)
    centre, spread = np.zeros_like(r), np.full_like(r, 0.05)
    for k in range(len(edges) + 1):
        on = np.flatnonzero(cell == k)
        for side in range(4) if len(on) else ():
            tick()
            off = r[on, side]
            middle = median(off)
            centre[on, side] = middle
            spread[on, side] = 1.48 * median(np.abs(off - middle)) + 1e-3
    return centre, spread * _class_factor(np.abs(r - centre) / spread, pairs.category)[:, None]


def _class_factor(z: Floats, category: Ints) -> Floats:
    """How much wider a class's spread is than the whole's; few examples count little."""
    factor = np.ones(len(category))
    for rows in by_key(category):
        n = len(rows)
        factor[rows] = (n * median(z.take(rows, axis=0).ravel()) / MIDDLE + FEW) / (n + FEW)
    return factor
