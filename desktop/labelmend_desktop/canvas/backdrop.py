"""Paints the picture itself, or the empty frame that stands in for one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from labelmend_desktop import theme
from labelmend_desktop.canvas.pieces import pieces
from labelmend_desktop.canvas.pixel_grid import paint_grid
from labelmend_desktop.canvas.view import View
from labelmend_desktop.decoding import Loaded
from labelmend_desktop.levels import Levels

PIXELS_FROM = 4.0
"""From this scale on the picture's pixels are shown as squares."""
_WRAPPED = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_NARROWEST, _NARROWER = 160.0, 8.0
BAND = 160
"""Height of what is painted at a time, in widget pixels."""


def paint_ground(
    painter: QPainter,
    loaded: Loaded | None,
    frame: QRectF,
    *,
    levels: Levels,
    view: View,
    rect: QRectF,
    dpr: float,
) -> Iterator[None]:
    """Paint the widget rectangle in bands, yielding after each: the ground, and on it the picture.

    Without a picture its empty ``frame`` (widget pixels) stands in for it.
    """
    ground = QColor(theme.tokens().ground)
    if loaded is None:
        painter.fillRect(rect, ground)
        _paint_frame(painter, frame)
        return
    area = rect.toAlignedRect()
    for top in range(area.top(), area.bottom() + 1, BAND):
        band = area.intersected(QRect(area.left(), top, area.width(), BAND))
        painter.save()
        painter.setClipRect(band, Qt.ClipOperation.IntersectClip)
        painter.fillRect(band, ground)
        _paint_picture(painter, loaded, levels=levels, view=view, rect=band, dpr=dpr, smooth=True)
        painter.restore()
        yield


def paint_hastily(
    painter: QPainter, loaded: Loaded | None, *, levels: Levels, view: View, rect: QRect, dpr: float
) -> None:
    """The same while the view is changing: pixels are taken as they are, four times as quick."""
    painter.fillRect(rect, QColor(theme.tokens().ground))
    if loaded is not None:
        _paint_picture(painter, loaded, levels=levels, view=view, rect=rect, dpr=dpr, smooth=False)


def _paint_picture(
    painter: QPainter,
    loaded: Loaded,
    *,
    levels: Levels,
    view: View,
    rect: QRect,
    dpr: float,
    smooth: bool,
) -> None:
    """Paint the part of the picture in the widget rectangle, from a level shrunk by 2 at the most.

    In haste no more pixels go through the table of levels than the screen has: the next smaller level is
    taken. Tiles of a large picture lie on the small picture, which is seen where they are not there yet.
    """
    shrink = 1 / (view.scale * dpr)
    if not smooth and not levels.plain and shrink > 1:
        shrink *= 2
    painter.save()
    for size, place, sheet in pieces(loaded, view.transform().inverted()[0].mapRect(QRectF(rect)), shrink):
        grow = QTransform.fromScale(loaded.width / size.width(), loaded.height / size.height())
        to_widget = grow * view.transform()
        squares = view.scale * dpr * loaded.width / size.width() >= PIXELS_FROM
        painter.setTransform(to_widget)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth and not squares)
        around = to_widget.inverted()[0].mapRect(QRectF(rect)).toAlignedRect().adjusted(-2, -2, 2, 2)
        part = around.intersected(place)
        if not part.isEmpty():
            image, source = sheet.shown(part.translated(-place.topLeft()), levels)
            painter.drawImage(QRectF(part), image, source)
    painter.restore()
    paint_grid(painter, view, view.rect((0, 0, loaded.width, loaded.height)), QRectF(rect), dpr)


def _paint_frame(painter: QPainter, frame: QRectF) -> None:
    """The empty frame of a picture that is not there (yet)."""
    tokens = theme.tokens()
    painter.fillRect(frame, QColor(tokens.hover))
    painter.setPen(QPen(QColor(tokens.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)


def paint_words(painter: QPainter, words: str, *, room: QRectF, font: QFont, within: QRectF) -> None:
    """One sentence on a plate at the top of the canvas, as far as it lies ``within`` a rectangle."""
    text = place_of_words(words, room.getRect(), font.toString())
    plate = text.adjusted(-12, -6, 12, 6)
    if not plate.adjusted(-1, -1, 1, 1).intersects(within):
        return
    tokens = theme.tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setFont(font)
    painter.setPen(QPen(QColor(tokens.line), 1))
    painter.setBrush(QColor(tokens.raised))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor(tokens.text))
    painter.drawText(text.adjusted(-1, 0, 1, 1), _WRAPPED, words)


@lru_cache(maxsize=16)  # asked for in every frame
def place_of_words(words: str, room: tuple[float, float, float, float], font: str) -> QRectF:
    """In as few lines as there is room for, of about the same length."""
    own = QFont()
    own.fromString(font)
    metrics, within = QFontMetricsF(own), QRectF(*room).adjusted(24, 18, -24, -18)
    place = metrics.boundingRect(within, _WRAPPED, words)
    while within.width() > _NARROWEST:
        within.adjust(_NARROWER, 0, -_NARROWER, 0)
        other = metrics.boundingRect(within, _WRAPPED, words)
        if other.height() > place.height() or other.width() > within.width():
            break
        place = other
    return place
