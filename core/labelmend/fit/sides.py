"""The four sides of a box, one by one. Boxes are (4,) xywh in pixels, origin top left."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labelmend.errors import Refused

Floats = NDArray[np.float64]
SIDES: Final = ("left", "top", "right", "bottom")


def ends(box: NDArray[Any]) -> Floats:
    """Where the sides lie: left, top, right, bottom (4,) of a box."""
    out: Floats = np.concatenate([box[:2], box[:2] + box[2:]]).astype(np.float64)
    return out


def nearest_side(box: NDArray[Any], point: ArrayLike) -> int:
    """Which of SIDES lies nearest to a point (2,) x, y, inside or outside of the box."""
    (x, y), (left, top, right, bottom) = np.asarray(point, np.float64), ends(box)
    beside_x, beside_y = (
        max(low - at, at - high, 0.0) for at, low, high in ((x, left, right), (y, top, bottom))
    )
    away = [
        np.hypot(x - left, beside_y),
        np.hypot(y - top, beside_x),
        np.hypot(x - right, beside_y),
        np.hypot(y - bottom, beside_x),
    ]
    return int(np.argmin(away))


def with_side(box: NDArray[Any], side: int, other: NDArray[Any]) -> Floats:
    """The box with one of its SIDES where that of another box lies; the others keep their very place.

    Raises Refused where the side would pass the opposite one.
    """
    low, size = np.array(box[:2], np.float64), np.array(box[2:], np.float64)
    axis, to = side % 2, float(ends(other)[side])
    if side < 2:
        size[axis] += low[axis] - to
        low[axis] = to
    else:
        size[axis] = to - low[axis]
    if size[axis] <= 0:
        raise Refused(f"The {SIDES[side]} side would pass the opposite side: nothing is proposed.")
    return np.concatenate([low, size])
