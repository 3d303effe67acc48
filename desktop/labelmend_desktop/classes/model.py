"""The list of classes as Qt asks for it: eye, lock, name with its colour, and the two counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPixmap

from labelmend_desktop import theme
from labelmend_desktop.class_filter import ClassFilter
from labelmend_desktop.classes.counts import Counts

EYE, LOCK, NAME, HERE, ALL = range(5)
Index = QModelIndex | QPersistentModelIndex
_SWATCH = 10
_NONE: Counts = np.zeros(0, np.int64)


class ClassModel(QAbstractTableModel):
    """``rows`` are the category rows in the order of the list."""

    def __init__(
        self, filter_: ClassFilter, *, colour_of: Callable[[int], QColor], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._filter = filter_
        self._colour_of = colour_of
        self.names: Sequence[str] = ()
        self.rows: list[int] = []
        self.here, self.every = _NONE, _NONE

    def show(self, names: Sequence[str], rows: list[int]) -> None:
        """Show these of the classes called ``names``."""
        self.beginResetModel()
        self.names, self.rows = names, rows
        self.endResetModel()

    def show_counts(self, here: Counts, every: Counts) -> None:
        """Show other counts, (n classes,) each: in the picture, and in the project."""
        same = np.array_equal(here, self.here) and np.array_equal(every, self.every)
        self.here, self.every = here, every.copy()  # which is counted on
        if not same:  # most steps change no class, and to show all of the table takes a frame
            self.refresh()

    def refresh(self) -> None:
        """Say that anything may be shown otherwise."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, ALL))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else ALL + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(row, column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._tip(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (HERE, ALL):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and (row in self._filter.hidden or not self._count(row)):
            return QColor(theme.tokens().text_quiet)
        return None

    def _count(self, row: int) -> int:
        return int(self.here[row]) if row < len(self.here) else 0

    def _text(self, row: int, column: int) -> str:
        if column == NAME:
            return self.names[row]
        if column == HERE:
            return f"{self._count(row):,}" if self._count(row) else ""
        return f"{self.every[row]:,}" if column == ALL and row < len(self.every) else ""

    def _picture(self, row: int, column: int) -> object:
        colours = theme.tokens()
        if column == EYE:
            hidden = row in self._filter.hidden
            name = "mdi6.eye-off-outline" if hidden else "mdi6.eye-outline"
            return theme.icon(name, colours.accent if hidden else colours.text_quiet)
        if column == LOCK:
            locked = row in self._filter.locked
            name = "mdi6.lock-outline" if locked else "mdi6.lock-open-variant-outline"
            return theme.icon(name, colours.accent if locked else colours.line)
        if column == NAME:
            swatch = QPixmap(QSize(_SWATCH, _SWATCH))
            swatch.fill(self._colour_of(row))
            return swatch
        return None

    def _tip(self, row: int, column: int) -> str:
        name = self.names[row]
        if column == EYE:
            return f"Show {name} again." if row in self._filter.hidden else f"Hide {name}."
        if column == LOCK:
            locked = row in self._filter.locked
            return f"Unlock {name}." if locked else f"Lock {name}: seen, but neither selected nor changed."
        if column == NAME:
            return f"{name}: a click shows this class alone, another one all classes."
        where = "in this picture" if column == HERE else "in the project"
        return f"{name}: {self._text(row, column) or '0'} {where}"
