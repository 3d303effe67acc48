"""Gestures on polygons: drag a vertex, insert one in the middle of an edge, draw a new outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import LEAST_POINTS, Parts, insert_vertex, move_vertex
from labelmend_desktop.canvas.gestures.story import Draft, Event, Gesture, Limits
from labelmend_desktop.canvas.hit import REACH

if TYPE_CHECKING:
    from labelmend_desktop.session import Session


def drag_vertex(
    press: Event, *, session: Session, key: int, parts: Parts, part: int, vertex: int, limits: Limits
) -> Gesture:
    """Drag one vertex, clamped to the picture."""
    start, begun, new = parts[part][vertex], False, parts
    while True:
        event = yield (Draft(key, parts=new) if begun else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            new = move_vertex(parts, part=part, vertex=vertex, to=_inside(start, event, press, limits))
    if begun and not np.array_equal(new[part][vertex], start):
        session.edits.set_polygons(key, new)


def insert(
    press: Event, *, session: Session, key: int, parts: Parts, part: int, edge: int, limits: Limits
) -> Gesture:
    """Take an edge by its middle: a vertex is inserted there, and dragged when the mouse moves."""
    ends = parts[part][[edge, (edge + 1) % len(parts[part])]]
    start = ends.mean(axis=0)
    begun, new = False, insert_vertex(parts, part=part, edge=edge, at=start)
    while True:
        event = yield Draft(key, parts=new)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            at = _inside(start, event, press, limits)
            new = insert_vertex(parts, part=part, edge=edge, at=at)
    session.edits.set_polygons(key, new)


def _inside(start: NDArray[np.float64], event: Event, press: Event, limits: Limits) -> NDArray[np.float64]:
    """Where a point that was taken at ``start`` is now: within the picture, or as far out as it was."""
    low, high = np.minimum(0.0, start), np.maximum(np.asarray(limits, dtype=np.float64), start)
    return np.clip(start + (event.point - press.point), low, high)


def draw(press: Event, *, session: Session, limits: Limits) -> Gesture:
    """Click point after point; ends at Enter, a double click, or a click on the first point.

    Backspace takes the last point back. Fewer than three points make nothing.
    """
    points = [np.clip(press.point, 0, limits)]
    cursor = points[0]
    while True:
        event = yield Draft(None, parts=(np.array([*points, cursor]),), closed=False)
        cursor = np.clip(event.point, 0, limits)
        if event.what == "finish" or (event.what == "press" and _closes(points, event)):
            break
        if event.what == "press" and _is_new(points, cursor):
            points.append(cursor)
        elif event.what == "back":
            points.pop()
            if not points:
                return
    if len(points) >= LEAST_POINTS:
        session.edits.create(session.draw_category, polygons=(np.array(points),))


def _closes(points: list[NDArray[np.float64]], event: Event) -> bool:
    near = float(np.abs(points[0] - event.point).max()) * event.scale <= REACH
    return near and len(points) >= LEAST_POINTS


def _is_new(points: list[NDArray[np.float64]], point: NDArray[np.float64]) -> bool:
    return not np.array_equal(points[-1], point)
