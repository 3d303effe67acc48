"""What an image's other labels say about one: a class alone there that mostly comes in company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Floats, Ints

STEPS = np.array([1, 2, 3, 5, 9])
"""Where the numbers of other labels of the class are cut: 0, 1, 2, 3-4, 5-8, more."""

SHRINK = 20.0
"""Labels of all classes that a class's own share is mixed with."""

AT_RANDOM = 0.5
"""Share of wrong classes that fall anywhere; the others fit the scene, and company says nothing of them."""


@dataclass(frozen=True)
class Company:
    """How much likelier a class has so much company, by class and step, if wrong or over nothing."""

    ratio: Floats

    @staticmethod
    def learn(kin: Ints, category: Ints, *, n_images: int, n_categories: int) -> Company:
        """From all labels: kin is the number of other labels of its class in its image."""
        step, width = np.digitize(kin, STEPS), len(STEPS) + 1
        right = _table(category, step, np.ones(len(kin)), n_categories, width)
        # An image with k labels of a class is counted k times, once by each.
        among = np.digitize(kin + 1, STEPS)
        images = _table(category, among, 1.0 / (kin + 1), n_categories, width)
        images[:, 0] = np.maximum(n_images - images.sum(axis=1), 1.0)
        usual = right.sum(axis=0) / max(len(kin), 1)
        share_right = (right + SHRINK * usual) / (right.sum(axis=1, keepdims=True) + SHRINK)
        share_random = images / images.sum(axis=1, keepdims=True)
        return Company(share_random / np.maximum(share_right, 1e-9))

    def odds(self, kin: Ints, category: Ints) -> Floats:
        """The odds (n,) of labels of these classes with so many others of their class in the image."""
        out: Floats = (1 - AT_RANDOM) + AT_RANDOM * self.ratio[category, np.digitize(kin, STEPS)]
        return out


def odds_of_stranger(kin: Ints, category: Ints, *, n_images: int, n_categories: int) -> Floats:
    """How much likelier (n,) a label has so much company if its class is wrong or nothing is there.

    kin is the number of other labels of its class in its image. A right label has the company that its
    class mostly has; a wrong one that of an image picked at random.
    """
    return Company.learn(kin, category, n_images=n_images, n_categories=n_categories).odds(kin, category)


def _table(category: Ints, step: Ints, weight: Floats, n_categories: int, width: int) -> Floats:
    count = np.bincount(category * width + step, weight, n_categories * width)
    return count.astype(np.float64).reshape(n_categories, width)
