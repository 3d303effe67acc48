"""All that is still, bottom to top: picture, masks, quiet shapes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRect, QRectF, QTimer
from PySide6.QtGui import QImage, QPainter, QRegion

from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.roll import Roll
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_SLICE = 0.012
"""Seconds for which masks are painted between two events."""
_AHEAD = 48
"""Pixels beyond what a frame asks for that are made with it: a shape that is dragged will be there soon."""
_MUCH = 0.5
"""A frame of a drag that paints more than this share of the canvas is the first or the last of its sort."""


class Still:
    """While the picture or a shape is dragged the layers are one image: a frame copies half as much."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._roll: Roll | None = None
        self._made = QRegion()  # what of it is painted, in device pixels of the widget
        self._view = View()
        self._editions: list[int] = []
        self._more = QTimer(canvas, singleShot=True, interval=0)
        self._more.timeout.connect(self._go_on)

    def draw(self, painter: QPainter, rect: QRect) -> None:
        """Draw a rectangle of the widget."""
        canvas = self._canvas
        masks = canvas.contents.masks
        layers = [canvas.ground] if canvas.session.bare else [canvas.ground, canvas.overlay]
        for layer in layers:
            layer.follow(canvas.view, canvas.size(), canvas.devicePixelRatioF())
        one = (canvas.session.bare or masks.image is None) and self._follow(layers)
        if one and (canvas.hands.draft is None or rect.width() * rect.height() < _MUCH * self._area()):
            self._draw_as_one(painter, rect, layers)
            return
        canvas.ground.draw(painter, rect)
        if canvas.session.bare:
            return
        if masks.image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            left, top, right, bottom = masks.place
            painter.drawImage(canvas.view.rect((left, top, right - left, bottom - top)), masks.image)
            if masks.behind:
                self._more.start()
        canvas.overlay.draw(painter, rect)

    def _go_on(self) -> None:
        """Paint more of the masks, from the middle of what is in sight outwards."""
        canvas, masks = self._canvas, self._canvas.contents.masks
        middle = canvas.view.to_picture(QPointF(canvas.width() / 2, 0))[0]
        left, top, right, bottom = masks.go_on(_SLICE, near=float(middle))
        place = canvas.view.rect((left, top, right - left, bottom - top))
        canvas.update(place.toAlignedRect().adjusted(-2, -2, 2, 2))
        if masks.behind:
            self._more.start()

    def _area(self) -> int:
        return self._canvas.width() * self._canvas.height()

    def _follow(self, layers: list[Layer]) -> bool:
        """Whether the layers are as they were, but for a pan, and something is being dragged."""
        view, before, hands = self._canvas.view, self._view, self._canvas.hands
        by = view.shift_from(before, self._canvas.devicePixelRatioF())
        editions = [layer.edition for layer in layers]
        same = editions == self._editions and all(layer.settled for layer in layers)
        self._view, self._editions = view, editions
        dragged = by != (0, 0) or hands.panning or hands.draft is not None
        if by is None or not (same and dragged):
            self._roll = None
            return False
        if self._roll is not None:
            self._roll.shift(*by)
            self._made.translate(*by)
        return True

    def _draw_as_one(self, painter: QPainter, rect: QRect, layers: list[Layer]) -> None:
        if self._roll is None:
            form = QImage.Format.Format_RGB32
            self._roll = Roll(self._canvas.size(), self._canvas.devicePixelRatioF(), form)
            self._made = QRegion()
        wanted = self._roll.pixels(rect).toAlignedRect() & self._roll.rect
        if not (QRegion(wanted) - self._made).isEmpty():
            area = QRegion(wanted.adjusted(-_AHEAD, -_AHEAD, _AHEAD, _AHEAD) & self._roll.rect)
            for strip in cast("Iterable[QRect]", area - self._made):  # PySide's stubs do not know that
                self._paint(self._roll, layers, strip)
            self._made = (self._made | area) & self._roll.rect
        self._roll.draw(painter, rect)

    def _paint(self, roll: Roll, layers: list[Layer], strip: QRect) -> None:
        def paint(painter: QPainter, by: QPointF, _part: QRectF) -> None:
            for layer in layers:
                layer.copy(painter, by, QRectF(strip))

        roll.paint(strip, paint)
