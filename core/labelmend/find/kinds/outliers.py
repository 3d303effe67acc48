"""Boxes of odd size or shape for their class, found without a model: reasons to look, no more."""

from __future__ import annotations

import numpy as np

from labelmend.find.evidence.columns import EDGE
from labelmend.find.inputs import Bools, Floats, ImageSizes, Ints, Labels
from labelmend.find.issues import CODES, STRUCTURE, Issues, concatenate, evidence, issues, of_labels
from labelmend.find.sorting import by_key
from labelmend.geometry.boxes import with_area

FEWEST = 30
"""Labels that a class needs before one of them can be odd."""

FAR = 4.0
"""Robust deviations from the class's median from which a label is odd."""

MOST = 0.3
"""What the oddest scores: without a model nobody knows whether it is wrong."""


def outliers(sizes: ImageSizes, labels: Labels) -> Issues:
    """Labels far from the median size or shape of their class, each once, with how far.

    What the picture's border cuts off is no reason: a label there may be as small and as narrow as it is.
    evidence: 0 sides longer than the class's median side (times), 1 width by height, 2 the class's median
    of it, 3 robust deviations.
    """
    box = labels.bbox
    fair = with_area(box) & (labels.image >= 0) & (labels.category >= 0) & ~labels.crowd
    rows: Ints = np.flatnonzero(fair)
    if len(rows) < FEWEST:
        return concatenate([])
    category, image = labels.category[rows].astype(np.int64), labels.image[rows]
    width, height = np.log(box[rows, 2]), np.log(box[rows, 3])
    side, shape = (width + height) / 2, width - height
    middle_side, z_side = _robust(side, category)
    middle_shape, z_shape = _robust(shape, category)
    beside, above = _cut(box[rows], sizes.width[image], sizes.height[image])
    z_side[(beside | above) & (side < middle_side)] = 0
    z_shape[(beside & (shape < middle_shape)) | (above & (shape > middle_shape))] = 0
    by_size = z_side >= z_shape
    far = np.maximum(z_side, z_shape)
    on = np.flatnonzero(far > FAR)
    at = rows[on]
    code = np.where(by_size[on], CODES.index("odd_size"), CODES.index("odd_shape"))
    return issues(
        STRUCTURE,
        MOST * (1 - FAR / far[on]),
        **of_labels(labels, at),
        code=code,
        evidence=evidence(
            len(on),
            e0=np.exp(side - middle_side)[on],
            e1=np.exp(shape)[on],
            e2=np.exp(middle_shape)[on],
            e3=far[on],
        ),
    )


def _cut(box: Floats, width: Floats, height: Floats) -> tuple[Bools, Bools]:
    """Whether boxes (n, 4) lie on the left or right border of pictures of these sizes (n,), and on the upper
    or lower one; no picture without a size has a known border."""
    with np.errstate(invalid="ignore"):
        beside = (box[:, 0] <= EDGE * width) | (box[:, 0] + box[:, 2] >= (1 - EDGE) * width)
        above = (box[:, 1] <= EDGE * height) | (box[:, 1] + box[:, 3] >= (1 - EDGE) * height)
    return beside, above


def _robust(value: Floats, category: Ints) -> tuple[Floats, Floats]:
    """The class's median (n,) and the deviations from it, 0 in classes of few labels."""
    middle, z = np.zeros(len(value)), np.zeros(len(value))
    for rows in by_key(category):
        if len(rows) < FEWEST:
            continue
        middle[rows] = np.median(value[rows])
        off = np.abs(value[rows] - middle[rows])
        z[rows] = off / (1.48 * np.median(off) + 0.05)  # a class of equal boxes has a spread too: rounding
    return middle, z
