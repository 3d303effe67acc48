"""Who agrees with whom: a matrix of people, each square leading to the labels that both judged."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from labelmend.project.agreeing import Agreement, How, Pair
from labelmend.report.judgements import Ids
from labelmend_desktop import theme
from labelmend_desktop.dashboard.spots import Spot, write

_ROW, _HEAD, _NAMES, _CELL = 34, 20, 0.26, 92


class Matrix:
    """``labels`` (by pair's `one`, `other` and `how`) are the ids of what both judged."""

    def __init__(self, told: Agreement, labels: Mapping[tuple[str, str, How], Ids]) -> None:
        self._told, self._labels = told, labels
        self._rows = list(dict.fromkeys(pair.one for pair in told.pairs))
        self._columns = list(dict.fromkeys(pair.other for pair in told.pairs))
        self._cells: dict[tuple[str, str], list[Pair]] = {}
        for pair in told.pairs:
            self._cells.setdefault((pair.one, pair.other), []).append(pair)

    def height(self) -> int:
        """As high as its rows, and a line about who followed the model."""
        return _HEAD + _ROW * max(len(self._rows), 1) + _HEAD

    def paint(self, painter: QPainter, size: QSize) -> list[Spot]:
        """Paint names and squares."""
        width = size.width()
        if not self._cells:
            text = "No label was judged by two people yet."
            write(painter, QRectF(0, 0, width, _HEAD + _ROW), text, tone="text_quiet")
            return []
        left = _NAMES * width
        cell = min((width - left) / len(self._columns), _CELL)
        for n, name in enumerate(self._columns):
            place = QRectF(left + n * cell, 0, cell - 6, _HEAD)
            write(painter, place, name, tone="text_quiet", size=theme.SIZE_SMALL)
        spots: list[Spot] = []
        for row, one in enumerate(self._rows):
            top = _HEAD + row * _ROW
            write(painter, QRectF(0, top, left - 8, _ROW), one)
            for n, other in enumerate(self._columns):
                pairs = self._cells.get((one, other))
                if pairs:
                    place = QRectF(left + n * cell, top + 2, cell - 4, _ROW - 4)
                    spots += self._paint_cell(painter, pairs, place)
        if self._told.followed.n:
            text, top = self._told.followed.sentence, _HEAD + _ROW * len(self._rows)
            write(painter, QRectF(0, top, width, _HEAD), text, tone="text_quiet", size=theme.SIZE_SMALL)
        return spots

    def _paint_cell(self, painter: QPainter, pairs: list[Pair], place: QRectF) -> list[Spot]:
        """A square for each occasion on which the two judged the same labels."""
        spots = []
        width = place.width() / len(pairs)
        for n, pair in enumerate(pairs):
            part = QRectF(place.left() + n * width, place.top(), width - 1, place.height())
            share = pair.agreed / pair.n
            ground = QColor(theme.tokens().accent)
            ground.setAlphaF(0.06 + 0.3 * share)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(part, 3, 3)
            upper = part.adjusted(6, 1, -2, -part.height() / 2 + 2)
            lower = part.adjusted(6, part.height() / 2 - 2, -2, -1)
            write(painter, upper, f"{100 * share:.0f} %")
            value = pair.verdicts.value
            text = pair.how if value is None else f"κ {value:.2f}, {pair.how}"
            write(painter, lower, text, tone="text_quiet", size=theme.SIZE_SMALL)
            title = f"judged by {pair.one} and {pair.other}, {pair.how}"
            ids = self._labels[pair.one, pair.other, pair.how]
            spots.append(Spot(part, title, ids, pair.sentence))
        return spots
