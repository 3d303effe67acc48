"""The gesture of brush and eraser: what it goes over is shown at once and becomes one step at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.repainting import Cut, Trail
from labelmend_desktop.canvas.gestures.story import Event, Gesture


class Bristles(Protocol):
    """What the gesture needs of a brush."""

    def reach(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Cut | None:
        """What it covers on the way from one point (2,) to another; None off the picture."""

    def lay(self, cut: Cut) -> None:
        """Show what it covers."""

    def lift(self, covered: Trail) -> None:
        """Show there what the project says."""


def paint(press: Event, *, brush: Bristles, keep: Callable[[Trail], bool]) -> Gesture:
    """Go over the picture; ``keep`` makes the step of all that was covered, and says whether it was made."""
    event, at, kept = press, press.point, False
    covered = Trail()
    try:
        while True:
            cut = brush.reach(at, event.point)
            at = event.point
            if cut is not None:
                covered.add(cut)
                brush.lay(cut)
            if event.what == "release":
                break
            event = yield None
        if covered.pixels:
            kept = keep(covered)
    finally:
        if covered.pixels and not kept:
            brush.lift(covered)


def nothing() -> Gesture:
    """A press that does nothing more, until it is released."""
    while (yield None).what != "release":
        pass
