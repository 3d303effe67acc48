"""A path that follows the picture's edges from one point to another (intelligent scissors)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import cv2
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from labelmend.geometry.differences import pieces
from labelmend.geometry.polygons import LEAST_POINTS, Part, is_simple


class Level(Protocol):
    """Pixels (h, w, 3 or more) of which rectangles can be had: an array, or what reads them when asked."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(h, w, channels)."""

    def __getitem__(self, where: tuple[slice, slice, slice], /) -> NDArray[Any]: ...


REACH: Final = 96
"""Pixels to each side of the last point that paths are looked for in; further ones in a smaller picture."""

TOLERANCE: Final = 0.75
"""Pixels, of the size at which it was found, by which a path is simplified."""

SLIVERS: Final = 0.02
"""The share of an outline's area that may be slivers."""

NARROW: Final = 4.0
SLENDER: Final = 1 / 150
"""Pixels, and the share of a line's extent, that what it encloses is wide at the most to be a sliver."""

GRADIENT: Final = 200.0
CANNY: Final = (32.0, 100.0)


class Wire:
    """Finds paths from the last point set. ``levels`` (h, w, 3 or more) are one picture, each half the last.

    Points are in picture pixels, of which the first level has ``width`` across. Each part of the picture
    is prepared once, when the first path leads through it; a path in what is prepared costs next to nothing.
    """

    def __init__(self, levels: Sequence[Level], *, width: float) -> None:
        self._levels = [(level, width / level.shape[1]) for level in levels]
        self._start = np.zeros(2)
        self._maps: dict[int, tuple[Any, NDArray[np.int64], NDArray[np.int64]]] = {}

    def start(self, point: ArrayLike) -> None:
        """Paths lead from this point (2,) from now on."""
        self._start = np.asarray(point, np.float64)
        self._maps = {}

    def path(self, to: ArrayLike) -> Part:
        """The path (k, 2) to a point (2,), both ends exactly; straight where there is no picture."""
        end = np.asarray(to, np.float64)
        away = float(np.abs(end - self._start).max())
        for number, (level, grow) in enumerate(self._levels):
            if away <= REACH * grow or number == len(self._levels) - 1:
                return self._found(number, level, grow, end)
        return np.stack([self._start, end])

    def _found(self, number: int, level: Level, grow: float, end: Part) -> Part:
        if number not in self._maps:
            self._maps[number] = _prepared(level, self._start / grow)
        scissors, low, size = self._maps[number]
        if size.min() < 3:
            return np.stack([self._start, end])
        at = np.clip(np.floor(end / grow).astype(np.int64) - low, 0, size - 1)
        steps = np.asarray(scissors.getContour(at.tolist()), np.float64).reshape(-1, 2)
        between: Part = (_smooth(steps) + 0.5 + low) * grow
        path = np.concatenate([self._start[None], between[1:-1], end[None]])
        thin = cv2.approxPolyDP((path - path[0]).astype(np.float32), TOLERANCE * grow, False)
        kept: Part = np.asarray(thin, np.float64).reshape(-1, 2)[1:-1] + path[0]
        return np.concatenate([self._start[None], kept, end[None]])


def _prepared(level: Level, start: NDArray[np.float64]) -> tuple[Any, NDArray[np.int64], NDArray[np.int64]]:
    """The scissors with all paths from a point of a level, and the corner and size of what they know."""
    limit = np.array([level.shape[1], level.shape[0]], np.int64)
    middle = np.clip(np.floor(start).astype(np.int64), 0, limit - 1)
    low, high = np.maximum(middle - REACH, 0), np.minimum(middle + REACH + 1, limit)
    scissors = cv2.segmentation.IntelligentScissorsMB()
    if (high - low).min() >= 3:
        scissors.setEdgeFeatureCannyParameters(*CANNY)
        scissors.setGradientMagnitudeMaxLimit(GRADIENT)
        scissors.applyImage(np.ascontiguousarray(level[low[1] : high[1], low[0] : high[0], :3]))
        scissors.buildMap((middle - low).tolist())
    return scissors, low, high - low


def _smooth(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """A path of whole pixels without their steps; its ends stay."""
    out = steps.copy()
    for _ in range(2):
        if len(out) > 2:
            out[1:-1] = (out[:-2] + 2 * out[1:-1] + out[2:]) / 4
    return out


def is_tangled(line: Part) -> bool:
    """Whether a line (k, 2) that is not closed yet crosses itself, slivers aside.

    Where it ran back along itself it encloses next to nothing: such slivers `outline` leaves out.
    """
    if len(line) < LEAST_POINTS or (path := shapely.LineString(line)).is_simple:
        return False
    faces = shapely.get_parts(shapely.polygonize([shapely.node(path)]))
    wide = 2 * shapely.area(faces) / np.maximum(shapely.length(faces), 1e-12)
    return bool((wide > max(NARROW, SLENDER * float(np.ptp(line, axis=0).max()))).any())


def outline(paths: Sequence[Part]) -> Part:
    """The outline (k, 2) that paths make, each leading to the next one's start and the last to the first's.

    Slivers, where the paths ran back along themselves, are left out; what crosses itself elsewhere stays.
    """
    ring = np.concatenate([path[:-1] for path in paths])
    ring = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
    if len(ring) < LEAST_POINTS or is_simple(ring):
        return ring
    solid = pieces(shapely.make_valid(shapely.Polygon(ring)))
    if solid and solid[0].area >= (1 - SLIVERS) * sum(piece.area for piece in solid):
        return np.asarray(solid[0].exterior.coords, np.float64)[:-1]
    return ring
