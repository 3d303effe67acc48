"""Outlines joined, cut out of each other and divided by a line.

Parts that are not concerned stay as they are. What parts cover is the union of them all, as COCO has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.ops import split

from labelmend.errors import Refused
from labelmend.geometry import masks, repainting
from labelmend.geometry.boxes import Floats
from labelmend.geometry.differences import pieces
from labelmend.geometry.polygons import Part, Parts, bounds, flat

_LEAST_AREA = 1e-3
"""A piece of fewer square pixels is what rounding left."""
MOST = 0.8
"""The share of a part in one box from which it belongs to what is there."""
_NEAR = 1e-6
"""Pixels by which a line is led on out of what it cuts, and within which what it cuts is beside it."""


@dataclass(frozen=True, eq=False)
class Region:
    """``parts``: outer outlines; ``holes``: those within each part, which COCO's polygons cannot hold."""

    parts: Parts
    holes: tuple[Parts, ...]

    @property
    def held(self) -> bool:
        """Whether polygons can hold it: there is no hole."""
        return not any(self.holes)

    def mask(self, *, height: int, width: int) -> bytes:
        """Its compressed counts in a picture of this size."""
        whole = b""
        for part, holes in zip(self.parts, self.holes, strict=True):
            drawn = masks.counts(flat((part,)), height=height, width=width)
            if holes:
                gone = masks.counts(flat(holes), height=height, width=width)
                drawn = repainting.without(drawn, gone, height=height, width=width)
            whole = repainting.union(whole, drawn, height=height, width=width) if whole else drawn
        return whole


def joined(parts: Sequence[Part]) -> Region:
    """Parts of which none overlaps or touches another, as wide as these together."""
    shapes = np.array([_sound(part) for part in parts], object)
    meets = shapely.intersects(shapes[:, None], shapes[None, :]).sum(axis=1) > 1
    return _region([part for part, met in zip(parts, meets, strict=True) if not met], shapes[meets])


def without(parts: Sequence[Part], outline: Part) -> Region:
    """Parts without what an outline encloses. Raises Refused when it takes nothing, or all."""
    gone = _sound(outline)
    shapes = np.array([_sound(part) for part in parts], object)
    hit = shapely.area(shapely.intersection(shapes, gone)) > _LEAST_AREA
    if not hit.any():
        raise Refused("This outline encloses nothing of the label: draw it over what is to go.")
    rest = shapely.union_all(shapes[hit]).difference(gone)
    found = _region([part for part, was in zip(parts, hit, strict=True) if not was], [rest])
    if not found.parts:
        raise Refused("Nothing would be left of the label: to remove it, delete it (Del).")
    return found


def divided(parts: Sequence[Part], line: Part) -> tuple[Parts, Parts]:
    """The parts on either side of a line (k, 2), which is thought on beyond its ends.

    Only the parts that the line itself meets are cut, and they where it is drawn or ends within them: of a U
    whose one arm it crosses the other arm stays whole. Each other part is on the side where most of it lies.
    Raises Refused when one side stays empty, and for a line that has more than two sides.
    """
    one_side = _side_of(line, (*parts, line))
    drawn = shapely.LineString(line)
    sides: tuple[list[Part], list[Part]] = ([], [])
    for part in parts:
        shape = _sound(part)
        cut = _through(line, shape)
        halves = split(shape, cut).geoms if drawn.intersects(shape) else ()
        for piece in halves if len(halves) > 1 else (shape,):
            near = piece.intersection(cut.buffer(_NEAR)) if len(halves) > 1 else piece
            there = near.difference(one_side).area > near.intersection(one_side).area
            sides[int(there)].extend(_outlines(piece) if len(halves) > 1 else [part])
    if not sides[0] or not sides[1]:
        raise Refused("This line divides nothing: draw it right across the label, or between its parts.")
    return tuple(sides[0]), tuple(sides[1])


def shared_out(parts: Sequence[Part], boxes: Floats) -> tuple[Parts, ...]:
    """What of the parts lies on each of several objects, whose boxes are (n, 4) xywh.

    A part that lies mostly in one box goes there whole, as boxes are rough; one over several is cut.
    """
    shapes = [_sound(part) for part in parts]
    frames = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes.tolist()]
    out: list[list[Part]] = [[] for _ in frames]
    for part, shape in zip(parts, shapes, strict=True):
        pieces_of = [shape.intersection(frame) for frame in frames]
        held = np.array([piece.area for piece in pieces_of]) / max(shape.area, _LEAST_AREA)
        if held.max() >= MOST:
            out[int(held.argmax())].append(part)
            continue
        for own, piece in zip(out, pieces_of, strict=True):
            own.extend(_outlines(piece))
    return tuple(map(tuple, out))


def _through(line: Part, shape: shapely.Geometry) -> shapely.LineString:
    """The line with an end that lies within a shape led on until it is out of it."""
    ends: list[Part] = []
    for end, before in ((line[0], line[1]), (line[-1], line[-2])):
        step, place = (end - before) / np.hypot(*(end - before)), shapely.Point(end)
        ray = shapely.LineString([end, end + step * shape.length])
        out = shape.boundary.intersection(ray).distance(place) if shape.intersects(place) else 0.0
        ends.append((end + step * (out + _NEAR))[None])
    return shapely.LineString(np.concatenate([ends[0], line, ends[1]]))


def _side_of(line: Part, around: Sequence[Part]) -> shapely.Geometry:
    """One side of a line, as far as these outlines reach and further."""
    low, size = bounds(around)[:2], bounds(around)[2:]
    far = float(size.sum()) + 1
    begin, end = line[0] - line[1], line[-1] - line[-2]
    ends = [line[0] + begin / np.hypot(*begin) * 4 * far, line[-1] + end / np.hypot(*end) * 4 * far]
    whole = shapely.box(*(low - far), *(low + size + far))
    halves = split(whole, shapely.LineString(np.concatenate([ends[:1], line, ends[1:]]))).geoms
    if len(halves) != 2:
        raise Refused("This line has more than two sides: draw it across the label once, without a loop.")
    half: shapely.Geometry = halves[0]
    return half


def _sound(part: Part) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon(part))


def _region(kept: Sequence[Part], shapes: Sequence[shapely.Geometry]) -> Region:
    """The parts that stay, and the union of the shapes."""
    made = [piece for piece in pieces(shapely.union_all(list(shapes))) if piece.area > _LEAST_AREA]
    holes = [
        tuple(_ring(ring) for ring in piece.interiors if shapely.Polygon(ring).area > _LEAST_AREA)
        for piece in made
    ]
    parts = (*kept, *(_ring(piece.exterior) for piece in made))
    return Region(parts, (*(() for _ in kept), *holes))


def _outlines(shape: shapely.Geometry) -> list[Part]:
    return [_ring(piece.exterior) for piece in pieces(shape) if piece.area > _LEAST_AREA]


def _ring(ring: shapely.LinearRing) -> Part:
    return np.asarray(ring.coords, np.float64)[:-1]
