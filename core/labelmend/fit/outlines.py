"""Moves the lines of an outline to the picture's edges beside them; corners are where the lines meet then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import LEAST_POINTS, Part, Parts, bounds, is_simple

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

REACH: Final = 0.06
"""How far from a line an edge is looked for, as a share of the root of the box's area."""
LEAST_REACH, MOST_REACH = 3.0, 40.0

STEPS: Final = 12
"""Places that are looked at within reach, to each side of a line."""

SAMPLES: Final = 16
"""A line is looked at in so many places along it at most, two pixels apart where it is short."""

NEAR: Final = 1.0
"""What a place loses at the end of the reach, by the square of its distance, in log strengths."""

GAIN: Final = 0.1
"""Log strengths that a place must gain for a line to move there."""

EVEN: Final = 20.0
"""What neighbours in one straight line lose when they move apart by the whole reach."""

AROUND: Final = 3
"""Places to each side of the chosen one whose strengths tell where between them the edge is."""

STRAIGHT: Final = 0.35
"""Sine of the turn below which neighbours count as one line, whose corner moves as they do."""


def fit_outline(pixels: Pixels, parts: Sequence[Part], *, strength: float = 1.0) -> Parts:
    """Parts (k, 2), in pixels of the picture (h, w) or (h, w, c), with their lines on edges near them.

    Vertices stay as many as they were. A part that finds no edge, or would cross itself, is returned as it
    was; ``strength`` widens the search. Nothing leaves the picture that was within.
    """
    box = bounds(parts)
    if not len(parts) or not np.isfinite(box).all() or box[2:].min() < 2:
        return tuple(parts)
    reach = min(max(REACH * float(np.sqrt(box[2] * box[3])), LEAST_REACH), MOST_REACH) * strength
    grid = np.linspace(-reach, reach, 2 * STEPS + 1)
    low = np.floor(box[:2] - 2 * reach - 2).astype(int).clip(0)
    high = np.ceil(box[:2] + box[2:] + 2 * reach + 2).astype(int)
    window = pixels[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    if min(window.shape[:2], default=0) < 2:
        return tuple(parts)
    soft = cv2.GaussianBlur(window, (0, 0), max(reach / STEPS / 2, 0.7))
    smooth = np.ascontiguousarray(soft, np.float32).reshape(*window.shape[:2], -1)
    limit = np.array([pixels.shape[1], pixels.shape[0]], np.float64)
    return tuple(_fitted(part, smooth, low, grid, limit) for part in parts)


def _fitted(
    part: Part, window: NDArray[np.float32], low: NDArray[np.int_], grid: Floats, limit: Floats
) -> Part:
    step = np.roll(part, -1, axis=0) - part
    length = np.hypot(*step.T)
    if len(part) < LEAST_POINTS or not (length > 1e-6).all():
        return part
    along = step / length[:, None]
    normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
    told = _told(part - low, step, normal, length, window, grid)
    together = np.maximum((along * np.roll(along, -1, axis=0)).sum(axis=1), 0.0) ** 2
    value = told - NEAR * (grid / grid[-1]) ** 2
    value[:, STEPS] += GAIN
    chosen = _best(value, together)
    if (chosen == STEPS).all():
        return part
    offset = _between(told, chosen, grid)
    new = part + _moves(along, normal, offset, reach=float(grid[-1]))
    new = np.clip(new, np.minimum(part, 0), np.maximum(part, limit))
    return new if is_simple(new) or not is_simple(part) else part


def _told(
    part: Part, step: Floats, normal: Floats, length: Floats, window: NDArray[np.float32], grid: Floats
) -> Floats:
    """How strong the edge along each line is at each place beside it (k, places), in log strengths."""
    each = np.clip(np.ceil(length / 2), 1, SAMPLES).astype(np.int64)
    line = np.repeat(np.arange(len(part)), each)
    share = (np.arange(len(line)) - np.repeat(np.cumsum(each) - each, each) + 0.5) / each[line]
    span = max(float(grid[1] - grid[0]), 1.0)
    middle = (part[line] + step[line] * share[:, None])[:, None] + normal[line][:, None] * grid[:, None]
    seen = [_look(window, middle + side * span * normal[line][:, None]) for side in (1, -1)]
    change = seen[0] - seen[1]
    starts = np.cumsum(each) - each
    size = np.add.reduceat(np.abs(change).max(axis=2), starts, axis=0) / each[:, None]
    same = np.abs(np.add.reduceat(change, starts, axis=0) / each[:, None, None]).max(axis=2)
    edge = (size + same) / 2
    usual = float(np.median(edge)) + 1.0
    out: Floats = np.log1p(edge / usual)
    return out


def _look(window: NDArray[np.float32], at: Floats) -> Floats:
    """The picture's values (n, m, c) at points (n, m, 2), between pixels too; its border goes on."""
    x, y = (at - 0.5).astype(np.float32).transpose(2, 0, 1)
    rows = 8192  # cv2.remap takes no more than 32767
    found = [
        cv2.remap(window, x[k : k + rows], y[k : k + rows], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for k in range(0, len(x), rows)
    ]
    return np.concatenate(found).reshape(*at.shape[:2], -1).astype(np.float64)


def _best(value: Floats, together: Floats) -> NDArray[np.int64]:
    """The place (k,) of each line that is best for all: its own value, and even with its neighbours.

    ``together`` (k,) says how much each line goes on in the next. Found by dynamic programming twice round
    the ring, of which the middle round is taken.
    """
    k, m = value.shape
    apart = EVEN * ((np.arange(m)[:, None] - np.arange(m)) / STEPS) ** 2
    total, back = value[0], np.zeros((2 * k, m), np.int64)
    for at in range(1, 2 * k):
        joined = total[None, :] - together[(at - 1) % k] * apart
        back[at] = joined.argmax(axis=1)
        total = joined.max(axis=1) + value[at % k]
    chosen = np.zeros(2 * k, np.int64)
    chosen[-1] = int(total.argmax())
    for at in range(2 * k - 1, 0, -1):
        chosen[at - 1] = back[at][chosen[at]]
    first = k // 2
    return np.roll(chosen[first : first + k], first)


def _between(told: Floats, chosen: NDArray[np.int64], grid: Floats) -> Floats:
    """The offsets (k,) of the lines, between the places looked at: centroids of the edges at the chosen ones.

    A line that stays stays where it is.
    """
    near = np.clip(chosen[:, None] + np.arange(-AROUND, AROUND + 1), 0, len(grid) - 1)
    weight = np.expm1(np.take_along_axis(told, near, axis=1)) ** 2 + 1e-12
    centre = (weight * grid[near]).sum(axis=1) / weight.sum(axis=1)
    return np.where(chosen == STEPS, 0.0, centre)


def _moves(along: Floats, normal: Floats, offset: Floats, *, reach: float) -> Floats:
    """How far each corner (k, 2) moves: to where its two lines, moved by their offsets, meet."""
    before, before_normal, before_offset = (np.roll(one, 1, axis=0) for one in (along, normal, offset))
    cross = before[:, 0] * along[:, 1] - before[:, 1] * along[:, 0]
    shift, last = normal * offset[:, None], before_normal * before_offset[:, None]
    # last + t * before = shift + s * along, solved for t.
    gap = shift - last
    safe = np.where(np.abs(cross) < STRAIGHT, 1.0, cross)
    t = (gap[:, 0] * along[:, 1] - gap[:, 1] * along[:, 0]) / safe
    meet = last + t[:, None] * before
    out: Floats = np.where((np.abs(cross) < STRAIGHT)[:, None], (shift + last) / 2, meet)
    size = np.hypot(*out.T)[:, None]
    held: Floats = out * np.minimum(1.0, 1.5 * reach / np.maximum(size, 1e-9))
    return held
