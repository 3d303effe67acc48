"""What a place in a picture looks like, in some numbers: pure measuring, nothing is learned here."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.find.inputs import Floats
from labelmend.find.pictures.edges import CELLS, octaves

PIXELS, FIELDS = 24, 6
"""A box and a quarter of its size around it: pixels a side in which they are seen, fields in which told."""

AROUND = (PIXELS / CELLS - 1) / 2
"""That quarter: a pixel is a cell of `edges`, so that both look at a picture in the same octave."""

WIDTH = 5 * FIELDS**2 + 3
"""Numbers of a view (see `Views`)."""

STEP = 0.01
"""What one of the 256 levels is worth in which views are kept."""

AT_ONCE = 128
"""Places that are told at a time: what is made of them stays in the processor's cache."""

Views = NDArray[np.uint8]
"""(n, WIDTH): by field the gradients in four directions as shares of all there are, and the brightness; then
brightness, contrast and strength of gradients of the whole."""


def views(grey: NDArray[np.uint8], box: Floats) -> Views:
    """What boxes (n, 4), xywh in pixels of the picture grey (h, w), look like with some ground around them.

    Beyond its border a picture goes on as it ends.
    """
    out = np.zeros((len(box), WIDTH), np.uint8)
    step = (np.arange(PIXELS) + 0.5) / CELLS - AROUND
    for level, smaller, rows in octaves(grey, box):
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            at = (box[some, :2, None] + box[some, 2:, None] * step) / 2**level - 0.5
            grid = (len(some), PIXELS, PIXELS)
            x, y = (
                np.broadcast_to(line, grid).reshape(-1, PIXELS).astype(np.float32)
                for line in (at[:, 0, None, :], at[:, 1, :, None])
            )
            seen = cv2.remap(smaller, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            out[some] = _told(np.asarray(seen, np.float32).reshape(grid))
    return out


def _told(seen: NDArray[np.float32]) -> Views:
    """Views of places (n, PIXELS, PIXELS) in grey levels."""
    across, down = np.zeros_like(seen), np.zeros_like(seen)
    across[:, 1:-1, 1:-1] = seen[:, 1:-1, 2:] - seen[:, 1:-1, :-2]
    down[:, 1:-1, 1:-1] = seen[:, 2:, 1:-1] - seen[:, :-2, 1:-1]
    slants = ((across + down) * np.sqrt(0.5), (across - down) * np.sqrt(0.5))
    ways = np.concatenate([_fields(np.abs(way)) for way in (across, down, *slants)], axis=1)
    share = 6 * np.sqrt(ways / (ways.sum(axis=1, keepdims=True) + 1e-6))
    strength = np.log1p(np.hypot(across, down).mean(axis=(1, 2))) / 3
    whole = [seen.mean(axis=(1, 2)) / 100, seen.std(axis=(1, 2)) / 50, strength]
    told = np.concatenate([share, _fields(seen) / 127.5, np.stack(whole, axis=1)], axis=1)
    return np.minimum(told / STEP + 0.5, 255).astype(np.uint8)


def _fields(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means (n, FIELDS ** 2) by field."""
    size = (FIELDS, len(values) * FIELDS)
    small = cv2.resize(values.reshape(-1, PIXELS), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(len(values), -1)
