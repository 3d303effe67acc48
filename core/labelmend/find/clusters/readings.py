"""Other readings of a label's four numbers: conventions that files mix up, and turned pictures."""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import Floats

READINGS = (
    "",
    "corners",
    "shares",
    "centre",
    "centre_shares",
    "scaled",
    "quarter",
    "half",
    "three_quarters",
    "quarter_declared",
    "three_quarters_declared",
    "moved",
)
"""Their numbers are stored: new ones go to the end."""

TURNS = ("quarter", "half", "three_quarters", "quarter_declared", "three_quarters_declared")
"""Readings of labels made on the picture as it was before somebody turned it. "declared": the declared size
is that of the labels too, so that width and height change places."""


def read(box: Floats, size: Floats, reading: str) -> Floats:
    """What boxes (n, 4) mean, as xywh pixels, if their numbers are read so; size (n, 2) is of their images.

    "quarter" and the like: as if a picture were turned clockwise by that much, and the labels with it.
    A row may become nan or without area: then it cannot be read so.
    """
    x, y, w, h = box.T
    width, height = size.T
    if reading == "corners":
        return np.stack([x, y, w - x, h - y], axis=1)
    if reading == "shares":
        return np.asarray(box * np.concatenate([size, size], axis=1))
    if reading == "centre":
        return np.stack([x - w / 2, y - h / 2, w, h], axis=1)
    if reading == "centre_shares":
        return read(read(box, size, "shares"), size, "centre")
    if reading == "half":
        return np.stack([width - x - w, height - y - h, w, h], axis=1)
    if reading == "quarter":  # the labels' picture is as high as this one is wide
        return np.stack([width - y - h, x, h, w], axis=1)
    if reading == "three_quarters":
        return np.stack([y, height - x - w, h, w], axis=1)
    if reading == "quarter_declared":
        return np.stack([height - y - h, x, h, w], axis=1)
    if reading == "three_quarters_declared":
        return np.stack([y, width - x - w, h, w], axis=1)
    return box
