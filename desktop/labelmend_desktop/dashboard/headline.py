"""One card of the top line: a name, its first number, a bar, and small facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from labelmend_desktop import theme
from labelmend_desktop.dashboard.bars import Cell, Piece
from labelmend_desktop.dashboard.spots import Spot, width_of, write

_HEIGHT, _GAP = 68, 14


@dataclass(frozen=True, eq=False)
class Headline:
    """``first`` is written large, ``unit`` beside it; ``pieces`` are the bar; ``facts`` stand below, as
    many as there is room."""

    name: str
    first: Cell
    unit: Cell
    pieces: Sequence[Piece] = ()
    facts: Sequence[Cell] = ()

    def height(self) -> int:
        """Always the same, so that cards align."""
        return _HEIGHT

    def paint(self, painter: QPainter, size: QSize) -> list[Spot]:
        """Paint name, number, bar and facts."""
        width = size.width()
        where = write(
            painter, QRectF(0, 0, width * 0.5, 24), self.first.text, size=theme.SIZE_HEADING, bold=True
        )
        beside = write(painter, QRectF(where.right() + 6, 1, width, 24), self.unit.text, tone=self.unit.tone)
        write(painter, QRectF(0, 0, width, 24), self.name, bold=True, right=True)
        spots = [
            Spot(place, cell.title, cell.issues, cell.note)
            for place, cell in ((where, self.first), (beside, self.unit))
        ]
        spots += self._paint_bar(painter, QRectF(0, 31, width, 6))
        left = 0.0
        for fact in self.facts:
            needs = width_of(fact.text, theme.SIZE_SMALL)
            if left + needs > width:
                break
            place = QRectF(left, 46, needs + 1, 18)
            where = write(painter, place, fact.text, tone=fact.tone, size=theme.SIZE_SMALL)
            spots.append(Spot(where, fact.title, fact.issues, fact.note))
            left += needs + _GAP
        return spots

    def _paint_bar(self, painter: QPainter, place: QRectF) -> list[Spot]:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.tokens().hover))
        painter.drawRect(place)
        total = sum(len(piece.issues) for piece in self.pieces)
        spots, left = [], place.left()
        for piece in self.pieces:
            width = place.width() * len(piece.issues) / max(total, 1)
            bar = QRectF(left, place.top(), width, place.height())
            painter.setBrush(QColor(getattr(theme.tokens(), piece.tone)))
            painter.drawRect(bar)
            spots.append(Spot(bar, piece.title, piece.issues))
            left += width
        return spots
