"""A painted area with places that lead to labels: by a click, or by the arrows and Enter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labelmend.report.judgements import Ids
from labelmend.words import counted
from labelmend_desktop import theme

_MARGIN = 3
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, eq=False)
class Spot:
    """Where something stands, the labels behind it, and what they have in common."""

    place: QRectF
    title: str
    issues: Ids
    tip: str = ""


class Drawing(Protocol):
    """What an area shows."""

    def height(self) -> int:
        """How high it is, in pixels."""
        ...

    def paint(self, painter: QPainter, size: QSize) -> list[Spot]:
        """Paint it; the places that lead somewhere."""
        ...


class SpotArea(QWidget):
    """Shows a drawing; ``taken(title, issues)`` when somebody wants to see the labels behind a place."""

    taken = Signal(str, object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.spots: list[Spot] = []
        self._drawing: Drawing | None = None
        self._painted: QPixmap | None = None
        self._here = -1

    def show_drawing(self, drawing: Drawing) -> None:
        """Show another drawing."""
        self._drawing = drawing
        self.setFixedHeight(drawing.height())
        self._forget()

    def _forget(self) -> None:
        """What was painted holds no more."""
        self._painted = None
        self.update()

    def _paint(self, drawing: Drawing) -> QPixmap:
        """The drawing as a picture, so that the mouse can go over it without painting it again."""
        picture = QPixmap(self.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.spots = [spot for spot in drawing.paint(painter, self.size()) if len(spot.issues)]
        painter.end()
        self._here = min(self._here, len(self.spots) - 1)
        return picture

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._forget()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102
        if self._drawing is None:
            return
        if self._painted is None or self._painted.devicePixelRatio() != self.devicePixelRatioF():
            self._painted = self._paint(self._drawing)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._painted)
        if self._here >= 0:
            place = self.spots[self._here].place.adjusted(-_MARGIN, -1, _MARGIN, 1)
            painter.setPen(QColor(theme.tokens().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 3, 3)

    # ---------------------------------------------------------------- mouse and keys
    def _at(self, place: QPointF) -> int:
        """The spot at a place, or else one beside it: a sliver of a bar is hit exactly or not at all."""
        for room in (0, _MARGIN):
            for number, spot in enumerate(self.spots):
                if spot.place.adjusted(-room, -room, room, room).contains(place):
                    return number
        return -1

    def _go(self, number: int) -> None:
        if number != self._here:
            self._here = number
            self.update()
        hand = Qt.CursorShape.PointingHandCursor if number >= 0 else Qt.CursorShape.ArrowCursor
        self.setCursor(hand)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        self._go(self._at(event.position()))
        if self._here >= 0:
            spot = self.spots[self._here]
            QToolTip.showText(event.globalPosition().toPoint(), tip_of(spot), self)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: D102
        super().leaveEvent(event)
        self._go(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusOutEvent(event)
        self._go(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        number = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._take(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        key = Qt.Key(event.key())
        if key in _STEPS and self.spots:
            self._go(self._beside(*_STEPS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._here >= 0:
            self._take(self._here)
        else:
            super().keyPressEvent(event)

    def _beside(self, across: int, down: int) -> int:
        """The nearest spot in a direction; the first one at first."""
        if self._here < 0:
            return 0
        start = self.spots[self._here].place.center()

        def far(number: int) -> float | None:
            way = self.spots[number].place.center() - start
            along = way.x() * across + way.y() * down
            aside = abs(way.x() * down) + abs(way.y() * across)
            return along + 3 * aside if along > 1 and (not across or aside < 8) else None

        ways = {n: length for n in range(len(self.spots)) if (length := far(n)) is not None}
        return min(ways, key=ways.__getitem__) if ways else self._here

    def _take(self, number: int) -> None:
        spot = self.spots[number]
        self.taken.emit(spot.title, spot.issues)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._forget()


def tip_of(spot: Spot) -> str:
    """What hovering over a spot tells."""
    count = len(spot.issues)
    told = f"{spot.title}: {counted(count)}. Click to see them."
    return f"{spot.tip}\n{told}" if spot.tip else told


def write(
    painter: QPainter,
    place: QRectF,
    text: str,
    *,
    tone: str = "text",
    size: int = theme.SIZE_TEXT,
    bold: bool = False,
    right: bool = False,
) -> QRectF:
    """Write one line of text, shortened to the place; where it stands."""
    font = font_of(size, bold=bold)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.setFont(font)
    painter.setPen(QColor(getattr(theme.tokens(), tone)))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(place, int(side | Qt.AlignmentFlag.AlignVCenter), text)
    width = metrics.horizontalAdvance(text)
    left = place.right() - width if right else place.left()
    return QRectF(left, place.center().y() - metrics.height() / 2, width, metrics.height())


@cache
def font_of(size: int = theme.SIZE_TEXT, *, bold: bool = False) -> QFont:
    """The font that `write` writes in."""
    return theme.font(size, bold=bold, tabular=True)


@lru_cache(4096)
def width_of(text: str, size: int = theme.SIZE_TEXT, *, bold: bool = False) -> float:
    """How wide a text is, in pixels."""
    return QFontMetricsF(font_of(size, bold=bold)).horizontalAdvance(text)
