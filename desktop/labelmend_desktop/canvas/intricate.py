"""Outlines of very many points as paths no more exact than a screen shows; for drawing alone."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from labelmend.geometry.polygons import Parts
from labelmend_desktop.canvas.scene import qpolygon
from labelmend_desktop.canvas.view import View

INTRICATE = 2000
"""An outline of more points is thinned; what has more still is drawn with the thinnest lines."""
_MOST = 20_000
"""Points to which the steps get coarser, as far as they may."""
_STEPS = (0.5, 1.0, 2.0, 4.0)
_CELL, _MARGIN = 512, 64
"""Widget pixels of a pan over which a path serves again, and beyond what is in sight."""
_EVERYWHERE = QRectF(-1e9, -1e9, 2e9, 2e9)

Floats = NDArray[np.float64]
Owners = NDArray[np.int64]


def is_intricate(parts: Parts) -> bool:
    """Whether outlines have so many points that it takes long to draw them all."""
    return sum(map(len, parts)) > INTRICATE


def intricate_path(parts: Parts, view: View, room: QRectF | None, *, closed: bool) -> QPainterPath:
    """The path of outlines in widget pixels; what is out of ``room`` is there, but no more than hinted at."""
    area = room or _EVERYWHERE
    cell = math.floor((area.x() - view.x) / _CELL), math.floor((area.y() - view.y) / _CELL)
    ends = math.ceil(area.width()), math.ceil(area.height())
    return _path(_Same(parts), view.scale, cell, ends, closed=closed).translated(view.x, view.y)


class _Same:
    """Outlines that are compared by which they are: to look at all of their points takes a frame."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def __hash__(self) -> int:
        return id(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.parts is self.parts


@lru_cache(8)
def _flat(outlines: _Same) -> tuple[Floats, Owners]:
    """All points (n, 2), and whose part each is (n,)."""
    parts = outlines.parts
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])


@lru_cache(16)  # asked for in every frame
def _path(
    outlines: _Same, scale: float, cell: tuple[int, int], ends: tuple[int, int], *, closed: bool
) -> QPainterPath:
    low = np.array(cell, np.float64) * _CELL - _MARGIN
    points, owner = _in_sight(*_flat(outlines), low / scale, (low + ends + _CELL + 2 * _MARGIN) / scale)
    points = points * scale
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for step in _STEPS[len(points) > 8 * _MOST :]:
        points, owner = _snapped(points, owner, step)
        if len(points) <= _MOST:
            break
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    for start, end in zip(first.tolist(), [*first[1:].tolist(), len(owner)], strict=True):
        if end - start > 2:
            path.addPolygon(qpolygon(points[start:end]))
            if closed:
                path.closeSubpath()
    return path


def _before(owner: Owners) -> Owners:
    """For each point the one before it, round its part."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    before = np.arange(len(owner)) - 1
    before[first] = np.append(first[1:], len(owner)) - 1
    return before


def _in_sight(points: Floats, owner: Owners, low: Floats, high: Floats) -> tuple[Floats, Owners]:
    """Without points that lie, as both beside them, beyond one and the same side of a rectangle.

    A stretch of them is one line between its ends, which lies beyond that side too: what is seen, and
    which of it is inside, stays as it was.
    """
    side = np.zeros(len(points), np.int8)
    for number, beyond in enumerate(
        (points[:, 0] < low[0], points[:, 0] > high[0], points[:, 1] < low[1], points[:, 1] > high[1]), 1
    ):
        side[beyond & (side == 0)] = number
    before = _before(owner)
    after = np.empty_like(before)
    after[before] = np.arange(len(before))
    kept = (side == 0) | (side[before] != side) | (side[after] != side)
    return points[kept], owner[kept]


def _snapped(points: Floats, owner: Owners, step: float) -> tuple[Floats, Owners]:
    """At the nearest of places that lie ``step`` apart; points in a row at one place are one."""
    places = np.rint(points / step)
    before = places[_before(owner)]
    kept = (places[:, 0] != before[:, 0]) | (places[:, 1] != before[:, 1])
    return places[kept] * step, owner[kept]
