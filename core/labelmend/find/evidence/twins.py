"""Pairs of labels that share their place, and how surely the model sees two things there, not one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.blocks import Block
from labelmend.find.evidence.overlaps import SAME_PLACE, Overlaps
from labelmend.find.evidence.pairs import Pairs, crossing, ranges
from labelmend.find.inputs import Floats, Ints
from labelmend.geometry.boxes import area, iou_pairs

LEAST_IOU, FULL_IOU = 0.5, 0.75
"""From where to where a detection's IoU with a label makes it the label's own."""

NEARER = 0.5
"""Share of the way from one label to the other by which a detection must lie nearer to its own."""

LEAST_WAY = 0.05
"""That way, 1 - IoU, at least: of boxes that are all but equal none is nearer."""


@dataclass(frozen=True)
class Twins:
    """Pairs of annotations that overlap much: rows of Annotations, their IoU, and whether they are two.

    told_apart (n,), 0 to 1, is the score by which one model sees both things, each with the class and more
    at the place of its own label.
    """

    first: Ints
    second: Ints
    iou: Floats
    told_apart: Floats

    def __len__(self) -> int:
        return len(self.first)


def twins(block: Block, overlaps: Overlaps) -> Twins:
    """The pairs that may be of one thing."""
    near = overlaps.iou >= SAME_PLACE
    first, second = overlaps.first[near], overlaps.second[near]
    return Twins(first, second, overlaps.iou[near], _told_apart(block, first, second))


def _told_apart(block: Block, first: Ints, second: Ints) -> Floats:
    """Detections themselves are asked: what overlaps much has become one hypothesis."""
    if not len(first):
        return np.zeros(0)
    label = np.unique(np.r_[first, second])
    near = np.flatnonzero(
        np.bincount(block.label_image[label], minlength=len(block.width))[block.detection_image]
    )
    box, other = block.label_box.take(label, axis=0), block.detection_box.take(near, axis=0)
    pairs = crossing(block.label_image[label], box, block.detection_image[near], other)
    pairs = Pairs(label[pairs.first], near[pairs.second], pairs.shared)
    of_class = block.label_category[pairs.first] == block.detection_category[pairs.second]
    iou = pairs.iou(area(block.label_box), area(block.detection_box))
    fit = np.clip((iou - LEAST_IOU) / (FULL_IOU - LEAST_IOU), 0, 1) * block.detection_score[pairs.second]
    on = of_class & (iou > LEAST_IOU)
    pairs, iou, fit = pairs.take(on), iou[on], fit[on]
    one, two = (_own(block, pairs, iou, fit, *ends) for ends in ((first, second), (second, first)))
    out: Floats = np.minimum(one, two).mean(axis=1)
    return out


def _own(block: Block, pairs: Pairs, iou: Floats, fit: Floats, label: Ints, other: Ints) -> Floats:
    """How surely each model (n, m) sees a thing that is the label's rather than the other's."""
    out = np.zeros((len(label), block.n_sources))
    differ = (block.label_box[label] != block.label_box[other]).any(axis=1)
    begin, end = (np.searchsorted(pairs.first, label, side=side) for side in ("left", "right"))
    # In portions, without equal boxes (none is nearer): a picture may hold one label a thousand times.
    for twin, at in ranges(begin, np.where(differ, end, begin)):
        mine, there = (block.label_box[rows[twin]] for rows in (label, other))
        found = block.detection_box[pairs.second[at]]
        way = np.maximum(1 - iou_pairs(mine, there), LEAST_WAY)
        nearer = iou[at] - iou_pairs(found, there)
        value = fit[at] * np.clip(nearer / way / NEARER, 0, 1)
        np.maximum.at(out, (twin, block.detection_source[pairs.second[at]]), value)
    return out
