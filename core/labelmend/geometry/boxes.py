"""How boxes lie to each other: rows of xywh in pixels, origin top left; a side below zero has no area."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def area(boxes: NDArray[Any]) -> Floats:
    """Areas (n,) in square pixels of boxes (n, 4)."""
    b = _rows(boxes)
    out: Floats = np.maximum(b[:, 2], 0.0) * np.maximum(b[:, 3], 0.0)
    return out


def finite(boxes: NDArray[Any]) -> Bools:
    """Which rows (n,) of boxes (n, 4) are four finite numbers."""
    told = np.isfinite(boxes)
    return np.asarray(told[:, 0] & told[:, 1] & told[:, 2] & told[:, 3])  # `all` takes several times as long


def with_area(boxes: NDArray[Any]) -> Bools:
    """Which rows (n,) of boxes (n, 4) are four finite numbers and have an area."""
    with np.errstate(invalid="ignore"):
        return np.asarray(finite(boxes) & (boxes[:, 2] > 0) & (boxes[:, 3] > 0))


def intersection_pairs(a: NDArray[Any], b: NDArray[Any]) -> Floats:
    """Shared area (n,) of row i of a with row i of b, both (n, 4)."""
    a, b = _rows(a), _rows(b)
    wide = np.minimum(a[:, 0] + a[:, 2], b[:, 0] + b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    high = np.minimum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    out: Floats = np.maximum(wide, 0.0) * np.maximum(high, 0.0)
    return out


def iou_pairs(a: NDArray[Any], b: NDArray[Any]) -> Floats:
    """Intersection over union (n,) of row i of a with row i of b; 0 where neither has area."""
    shared = intersection_pairs(a, b)
    return _share(shared, area(a) + area(b) - shared)


def touching_pairs(a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows (k,) of a (n, 4) and of b (m, 4), all finite, of which the boxes touch; in the order of a, then b.

    Found by a tree: of thousands of boxes few touch, and a table of all with all takes gigabytes.
    """
    import shapely  # who finds in a project does without it, and it takes a while to load

    a, b = _corners(a), _corners(b)
    row_of_a, row_of_b = shapely.STRtree(shapely.box(*b.T)).query(shapely.box(*a.T))
    order = np.lexsort((row_of_b, row_of_a))
    return row_of_a[order], row_of_b[order]


def iou(a: NDArray[Any], b: NDArray[Any]) -> Floats:
    """Intersection over union (n, m) of every box of a (n, 4) with every box of b (m, 4)."""
    a, b = _rows(a), _rows(b)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0.0), axis=2)
    return _share(shared, area(a)[:, None] + area(b)[None, :] - shared)


def residuals(a: Floats, b: Floats) -> Floats:
    """By how much left, top, right, bottom (n, 4) of row i of b lie right of or below those of row i of a.

    In shares of the mean side (the root of the product) of the two.
    """
    out = np.empty((len(a), 4))
    for axis in (0, 1):
        start, there = a[:, axis], b[:, axis]
        size, its_size = a[:, axis + 2], b[:, axis + 2]
        side = np.sqrt(np.maximum(size * its_size, 1e-12))
        out[:, axis] = (there - start) / side
        out[:, axis + 2] = ((there + its_size) - (start + size)) / side
    return out


def _corners(boxes: NDArray[Any]) -> Floats:
    """Left, top, right and bottom (n, 4)."""
    b = _rows(boxes)
    return np.hstack([b[:, :2], b[:, :2] + np.maximum(b[:, 2:], 0.0)])


def _rows(boxes: NDArray[Any]) -> Floats:
    return np.asarray(boxes, np.float64).reshape(-1, 4)


def _share(part: Floats, whole: Floats) -> Floats:
    # A sum of rounded products can fall a hair below its part: hence the upper limit.
    out: Floats = np.minimum(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0), 1.0)
    return out
