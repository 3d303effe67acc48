"""Who agrees with whom: a matrix of people for each occasion, each square leading to what both judged."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from labelmend.project.agreeing import Agreement, How, Pair
from labelmend.report.judgements import Ids
from labelmend_desktop import theme
from labelmend_desktop.dashboard.spots import Spot, font_of, write

_ROW, _HEAD, _FOOT, _NAMES, _CELL = 34, 20, 34, 0.26, 92
_OCCASIONS: tuple[How, ...] = ("second look", "second review", "trial", "review")


class Matrix:
    """``labels`` (by a pair's names and occasion) are the ids of what both judged."""

    def __init__(self, told: Agreement, labels: Mapping[tuple[str, str, How], Ids]) -> None:
        self._told, self._labels = told, labels
        self._columns = sorted({pair.other for pair in told.pairs}, key=str.casefold)
        self._rows: dict[How, dict[str, list[Pair]]] = {}
        for how in _OCCASIONS:
            pairs = sorted((one for one in told.pairs if one.how == how), key=lambda one: one.one.casefold())
            for pair in pairs:
                self._rows.setdefault(how, {}).setdefault(pair.one, []).append(pair)

    def height(self) -> int:
        """As high as its rows, and two lines about who followed the model."""
        rows = sum(len(people) for people in self._rows.values())
        return _HEAD * (len(self._rows) + 1) + _ROW * max(rows, 1) + _FOOT

    def paint(self, painter: QPainter, size: QSize) -> list[Spot]:
        """Paint names and squares."""
        width = size.width()
        if not self._rows:
            text = "No label was judged by two people yet."
            write(painter, QRectF(0, 0, width, _HEAD + _ROW), text, tone="text_quiet")
            return []
        left = _NAMES * width
        cell = min((width - left) / len(self._columns), _CELL)
        for n, name in enumerate(self._columns):
            place = QRectF(left + n * cell, 0, cell - 6, _HEAD)
            write(painter, place, name, tone="text_quiet", size=theme.SIZE_SMALL)
        spots, top = [], float(_HEAD)
        for how, people in self._rows.items():
            write(painter, QRectF(0, top, width, _HEAD), how, tone="text_quiet", size=theme.SIZE_SMALL)
            top += _HEAD
            for one, pairs in people.items():
                write(painter, QRectF(0, top, left - 8, _ROW), one)
                for pair in pairs:
                    square = QRectF(
                        left + self._columns.index(pair.other) * cell, top + 2, cell - 4, _ROW - 4
                    )
                    spots.append(self._paint_cell(painter, pair, square))
                top += _ROW
        if self._told.followed.n:
            painter.setFont(font_of(theme.SIZE_SMALL))
            painter.setPen(QColor(theme.tokens().text_quiet))
            wrapped = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignVCenter.value
            painter.drawText(QRectF(0, top, width, _FOOT), wrapped, self._told.followed.sentence)
        return spots

    def _paint_cell(self, painter: QPainter, pair: Pair, place: QRectF) -> Spot:
        """The share of verdicts alike, the darker the larger, and kappa where there is one."""
        share = pair.agreed / pair.n
        ground = QColor(theme.tokens().accent)
        ground.setAlphaF(0.06 + 0.3 * share)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, 3, 3)
        middle = place.height() / 2
        write(painter, place.adjusted(6, 1, -2, 2 - middle), f"{100 * share:.0f} %")
        value = pair.verdicts.value
        text = f"of {pair.n:,}" if value is None else f"κ {value:.2f}"
        lower = place.adjusted(6, middle - 2, -2, -1)
        write(painter, lower, text, size=theme.SIZE_SMALL)
        title = f"judged by {pair.one} and {pair.other}, {pair.how}"
        return Spot(place, title, self._labels[pair.one, pair.other, pair.how], pair.sentence)
