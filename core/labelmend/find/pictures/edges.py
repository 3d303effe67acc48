"""How strong a picture's edges are across each side of a box: pure measuring, nothing is learned here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.geometry.contours import spread
from labelmend.geometry.polygons import Parts

CELLS = 16
"""A box is measured in so many cells a side, whatever its size."""

REACH = CELLS // 2
"""Cells that are looked at inside and outside of each side: half the box either way."""

CHANNELS = 3
"""Of an edge along a side: its mean, its upper quarter, its strongest cell."""

Profiles = NDArray[np.float16]
"""(n, 4, 2 REACH + 1, CHANNELS): log(1 + strength) at left, top, right, bottom, from inside to outside; the
middle one is the side itself. Strength is the gradient across the side, in its picture's usual gradients."""

POINTS = 64
"""Points that an outline is looked at across."""

_AT_ONCE = 512
"""Boxes measured at a time: what is made of them takes some megabytes."""

_LEVELS = 7
"""Of the pyramid: in the last, cells of 64 pixels are one."""

_SHARP = 0.3
"""A cell may be that much coarser or finer, in octaves, than the pixels it is made of."""

BORDER = 2.0
"""Label pixels from the picture's border within which a side is cut off by it and says nothing."""


def measure(grey: NDArray[np.uint8], box: Floats) -> Profiles:
    """The profiles of the edges around boxes (n, 4), xywh in pixels of the picture grey (h, w).

    Each box is looked at in the octave of the picture's pyramid in which its cells are about a pixel, so
    that edges are found at the scale of the object. Outside of the picture there is no edge.
    """
    out = np.zeros((len(box), 4, 2 * REACH + 1, CHANNELS), np.float16)
    for level, smaller, rows in octaves(grey, box):
        across, down, unit = _field(smaller)
        across, down = np.abs(across), np.abs(down)
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            out[some] = _profiles(across, down, unit, box[some] / 2**level)
    return out


def measure_outlines(
    grey: NDArray[np.uint8], outlines: Sequence[Parts], box: Floats
) -> tuple[Profiles, Bools]:
    """The profiles of the edges across outlines, in pixels of the picture, and the sides (n, 4) without any.

    Across the outline is along its normal; a point belongs to the side that its normal points to most, and
    cells are those of its box (n, 4).
    """
    out = np.zeros((len(box), 4, 2 * REACH + 1, CHANNELS), np.float16)
    none = np.ones((len(box), 4), bool)
    for level, smaller, rows in octaves(grey, box):
        field = _field(smaller)
        for row in rows.tolist():
            out[row], none[row] = _outline_profile(field, outlines[row], box[row], 2.0**level)
    return out, none


def octaves(grey: NDArray[np.uint8], box: Floats) -> Iterator[tuple[int, NDArray[np.uint8], Ints]]:
    """The levels of the pyramid in which boxes (n, 4) are looked at: level, picture, rows of the boxes."""
    of = octave(box)
    for level in range(int(of.max(initial=0)) + 1):
        if level:
            if min(grey.shape) < 2:
                return
            grey = np.asarray(cv2.pyrDown(grey), np.uint8)
        rows = np.flatnonzero(of == level)
        if len(rows):
            yield level, grey, rows


def octave(box: Floats) -> Ints:
    """The level (n,) of the pyramid, 0 the picture itself, in which a box's cells are about a pixel."""
    cell = np.maximum(box[:, 2:].max(axis=1, initial=0.0), 1.0) / CELLS
    level = np.floor(np.log2(np.maximum(cell, 1.0)) + _SHARP)
    out: Ints = np.clip(level, 0, _LEVELS - 1).astype(np.int64)
    return out


def cut_off(box: Floats, *, width: float, height: float) -> Bools:
    """Which sides (n, 4) left, top, right, bottom lie on the border of their picture, or beyond it."""
    return np.stack(
        [
            box[:, 0] <= BORDER,
            box[:, 1] <= BORDER,
            box[:, 0] + box[:, 2] >= width - BORDER,
            box[:, 1] + box[:, 3] >= height - BORDER,
        ],
        axis=1,
    )


def _field(grey: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """The gradient across and down, grey levels a pixel, and the strength that is usual in this picture.

    The usual is mixed of the median and the ninth tenth: a picture mostly of background, or mostly of
    texture, then has a sound unit too; a third of a grey level is added for pictures of no noise at all.
    """
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    eighth = 1 / 8  # of Sobel's weights, whose sum is 8: grey levels a pixel
    across, down = (
        np.asarray(cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=eighth), np.float32)
        for dx in (1, 0)
    )
    wide, high = np.abs(across), np.abs(down)
    strongest = np.maximum(wide, high)[::4, ::4]
    unit = 0.5 * np.median(wide + high) + 0.25 * np.quantile(strongest, 0.9) + 0.3
    return across, down, float(unit)


def _profiles(
    across: NDArray[np.float32], down: NDArray[np.float32], unit: float, box: Floats
) -> NDArray[np.float32]:
    """The profiles (n, 4, 2 REACH + 1, CHANNELS) of boxes in one octave."""
    n, grid = len(box), 2 * CELLS
    step = (np.arange(grid) + 0.5) / CELLS - 0.5
    x = (box[:, 0:1] + step * box[:, 2:3] - 0.5).astype(np.float32)
    y = (box[:, 1:2] + step * box[:, 3:4] - 0.5).astype(np.float32)
    at_x = np.broadcast_to(x[:, None, :], (n, grid, grid)).reshape(-1, grid)
    at_y = np.broadcast_to(y[:, :, None], (n, grid, grid)).reshape(-1, grid)
    inside = slice(REACH, REACH + CELLS)
    lines = []
    for strength in (across, down):
        seen = cv2.remap(
            strength, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0
        )
        cells = np.asarray(seen / unit, np.float32).reshape(n, grid, grid)
        along = cells[:, inside] if strength is across else cells.transpose(0, 2, 1)[:, inside]
        lines.append(_between(_along(along)))
    offset = np.arange(-REACH, REACH + 1)
    start, end = REACH - offset, REACH + CELLS + offset
    sides = [lines[0][:, start], lines[1][:, start], lines[0][:, end], lines[1][:, end]]
    return np.log1p(np.stack(sides, axis=1))


def _outline_profile(
    field: tuple[NDArray[np.float32], NDArray[np.float32], float], parts: Parts, box: Floats, scale: float
) -> tuple[NDArray[np.float32], Bools]:
    """The profile (4, 2 REACH + 1, CHANNELS) of one outline, and the sides (4,) that it has no points on."""
    across, down, unit = field
    point, normal = spread(parts, POINTS)
    if not len(point):
        return np.zeros((4, 2 * REACH + 1, CHANNELS), np.float32), np.ones(4, bool)
    cell = (np.abs(normal) * box[2:]).sum(axis=1) / CELLS
    offset = np.arange(-REACH, REACH + 1) * cell[:, None]
    at = (point[:, None] + normal[:, None] * offset[..., None]) / scale - 0.5
    x, y = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
    border = cv2.BORDER_CONSTANT
    strength = np.abs(
        np.asarray(cv2.remap(across, x, y, cv2.INTER_LINEAR, borderMode=border)) * normal[:, :1]
        + np.asarray(cv2.remap(down, x, y, cv2.INTER_LINEAR, borderMode=border)) * normal[:, 1:]
    )
    flat = np.abs(normal[:, 0]) >= np.abs(normal[:, 1])
    side = np.where(flat, np.where(normal[:, 0] < 0, 0, 2), np.where(normal[:, 1] < 0, 1, 3))
    out = np.zeros((4, 2 * REACH + 1, CHANNELS), np.float32)
    for k in range(4):
        mine = strength[side == k] / unit
        if len(mine):
            quarter = len(mine) - 1 - len(mine) // 4
            upper = np.partition(mine, quarter, axis=0)[quarter]
            out[k] = np.log1p(np.stack([mine.mean(axis=0), upper, mine.max(axis=0)], axis=-1))
    return out, np.bincount(side, minlength=4) == 0


def _along(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean, upper quarter and maximum (n, cells, CHANNELS) along a side (axis 1)."""
    quarter = CELLS - CELLS // 4
    upper = np.partition(cells, quarter, axis=1)[:, quarter]
    return np.stack([cells.mean(axis=1), upper, cells.max(axis=1)], axis=-1)


def _between(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values on the lines between cells (n, cells + 1, CHANNELS): the mean of the two that meet there."""
    held = np.concatenate([cells[:, :1], cells, cells[:, -1:]], axis=1)
    out: NDArray[np.float32] = (held[:, 1:] + held[:, :-1]) / 2
    return out
