"""How thoroughly each image was labelled: objects are no less real where hardly anybody looked."""

from __future__ import annotations

import numpy as np

from labelmend.find.evidence.columns import Objects
from labelmend.find.inputs import Floats, Ints
from labelmend.find.lots import steady
from labelmend.find.statistics import logit

FEWEST_CASES = 2
"""With fewer sure objects an image says nothing of how images differ."""

CHANCE = 3.0
"""Standard deviations by which images must differ more than chance makes them."""


def carelessness(objects: Objects, image: Ints, *, sure: float) -> Floats | None:
    """Log odds (n,) that labels are left out, by what else is left out in each object's image.

    image (n,) is by object; those of score sure that stand alone are counted, an object itself never. The
    spread of the images' shares beyond chance says how much a few cases weigh: beta-binomial, by moments
    (Kleinman, Proportions with extraneous variance, JASA 1973). None where the images differ by chance only.
    """
    case = objects.alone() & ~objects.crowd & (objects.score >= sure)
    free = case & (objects.taken < 0)
    width = int(image.max(initial=-1)) + 1
    n = np.bincount(image[case], minlength=width).astype(np.float64)
    left = np.bincount(image[free], minlength=width).astype(np.float64)
    of = n >= FEWEST_CASES
    rate = float(left.sum() / max(n.sum(), 1))
    if not (of.any() and 0 < rate < 1):
        return None
    chance = n[of] * rate * (1 - rate)
    off = (left[of] - n[of] * rate) ** 2
    if (off / chance).sum() - of.sum() < CHANCE * np.sqrt(2 * of.sum()):
        return None
    alike = float((off - chance).sum() / (chance * (n[of] - 1)).sum())
    if not 0 < alike < 1:
        return None
    weight = 1 / alike - 1
    return steady(logit((weight * rate + left[image] - free) / (weight + n[image] - case)))
