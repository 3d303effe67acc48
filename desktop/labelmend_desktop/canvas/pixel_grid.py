"""The grid between the picture's pixels, where they are large enough to be told apart."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from labelmend_desktop.canvas.view import View

GRID_FROM = 8.0
"""The grid shows from this scale on: 800 %."""
_GREY = 128
_FAINT, _CLEAR = 34, 90
"""Alpha at 800 %, where small suspects are looked at, and from 1600 % on."""
_NEARLY = 1e-6
"""A place that lies so little before a pixel lies in it: it was reckoned in another way."""


def grid_lines(view: View, frame: QRectF, rect: QRectF) -> tuple[list[float], list[float]]:
    """The borders of the pixels of a picture in ``frame`` that lie in ``rect``, all in widget pixels.

    x of the upright ones and y of the lying ones; both empty where there is no grid.
    """
    area = frame.intersected(rect)
    if view.scale < GRID_FROM or area.isEmpty():
        return [], []
    upright = _borders(area.left(), area.right(), view.x, view.scale)
    return upright, _borders(area.top(), area.bottom(), view.y, view.scale)


def _borders(start: float, end: float, offset: float, scale: float) -> list[float]:
    first = math.ceil((start - offset) / scale - 1e-9)
    last = math.floor((end - offset) / scale + 1e-9)
    return [offset + scale * number for number in range(first, last + 1)]


def paint_grid(painter: QPainter, view: View, frame: QRectF, rect: QRectF, dpr: float) -> None:
    """Paint it one device pixel wide; ``frame`` and ``rect`` are in widget pixels.

    As rectangles of whole pixels: as clear lines it takes twenty times as long. The upright ones, of which
    each pixel is in a row of its own, are one row that is repeated.
    """
    upright, lying = grid_lines(view, frame, rect)
    if not (upright or lying):
        return
    shown = frame.intersected(rect)
    left, top = _device_pixel(shown.left(), dpr), _device_pixel(shown.top(), dpr)
    area = QRect(left, top, _device_pixel(shown.right(), dpr) - left + 1, 1)
    area.setBottom(_device_pixel(shown.bottom(), dpr))
    part = min(1.0, view.scale / GRID_FROM - 1)
    alpha = round(_FAINT + (_CLEAR - _FAINT) * part)
    columns = tuple(_device_pixel(x, dpr) - left for x in upright)
    painter.save()
    painter.setTransform(QTransform.fromScale(1 / dpr, 1 / dpr))
    painter.setBrushOrigin(area.topLeft())
    painter.fillRect(area, _row(area.width(), columns, alpha))
    colour = QColor(_GREY, _GREY, _GREY, alpha)
    for y in lying:
        painter.fillRect(left, _device_pixel(y, dpr), area.width(), 1, colour)
    painter.restore()


def _device_pixel(place: float, dpr: float) -> int:
    """The device pixel that a widget place lies in."""
    return math.floor(place * dpr + _NEARLY)


@lru_cache(4)  # what is painted band by band has the same row in each
def _row(width: int, columns: tuple[int, ...], alpha: int) -> QBrush:
    """One row of device pixels that is transparent but for the ``columns``; ``alpha`` of 255."""
    row = QImage(width, 1, QImage.Format.Format_ARGB32_Premultiplied)
    row.fill(Qt.GlobalColor.transparent)
    shade = alpha << 24 | round(_GREY * alpha / 255) * 0x010101  # premultiplied
    for x in columns:
        row.setPixel(min(max(x, 0), width - 1), 0, shade)
    return QBrush(row)
