"""All that is still, bottom to top: picture, masks, quiet shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QTimer
from PySide6.QtGui import QImage, QPainter

from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.roll import Roll
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_SLICE = 0.012
"""Seconds for which masks are painted between two events."""


class Still:
    """While the picture is dragged its layers are one image: a frame copies half as much."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._roll: Roll | None = None
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
        if (canvas.session.bare or masks.image is None) and self._follow(layers):
            assert self._roll is not None
            self._roll.draw(painter, rect)
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

    def _follow(self, layers: list[Layer]) -> bool:
        """Whether the layers are as they were but for a pan, and one image of them is there for it."""
        view, before = self._canvas.view, self._view
        by = view.shift_from(before, self._canvas.devicePixelRatioF())
        editions = [layer.edition for layer in layers]
        same = editions == self._editions and all(layer.settled for layer in layers)
        self._view, self._editions = view, editions
        if by is None or not same:
            self._roll = None
        elif self._roll is not None:
            for strip in self._roll.shift(*by):
                self._paint(layers, strip)
        elif by != (0, 0):
            self._roll = Roll(
                self._canvas.size(), self._canvas.devicePixelRatioF(), QImage.Format.Format_RGB32
            )
            self._paint(layers, self._roll.rect)
        return self._roll is not None

    def _paint(self, layers: list[Layer], strip: QRect) -> None:
        def paint(painter: QPainter, by: QPointF, _part: QRectF) -> None:
            for layer in layers:
                layer.copy(painter, by, QRectF(strip))

        assert self._roll is not None
        self._roll.paint(strip, paint)
