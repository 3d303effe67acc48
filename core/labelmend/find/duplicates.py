"""Two labels on one object: the one that the model supports less is the suspect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence import Evidence
from labelmend.find.inputs import Floats, Ints
from labelmend.find.statistics import logistic


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
    probability = (1 - support[suspect]) * logistic((twins.iou - 0.75) * 25)
    order = np.lexsort((-probability, suspect))
    ranked = suspect[order]
    best = order[np.r_[True, ranked[1:] != ranked[:-1]]] if len(order) else order
    return Duplicates(
        suspect[best],
        repeats[best],
        twins.iou[best],
        support[suspect[best]],
        support[repeats[best]],
        probability[best],
    )
