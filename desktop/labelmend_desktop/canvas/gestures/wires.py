"""The gesture that draws an outline along the picture's edges, from click to click."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from labelmend.fit.wire import Wire, outline
from labelmend.geometry.polygons import LEAST_POINTS, Part
from labelmend_desktop.canvas.close_up import levels_of
from labelmend_desktop.canvas.gestures.story import Draft, Event, Gesture, Limits
from labelmend_desktop.canvas.hit import REACH
from labelmend_desktop.decoding import Loaded


def draw(press: Event, *, limits: Limits, loaded: Loaded | None, done: Callable[[Part], object]) -> Gesture:
    """Click along an edge; ends at Enter, a double click, or a click on the first point.

    The line between clicks follows the picture's edges; without a picture it is straight. Backspace takes
    the last point back. Fewer than three points make nothing; else ``done`` gets the outline (k, 2).
    """
    wire = Wire([], width=limits[0]) if loaded is None else Wire(levels_of(loaded), width=loaded.width)
    points = [np.clip(press.point, 0, limits)]
    paths: list[Part] = []
    wire.start(points[0])
    cursor = points[0]
    while True:
        drawn = np.concatenate([*paths, wire.path(cursor)])
        event = yield Draft(None, parts=(drawn,), closed=False, marks=np.array(points))
        cursor = np.clip(event.point, 0, limits)
        if event.what == "finish" or (event.what == "press" and _closes(points, event)):
            break
        if event.what == "press" and not np.array_equal(points[-1], cursor):
            paths.append(wire.path(cursor))
            points.append(cursor)
            wire.start(cursor)
        elif event.what == "back":
            points.pop()
            if not points:
                return
            paths = paths[:-1]
            wire.start(points[-1])
    ring = outline([*paths, wire.path(points[0])])
    if len(ring) >= LEAST_POINTS:
        done(ring)


def _closes(points: list[NDArray[np.float64]], event: Event) -> bool:
    near = float(np.abs(points[0] - event.point).max()) * event.scale <= REACH
    return near and len(points) > 1
