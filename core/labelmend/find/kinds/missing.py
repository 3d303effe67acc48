"""Objects that nobody labelled: which detections without a label are right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from labelmend.find.evidence.columns import Objects
from labelmend.find.inputs import Floats, Ints
from labelmend.find.kinds.completeness import HALF_SURE, left_out
from labelmend.find.kinds.labelled import labelled
from labelmend.find.kinds.thoroughness import carelessness
from labelmend.find.statistics import Tick, logistic

SURE = 0.96
"""Above this, scores only keep the order: no model is surer than that of a label it does not see."""


@dataclass(frozen=True)
class Missing:
    """By object: how likely it is a missing label (0 if matched), how often such ones are labelled."""

    probability: Floats
    labelled: Floats
    rate: float


def missing(
    objects: Objects, image: Ints, likeness: Floats | None = None, *, n_categories: int, tick: Tick
) -> Missing:
    """P(real but unlabelled) of every object; image (n,) is that of each, likeness (n,) what pictures say.

    The share m of labelled ones among objects alike is learned. Were a share c of the real ones left out,
    r = m / (1 - c) of them would be real, and of the unlabelled ones (r - m) / (1 - m). (Elkan and Noto,
    Learning classifiers from only positive and unlabeled data, KDD 2008, with c by score.)
    """
    learn = partial(labelled, objects, n_categories=n_categories, tick=tick, likeness=likeness)
    learned = learn()
    tick()
    c = left_out(objects, learned)
    careless = carelessness(objects, image, sure=HALF_SURE) if c.incomplete else None
    if careless is not None:
        learned = learn(careless=careless)
        c = left_out(objects, learned)
    tick()
    m = np.clip(logistic(learned.odds), 1e-9, 1 - 1e-9)
    of_its_like = logistic(learned.whole) if c.incomplete else m
    real = np.maximum(of_its_like / (1 - c.at_score), c.vouched)
    expected = np.maximum(real - m, 0) / (1 - m)
    bounded = np.minimum(expected, SURE + 0.02 * expected / (1 + expected))
    return Missing(np.where((objects.taken < 0) & ~objects.crowd, bounded, 0.0), m, c.rate)
