"""Overlap of many pairs of polygons at once, by their outlines and not by pixels: the same at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import rings

Regions = NDArray[Any]
"""Geometries of shapely (n,), None where there is none. They have nothing but area."""


GRID = 2.0**-30
"""Of the largest coordinate: far below what any outline is meant to tell."""


def regions(polygons: Sequence[Sequence[Sequence[float]]]) -> Regions:
    """What each polygon covers: a list of parts, each a flat list x0, y0, x1, y1 ... of finite numbers.

    Parts are united; where one crosses itself, even-odd. None for a polygon without a part of three points.
    """
    import shapely  # as in geometry.boxes

    out: Regions = np.full(len(polygons), None, object)
    points, size, owner = rings(polygons)
    if not len(owner):
        return out
    made = shapely.polygons(shapely.linearrings(points, indices=np.repeat(np.arange(len(size)), size)))
    crossing = np.flatnonzero(~shapely.is_valid(made))
    for n in crossing.tolist():
        made[n] = _snapped(_solid(shapely.make_valid(made[n])))
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    out[owner[first]] = made[first]
    count = np.diff(np.r_[first, len(owner)])
    for begin, end in zip(first[count > 1].tolist(), (first + count)[count > 1].tolist(), strict=True):
        out[owner[begin]] = _solid(shapely.union_all(made[begin:end]))
    return out


def _snapped(shape: Any) -> Any:
    """A shape with its points on a grid of a billionth of its coordinates: of edges that all but run along
    each other, as making an outline valid leaves them, an intersection loses whole parts."""
    import shapely

    if shapely.is_empty(shape):
        return shape
    grid = float(np.abs(shapely.bounds(shape)).max()) * GRID
    return _solid(shapely.set_precision(shapely.set_precision(shape, grid), 0.0)) if grid else shape


def _solid(shape: Any) -> Any:
    """A shape without the lines and points that what is valid of an outline may come with."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def iou_of_pairs(first: Regions, second: Regions) -> NDArray[np.float64]:
    """IoU (n,) of region k of first with region k of second: shared area over united area, 0 without area."""
    import shapely

    shared = shapely.area(shapely.intersection(first, second))
    whole = shapely.area(first) + shapely.area(second) - shared
    out: NDArray[np.float64] = np.clip(shared / np.where(whole > 0, whole, 1.0), 0.0, 1.0)
    return out
