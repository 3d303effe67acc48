"""How many real objects were left without a label, on the whole and by the model's score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Objects
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.kinds.labelled import LEAST_IOU, Labelled
from labelmend.find.lots import lot
from labelmend.find.rates import rate_of_the_surest
from labelmend.find.statistics import logit

OWN_FAULT = 0.002
"""Share of the surest objects that a good model imagines: from a bound this low half are missing labels."""

CLEAR = 0.2
"""Overlap with another annotation up to which an object counts as one that nobody drew anything on."""

FEW, MANY = 500, 1_500
"""Objects up to which they are few, and from which on they are many."""

SOUND = 3.0
"""Of few, so many more count as seen and labelled."""

HALF_SURE = 0.5
"""Score from which objects that stand alone tell what was left out: below, most are none."""

DOUBT, LEAST_DOUBT = 2.0, 0.01
"""A model is taken to be wrong twice as often as its score says, and never less than a hundredth."""

BELIEVED = 0.4
"""Share of real objects that scores must promise before labels are missed there."""

CASES, STEPS = 60, 10
"""Objects of like score that a share is read from, at least, and steps of score, at the most."""

NO_PROBABILITY = 0.25
"""Scores at which labels are so much rarer than they say are no probabilities, but a scale of their own."""

SAME, UNTOLD = 1e-3, 0.01
"""A model that gives all objects one score does not tell real ones from others: the rate is taken as low."""

AT_ODDS = 0.05
"""Share left out, by the scores, from which they are believed of single objects too."""


@dataclass(frozen=True)
class LeftOut:
    """The share of real objects left unlabelled, and the same (n,) at each object's score.

    incomplete says whether the scores show it. Then vouched (n,) is the least probability that an object is
    real, by the model's own score; else it is 0.
    """

    rate: float
    at_score: Floats
    vouched: Floats
    incomplete: bool


def left_out(objects: Objects, learned: Labelled) -> LeftOut:
    """Rates of missing labels, from the surest objects and from the model's own word.

    The surest objects are all real, but for the model's own faults: those without a label were left out.
    That is the rate at large. Which objects are left out need not be chance: where the model is as good as
    its word and objects that stand alone are labelled far less often than their scores say, the difference is
    the rate at that score; below, where scores say little, at least as many are taken to be left out.
    """
    has_label = objects.taken >= 0
    touched = np.maximum(objects.other_cover, objects.other_iou)
    held = learned.held
    rate = _rate(learned.odds, objects, held[touched[held] < CLEAR])
    if len(held) and np.ptp(np.quantile(objects.score[held], [0.05, 0.95])) < SAME:
        rate = min(rate, UNTOLD)
        return LeftOut(rate, np.full(len(objects), rate), np.zeros(len(objects)), False)
    # The best of several scores promises more than any of them holds: only what all models see is believed.
    alone = objects.alone()
    for score in objects.by_source.T:
        alone &= score > 0
    cases = np.flatnonzero(
        alone & ~objects.crowd & ~(has_label & (objects.iou < LEAST_IOU)) & (objects.score >= HALF_SURE)
    )
    at, share = _by_score(objects.score[cases], has_label[cases])
    at_score = np.maximum(rate, np.interp(logit(objects.score), at, share))
    incomplete = bool(share.max() >= max(AT_ODDS, 0.8 * rate))
    return LeftOut(rate, at_score, np.where(alone & incomplete, _word(objects.score), 0.0), incomplete)


def _rate(odds: Floats, objects: Objects, rows: Ints) -> float:
    """The share left out at large, by the objects of the highest odds. Of few cases not much is learned of
    which these are: there those of the highest scores are asked too, and the lower rate counts."""
    learned = _of_the_surest(odds, objects, rows)
    many = float(np.interp(np.log(max(len(rows), 1)), np.log((FEW, MANY)), (0.0, 1.0)))
    if many == 1:
        return learned
    of_few = min(_of_the_surest(by, objects, rows, sound=SOUND) for by in (odds, objects.score))
    return many * learned + (1 - many) * of_few


def _of_the_surest(odds: Floats, objects: Objects, rows: Ints, *, sound: float = 0.0) -> float:
    def order(some: Ints) -> Floats:
        at = rows[some]
        return lot(objects.box.take(at, axis=0), objects.score[at], objects.stronger[at], objects.weaker[at])

    return rate_of_the_surest(-odds[rows], objects.taken[rows] < 0, order, own_fault=OWN_FAULT, sound=sound)


def _word(score: Floats) -> Floats:
    """What a score is taken to say of an object that stands alone."""
    return np.maximum(1 - DOUBT * np.maximum(1 - score, LEAST_DOUBT), 0.0)


def _by_score(score: Floats, has_label: Bools) -> tuple[Floats, Floats]:
    """Steps of score, as logits, and the share left out at each: it never falls as the score does."""
    nothing = np.zeros(1), np.zeros(1)
    if len(score) < CASES:
        return nothing
    steps = min(len(score) // CASES, STEPS)
    step = np.digitize(score, np.unique(np.quantile(score, np.linspace(0, 1, steps + 1)[1:-1])))
    n = np.bincount(step).astype(np.float64)
    used = n > 0
    n, mean = n[used], np.bincount(step, score)[used] / n[used]
    labelled = np.bincount(step, has_label)[used] / n
    if (labelled / mean).min() < NO_PROBABILITY:
        return nothing
    real = _word(mean)
    certain = labelled + np.sqrt((labelled * (1 - labelled) + 1 / n) / n)
    share = np.where(real > BELIEVED, np.clip(1 - certain / np.maximum(real, BELIEVED), 0, 0.95), 0.0)
    at = np.bincount(step, logit(score))[used] / n
    return at, np.maximum.accumulate(share[::-1])[::-1]
