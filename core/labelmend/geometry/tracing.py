"""Turns a mask into polygons that draw the same mask, with few corners, where polygons can."""

from contextlib import suppress
from functools import lru_cache

import numpy as np
import shapely

from labelmend.geometry import masks
from labelmend.geometry.polygons import Part, Parts, flat

HOLDS = 0.95
"""IoU with the mask that the polygons must reach when they are drawn again."""

TOLERANCES = (1.0, 0.75, 0.5, 0.0)
"""Pixels by which a simplified outline may leave the pixels' edges: the roughest that holds is taken."""


_KEPT = 256
"""So many masks have their outlines kept, those that were traced last."""
_traced: dict[tuple[bytes, int, int], Parts | None] = {}  # asked again by each view that shows it


def is_traced(mask: bytes, *, height: int, width: int) -> bool:
    """Whether the outlines of a mask are at hand, since they were asked for before."""
    return (mask, height, width) in _traced


def trace(mask: bytes, *, height: int, width: int) -> Parts | None:
    """The outlines of a mask (compressed counts) as polygons, in pixels; None when polygons cannot hold it.

    COCO's polygons have no holes: a mask with some is not held, unless they are too small to matter. The
    outline runs along the pixels' edges, as COCO's coordinates do; through the middle of steps of one pixel.
    """
    key = mask, height, width
    with suppress(KeyError):  # asked in one go: another thread may be dropping it
        return _traced[key]
    every = (outlined(mask, tolerance, height=height, width=width) for tolerance in TOLERANCES)
    found = _traced[key] = next((parts for parts, agreement in every if agreement >= HOLDS), None)
    for old in list(_traced)[:-_KEPT]:
        _traced.pop(old, None)  # another thread may be about it too
    return found


def outlined(mask: bytes, tolerance: float, *, height: int, width: int) -> tuple[Parts, float]:
    """The outlines of a mask as polygons, simplified by so many pixels at most, and their IoU with it.

    () and 0 for an empty mask. Holes are filled.
    """
    parts = _parts(_along_edges(mask, height))
    if tolerance > 0:
        parts = tuple(piece for part in parts for piece in _simplified(part, tolerance))
    return (parts, _agreement(parts, mask, height=height, width=width)) if parts else ((), 0.0)


@lru_cache(maxsize=4)  # asked with one tolerance after the other
def _along_edges(mask: bytes, height: int) -> shapely.Geometry:
    """The union of the mask's pixels, with no point between two corners."""
    x, y, w, h = masks.rectangles(masks.Rles.of([mask]), [height])[0].T
    return shapely.union_all(shapely.box(x, y, x + w, y + h)).simplify(0)


def _simplified(part: Part, tolerance: float) -> Parts:
    """An outline along pixels' edges without the corners beside an edge of one pixel: a slope is a straight
    line then, which two corners hold. A rectangle stays what it is."""
    return (part,) if len(part) == 4 else _parts(shapely.Polygon(_cut(part)).simplify(tolerance))


def _cut(part: Part) -> Part:
    """An outline (n, 2) with two points half a pixel beside each such corner in its place (2n, 2)."""
    after = np.roll(part, -1, axis=0)
    length = np.abs(after - part).sum(axis=1, keepdims=True)
    along = (after - part) / length
    by = np.where(np.minimum(length, np.roll(length, 1)) <= 1, 0.5, 0.0)
    ends = (part + along * by, after - along * np.roll(by, -1))
    return np.stack(ends, axis=1).reshape(-1, 2)


def _parts(shape: shapely.Geometry) -> Parts:
    solid = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon" and one.area > 0]
    return tuple(np.asarray(one.exterior.coords, np.float64)[:-1] for one in solid)


def _agreement(parts: Parts, mask: bytes, *, height: int, width: int) -> float:
    drawn = masks.counts(flat(parts), height=height, width=width)
    return float(masks.iou([drawn], [mask], height=height, width=width, crowd=[False])[0, 0])
