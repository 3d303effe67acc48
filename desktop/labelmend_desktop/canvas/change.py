"""Paints what a suggestion or a proposal would change: what it adds and what it takes away, told apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from labelmend.geometry.differences import Difference, difference
from labelmend.geometry.polygons import Parts
from labelmend_desktop.canvas.colours import ACCENT
from labelmend_desktop.canvas.strokes import SIGN, hatch, path_of, sign
from labelmend_desktop.canvas.view import View

REMOVED = "#f2f3f5"
"""Near white, which no class and no suggestion has; its hatching falls where that of the added rises."""

_Key = tuple[bytes, ...]


def paint_change(
    painter: QPainter,
    before: Parts,
    after: Parts,
    view: View,
    room: QRectF,
    known: Difference | None = None,
    path: Callable[[Parts, View], QPainterPath] = path_of,
) -> None:
    """Hatch what ``after`` adds to ``before`` and what it takes, with a sign on each piece that has room.

    ``known`` is the difference where it need not be found; ``path`` makes outlines into paths.
    """
    found = known or difference_of(before, after)
    added, removed = QColor(ACCENT), QColor(REMOVED)
    hatch(painter, path(found.added, view), added, room=room)
    hatch(painter, path(found.removed, view), removed, room=room, falling=True)
    shown = (path(parts, view).boundingRect() for parts in (before, after))
    area = next(shown).united(next(shown))
    if min(area.width(), area.height()) < 4 * SIGN:
        return  # the signs would cover what they are about
    for points, colour in ((found.plus, added), (found.minus, removed)):
        for x, y in points[points[:, 2] * view.scale >= SIGN, :2].tolist():
            sign(painter, view.to_widget(x, y), colour, plus=points is found.plus)


def difference_of(before: Parts, after: Parts) -> Difference:
    """The difference of two outlines, which is asked for in every frame."""
    return _difference(key_of(before), key_of(after))


@lru_cache(maxsize=16)
def _difference(before: _Key, after: _Key) -> Difference:
    return difference(_parts(before), _parts(after))


def key_of(parts: Parts) -> _Key:
    """What outlines are known by, alike for all of the same points."""
    return tuple(np.ascontiguousarray(part, np.float64).tobytes() for part in parts)


def _parts(key: _Key) -> Parts:
    return tuple(np.frombuffer(part, np.float64).reshape(-1, 2) for part in key)
