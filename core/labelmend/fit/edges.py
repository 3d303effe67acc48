"""Moves the sides of a box to the edges of the picture beside them, between pixels where they lie there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.fit.sides import ends

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]

REACH: Final = 0.15
"""How far from a side an edge is looked for, as a share of the box's length across it."""

STEPS: Final = 24
"""Places that are looked at within reach, to each side."""

FINEST: Final = 0.3
"""Pixels that a step has at least."""

SPAN: Final = 3
"""Steps to each side of a place whose means are compared: the scale of an edge."""

LEAST_SPAN: Final = 2.0
"""Pixels that those are at least: an edge between two pixels must not look like two."""

BLOCKS, LINES = 48, 4
"""A side is looked at in so many blocks along it, each the mean of so many lines of pixels at most."""

BESIDE: Final = 10
"""Steps outside and inside of an edge that tell whether the object ends there."""

NEAR: Final = 3.0
"""What a place loses at the end of the reach, by the square of its distance, in log strengths."""

GAIN: Final = 0.3
"""Log strengths that a place must gain for the side to move: so much an edge by chance may gain."""

FAINT: Final = 2.0
"""Grey levels of a step below which there is no edge."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The box (4,) with its sides on edges; which sides (4,) left, top, right, bottom were moved."""

    box: Floats
    moved: Bools


def fit_edges(pixels: Pixels, box: NDArray[Any], *, strength: float = 1.0) -> Fitted:
    """The box (4,) xywh, in pixels of the picture (h, w) or (h, w, c), with its sides moved to edges.

    An edge is a place where the means to both sides differ along the side, with quiet beyond it and the
    object's own edges before it, near to where the side is. ``strength`` widens the search. A side without
    such a place stays where it is: nothing of a flat picture moves, and nothing leaves the picture.
    """
    at, moved = ends(box), np.zeros(4, bool)
    new, size = at.copy(), np.asarray(box[2:], np.float64)
    if np.isfinite(at).all() and (size >= 2).all():
        for side in range(4):
            lines = pixels if side % 2 == 0 else np.swapaxes(pixels, 0, 1)
            along = at[[1, 3]] if side % 2 == 0 else at[[0, 2]]
            place = _edge(
                lines, along, at[side], size[side % 2], out=-1 if side < 2 else 1, strength=strength
            )
            if place is not None and place != at[side]:
                new[side], moved[side] = place, True
    # A width is only recomputed when one of its sides moved.
    wide = np.where(moved[:2] | moved[2:], new[2:] - new[:2], size)
    return Fitted(np.concatenate([new[:2], wide]), moved)


def _edge(
    lines: Pixels, along: Floats, at: float, length: float, *, out: int, strength: float
) -> float | None:
    """Where an object ends across the columns of ``lines`` (h, w, ...), near column ``at``; None: nowhere.

    It is looked at from row along[0] to row along[1]; ``length`` is the object's across, ``out`` 1 or -1
    the way out of it.
    """
    reach = min(REACH * strength, 0.45) * length
    step = max(reach / STEPS, FINEST)
    n = max(round(reach / step), 1)
    offset = np.arange(-n - BESIDE, n + BESIDE + 1) * step * out
    where = np.asarray(at + offset, np.float64)
    edge = _strength(lines, along, where, max(SPAN * step, LEAST_SPAN))
    usual = float(np.median(edge)) + 0.25 * float(np.quantile(edge, 0.9)) + 1.0
    told = np.log1p(edge / usual)
    total = np.cumsum(np.concatenate([[0.0], told]))
    middle = np.arange(BESIDE, BESIDE + 2 * n + 1)
    beyond = (total[middle + BESIDE + 1] - total[middle + SPAN + 1]) / (BESIDE - SPAN)
    before = (total[middle - SPAN] - total[middle - BESIDE]) / (BESIDE - SPAN)
    value = told[middle] - beyond + 0.5 * before - NEAR * (np.arange(-n, n + 1) / n) ** 2
    value[(where[middle] <= 0) | (where[middle] >= lines.shape[1])] = -np.inf
    best = int(np.argmax(value))
    if not value[best] > value[n] + GAIN / strength or edge[middle[best]] < FAINT:
        return None
    return _refined(lines, along, float(where[middle[best]]), SPAN * step)


def _refined(lines: Pixels, along: Floats, place: float, span: float) -> float:
    """The strongest step near a place, between pixels: the centroid of the steps between neighbours."""
    reach = max(span, 2.0)
    line = np.arange(np.ceil(place - reach - 2), np.floor(place + reach + 2) + 1)
    line = line[(line > 0) & (line < lines.shape[1])]
    step = _strength(lines, along, line, 1.0)
    peak = int(np.argmax(np.where(np.abs(line - place) <= reach, step, -1.0)))
    near = slice(max(peak - 2, 0), peak + 3)
    weight = step[near] - step.min()
    return float((weight * line[near]).sum() / weight.sum()) if weight.sum() > 0 else place


def _strength(lines: Pixels, along: Floats, where: Floats, span: float) -> Floats:
    """Grey levels (n,) by which the means over ``span`` before and after each column differ.

    The mean over blocks along the side of each block's difference, in the channel that differs most.
    """
    first = max(int(np.floor(where.min() - span)) - 1, 0)
    last = min(int(np.ceil(where.max() + span)) + 1, lines.shape[1])
    top, bottom = max(along[0], 0.0), min(along[1], float(lines.shape[0]))
    if last <= first or bottom <= top:
        return np.zeros(len(where))
    rows = min(LINES * BLOCKS, max(int(bottom - top), 1))
    row = (top + (np.arange(rows) + 0.5) / rows * (bottom - top)).astype(np.int64)
    strip = lines[np.minimum(row, lines.shape[0] - 1), first:last].astype(np.float64)
    starts = np.unique(np.linspace(0, rows, min(BLOCKS, rows), endpoint=False).astype(np.int64))
    block = np.add.reduceat(strip.reshape(rows, last - first, -1), starts, axis=0)
    block /= np.diff(np.append(starts, rows))[:, None, None]
    after = _mean(block, first, where, where + span)
    before = _mean(block, first, where - span, where)
    out: Floats = np.abs(after - before).max(axis=2).mean(axis=0)
    return out


def _mean(block: Floats, first: int, start: Floats, stop: Floats) -> Floats:
    """Means (b, n, c) of the columns from start to stop (n,) of blocks (b, w, c), whose first is ``first``.

    Columns may be cut anywhere; beyond the picture its border goes on.
    """
    total = np.cumsum(np.concatenate([np.zeros_like(block[:, :1]), block], axis=1), axis=1)

    def sum_to(x: Floats) -> Floats:
        inside = np.clip(x - first, 0, block.shape[1])
        whole = np.minimum(inside.astype(np.int64), block.shape[1] - 1)
        part = (inside - whole)[None, :, None]
        low = np.minimum(x - first, 0)[None, :, None] * block[:, :1]
        high = np.maximum(x - first - block.shape[1], 0)[None, :, None] * block[:, -1:]
        out: Floats = total[:, whole] + part * block[:, whole] + low + high
        return out

    out: Floats = (sum_to(stop) - sum_to(start)) / (stop - start)[None, :, None]
    return out
