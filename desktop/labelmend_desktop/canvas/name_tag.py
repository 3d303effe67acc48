"""The small dark plate with a name beside a shape: how large it is, where it goes, how it looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

TAG_SIZE = 11
GAP = 7.0
"""Between a shape and its tag, in widget pixels: clear of the handles."""
TAG_ROOM = GAP + 20.0
"""How far above or below a shape its tag may reach."""
_NONE = np.zeros((0, 4))


def tag_font(base: QFont) -> QFont:
    """The font of tags."""
    font = QFont(base)
    font.setPixelSize(TAG_SIZE)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def tag_size(text: str, font: QFont) -> tuple[float, float]:
    """Width and height of a tag, in whole widget pixels."""
    return _measured(text, font.toString())


@lru_cache(maxsize=1024)  # asked for in every frame
def _measured(text: str, font: str) -> tuple[float, float]:
    own = QFont()
    own.fromString(font)
    metrics = QFontMetricsF(own)
    return math.ceil(metrics.horizontalAdvance(text) + 12), math.ceil(metrics.height() + 4)


def tag_rect(
    text: str,
    font: QFont,
    about: QRectF,
    *,
    room: QRectF,
    avoid: Sequence[QRectF],
    beside: NDArray[np.float64] = _NONE,
) -> QRectF:
    """Where a tag goes: outside ``about`` and off ``avoid`` where that can be had, inside ``room`` always.

    It lies on whole pixels. Of such places it is the one that hides the least of other shapes, ``beside``
    (n, 4) x0 y0 x1 y1.
    """
    wide, high = tag_size(text, font)
    places = (
        (about.left(), about.top() - GAP - high),
        (about.left(), about.bottom() + GAP),
        (about.right() - wide, about.top() - GAP - high),
        (about.right() - wide, about.bottom() + GAP),
        (about.right() + GAP, about.top()),
        (about.left() - GAP - wide, about.top()),
    )
    rects = [QRectF(x, y, wide, high) for x, y in np.round(places).tolist()]
    free = [r for r in rects if room.contains(r) and not any(r.intersects(other) for other in avoid)]
    if free:
        return free[int(_hidden(free, beside).argmin())] if len(beside) else free[0]
    # What fills the room leaves no place beside it: a word on it is better than one that is cut off.
    within = [_within(rect, room) for rect in rects]
    return min(within, key=lambda rect: sum(_common(rect, other) for other in avoid))


def _within(rect: QRectF, room: QRectF) -> QRectF:
    x = max(min(rect.x(), room.right() - rect.width()), room.left())
    y = max(min(rect.y(), room.bottom() - rect.height()), room.top())
    return QRectF(x, y, rect.width(), rect.height())


def _hidden(rects: Sequence[QRectF], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of boxes (n, 4) x0 y0 x1 y1 lies below each tag: a small one that is gone counts 1."""
    left, top, right, bottom = np.array([rect.getCoords() for rect in rects]).T[..., None]
    x0, y0, x1, y1 = boxes.T
    wide = np.maximum(np.minimum(x1, right) - np.maximum(x0, left), 0)
    high = np.maximum(np.minimum(y1, bottom) - np.maximum(y0, top), 0)
    hidden: NDArray[np.float64] = (wide * high / np.maximum((x1 - x0) * (y1 - y0), 1.0)).sum(axis=1)
    return hidden


def _common(rect: QRectF, other: QRectF) -> float:
    both = rect.intersected(other)
    return both.width() * both.height()


def tag(painter: QPainter, text: str, rect: QRectF, font: QFont, colour: QColor) -> None:
    """Draw a tag with an edge in the shape's colour."""
    painter.drawPixmap(rect.topLeft(), tag_picture(text, font, colour, painter.device().devicePixelRatioF()))


def tag_picture(text: str, font: QFont, colour: QColor, dpr: float) -> QPixmap:
    """A tag as a picture, which is drawn many times quicker than its parts."""
    return _picture(text, font.toString(), colour.rgba(), dpr)


@lru_cache(maxsize=512)
def _picture(text: str, font: str, colour: int, dpr: float) -> QPixmap:
    wide, high = _measured(text, font)
    pixmap = QPixmap(math.ceil(wide * dpr), math.ceil(high * dpr))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    own, rect = QFont(), QRectF(0, 0, wide, high)
    own.fromString(font)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor.fromRgba(colour), 1))
    painter.setBrush(QColor(18, 19, 22, 225))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(QColor("#f2f3f5"))
    painter.setFont(own)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return pixmap
