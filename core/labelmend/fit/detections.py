"""Which detection fits a label best: near it, sure, and of its class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labelmend.find.evidence.matching import one_to_one
from labelmend.geometry.boxes import iou, iou_pairs, touching_pairs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_IOU = 0.1
"""A detection that shares less with a label is of something else."""

OTHER_CLASS = 0.5
"""What a detection of another class counts for, beside one of the label's own."""


def fitting(
    box: Floats, category: NDArray[np.integer], *, detected: Floats, seen: NDArray[np.integer], score: Floats
) -> Floats:
    """How well each detection fits each label (n, m): its IoU times its score; 0 for what is too far off.

    Labels: boxes (n, 4) xywh and class rows (n,); detections: boxes (m, 4), class rows ``seen`` (m,) and
    scores (m,).
    """
    shared = iou(box, detected)
    own = np.asarray(category)[:, None] == np.asarray(seen)[None, :]
    return _fit(shared, score, own, least=LEAST_IOU)


def _fit(shared: Floats, score: Floats, own: NDArray[np.bool_], *, least: float) -> Floats:
    out: Floats = np.where(shared >= least, shared * np.maximum(score, 0.0), 0.0)
    return out * np.where(own, 1.0, OTHER_CLASS)


def ranked(fit: Floats) -> Ints:
    """Rows of the detections that fit one label (m,), the best first; empty where none does."""
    order = np.argsort(-fit, kind="stable")
    return order[fit[order] > 0]


def best_each(
    box: Floats,
    category: NDArray[np.integer],
    *,
    detected: Floats,
    seen: NDArray[np.integer],
    score: Floats,
    least: float,
) -> Ints:
    """The detection (n,) for each of several labels, -1 for none; no detection is given to two of them.

    All as `fitting` has it; least: the IoU from which a detection may be of a label.
    """
    label, found = touching_pairs(box, detected)
    own = np.asarray(category)[label] == np.asarray(seen)[found]
    fit = _fit(iou_pairs(box[label], detected[found]), score[found], own, least=least)
    label, found, fit = label[fit > 0], found[fit > 0], fit[fit > 0]
    taken = one_to_one(label, found, fit)
    out = np.full(len(box), -1, np.int64)
    out[label[taken]] = found[taken]
    return out
