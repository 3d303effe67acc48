"""Objects that nobody labelled: learning from labelled and unlabelled cases which detections are right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence import Evidence, Objects
from labelmend.find.hypotheses import agreement
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.statistics import (
    Tick,
    design,
    fit_logistic,
    logistic,
    logit,
    quantile_knots,
    rate_bound,
    sample,
)
from labelmend.find.trees import boosted

FEW_TO_JUDGE = 30

OF_BOUND = 0.75
"""Share of the unlabelled ones among the surest objects that are taken to be missing labels."""


@dataclass(frozen=True)
class Missing:
    """By object: how likely it is a missing label (0 if matched), how often such ones are labelled."""

    probability: Floats
    labelled: Floats
    rate: float


def missing(evidence: Evidence, *, n_categories: int, tick: Tick) -> Missing:
    """P(real but unlabelled) of every object.

    The share m of labelled ones among objects alike is learned; were a share of all real objects left
    unlabelled at random, m would be that much lower than the share of real ones. So of the unlabelled
    the odds are rate / (1 - rate) x m / (1 - m).
    """
    objects = evidence.objects
    labelled, free = objects.taken >= 0, ~objects.crowd
    train = np.flatnonzero(free & ~(labelled & (objects.iou < 0.3)))
    columns = _columns(objects)
    tick()
    knots = _knots(columns, train, labelled)
    tick()
    model = design(knots, n_categories)
    some = sample(train, objects.box)
    tick()
    x = model.matrix([c[some] for c in columns])
    weights = fit_logistic(x, objects.category[some], labelled[some], n_categories=n_categories, tick=tick)
    tick()
    odds = boosted(
        columns, labelled, model.apply(weights, columns, objects.category), train, objects.box, tick
    )
    m = logistic(odds)
    rate = OF_BOUND * rate_bound(-odds[train], ~labelled[train])
    rate = max(rate, _rate_of_the_sure(objects, labelled, free))
    expected = rate / (1 - rate) * m / (1 - m)
    probability = np.where(~labelled & free, np.clip(expected, 0, 0.98), 0.0)
    return Missing(probability, m, rate)


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


def _knots(columns: list[Floats], train: Ints, labelled: Bools) -> list[Floats]:
    of_score = columns[0]
    right = train[labelled[train]]
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


def _rate_of_the_sure(objects: Objects, labelled: Bools, free: Bools) -> float:
    """Sure objects that stand alone: more of them unlabelled than even the model's own doubt allows.

    Of several models, what all see: the best of several scores promises more than any of them.
    """
    overlap = np.maximum(np.maximum(objects.other_cover, objects.other_iou), objects.stronger)
    sure = free & ~(labelled & (objects.iou < 0.3)) & (objects.score >= 0.5) & (overlap < 0.3)
    sure &= (objects.by_source > 0).all(axis=1)
    n = int(sure.sum())
    if n <= FEW_TO_JUDGE:
        return 0.0
    return float(1 - labelled[sure].mean() / objects.score[sure].mean() - 2 / np.sqrt(n))
