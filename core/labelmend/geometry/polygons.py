"""Polygon annotations: a tuple of parts, each a float64 array (k, 2) of x, y in pixels, origin top left.

A part is closed without repeating its first point. Functions return new values and leave theirs alone.
"""

from collections.abc import Sequence
from itertools import chain, compress

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labelmend.errors import Refused

Part = NDArray[np.float64]
Parts = tuple[Part, ...]
Vertices = Sequence[tuple[int, int]]
"""Vertices, each by its part and its place in it."""
LEAST_POINTS = 3


def bounds(parts: Sequence[Part]) -> NDArray[np.float64]:
    """The box (4,) xywh that just holds all parts; zeros when there are none."""
    points = [part for part in parts if len(part)]
    if not points:
        return np.zeros(4)
    every = points[0] if len(points) == 1 else np.concatenate(points)
    across_and_down = np.ascontiguousarray(every.T)  # point by point it takes ten times as long
    low, high = across_and_down.min(axis=1), across_and_down.max(axis=1)
    return np.concatenate([low, high - low])


def bounds_of_each(shapes: Sequence[Parts]) -> NDArray[np.float64]:
    """The boxes (n, 4) xywh that just hold each of several polygons; nan where one has no points."""
    out = np.full((len(shapes), 4), np.nan)
    # Most labels of thousands are boxes: () is not counted part by part.
    counts = np.array([sum(map(len, parts)) if parts else 0 for parts in shapes], np.int64)
    held = counts > 0
    if held.any():
        every = np.concatenate([part for parts in shapes for part in parts])
        first = (np.cumsum(counts) - counts)[held]
        low, high = np.minimum.reduceat(every, first), np.maximum.reduceat(every, first)
        out[held] = np.hstack([low, high - low])
    return out


def rings(polygons: Sequence[Sequence[Sequence[float]]]) -> tuple[Part, NDArray[np.int64], NDArray[np.int64]]:
    """All parts of many polygons, each a list of flat lists x0, y0, x1, y1 ... as COCO has them.

    Returns the points (m, 2) of all, how many each part (k,) has, and the polygon (k,) it is of. What is no
    list of three points or more is left out.
    """
    parts = list(chain.from_iterable(polygons))
    size = np.fromiter(map(len, parts), np.int64, len(parts))
    owner = np.repeat(np.arange(len(polygons)), np.fromiter(map(len, polygons), np.int64, len(polygons)))
    fit = (size >= 2 * LEAST_POINTS) & (size % 2 == 0)
    if not fit.all():
        parts, size, owner = list(compress(parts, fit)), size[fit], owner[fit]
    points = np.fromiter(chain.from_iterable(parts), np.float64, int(size.sum())).reshape(-1, 2)
    return points, size // 2, owner


def area(parts: Sequence[Part]) -> float:
    """The area in square pixels of the union of the parts; where a part crosses itself, even-odd."""
    if len(parts) == 1 and is_simple(parts[0]):
        return _shoelace(parts[0])
    import shapely  # as in geometry.boxes

    shapes = [shapely.make_valid(shapely.Polygon(part)) for part in parts if len(part) >= LEAST_POINTS]
    return float(shapely.union_all(shapes).area) if shapes else 0.0


def _shoelace(part: Part) -> float:
    x, y = (part - part[0]).T
    next_x, next_y = np.concatenate([x[1:], x[:1]]), np.concatenate([y[1:], y[:1]])
    return float(abs(np.dot(x, next_y) - np.dot(y, next_x)) / 2)


def is_simple(part: Part) -> bool:
    """Whether a part has three finite points or more and its outline nowhere crosses itself."""
    if len(part) < LEAST_POINTS or not np.isfinite(part).all():
        return False
    import shapely  # as in geometry.boxes

    return bool(shapely.LinearRing(part).is_simple)


def is_upright(parts: Sequence[Part]) -> bool:
    """Whether parts are one rectangle whose sides are level and plumb: a box written as a polygon."""
    if len(parts) != 1 or len(parts[0]) != 4:
        return False
    step = np.roll(parts[0], -1, axis=0) - parts[0]
    level, plumb = step[:, 1] == 0, step[:, 0] == 0
    return bool((level ^ plumb).all() and (level != np.roll(level, 1)).all())


def scaled(parts: Sequence[Part], from_box: ArrayLike, to_box: ArrayLike) -> Parts:
    """Parts moved and stretched as ``from_box`` must be to become ``to_box`` (both (4,) xywh).

    A side of ``from_box`` without length is moved, not stretched.
    """
    old, new = np.asarray(from_box, dtype=np.float64), np.asarray(to_box, dtype=np.float64)
    if np.array_equal(old[2:], new[2:]):
        return tuple(part + (new[:2] - old[:2]) for part in parts)
    flat_side = old[2:] == 0
    stretch = np.where(flat_side, 1.0, new[2:] / np.where(flat_side, 1.0, old[2:]))
    return tuple((part - old[:2]) * stretch + new[:2] for part in parts)


def moved(parts: Sequence[Part], by: ArrayLike) -> Parts:
    """Parts moved by (dx, dy) pixels."""
    step = np.asarray(by, dtype=np.float64)
    return tuple(part + step for part in parts)


def points_of(parts: Sequence[Part], chosen: Vertices) -> NDArray[np.float64]:
    """Where these vertices are, (n, 2)."""
    return np.array([parts[part][place] for part, place in chosen], np.float64).reshape(-1, 2)


def set_vertices(parts: Sequence[Part], chosen: Vertices, to: ArrayLike) -> Parts:
    """Parts with these vertices set to points (n, 2)."""
    found = list(parts)
    for (part, place), point in zip(chosen, np.asarray(to, np.float64).reshape(-1, 2), strict=True):
        if found[part] is parts[part]:
            found[part] = parts[part].copy()
        found[part][place] = point
    return tuple(found)


def insert_vertex(parts: Sequence[Part], *, part: int, edge: int, at: ArrayLike) -> Parts:
    """Parts with a new vertex (x, y) on ``edge``, which runs from vertex ``edge`` to the next."""
    point = np.asarray(at, dtype=np.float64)
    return _replaced(parts, part, np.insert(parts[part], edge + 1, point, axis=0))


def remove_vertices(parts: Sequence[Part], chosen: Vertices) -> Parts:
    """Parts without these vertices; a part left with two points goes away whole.

    Raises Refused when nothing would be left.
    """
    gone = [[vertex for owner, vertex in chosen if owner == number] for number in range(len(parts))]
    rest = [np.delete(part, lost, axis=0) if lost else part for part, lost in zip(parts, gone, strict=True)]
    left = tuple(part for part, lost in zip(rest, gone, strict=True) if not lost or len(part) >= LEAST_POINTS)
    if not left:
        raise Refused("A polygon needs three points. To remove it, delete the annotation.")
    return left


def _replaced(parts: Sequence[Part], index: int, part: Part) -> Parts:
    return (*parts[:index], part, *parts[index + 1 :])


def flat(parts: Sequence[Part]) -> list[list[float]]:
    """Parts as COCO writes them: one list x0, y0, x1, y1 ... per part."""
    return [part.reshape(-1).tolist() for part in parts]
