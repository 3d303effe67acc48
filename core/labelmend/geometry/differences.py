"""What one outline has that another lacks: where a change adds to a label, where it takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from labelmend.geometry import masks, repainting
from labelmend.geometry.contours import borders
from labelmend.geometry.polygons import LEAST_POINTS, Part, Parts

LEAST = 0.02
"""A piece smaller than this share of the largest one of its sort gets no mark of its own."""
MARKS = 4


@dataclass(frozen=True, eq=False)
class Difference:
    """``added`` and ``removed``: rings (k, 2) in pixels to be filled even-odd.

    ``plus`` and ``minus`` (m, 3) are points well within their largest pieces, four at most, each with how
    wide its piece is on average; ``iou`` is that of the two outlines, 0 when neither has area.
    """

    added: Parts
    removed: Parts
    plus: NDArray[np.float64]
    minus: NDArray[np.float64]
    iou: float


def difference(before: Sequence[Part], after: Sequence[Part]) -> Difference:
    """What ``after`` adds to ``before`` and takes from it; parts of one outline are joined even-odd."""
    old, new = region(before), region(after)
    added, removed = new.difference(old), old.difference(new)
    whole = float(old.area) + float(added.area)
    shared = max(float(old.area) - float(removed.area), 0.0)
    return Difference(
        _rings(added), _rings(removed), _marks(added), _marks(removed), shared / whole if whole > 0 else 0.0
    )


def mask_difference(before: bytes, after: bytes, *, height: int, width: int) -> Difference:
    """What a mask has that another lacks, pixel by pixel; both given by their compressed counts."""
    size = {"height": height, "width": width}
    added = repainting.without(after, before, **size)
    removed = repainting.without(before, after, **size)
    whole = masks.area(repainting.union(before, after, **size), **size)
    shared = whole - masks.area(added, **size) - masks.area(removed, **size)
    plus, minus = (_middles(one, **size) for one in (added, removed))
    return Difference(
        borders(added, **size), borders(removed, **size), plus, minus, shared / whole if whole else 0.0
    )


def _middles(mask: bytes, *, height: int, width: int) -> NDArray[np.float64]:
    """Points (m, 3) well within the largest pieces of a mask, each with how wide its piece is there."""
    pieces = repainting.components(mask, height=height, width=width, most=MARKS)
    areas = [masks.area(piece, height=height, width=width) for piece in pieces]
    points = []
    for piece, area in zip(pieces, areas, strict=True):
        if area >= LEAST * areas[0]:
            own = repainting.cut(piece, height=height, width=width)
            away = cv2.distanceTransform(np.pad(own.pixels, 1), cv2.DIST_L2, 3)
            y, x = np.unravel_index(int(away.argmax()), away.shape)
            points.append([own.left + x - 0.5, own.top + y - 0.5, 2 * float(away[y, x]) - 1])
    return np.array(points, np.float64).reshape(-1, 3)


def region(parts: Sequence[Part]) -> shapely.Geometry:
    """The place that parts cover, filled even-odd, as painters fill them: an inner ring is a hole."""
    found: shapely.Geometry | None = None
    for part in parts:
        if len(part) >= LEAST_POINTS and np.isfinite(part).all():
            one = shapely.make_valid(shapely.Polygon(part))
            found = one if found is None else found.symmetric_difference(one)
    return shapely.Polygon() if found is None else found


def pieces(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """The pieces of a region that have area, largest first."""
    # Of an outline with a spike, what is valid holds the pieces as one, beside the spike.
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    areas = shapely.area(parts)
    order = np.argsort(-areas, kind="stable")
    found: list[shapely.Polygon] = parts[order][areas[order] > 0].tolist()
    return found


def _rings(shape: shapely.Geometry) -> Parts:
    rings = shapely.get_rings(np.array(pieces(shape), object))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    # Thousands of them, where two outlines weave about each other; each ends where it begins.
    ends = np.flatnonzero(np.diff(ring, append=-1)).tolist()
    return tuple(points[end + 1 - count : end] for end, count in zip(ends, np.bincount(ring), strict=True))


def _marks(shape: shapely.Geometry) -> NDArray[np.float64]:
    solid = pieces(shape)[:MARKS]
    large = [piece for piece in solid if piece.area >= LEAST * solid[0].area]
    points = [(piece.representative_point(), 2 * piece.area / piece.length) for piece in large]
    return np.array([[point.x, point.y, wide] for point, wide in points], np.float64).reshape(-1, 3)
