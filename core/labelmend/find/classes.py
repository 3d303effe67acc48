"""Labels of the wrong class: expected slips over the disagreements seen, by pair of classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.context import odds_of_stranger
from labelmend.find.evidence import Evidence
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

LEAST_IOU = 0.35


@dataclass(frozen=True)
class Classes:
    """By annotation: how likely its class is wrong; the pair's share of the disagreement; the slip rate."""

    probability: Floats
    confusion: Floats
    rate: float


def classes(evidence: Evidence, *, n_images: int, n_categories: int, tick: Tick) -> Classes:
    """P(wrong class) of every annotation, 0 where the model agrees or does not see it."""
    a, o = evidence.annotations, evidence.objects
    on = np.flatnonzero((a.seen >= 0) & (a.iou >= LEAST_IOU))
    here, there = a.category[on], o.category[a.seen[on]]
    differs = here != there
    nothing = Classes(np.zeros(len(a)), np.full(len(a), np.nan), 0.0)
    if not differs.any():
        return nothing
    score = o.score[a.seen[on]]
    columns = _columns(evidence, on)
    agrees, rate = _agreement(columns, there, differs, a.box[on], n_categories, tick)
    ratio, confusion = _pair_ratio(here, there, n_categories)
    stranger = odds_of_stranger(a.kin, a.category, n_images=n_images, n_categories=n_categories)
    slips = rate / (1 - rate) * agrees / (1 - agrees) * ratio * stranger[on]
    slips = slips * _own_class_factor(a.own_score[on] / np.maximum(score, 1e-6))
    probability = nothing.probability
    # Already a share: expected slips over all disagreements of the kind. Above 0.97 only the order is left.
    bounded = np.minimum(slips, 0.97 + 0.02 * slips / (1 + slips))
    probability[on] = np.where(differs, bounded, 0.0)
    nothing.confusion[on] = confusion
    return Classes(probability, nothing.confusion, rate)


def _columns(evidence: Evidence, on: Ints) -> list[Floats]:
    """How well the object was seen, and whether the class that the model says has company in the image."""
    a, o, at = evidence.annotations, evidence.objects, evidence.annotations.seen[on]
    return [
        logit(o.score[at]),
        np.log(np.maximum(a.box[on, 2] * a.box[on, 3], 1e-9)),
        a.iou[on],
        np.log1p(o.kin[at]),
        o.company[at],
        o.weaker[at],
        o.rival[at],
        *agreement(o.by_source, at),
    ]


def _agreement(
    columns: list[Floats], there: Ints, differs: Bools, box: Floats, n_categories: int, tick: Tick
) -> tuple[Floats, float]:
    """P(the label agrees | columns, the class that the model says), and the rate of slips.

    Where the model is surest nearly all disagreements are slips: the bound on their rate is the rate.
    """
    model = design([quantile_knots(c, 9) for c in columns], n_categories)
    rows = np.arange(len(there))
    some = sample(rows, box)
    x = model.matrix([c[some] for c in columns])
    weights = fit_logistic(x, there[some], ~differs[some], n_categories=n_categories, tick=tick)
    odds = model.apply(weights, columns, there)
    rate = rate_bound(-odds, differs)
    return np.clip(logistic(boosted(columns, ~differs, odds, rows, box, tick)), 1e-6, 1 - 1e-6), rate


def _own_class_factor(share: Floats) -> Floats:
    """The label's own class fired too: then the model itself is in doubt."""
    return np.where(share > 0.02, np.clip(0.35 * (1 - share), 0.02, 1), 1.15)


def _pair_ratio(here: Ints, there: Ints, n: int) -> tuple[Floats, Floats]:
    """Expected label slips over disagreements seen, for each case's pair; and the pair's confusion rate.

    A slip lands mostly anywhere and partly where the model errs too; a pair that the model always
    confuses is weak evidence.
    """
    count = np.zeros((n, n))  # [label, model]
    np.add.at(count, (here, there), 1)
    agree = np.diag(count) + 0.5
    off = count - np.diag(np.diag(count))
    missed = off.sum(axis=0)[:, None]  # by class that the model says
    resembling = (off.T + missed / n + 0.1) / (2 * missed + 0.1 * n)
    slip = (agree / agree.sum())[:, None] * (0.8 / max(n - 1, 1) + 0.2 * resembling)
    np.fill_diagonal(slip, 0)
    slip /= slip.sum()
    chance = np.outer(agree, agree)
    np.fill_diagonal(chance, 0)
    chance /= chance.sum()
    weight = 2.0 * n
    seen = (off.T + weight * chance) / (off.sum() + weight)
    ratio = slip / np.maximum(seen, 1e-12)
    confusion = count[here, there] / np.maximum(count.sum(axis=1)[here], 1)
    return ratio[there, here], confusion
