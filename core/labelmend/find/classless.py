"""Models that tell no classes apart: their detections are taken to be of the class that they lie on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from labelmend.find.evidence.matching import SAME_CLASS_IOU
from labelmend.find.inputs import Floats, Ints, Labels, Predicted, Rows
from labelmend.find.lots import log_area
from labelmend.find.mapping import AGREES, FEWEST, Index
from labelmend.find.statistics import Tick

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


def with_classes(labels: Labels, predicted: Predicted, *, n_images: int, tick: Tick) -> Predicted:
    """The detections, of which each gets the class of the label that it lies on, where the model names one
    class alone whatever it sees.

    What lies on no label gets the class of the label of its image that is most like it in size: a guess, and
    as many of each class are right ones as among those that lie on labels.
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
    near, at = index.nearest(image, predicted.bbox, tick)
    on = np.where(near >= SAME_CLASS_IOU, at, _of_that_size(index, image, predicted.bbox, tick))
    tick()
    return replace(predicted, category=index.category[on].astype(np.int32))


def _of_that_size(index: Index, image: Ints, box: Floats, tick: Tick) -> Ints:
    """The place in the index (n,) of the label of each box's image that is nearest to it in size; of the next
    image that has labels, where that one has none."""
    size, asked = log_area(index.box), log_area(box)
    least, room = size.min(), 2 * np.ptp(size) + 1  # from one image to the next
    of = np.repeat(np.arange(len(index.start) - 1), np.diff(index.start))
    tick()
    order = np.lexsort((index.box[:, 1], index.box[:, 0], size, of))
    tick()
    line = of * room + size[order] - least
    there = image * room + np.clip(asked, least, size.max()) - least
    tick()
    after = np.minimum(np.searchsorted(line, there), len(line) - 1)
    tick()
    before = np.maximum(after - 1, 0)
    out: Ints = order[np.where(there - line[before] < line[after] - there, before, after)]
    return out
