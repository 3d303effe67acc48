"""Which detection lies closest on a label that no object is matched with: what its sentence says of all."""

from __future__ import annotations

import numpy as np

from labelmend.find.blocks import Block
from labelmend.find.evidence.pairs import crossing
from labelmend.find.inputs import Floats, Ints
from labelmend.geometry.boxes import area


def closest(block: Block, rows: Ints) -> tuple[Floats, Floats, Floats]:
    """Largest IoU (n,) of these annotations with a detection, its score (nan if none), largest IoU x score.

    Detections are asked themselves: the box of an object is the mean of those that are gathered in it, and
    one of them may lie nearer.
    """
    box = block.label_box.take(rows, axis=0)
    pairs = crossing(block.label_image[rows], box, block.detection_image, block.detection_box)
    iou, score = pairs.iou(area(box), area(block.detection_box)), block.detection_score[pairs.second]
    near, weight = np.zeros(len(rows)), np.zeros(len(rows))
    np.maximum.at(near, pairs.first, iou)
    np.maximum.at(weight, pairs.first, iou * score)
    of_near = np.full(len(rows), np.nan)
    on = np.flatnonzero(iou == near[pairs.first])
    np.fmax.at(of_near, pairs.first[on], score[on])  # of equally near ones the surest
    return near, of_near, weight
