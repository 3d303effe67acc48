"""Cuts the thing in a box out of the picture (GrabCut): colours inside against colours around."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.geometry.polygons import LEAST_POINTS, Part, Parts

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

LONGEST: Final = 320
"""Pixels of the longer side at which a box is cut at most: larger ones are made smaller for it."""

AROUND: Final = 0.2
"""What is looked at around the box, as a share of its longer side."""

CORE: Final = 0.6
"""The middle of the box, as a share of its sides, that is taken to belong to the thing."""

ROUNDS: Final = 3
FINER: Final = 3
LEAST_SIDE: Final = 6.0
LEAST_PIECE: Final = 0.15
"""A piece smaller than this share of the largest is a speck."""

SEED: Final = 7


def cut_out(pixels: Pixels, box: NDArray[Any], *, core: float = CORE, tolerance: float = 0.75) -> Parts:
    """The outlines, without holes, of the thing in a box (4,) xywh of the picture (h, w, 3 or more).

    They lie within the box. ``core`` is the share of it that is kept whatever the colours say;
    ``tolerance`` is by how many pixels, of the size at which it was cut, the outlines are simplified.
    Raises Refused, with the reason in a sentence, where nothing can be told apart.
    """
    at = np.asarray(box, np.float64)
    low, high = _around(at, pixels)
    part = pixels[low[1] : high[1], low[0] : high[0], :3]
    scale = np.minimum(LONGEST / float(at[2:].max()), 1.0)
    size = np.maximum(np.round((high - low) * scale), 8).astype(int)
    grow = (high - low) / size
    window = np.ascontiguousarray(cv2.resize(part, size.tolist(), interpolation=cv2.INTER_AREA), np.uint8)
    inner = np.clip((np.stack([at[:2], at[:2] + at[2:]]) - low) / grow, 0, size)
    rings = _rings(_grabbed(window, np.round(inner).astype(int), core))
    largest = max(map(_area, rings), default=0.0)
    kept = [ring for ring in rings if _area(ring) >= max(LEAST_PIECE * largest, 2.0)]
    parts = [np.clip(_simple(ring, tolerance) * grow + low, at[:2], at[:2] + at[2:]) for ring in kept]
    parts = [
        np.clip(part, 0, [pixels.shape[1], pixels.shape[0]]) for part in parts if len(part) >= LEAST_POINTS
    ]
    if not parts:
        raise Refused("Nothing in this box stands out from what is around it: there is nothing to cut out.")
    return tuple(sorted(parts, key=_area, reverse=True))


def _around(box: Floats, pixels: Pixels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The corners of what is looked at. Raises Refused for boxes that nothing can be cut out of."""
    if not np.isfinite(box).all() or box[2:].min() < LEAST_SIDE:
        raise Refused(f"This box is too small to cut something out: it needs {LEAST_SIDE:g} pixels a side.")
    limit = np.array([pixels.shape[1], pixels.shape[0]])
    start, end = np.clip(box[:2], 0, limit), np.clip(box[:2] + box[2:], 0, limit)
    if (end - start < 3).any():
        raise Refused("This box lies outside of its picture: there is nothing to cut out.")
    around = max(AROUND * float(box[2:].max()), 4.0)
    low = np.clip(np.floor(box[:2] - around), 0, limit).astype(np.int64)
    high = np.clip(np.ceil(box[:2] + box[2:] + around), 0, limit).astype(np.int64)
    if (start - low < 1).all() and (high - end < 1).all():
        raise Refused("This box fills its picture: nothing is around it to tell the thing from.")
    return low, high


def _grabbed(window: Pixels, inner: NDArray[np.int64], core: float) -> Pixels:
    """Which pixels of the window are the thing's, 0 and 1; ``inner`` are the box's corners (2, 2) in it."""
    (left, top), (right, bottom) = inner
    if window[top:bottom, left:right].std(axis=(0, 1)).max(initial=0.0) < 1.0:
        raise Refused("The picture is of one colour inside this box: there is nothing to cut out.")
    mask = np.full(window.shape[:2], cv2.GC_BGD, np.uint8)
    mask[top:bottom, left:right] = cv2.GC_PR_FGD
    x, y = ((high - low) * (1 - core) / 2 for low, high in ((left, right), (top, bottom)))
    mask[round(top + y) : round(bottom - y), round(left + x) : round(right - x)] = cv2.GC_FGD
    whole, inside, around = (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(SEED)  # the same box gives the same cut
    try:
        cv2.grabCut(window, mask, whole, inside, around, ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error as error:
        raise Refused("The colours in this box and around it cannot be told apart.") from error
    found = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    for way in (cv2.MORPH_OPEN, cv2.MORPH_CLOSE):
        found = np.asarray(cv2.morphologyEx(found, way, kernel), np.uint8)
    return found


def _rings(found: Pixels) -> list[Part]:
    """The outer outlines of the pixels that are 1, without the pixels' steps, in pixels of ``found``."""
    fine = cv2.resize(found * np.uint8(255), None, fx=FINER, fy=FINER, interpolation=cv2.INTER_LINEAR)
    lines, _ = cv2.findContours((fine > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [(line.reshape(-1, 2).astype(np.float64) + 0.5) / FINER for line in lines]


def _area(ring: Part) -> float:
    return float(cv2.contourArea(ring.astype(np.float32)))


def _simple(ring: Part, tolerance: float) -> Part:
    thin = cv2.approxPolyDP(ring.astype(np.float32), tolerance, True)
    return np.asarray(thin, np.float64).reshape(-1, 2)
