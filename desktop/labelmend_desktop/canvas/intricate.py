"""Outlines of very many points as paths no more exact than a screen shows; for drawing alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from labelmend.geometry.polygons import Parts, bounds
from labelmend_desktop.canvas.scene import EXACT, WITHIN, corners, octave_of, qpolygon
from labelmend_desktop.canvas.view import View

INTRICATE = 2000
"""An outline of more points is thinned; what has more still is drawn with the thinnest lines."""
_MOST = 20_000
"""Of more points than this those that lie close together are one, at steps that get coarser."""
_STEPS = (0.5, 1.0, 2.0, 4.0)
_CELL, _MARGIN = 512, 64
"""Widget pixels of a pan over which a path serves again, and beyond what is in sight."""
_EVERYWHERE = QRectF(-1e9, -1e9, 2e9, 2e9)

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


def is_intricate(parts: Parts) -> bool:
    """Whether outlines have so many points that it takes long to draw them all."""
    return sum(map(len, parts)) > INTRICATE


def intricate_path(parts: Parts, view: View, room: QRectF | None, *, closed: bool) -> QPainterPath:
    """The path of outlines in widget pixels; what is out of ``room`` is there, but no more than hinted at."""
    wanted = Wanted.of(parts, view, room or _EVERYWHERE, closed=closed)
    return _kept_path(wanted).translated(view.x, view.y)


class Same:
    """Outlines that are compared by which they are: to look at all of their points takes a frame."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def __hash__(self) -> int:
        return id(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.parts is self.parts


@dataclass(frozen=True)
class Wanted:
    """A path of outlines at a scale, of what may be seen from a ``cell`` of the picture on."""

    outlines: Same
    scale: float
    cell: tuple[int, int]
    ends: tuple[int, int]
    closed: bool = True

    @classmethod
    def of(cls, parts: Parts, view: View, room: QRectF, *, closed: bool = True) -> Wanted:
        """That of which ``room`` is seen, in widget pixels."""
        cell = math.floor((room.x() - view.x) / _CELL), math.floor((room.y() - view.y) / _CELL)
        ends = math.ceil(round(room.width(), 3)), math.ceil(round(room.height(), 3))
        return cls(Same(parts), view.scale, cell, ends, closed)

    def is_beside(self, other: Wanted) -> bool:
        """Whether both are of what is seen from one place."""
        return (self.scale, self.cell, self.ends) == (other.scale, other.cell, other.ends)


@dataclass(frozen=True, eq=False)
class _Points:
    """``x`` and ``y`` (n,) of all parts, and where each part begins, ``first`` (k,); none is empty."""

    x: Floats
    y: Floats
    first: Places

    def only(self, kept: NDArray[np.bool_]) -> _Points:
        """Those points alone."""
        if kept.all():
            return self
        counts = np.add.reduceat(kept, self.first, dtype=np.int64)
        counts = counts[counts > 0]
        return _Points(self.x[kept], self.y[kept], np.cumsum(counts) - counts)

    @property
    def last(self) -> Places:
        """Where each part ends."""
        return np.append(self.first[1:], len(self.x))[: len(self.first)] - 1

    def repeats(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Of each point whether it has the same value (n,) as the one before, round its part."""
        same = np.empty(len(values), bool)
        same[1:] = values[1:] == values[:-1]
        same[self.first] = values[self.first] == values[self.last]
        return same


@lru_cache(8)
def _flat(outlines: Same, octave: int, closed: bool) -> _Points:
    """The points that tell how outlines look at an octave of scales, the same wherever they are seen from."""
    parts: list[NDArray[Any]] = [part for part in outlines.parts if len(part)]
    if octave != EXACT:
        parts = [_simplified(part, WITHIN * 2**octave, closed=closed) for part in parts]
    counts = np.array([len(part) for part in parts])
    x, y = np.concatenate(parts).astype(np.float32).T
    return _Points(np.ascontiguousarray(x), np.ascontiguousarray(y), np.cumsum(counts) - counts)


def _simplified(part: NDArray[Any], within: float, *, closed: bool) -> NDArray[Any]:
    thin = cv2.approxPolyDP(part.astype(np.float32), within, closed)[:, 0]
    # What is left with two points is dust, which is not drawn, unless it is long: a straight sliver.
    return thin[[0, 1, 0]] if len(thin) == 2 and np.ptp(thin, axis=0).max() > 4 * within else thin


@lru_cache(16)  # asked for in every frame
def _kept_path(wanted: Wanted) -> QPainterPath:
    return made_path(wanted)


@lru_cache(8)
def _box(outlines: Same) -> NDArray[np.float64]:
    return bounds(outlines.parts)


def box_path(outlines: Same, scale: float) -> QPainterPath:
    """The box around outlines as a path, from where the picture begins in widget pixels."""
    path = QPainterPath()
    path.addPolygon(qpolygon(corners(_box(outlines) * scale)))
    path.closeSubpath()
    return path


def made_path(wanted: Wanted) -> QPainterPath:
    """The path, from where the picture begins in widget pixels; in any thread."""
    scale, low = wanted.scale, np.array(wanted.cell, np.float64) * _CELL - _MARGIN
    high = low + wanted.ends + _CELL + 2 * _MARGIN
    flat = _flat(wanted.outlines, octave_of(scale), wanted.closed)
    seen = _in_sight(flat, low / scale, high / scale)
    points = _Points(seen.x * np.float32(scale), seen.y * np.float32(scale), seen.first)
    for step in _STEPS[len(points.x) > 8 * _MOST :]:
        if len(points.x) <= _MOST:
            break
        points = _snapped(points, step)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    places = np.stack([points.x, points.y], axis=1).astype(np.float64)
    for start, end in zip(points.first.tolist(), (points.last + 1).tolist(), strict=True):
        if end - start > 2:
            path.addPolygon(qpolygon(places[start:end]))
            if wanted.closed:
                path.closeSubpath()
    # Of dust each speck is less than a pixel.
    return box_path(wanted.outlines, scale) if path.isEmpty() else path


def _in_sight(points: _Points, low: NDArray[np.float64], high: NDArray[np.float64]) -> _Points:
    """Without points that lie, as both beside them, beyond one and the same side of a rectangle.

    A stretch of them is one line between its ends, which lies beyond that side too: what is seen, and
    which of it is inside, stays as it was.
    """
    side = np.zeros(len(points.x), np.int8)
    for number, beyond in enumerate(
        (points.x < low[0], points.x > high[0], points.y < low[1], points.y > high[1]), 1
    ):
        if beyond.any():
            side[beyond & (side == 0)] = number
    before = points.repeats(side)
    after = np.append(before[1:], False)
    after[points.last] = before[points.first]
    return points.only((side == 0) | ~before | ~after)


def _snapped(points: _Points, step: float) -> _Points:
    """At the nearest of places that lie ``step`` apart; points in a row at one place are one."""
    x, y = (np.rint(one / np.float32(step)) * np.float32(step) for one in (points.x, points.y))
    placed = _Points(x, y, points.first)
    return placed.only(~(placed.repeats(x) & placed.repeats(y)))
