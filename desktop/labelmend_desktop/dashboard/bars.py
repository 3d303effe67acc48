"""Lines with a name, a bar and numbers: the form in which kinds, classes, people and reasons are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from labelmend.report.judgements import Ids
from labelmend_desktop import theme
from labelmend_desktop.dashboard.spots import Spot, width_of, write

ROW, HEAD = 24, 20
_BAR, _MARK, _GAP = 8, 10, 16
_NAMES, _FEW = (0.34, 0.5), 3
"""The share of the width that names may take; the second one where there are few numbers."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a bar, as long as it holds labels; ``tone`` is one of the theme's colours."""

    title: str
    issues: Ids
    tone: str


@dataclass(frozen=True, eq=False)
class Cell:
    """A number and the labels behind it; ``note`` is told when the mouse is over it."""

    text: str
    title: str = ""
    issues: Ids = field(default_factory=lambda: np.zeros(0, np.int64))
    tone: str = "text"
    note: str = ""


@dataclass(frozen=True, eq=False)
class Line:
    """One line; ``mark`` is the colour of its class, ``aside`` stands quietly behind the name."""

    name: str
    pieces: tuple[Piece, ...]
    cells: tuple[Cell, ...]
    mark: QColor | None = None
    aside: str = ""

    @cached_property
    def issues(self) -> Ids:
        """All labels of the line."""
        return np.concatenate([piece.issues for piece in self.pieces])


class Bars:
    """Draws lines below the heads of their numbers; ``empty`` is said when there are none.

    With ``whole`` all bars are as long as each other and their pieces are shares; else a bar is as long as
    its line has labels.
    """

    def __init__(
        self, heads: Sequence[str], lines: Sequence[Line], *, empty: str, whole: bool = False
    ) -> None:
        self._heads, self._lines, self._empty, self._whole = heads, lines, empty, whole

    def height(self) -> int:
        """As high as all lines."""
        return HEAD + ROW * max(len(self._lines), 1)

    def paint(self, painter: QPainter, size: QSize) -> list[Spot]:
        """Paint heads and lines."""
        if not self._lines:
            write(painter, QRectF(0, 0, size.width(), HEAD + ROW), self._empty, tone="text_quiet")
            return []
        rights = self._rights(size.width())
        for head, right, width in zip(self._heads, rights[0], rights[1], strict=True):
            place = QRectF(right - width, 0, width, HEAD)
            write(painter, place, head, tone="text_quiet", size=theme.SIZE_SMALL, right=True)
        spots: list[Spot] = []
        left = self._name_width(size.width())
        most = max(len(line.issues) for line in self._lines)
        end = rights[0][0] - rights[1][0] - _GAP if rights[0] else size.width()
        for number, line in enumerate(self._lines):
            top = HEAD + ROW * number
            spots.append(self._paint_name(painter, line, QRectF(0, top, left - _GAP / 2, ROW)))
            of = len(line.issues) if self._whole else most
            spots += _paint_bar(painter, line, QRectF(left, top, max(end - left, 8), ROW), of)
            for cell, right, width in zip(line.cells, rights[0], rights[1], strict=True):
                place = QRectF(right - width, top, width, ROW)
                where = write(painter, place, cell.text, tone=cell.tone, right=True)
                spots.append(Spot(where, cell.title, cell.issues, cell.note))
        return spots

    def _rights(self, width: int) -> tuple[list[float], list[float]]:
        """Where the columns of numbers end, and how wide they are."""
        widths = [
            max(width_of(head, theme.SIZE_SMALL), *(width_of(line.cells[n].text) for line in self._lines))
            for n, head in enumerate(self._heads)
        ]
        ends, right = [], float(width - 4)
        for one in reversed(widths):
            ends.append(right)
            right -= one + _GAP
        return ends[::-1], widths

    def _name_width(self, width: int) -> float:
        names = [
            width_of(line.name)
            + (width_of(f" {line.aside}", theme.SIZE_SMALL) + 4 if line.aside else 0)
            + (_MARK + 8 if line.mark else 0)
            for line in self._lines
        ]
        return min(max(names) + _GAP, _NAMES[len(self._heads) <= _FEW] * width)

    def _paint_name(self, painter: QPainter, line: Line, place: QRectF) -> Spot:
        if line.mark is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(line.mark)
            painter.drawRoundedRect(QRectF(0, place.center().y() - _MARK / 2, _MARK, _MARK), 2, 2)
            place = place.adjusted(_MARK + 8, 0, 0, 0)
        where = write(painter, place, line.name)
        if line.aside:
            rest = QRectF(QPointF(where.right() + 6, place.top()), place.bottomRight())
            if rest.width() > _GAP:
                write(painter, rest, line.aside, tone="text_quiet", size=theme.SIZE_SMALL)
        return Spot(where, line.name, line.issues)


def _paint_bar(painter: QPainter, line: Line, place: QRectF, of: int) -> list[Spot]:
    """The pieces one after the other, each at least a sliver."""
    spots, left = [], place.left()
    painter.setPen(Qt.PenStyle.NoPen)
    for piece in line.pieces:
        if not len(piece.issues):
            continue
        width = max(place.width() * len(piece.issues) / max(of, 1) - 1, 2.0)
        bar = QRectF(left, place.center().y() - _BAR / 2, width, _BAR)
        painter.setBrush(QColor(getattr(theme.tokens(), piece.tone)))
        painter.drawRect(bar)
        spots.append(Spot(bar, piece.title, piece.issues))
        left += width + 1
    return spots
