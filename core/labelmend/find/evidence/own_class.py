"""What the model says of a label's own class, where the object that it is matched with is of another."""

from __future__ import annotations

import numpy as np

from labelmend.find.blocks import Block
from labelmend.find.evidence.pairs import ranges
from labelmend.find.inputs import Floats, Ints
from labelmend.find.lots import steady
from labelmend.geometry.boxes import iou_pairs


def own_class(block: Block, rows: Ints, box: Floats) -> Floats:
    """Best score (n,) of a detection of the label's own class that lies on it as well as this box does.

    rows (n,) are annotations of the block, box (n, 4) what each is matched with; 0 where there is no such
    detection. Detections are gathered by object, and an object goes to one label: where several things
    overlap much, what the model says of this one may have gone to its neighbour's.
    """
    n = block.n_categories
    wanted = block.label_image[rows] * n + block.label_category[rows]
    some = np.flatnonzero(np.isin(block.detection_image * n + block.detection_category, wanted))
    key = block.detection_image[some] * n + block.detection_category[some]
    some, key = some[order := np.argsort(key, kind="stable")], key[order]
    of_label = block.label_box.take(rows, axis=0)
    least, out = steady(iou_pairs(of_label, box)), np.zeros(len(rows))
    for row, at in ranges(np.searchsorted(key, wanted), np.searchsorted(key, wanted, side="right")):
        found = block.detection_box.take(some[at], axis=0)
        fits = steady(iou_pairs(of_label.take(row, axis=0), found)) >= least[row]
        np.maximum.at(out, row[fits], block.detection_score[some[at[fits]]])
    return out
