"""An image as large as a widget, on which a pan moves no pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QTransform


class Roll:
    """What goes out of sight on one side makes room on the other, as on a roll.

    Where nothing is said, rectangles are in device pixels of the widget. ``size`` is in logical ones.
    """

    def __init__(self, size: QSize, dpr: float, form: QImage.Format) -> None:
        wide, high = round(size.width() * dpr), round(size.height() * dpr)
        self.image = QImage(max(1, wide), max(1, high), form)
        self.image.setDevicePixelRatio(dpr)
        if self.image.hasAlphaChannel():
            self.image.fill(Qt.GlobalColor.transparent)
        self._dpr = dpr
        self._corner = 0, 0  # where in the image the widget's is

    def clear(self) -> None:
        """Begin anew."""
        self.image.fill(Qt.GlobalColor.transparent)
        self._corner = 0, 0

    @property
    def rect(self) -> QRect:
        """All of the widget."""
        return self.image.rect()

    def pixels(self, rect: QRect) -> QRectF:
        """A rectangle of logical pixels in device pixels."""
        d = self._dpr
        return QRectF(rect.x() * d, rect.y() * d, rect.width() * d, rect.height() * d)

    def shift(self, dx: int, dy: int) -> list[QRect]:
        """Move what is shown; the strips that are bared and have to be painted."""
        wide, high = self.image.width(), self.image.height()
        if abs(dx) >= wide or abs(dy) >= high:
            return [self.rect]
        x, y = self._corner
        self._corner = (x - dx) % wide, (y - dy) % high
        across = QRect(0 if dx > 0 else wide + dx, 0, abs(dx), high)
        down = QRect(0, 0 if dy > 0 else high + dy, wide, abs(dy))
        return [strip for strip in (across, down) if not strip.isEmpty()]

    def draw(self, painter: QPainter, rect: QRect) -> None:
        """Draw a rectangle of the widget, in logical pixels."""
        region = painter.clipRegion()
        painter.save()
        painter.setTransform(QTransform.fromScale(1 / self._dpr, 1 / self._dpr))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        # PySide's stubs do not know that a region is iterated over.
        for part in cast("Iterable[QRect]", region) if region.rectCount() > 1 else (rect,):
            # Where widgets lie on the canvas its region is several rectangles: one by one they are copied
            # line by line, together they are not.
            area = self.pixels(part)
            if part is not rect:
                painter.setClipRect(area)
            self.copy(painter, area)
        painter.restore()

    def copy(self, painter: QPainter, area: QRectF) -> None:
        """Draw a rectangle by a painter of device pixels."""
        for piece, by in self._pieces(area):
            painter.drawImage(piece, self.image, piece.translated(by))

    def paint(self, area: QRect, paint: Callable[[QPainter, QPointF, QRectF], None]) -> None:
        """Paint a rectangle anew.

        ``paint`` is called with a painter of logical pixels for each piece that it is in: with how far the
        widget's pixels are moved there, and with where the piece is then, both in logical pixels.
        """
        painter = QPainter(self.image)
        for piece, by in self._pieces(QRectF(area)):
            place, d = piece.translated(by), self._dpr
            part = QRectF(place.x() / d, place.y() / d, place.width() / d, place.height() / d)
            painter.resetTransform()
            painter.setClipRect(part)
            paint(painter, by / d, part)
        painter.end()

    def unroll(self, spare: Roll) -> Roll:
        """The same with its pixels in place, in a spare one where they are not."""
        if self._corner == (0, 0):
            return self
        spare._corner = 0, 0
        painter = QPainter(spare.image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setTransform(QTransform.fromScale(1 / self._dpr, 1 / self._dpr))
        self.copy(painter, QRectF(self.rect))
        painter.end()
        return spare

    def _pieces(self, area: QRectF) -> Iterator[tuple[QRectF, QPointF]]:
        """The pieces that a rectangle is in, each with the way to its place in the image."""
        wide, high = self.image.width(), self.image.height()
        for x in (self._corner[0], self._corner[0] - wide):
            for y in (self._corner[1], self._corner[1] - high):
                piece = area.intersected(QRectF(-x, -y, wide, high))
                if not piece.isEmpty():
                    yield piece, QPointF(x, y)
