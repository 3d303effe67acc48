"""Gestures on polygons: drag vertices or an edge, add a vertex, draw a new outline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import (
    LEAST_POINTS,
    Part,
    Parts,
    Vertices,
    insert_vertex,
    points_of,
    set_vertices,
)
from labelmend_desktop.canvas.gestures.story import Draft, Event, Gesture, Limits
from labelmend_desktop.canvas.hit import REACH
from labelmend_desktop.canvas.picking import told

Point = NDArray[np.float64]


class Write(Protocol):
    """Writes new parts as one step."""

    def __call__(self, parts: Parts, *, title: str) -> object: ...  # noqa: D102


def drag_vertices(
    press: Event,
    *,
    parts: Parts,
    key: int,
    picked: Vertices,
    limits: Limits,
    write: Write,
    click: Callable[[], object],
) -> Gesture:
    """Drag vertices together, clamped to the picture; a press that does not move calls ``click``."""
    begun, new = False, parts
    while True:
        event = yield (Draft(key, parts=new) if begun else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            new = shifted(parts, picked, event.point - press.point, limits)
    if not begun:
        click()
    elif not _equal(parts, new):
        write(new, title=told("move", picked))


def drag_edge(
    press: Event,
    *,
    parts: Parts,
    key: int,
    part: int,
    edge: int,
    bends: bool,
    limits: Limits,
    write: Write,
    pick: Callable[[Parts, Vertices], object],
) -> Gesture:
    """Take an edge: a click adds a vertex where the edge is, a drag moves the edge with both its ends.

    An edge that ``bends`` (taken by its middle) gets its vertex at once, and that is dragged.
    """
    ends = ((part, edge), (part, (edge + 1) % len(parts[part])))
    first, second = points_of(parts, ends)
    at = (first + second) / 2 if bends else nearest_on(first, second, press.point)
    split = insert_vertex(parts, part=part, edge=edge, at=at)
    added = ((part, edge + 1),)
    begun, new = False, split
    while True:
        event = yield (Draft(key, parts=new) if begun or bends else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            old, moving = (split, added) if bends else (parts, ends)
            new = shifted(old, moving, event.point - press.point, limits)
    if bends or not begun:
        pick(new, added)
        write(new, title="add a vertex")
    elif not _equal(parts, new):
        write(new, title="move an edge")


def shifted(parts: Parts, picked: Vertices, by: Point, limits: Limits) -> Parts:
    """Parts with vertices moved together by (dx, dy), which is shortened where one would leave the picture.

    What was outside before may stay where it was.
    """
    start = points_of(parts, picked)
    low, high = start.min(axis=0), start.max(axis=0)
    least, most = np.minimum(0.0, -low), np.maximum(0.0, np.asarray(limits) - high)
    to = start + np.clip(by, least, most)
    # A sum may miss the picture's edge by a rounding.
    return set_vertices(parts, picked, np.clip(to, np.minimum(0.0, low), np.maximum(limits, high)))


def nearest_on(first: Point, second: Point, point: Point) -> Point:
    """The point of the edge between two points that lies nearest to another."""
    along = second - first
    length = float(along @ along)
    share = float(np.clip((point - first) @ along / length, 0, 1)) if length > 0 else 0.0
    nearest: Point = first + share * along
    return nearest


def _equal(parts: Parts, new: Parts) -> bool:
    return all(a is b or np.array_equal(a, b) for a, b in zip(parts, new, strict=True))


def draw(press: Event, *, limits: Limits, done: Callable[[Part], object], closes: bool = True) -> Gesture:
    """Click point after point; ends at Enter, a double click, or a click on the first point.

    Backspace takes the last point back. ``done`` gets the points (k, 2), three at least; of a line that does
    not close, two.
    """
    least = LEAST_POINTS if closes else 2
    points = [np.clip(press.point, 0, limits)]
    cursor = points[0]
    while True:
        event = yield Draft(None, parts=(np.array([*points, cursor]),), closed=False)
        cursor = np.clip(event.point, 0, limits)
        if event.what == "finish" or (closes and event.what == "press" and _closes(points, event)):
            break
        if event.what == "press" and _is_new(points, cursor):
            points.append(cursor)
        elif event.what == "back":
            points.pop()
            if not points:
                return
    if len(points) >= least:
        done(np.array(points))


def _closes(points: list[NDArray[np.float64]], event: Event) -> bool:
    near = float(np.abs(points[0] - event.point).max()) * event.scale <= REACH
    return near and len(points) >= LEAST_POINTS


def _is_new(points: list[NDArray[np.float64]], point: NDArray[np.float64]) -> bool:
    return not np.array_equal(points[-1], point)
