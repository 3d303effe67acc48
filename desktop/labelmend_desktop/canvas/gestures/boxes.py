"""Gestures on boxes: resize by a handle or a side, move, draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import Parts, bounds, moved
from labelmend_desktop.canvas.gestures.story import Draft, Event, Gesture, Limits

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

Box = NDArray[np.float64]
Write = Callable[..., object]
"""Called with the new shape and its ``title``."""
LEAST_DRAWN = 3.0
"""A box drawn smaller than this on the screen, in widget pixels, was a slip."""


def resize(press: Event, *, write: Write, key: int, box: Box, handle: str, limits: Limits) -> Gesture:
    """Drag a handle or a side (``handle``: letters of n, e, s, w); the opposite side stays.

    Shift keeps the ratio, Alt keeps the centre. Sides may cross.
    """
    event, begun = press, False
    new = box
    while True:
        event = yield (Draft(key, box=new) if begun else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            new = resized(
                box, handle, event.point - press.point, limits=limits, ratio=event.shift, centre=event.alt
            )
    if begun and new[2] > 0 and new[3] > 0 and not np.array_equal(new, box):
        write(new, title="resize the box")


def resized(
    box: Box,
    handle: str,
    by: NDArray[np.float64],
    *,
    limits: Limits,
    ratio: bool = False,
    centre: bool = False,
) -> Box:
    """A box (4,) xywh after its handle was dragged by (dx, dy); only the sides that move are clamped."""
    low, high = box[:2].copy(), box[:2] + box[2:]
    for axis, (first, second) in enumerate((("w", "e"), ("n", "s"))):
        way = -1 if first in handle else 1 if second in handle else 0
        if way:
            _pull(low, high, axis, way, float(by[axis]), limits[axis], centre)
    if ratio and box[2] > 0 and box[3] > 0:
        _keep_ratio(low, high, box, handle, limits=limits, centre=centre)
    # Sides that did not move keep their very value; a width is only recomputed when one did.
    start, end = np.minimum(low, high), np.maximum(low, high)
    still = (low == box[:2]) & (high == box[:2] + box[2:])
    return np.concatenate([start, np.where(still, box[2:], end - start)])


def _pull(low: Box, high: Box, axis: int, way: int, by: float, limit: float, centre: bool) -> None:
    """Move one side along an axis, clamped to the picture; about the centre, the other side mirrors it."""
    side, other = (high, low) if way > 0 else (low, high)
    start, opposite = float(side[axis]), float(other[axis])
    side[axis] = _clamped(start + by, start, limit)
    if centre:
        other[axis] = _clamped(opposite - (side[axis] - start), opposite, limit)
        side[axis] = start - (other[axis] - opposite)


def _clamped(value: float, start: float, limit: float) -> float:
    """Within 0 and the limit; a side that was outside before may stay where it was."""
    return min(max(value, min(0.0, start)), max(limit, start))


def _keep_ratio(low: Box, high: Box, box: Box, handle: str, *, limits: Limits, centre: bool) -> None:
    """Keep the ratio: the corner goes to the nearest place on its diagonal, as far as there is room.

    A side that is dragged alone takes the other axis with it, about its middle.
    """
    moves = np.array(["w" in handle or "e" in handle, "n" in handle or "s" in handle])
    middle, size = (low + high) / 2, np.abs(high - low)
    start, end = np.minimum(0, box[:2]), np.maximum(limits, box[:2] + box[2:])
    room = 2 * np.minimum(middle - start, end - middle)
    # A side that lies on the one that stays counts as not crossed.
    firsts, uncrossed = np.array(["w" in handle, "n" in handle]), high >= low
    if not centre:
        # A side that moves has room from the one that stays, on the side of it where it is now.
        stays = np.where(firsts, high, low)
        room = np.where(moves, np.where(firsts == uncrossed, stays - start, end - stays), room)
    along = float((size * box[2:])[moves].sum() / (box[2:] ** 2)[moves].sum())
    wanted = box[2:] * min(along, float((room / box[2:]).min()))
    for axis in (0, 1):
        sign = 1.0 if uncrossed[axis] else -1.0
        if centre or not moves[axis]:
            half = wanted[axis] / 2
            low[axis], high[axis] = middle[axis] - half, middle[axis] + half
        elif firsts[axis]:
            low[axis] = high[axis] - sign * wanted[axis]
        else:
            high[axis] = low[axis] + sign * wanted[axis]


def move(
    press: Event,
    *,
    write: Write,
    key: int,
    box: Box,
    parts: Parts,
    limits: Limits,
    click: Callable[[], None],
) -> Gesture:
    """Drag a whole box or polygon; it stays within the picture. Without a move ``click`` is called."""
    begun, by = False, np.zeros(2)
    while True:
        event = yield (_moved_draft(key, box, parts, by) if begun else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            by = held_inside(bounds(parts) if parts else box, event.point - press.point, limits)
    if not begun:
        click()
    elif parts and by.any():
        write(moved(parts, by), title="move the polygon")
    elif by.any():
        write(np.concatenate([box[:2] + by, box[2:]]), title="move the box")


def _moved_draft(key: int, box: Box, parts: Parts, by: NDArray[np.float64]) -> Draft:
    if parts:
        return Draft(key, parts=moved(parts, by))
    return Draft(key, box=np.concatenate([box[:2] + by, box[2:]]))


def held_inside(box: Box, by: NDArray[np.float64], limits: Limits) -> NDArray[np.float64]:
    """How far (dx, dy) a box (4,) may move without leaving the picture further than it already does."""
    least = np.minimum(0.0, -box[:2])
    most = np.maximum(0.0, np.asarray(limits) - box[:2] - box[2:])
    return np.clip(by, least, most)


def draw(press: Event, *, session: Session, limits: Limits) -> Gesture:
    """Drag a new box from corner to corner, or click both; Shift makes a square, Alt starts at the centre."""
    start = np.clip(press.point, 0, limits)
    box, far, clicked = np.array([*start, 0.0, 0.0]), False, False
    while True:
        event = yield (Draft(None, box=box) if far else None)
        if event.what == "release" and (far or clicked):
            break
        if event.what == "release":
            clicked = True
            continue
        box = _drawn(start, event, limits)
        far = bool(box[2:].min() * event.scale >= LEAST_DRAWN)
    if far:
        session.edits.create(session.draw_category, bbox=box)


def _drawn(start: NDArray[np.float64], event: Event, limits: Limits) -> Box:
    end, back, ahead = np.clip(event.point, 0, limits), start, np.asarray(limits) - start
    away = end - start
    room = np.minimum(back, ahead) if event.alt else np.where(away < 0, back, ahead)
    reach = np.minimum(np.abs(away), room)
    if event.shift:  # to the nearest place on the diagonal
        reach = np.full(2, min(float(np.abs(away).mean()), float(room.min())))
    if event.alt:
        return np.concatenate([start - reach, 2 * reach])
    low = np.where(away < 0, start - reach, start)
    return np.concatenate([low, reach])
