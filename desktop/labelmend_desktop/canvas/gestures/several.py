"""Gestures on several labels: a band that selects what lies within, and moving what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labelmend_desktop.canvas.gestures.boxes import held_inside
from labelmend_desktop.canvas.gestures.story import Draft, Event, Gesture, Limits

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

Box = NDArray[np.float64]


def band(press: Event, *, choose: Callable[[Box], None], click: Callable[[], None]) -> Gesture:
    """Drag a band from corner to corner; at its end ``choose`` gets its box (4,) xywh, after no move
    ``click`` is called."""
    box, begun = np.zeros(4), False
    while True:
        event = yield (Draft(None, box=box, band=True) if begun else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        low, high = np.minimum(press.point, event.point), np.maximum(press.point, event.point)
        box = np.concatenate([low, high - low])
    if begun:
        choose(box)
    else:
        click()


def held_together(around: Box, by: Box, limits: Limits, *, whole: bool) -> Box:
    """How far (dx, dy) labels move together that ``around`` (4,) holds; by ``whole`` pixels with a mask."""
    by = held_inside(around, np.rint(by) if whole else by, limits)
    return np.trunc(by) if whole else by


def move_several(
    press: Event, *, session: Session, around: Box, limits: Limits, whole: bool, click: Callable[[], None]
) -> Gesture:
    """Drag the selected labels together; the box ``around`` them (4,) stays within the picture."""
    begun, by = False, np.zeros(2)
    while True:
        now = np.concatenate([around[:2] + by, around[2:]])
        event = yield (Draft(None, box=now, by=by) if begun else None)
        if event.what == "release":
            break
        begun = begun or event.is_far(press)
        if begun:
            by = held_together(around, event.point - press.point, limits, whole=whole)
    if not begun:
        click()
    elif by.any():
        session.edits.move_several(by)
