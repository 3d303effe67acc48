"""What goes into a gesture (events in picture pixels) and what comes out (a draft to paint)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from labelmend.geometry.polygons import Parts, bounds

Happening = Literal["press", "move", "release", "finish", "back"]
SLACK = 2.5
"""A press that moves no further than this, in widget pixels, is a click."""


@dataclass(frozen=True)
class Event:
    """Something the user did at picture point (x, y).

    ``finish`` is Enter or a double click, ``back`` Backspace; ``scale``
    is the view's, in widget pixels a picture pixel; ``at`` the same point in the widget.
    """

    what: Happening
    x: float
    y: float
    scale: float
    at: QPointF = field(default_factory=QPointF)
    shift: bool = False
    alt: bool = False
    ctrl: bool = False

    @property
    def point(self) -> NDArray[np.float64]:
        """(2,) x, y."""
        return np.array([self.x, self.y])

    def is_far(self, from_event: Event) -> bool:
        """Whether this is further from another event than a hand trembles."""
        return bool(np.abs(self.point - from_event.point).max() * self.scale > SLACK)


@dataclass(frozen=True, eq=False)
class Draft:
    """The shape as it would be if the gesture ended now.

    It stands in for annotation ``key`` (None: a new one). ``closed`` is
    False for a polygon that is still being drawn, whose last point follows the cursor. ``band``: the box
    only selects. ``by`` (2,): the box is around the selected labels, which were dragged so far. ``marks``
    (k, 2) are the points that were set, where the outline has more of them.
    """

    key: int | None
    box: NDArray[np.float64] | None = None
    parts: Parts = ()
    closed: bool = True
    band: bool = False
    by: NDArray[np.float64] | None = None
    marks: NDArray[np.float64] | None = None

    @cached_property
    def around(self) -> NDArray[np.float64]:
        """The box (4,) xywh that just holds it."""
        return self.box if self.box is not None else bounds(self.parts)


Gesture = Generator[Draft | None, Event, None]
Limits = tuple[float, float]
"""Width and height of the picture; a gesture never reaches beyond them."""
