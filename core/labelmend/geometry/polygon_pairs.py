"""Overlap of many pairs of polygons at once, by their outlines and not by pixels: the same at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import rings

Regions = NDArray[Any]
"""Geometries of shapely (n,), None where there is none. They have nothing but area."""


GRID = -30
"""Power of two: steps of so much of the largest coordinate are far below what an outline is meant to tell."""


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
        made[n] = _solid(shapely.make_valid(made[n]))
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    out[owner[first]] = made[first]
    count = np.diff(np.r_[first, len(owner)])
    for begin, end in zip(first[count > 1].tolist(), (first + count)[count > 1].tolist(), strict=True):
        parts = made[begin:end]
        out[owner[begin]] = _solid(shapely.union_all(parts, grid_size=_grids(parts).max()))
    return out


def _solid(shape: Any) -> Any:
    """A shape without the lines and points that what is valid of an outline may come with."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def iou_of_pairs(first: Regions, second: Regions) -> NDArray[np.float64]:
    """IoU (n,) of region k of first with region k of second: shared area over united area, 0 without area."""
    import shapely

    shared = _shared_area(first, second)
    whole = shapely.area(first) + shapely.area(second) - shared
    out: NDArray[np.float64] = np.clip(shared / np.where(whole > 0, whole, 1.0), 0.0, 1.0)
    return out


def _shared_area(first: Regions, second: Regions) -> NDArray[np.float64]:
    """Area (n,) that region k of first shares with region k of second.

    Of what was united or made valid the edges may all but run along others, and an intersection lose whole
    parts: there it is done on a grid, which takes twice the time.
    """
    import shapely

    on_grid = (shapely.get_type_id([first, second]) == shapely.GeometryType.MULTIPOLYGON).any(axis=0)
    grids, out = np.where(on_grid, _grids(first, second), 0.0), np.empty(len(first))
    for grid in np.unique(grids).tolist():
        on = grids == grid
        out[on] = shapely.area(shapely.intersection(first[on], second[on], grid_size=grid or None))
    return out


def _grids(*shapes: Regions) -> NDArray[np.float64]:
    """Steps (n,) of the grid for shape k of each, a power of two."""
    import shapely

    reach = np.nan_to_num(np.abs(shapely.bounds(shapes))).max(axis=(0, 2), initial=0.0)
    steps: NDArray[np.float64] = np.ldexp(1.0, np.frexp(reach)[1] + GRID)
    return steps
