"""Two labels on one object: the one that the model supports less is the suspect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.evidence.overlaps import SAME_PLACE
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.sorting import begins
from labelmend.find.statistics import above, quantiles

ROUNDS = 12
"""Of expectation-maximisation: more change nothing."""

USUAL_SHARE, SHARE_COUNTS = 0.3, 5.0
"""Share of the pairs that are of one thing, as long as few pairs tell, and the pairs that this counts for."""

USUAL_FALL, FALL_COUNTS = 4.0, 20.0
"""Power of 1 - IoU that pairs of two things become rarer with; likewise."""

SLOWEST_FALL = 3.0
"""That power at least: pairs of two things lie on each other by chance."""

NEARLY_ALL = 0.999
"""Overlaps beyond are this: of equal boxes the logarithm has no end."""

SIZES, SIZE_COUNTS = 8, 20.0
"""Parts of equally many labels, by size, and the pairs of two things that count as spread over them alike."""

HABIT_COUNTS = 5.0
"""Labels of a class that must come with another class's before that is a habit, not a slip."""


@dataclass(frozen=True)
class Duplicates:
    """Suspects and the annotations they repeat (rows), the pair's IoU, both supports, the probability."""

    suspect: Ints
    repeats: Ints
    iou: Floats
    support: Floats
    other_support: Floats
    probability: Floats


def duplicates(evidence: Evidence) -> Duplicates:
    """One row a suspect, with the pair that speaks loudest against it."""
    a, o, twins = evidence.annotations, evidence.objects, evidence.twins
    support = np.zeros(len(a))
    on = np.flatnonzero(a.seen >= 0)
    support[on] = a.iou[on] * o.score[a.seen[on]]
    first_loses = support[twins.first] < support[twins.second]  # of equals the later one is the suspect
    suspect = np.where(first_loses, twins.first, twins.second)
    repeats = np.where(first_loses, twins.second, twins.first)
    size = _size_of(a.box)
    same_class = a.category[suspect] == a.category[repeats]
    one_thing = of_one_thing(twins.iou, twins.told_apart, size[suspect], same_class)
    probability = one_thing * (1 - _habit(a.category, suspect, repeats))
    order = np.lexsort((-probability, suspect))
    best = order[begins(suspect[order])]
    return Duplicates(
        suspect[best],
        repeats[best],
        twins.iou[best],
        support[suspect[best]],
        support[repeats[best]],
        probability[best],
    )


def _size_of(box: Floats) -> Ints:
    """The part (n,) of all labels that each is in, by its area."""
    area = box[:, 2] * box[:, 3]
    edges = quantiles(area, np.arange(1, SIZES) / SIZES) if len(area) else area
    return above(area, edges, at=True)


def of_one_thing(iou: Floats, told_apart: Floats, size: Ints, same_class: Bools) -> Floats:
    """P(one thing, labelled twice) of each pair (n,), pairs of one class and of two judged apart.

    Of two things the fewer, the more they overlap. How fast they become rarer is learned, as crowds differ
    from single things, and so are the share of pairs of one thing and the sizes of things that lie on others:
    a slip happens to any.
    """
    out = np.zeros(len(iou))
    overlap = np.minimum((iou - SAME_PLACE) / (1 - SAME_PLACE), NEARLY_ALL)
    for pairs in (same_class, ~same_class):
        out[pairs] = _of_one_thing(overlap[pairs], 1 - told_apart[pairs], size[pairs])
    return out


def _of_one_thing(overlap: Floats, seen_as_one: Floats, size: Ints) -> Floats:
    """The same for one sort of pairs; overlap (n,) is 0 at SAME_PLACE, 1 where both are equal.

    A mixture, by expectation-maximisation: densities (k + 1) (1 - t)^k of two things, k learned, and
    Beta(4, 1.5) of one, which is where a second hand puts its box.
    """
    rest = -np.log(1 - overlap)
    one = overlap**3 * np.sqrt(1 - overlap) / 0.1017
    share, fall = USUAL_SHARE, USUAL_FALL
    likely: Floats = one
    usual_size: Floats = np.ones(SIZES)
    for _ in range(ROUNDS):
        two = (fall + 1) * (1 - overlap) ** fall * usual_size[size]
        likely = seen_as_one * share * one / (share * one + (1 - share) * two)
        share = (likely.sum() + USUAL_SHARE * SHARE_COUNTS) / (len(overlap) + SHARE_COUNTS)
        weight, usual = 1 - likely, FALL_COUNTS / (USUAL_FALL + 1)
        fall = max((weight.sum() + FALL_COUNTS) / ((weight * rest).sum() + usual) - 1, SLOWEST_FALL)
        usual_size = np.bincount(size, weight, SIZES).astype(np.float64) + SIZE_COUNTS / SIZES
        usual_size *= SIZES / usual_size.sum()
    return likely


def _habit(category: Ints, suspect: Ints, repeats: Ints) -> Floats:
    """How usual (n,) it is that labels of these two classes share their place; 0 of one class.

    Where most labels of a class have one of another class on them, this is how the dataset is made.
    """
    if not len(suspect):
        return np.zeros(0)
    low, high = np.minimum(category[suspect], category[repeats]), category[suspect] + category[repeats]
    high = high - low
    n = np.bincount(category)
    _, at, count = np.unique(low * len(n) + high, return_inverse=True, return_counts=True)
    fewer = np.minimum(n[low], n[high])
    return np.where(low == high, 0.0, np.minimum(count[at] / (fewer + HABIT_COUNTS), 1.0))
