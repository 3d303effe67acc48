"""The grid between the picture's pixels, where they are large enough to be told apart."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from labelmend_desktop.canvas.view import View

GRID_FROM = 8.0
"""The grid shows from this scale on: 800 %."""
_FAINT, _CLEAR = 34, 90
"""Alpha at 800 %, where small suspects are looked at, and from 1600 % on."""


def grid_lines(view: View, frame: QRectF, rect: QRectF) -> list[QLineF]:
    """The borders of the pixels of a picture in ``frame`` that lie in ``rect``, all in widget pixels."""
    area = frame.intersected(rect)
    if view.scale < GRID_FROM or area.isEmpty():
        return []
    columns = range(_first(area.left(), view.x, view.scale), _last(area.right(), view.x, view.scale) + 1)
    rows = range(_first(area.top(), view.y, view.scale), _last(area.bottom(), view.y, view.scale) + 1)
    x, y, s = view.x, view.y, view.scale
    across = [QLineF(x + c * s, area.top(), x + c * s, area.bottom()) for c in columns]
    down = [QLineF(area.left(), y + r * s, area.right(), y + r * s) for r in rows]
    return across + down


def _first(edge: float, offset: float, scale: float) -> int:
    return math.ceil((edge - offset) / scale - 1e-9)


def _last(edge: float, offset: float, scale: float) -> int:
    return math.floor((edge - offset) / scale + 1e-9)


def paint_grid(painter: QPainter, view: View, frame: QRectF, rect: QRectF) -> None:
    """Paint it one device pixel wide."""
    lines = grid_lines(view, frame, rect)
    if lines:
        part = min(1.0, view.scale / GRID_FROM - 1)
        pen = QPen(QColor(128, 128, 128, round(_FAINT + (_CLEAR - _FAINT) * part)), 1)
        pen.setCosmetic(True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.drawLines(lines)
