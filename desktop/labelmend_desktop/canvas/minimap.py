"""The overview in a corner of the zoomed canvas: the whole picture small, and what of it is in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from labelmend_desktop import theme
from labelmend_desktop.canvas.colours import ACCENT
from labelmend_desktop.canvas.strokes import dim
from labelmend_desktop.canvas.view import View, centred, fit
from labelmend_desktop.decoding import pixmap_of
from labelmend_desktop.levels import Levels

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

LONGER, LEAST_SHORTER = 176, 24
"""The sides of the overview, in widget pixels."""
GAP = 12.0
"""To the edges of the canvas, in widget pixels."""
_SHADE = QColor(8, 9, 11, 120)
_LEAST_MARK = 5.0


def corner(size: QSizeF, room: QRectF, *, avoid: Sequence[QRectF], stay: int = 0) -> int:
    """Which corner of ``room`` holds a rectangle of ``size`` off ``avoid``; 0 to 3: se, sw, ne, nw.

    ``stay`` is where it is now, which it leaves only for a corner that hides less.
    """
    hidden = [sum(_shared(rect, other) for other in avoid) for rect in corners_of(size, room)]
    least = min(hidden)
    return stay if hidden[stay] <= least else hidden.index(least)


def corners_of(size: QSizeF, room: QRectF) -> list[QRectF]:
    """The four places of a rectangle in the corners of ``room``: se, sw, ne, nw."""
    left, right = room.left() + GAP, room.right() - GAP - size.width()
    top, bottom = room.top() + GAP, room.bottom() - GAP - size.height()
    return [QRectF(QPointF(x, y), size) for y in (bottom, top) for x in (right, left)]


def _shared(rect: QRectF, other: QRectF) -> float:
    both = rect.intersected(other)
    return both.width() * both.height()


class Minimap(QWidget):
    """Press or drag in it to look elsewhere. It costs a frame the copying of one small pixmap."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._source: QImage | None = None
        self._levels = Levels()
        self._small = QPixmap()
        self._corner = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("The whole picture. Press or drag to look elsewhere.")
        self.setAccessibleName("Overview")
        self.hide()

    def take_picture(self) -> None:
        """Prepare the small picture, if another one has come into sight."""
        loaded = self._canvas.loaded
        source = None if loaded is None else loaded.levels[-1]
        levels = self._canvas.session.seeing.levels
        if source is self._source and levels == self._levels:
            return
        self._source, self._levels = source, levels
        if loaded is None or source is None:
            return
        size = QSizeF(loaded.width, loaded.height)
        size.scale(LONGER, LONGER, Qt.AspectRatioMode.KeepAspectRatio)
        wide, high = (max(LEAST_SHORTER, round(side)) for side in size.toTuple())
        dpr = self.devicePixelRatioF()
        ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        shown, _ = loaded.sheet(-1).shown(source.rect(), levels)
        self._small = pixmap_of(shown.scaled(round(wide * dpr), round(high * dpr), *ways))
        self._small.setDevicePixelRatio(dpr)
        self.resize(wide, high)
        self.update()

    def follow(self, of_interest: Sequence[QRectF]) -> None:
        """Show the view there is now, in a corner that hides as little ``of_interest`` as can be had."""
        canvas = self._canvas
        wanted = self._source is not None and canvas.session.seeing["show_minimap"] and self._is_zoomed()
        self.setVisible(wanted)
        if not wanted:
            self._corner = 0
            return
        self._choose_corner(of_interest)
        self.update()

    def make_way(self, of_interest: Sequence[QRectF]) -> None:
        """Go to another corner if it hides what is ``of_interest``."""
        here = QRectF(self.geometry())
        if any(here.intersects(area) for area in of_interest):
            self._choose_corner(of_interest)

    def _choose_corner(self, of_interest: Sequence[QRectF]) -> None:
        room, size = QRectF(self._canvas.rect()), QSizeF(self.size())
        self._corner = corner(size, room, avoid=of_interest, stay=self._corner)
        self.move(corners_of(size, room)[self._corner].topLeft().toPoint())

    def _is_zoomed(self) -> bool:
        frame = self._canvas.view.rect((0, 0, *self._canvas.picture_size()))
        return not QRectF(self._canvas.rect()).adjusted(-1, -1, 1, 1).contains(frame)

    def _own_view(self) -> View:
        """From picture pixels to this widget's."""
        return fit((0, 0, *self._canvas.picture_size()), (self.width(), self.height()), margin=0)

    def in_sight(self) -> QRectF:
        """What of the picture is in sight, in this widget's pixels."""
        return self._own_view().rect(self._canvas.view.box_of(QRectF(self._canvas.rect())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, shaded but for what is in sight."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._small)
        whole, part = QRectF(self.rect()), self.in_sight()
        dim(painter, whole, part, _SHADE)
        for rect, colour in ((part, QColor("white")), (self._suspect(), QColor(ACCENT))):
            painter.setPen(QPen(QColor(0, 0, 0, 170), 3))
            painter.drawRect(rect)
            painter.setPen(QPen(colour, 1))
            painter.drawRect(rect)
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _suspect(self) -> QRectF:
        contents = self._canvas.contents
        if contents.focus is None:
            return QRectF()
        rect = self._own_view().rect(contents.focus.area(contents.scene))
        grow = [max(0.0, (_LEAST_MARK - side) / 2) for side in (rect.width(), rect.height())]
        return rect.adjusted(-grow[0], -grow[1], grow[0], grow[1])

    # ---- looking elsewhere

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._look(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    def enterEvent(self, event: QEnterEvent) -> None:
        """What the canvas has below the cursor is covered."""
        super().enterEvent(event)
        self._canvas.pointing.left()

    def _look(self, at: QPointF) -> None:
        canvas = self._canvas
        view, dpr = canvas.view, canvas.devicePixelRatioF()
        there = centred(
            self._own_view().to_picture(at),
            canvas.picture_size(),
            (canvas.width(), canvas.height()),
            scale=view.scale,
        )
        # By whole device pixels, so that what is painted can be shifted.
        canvas.look(view.moved(round((there.x - view.x) * dpr) / dpr, round((there.y - view.y) * dpr) / dpr))
