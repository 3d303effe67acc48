"""What labels over two objects would look like: sound neighbours of one class, taken as one label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.pairs import Pairs, all_in, crossing
from labelmend.find.inputs import Floats, Ints
from labelmend.find.lots import lot, steady
from labelmend.find.sorting import begins
from labelmend.geometry.boxes import area, iou_pairs

REACH = 0.05
"""Neighbours lie within this share of their sides, on either side."""

OF_ONE = 200
"""Labels of one image, about, that are looked at: a crowded one need not speak for all."""

SOUND = 0.5
"""IoU with its detection from which a label is sound enough to be joined."""

TOUCHING = 0.2
"""Neighbours may overlap by this IoU at most."""


@dataclass(frozen=True)
class Joined:
    """Pairs of labels taken as one: both rows, the box around both (n, 4)."""

    first: Ints
    second: Ints
    box: Floats

    def __len__(self) -> int:
        return len(self.first)


def neighbours(image: Ints, category: Ints, box: Floats, iou: Floats, *, share: float) -> Joined:
    """For some sound labels the nearest sound one of their class; at most this share of them is looked at.

    iou (n,) is that with the label's own detection, which says whether it is sound. Which ones is
    decided by a hash of their boxes, so that the order of records does not matter.
    """
    sound = iou >= SOUND
    of_image = np.bincount(image)[image] if len(image) else image
    some = np.flatnonzero(sound & (lot(box) < np.minimum(share, OF_ONE / np.maximum(of_image, 1))))
    grown = np.concatenate([box[:, :2] - REACH * box[:, 2:], (1 + 2 * REACH) * box[:, 2:]], axis=1)
    pairs = crossing(image[some], grown[some], image, grown)
    first, second = some[pairs.first], pairs.second
    fit = (first != second) & sound[second] & (category[first] == category[second])
    fit &= steady(iou_pairs(box.take(first, axis=0), box.take(second, axis=0))) < TOUCHING
    near = steady(pairs.shared / np.minimum(area(grown[first]), area(grown[second])))
    fit &= near > 0
    first, second, near = first[fit], second[fit], near[fit]
    order = np.lexsort((second, -near, first))
    best = order[begins(first[order])]
    a, b = np.minimum(first[best], second[best]), np.maximum(first[best], second[best])
    once = np.unique(np.stack([a, b], axis=1), axis=0)  # each may be the other's nearest
    a, b = once[:, 0], once[:, 1]
    low = np.minimum(box[a, :2], box[b, :2])
    high = np.maximum(box[a, :2] + box[a, 2:], box[b, :2] + box[b, 2:])
    return Joined(a, b, np.concatenate([low, high - low], axis=1))


def added(pairs: Pairs, value: Floats, joined: Joined, n_objects: int) -> tuple[Ints, Ints, Floats]:
    """For every joined label and every object of either: the sum (rows of joined, of objects, sum).

    value is by pair (label, object), pairs sorted by label.
    """
    ends = np.concatenate([joined.first, joined.second])
    owner = np.tile(np.arange(len(joined)), 2)
    first, last = (np.searchsorted(pairs.first, ends, side=side) for side in ("left", "right"))
    end, row = all_in(first, last)
    key, at = np.unique(owner[end] * n_objects + pairs.second[row], return_inverse=True)
    total: Floats = np.bincount(at, value[row], len(key)).astype(np.float64)
    return key // max(n_objects, 1), key % max(n_objects, 1), total
