"""Models that tell no classes apart: their detections are taken to be of the class that they lie on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from labelmend.find.inputs import Ints, Labels, Predicted, Rows
from labelmend.find.mapping import AGREES, FEWEST, Index

NO_HINT = 2.0
"""The odds that a label is of the class that lies on it are more than so many times those of any label,
unless the class says nothing."""

ASKED = 10_000
"""Detections that are asked, the surest; more change nothing."""


def says_nothing(given: Ints | Rows, here: Ints, category: Ints) -> bool:
    """Whether a model knows one class, and gives it to whatever it sees.

    given (k,) are the classes of its detections, here (n,) those of labels that it lies on, category (m,)
    those of all labels.
    """
    if len(here) < FEWEST or (given != given[0]).any() or (category == category[0]).all():
        return False
    on, usual = (here == given[0]).sum() + 0.5, (category == given[0]).sum() + 0.5
    return bool(on / (len(here) + 1 - on) < NO_HINT * usual / (len(category) + 1 - usual))


def with_classes(labels: Labels, predicted: Predicted, *, n_images: int) -> Predicted:
    """The detections, of which each gets the class of the label that it lies on, where the model names one
    class alone whatever it sees.

    What lies on no label gets the class that most labels of its image have: what it is nobody knows, and so
    it is as often labelled as anything there.
    """
    if not len(predicted) or (predicted.category != predicted.category[0]).any():
        return predicted
    known = replace(labels, image=np.where(labels.category >= 0, labels.image, -1))
    index, image = Index(known, n_images), predicted.image.astype(np.int64)
    least = np.partition(predicted.score, -min(ASKED, len(image)))[-min(ASKED, len(image))]
    surest = np.flatnonzero(predicted.score >= least)
    if not len(index):
        return predicted
    near, at = index.nearest(image[surest], predicted.bbox[surest])
    if not says_nothing(predicted.category, index.category[at[near >= AGREES]], index.category):
        return predicted
    near, at = index.nearest(image, predicted.bbox)
    guess = _commonest(index, n_images)[image]
    return replace(predicted, category=np.where(near > 0, index.category[at], guess).astype(np.int32))


def _commonest(index: Index, n_images: int) -> Ints:
    """The class (n_images,) that most labels of each image have; of all images, where it has none."""
    n = int(index.category.max()) + 1
    image = np.repeat(np.arange(n_images), np.diff(index.start))
    pair, count = np.unique(image * n + index.category, return_counts=True)
    out = np.full(n_images, np.bincount(index.category).argmax(), np.int64)
    rising = np.argsort(count, kind="stable")
    out[pair[rising] // n] = pair[rising] % n
    return out
