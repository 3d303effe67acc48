"""The outlines of a mask as polygons, and points spread along outlines with the directions out of them."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.geometry import masks
from labelmend.geometry.masks import Rles
from labelmend.geometry.polygons import Part, Parts
from labelmend.geometry.repainting import in_columns
from labelmend.progress import Progress, silent

Floats = NDArray[np.float64]
LARGE = 2_000_000
"""A mask of more pixels within its bounds is outlined less exactly, in a quarter of the time."""
_TOGETHER = 64
"""So many masks are outlined at a time."""
_MUCH, _LONG = 100_000, 4_000
"""Pixels within its bounds, or characters of its counts, from which a mask is outlined by itself."""


def contours(mask: bytes, *, height: int, width: int) -> Parts:
    """The outer outlines of a mask given by its compressed counts, through the middles of its border pixels.

    Raises BadFile as masks.decode does.
    """
    left, top, wide, high = masks.bounds(mask, height=height, width=width).astype(int).tolist()
    pixels = masks.decode(mask, height=height, width=width)[top : top + high, left : left + wide]
    if not pixels.size:
        return ()
    found, _ = cv2.findContours(np.ascontiguousarray(pixels), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    corner = np.array([left, top]) + 0.5
    return tuple(np.asarray(one, np.float64).reshape(-1, 2) + corner for one in found)


def borders(mask: bytes, *, height: int, width: int) -> Parts:
    """The outlines of a mask and of its holes along its pixels' borders, to a quarter of a pixel.

    To be filled even-odd; () for an empty mask. Of more than LARGE pixels it is to half of one.
    """
    pixels, left, top = in_columns(mask, height=height, width=width)
    # A contour runs through the middles of pixels: half of one inside the border, a quarter where doubled.
    by = 2 if pixels.size <= LARGE else 1
    framed = np.pad(np.repeat(np.repeat(pixels, by, axis=0), by, axis=1) if by > 1 else pixels, 1)
    return _lines(framed, by, left, top)


def _lines(framed: NDArray[np.uint8], by: int, left: float, top: float) -> Parts:
    """The outlines of pixels, column by column in a frame, each ``by`` wide and high."""
    found, _ = cv2.findContours(framed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    corner = np.array([left, top], np.float64)
    lines = (line[:, 0, ::-1].astype(np.float64) for line in found if len(line) > 2)  # from y, x
    return tuple((line - 0.5) / by + corner for line in lines)


def borders_of_each(every: Rles, *, height: int, width: int, progress: Progress = silent) -> list[Parts]:
    """The same of sound masks of one picture, small ones together: in a tenth of the time."""
    out: list[Parts] = [()] * len(every)
    sizes = np.diff(every.offsets)
    small = np.flatnonzero((sizes > 0) & (sizes < _LONG))
    alone = np.flatnonzero(sizes >= _LONG).tolist()
    for at in range(0, len(small), _TOGETHER):
        progress(at, len(every))
        rows = small[at : at + _TOGETHER]
        for row, parts in zip(rows.tolist(), _together(every.take(rows), height), strict=True):
            if parts is None:
                alone.append(row)
            else:
                out[row] = parts
    for at, row in enumerate(alone):
        progress(len(every) - len(alone) + at, len(every))
        out[row] = borders(every[row], height=height, width=width)
    return out


def _together(every: Rles, height: int) -> list[Parts | None]:
    """The outlines of a few masks, drawn one after the other; None of one that is large."""
    runs, first = masks.rectangles(every, np.full(len(every), height))
    out: list[Parts | None] = [()] * len(every)
    some = np.flatnonzero(np.diff(first) > 0)
    if not len(some):
        return out
    low = np.minimum.reduceat(runs[:, :2], first[some]).astype(np.int64)
    high = np.maximum.reduceat(runs[:, :2] + runs[:, 2:], first[some]).astype(np.int64)
    is_large = (high - low).prod(axis=1) >= _MUCH
    wide, tall = np.where(is_large, 0, 2 * (high - low).T + 2)
    begin = np.concatenate([[0], np.cumsum(wide * tall)])
    owner = np.repeat(np.arange(len(some)), np.diff(first)[some])
    runs, owner = runs[~is_large[owner]].astype(np.int64), owner[~is_large[owner]]
    start = 2 * (runs[:, :2] - low[owner]) + 1
    start = begin[owner] + start[:, 0] * tall[owner] + start[:, 1]
    steps = np.zeros(begin[-1] + 1, np.int8)
    for edge in (start, start + tall[owner]):  # each column of pixels is two of the drawing
        steps[edge] += 1
        steps[edge + 2 * runs[:, 3]] -= 1
    drawn = np.cumsum(steps, dtype=np.int8).view(np.uint8)
    for at, row in enumerate(some.tolist()):
        framed = drawn[begin[at] : begin[at + 1]].reshape(wide[at], tall[at])
        out[row] = None if is_large[at] else _lines(framed, 2, *low[at].tolist())
    return out


def spread(parts: Sequence[Part], count: int) -> tuple[Floats, Floats]:
    """About `count` points (m, 2), evenly spread along the outlines, and the directions (m, 2) out of them.

    A part gets points by its length, four at least; parts without length get none.
    """
    rings = [ring for part in parts if (ring := _edges(part)) is not None]
    total = sum(float(length.sum()) for _, _, length in rings)
    points, outward = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for start, step, length in rings:
        n = max(round(count * float(length.sum()) / total), 4)
        ends = np.cumsum(length)
        at = (np.arange(n) + 0.5) / n * ends[-1]
        edge = np.minimum(np.searchsorted(ends, at, side="right"), len(length) - 1)
        share = (at - (ends[edge] - length[edge])) / length[edge]
        points.append(start[edge] + step[edge] * share[:, None])
        direction = step / length[:, None] * _turn(start)
        outward.append(np.stack([direction[edge, 1], -direction[edge, 0]], axis=1))
    return np.concatenate(points), np.concatenate(outward)


def _edges(part: Part) -> tuple[Floats, Floats, Floats] | None:
    """Starts, steps (k, 2) and lengths (k,) of a ring's edges that have a length."""
    step = np.roll(part, -1, axis=0) - part
    length = np.hypot(step[:, 0], step[:, 1])
    some = length > 1e-9
    return (part[some], step[some], length[some]) if some.sum() >= 2 else None


def _turn(ring: Floats) -> float:
    """1 where the ring runs clockwise as seen (y down), else -1."""
    x, y = (ring - ring[0]).T
    return 1.0 if np.dot(x, np.roll(y, -1)) >= np.dot(y, np.roll(x, -1)) else -1.0
