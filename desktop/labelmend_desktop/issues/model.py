"""The issue list's virtual model: an array of row numbers over the project's columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from labelmend.project.issue_table import IssueTable
from labelmend_desktop.issues.order import Rows
from labelmend_desktop.words import issue_word, state_word, without_class

ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class IssueModel(QAbstractTableModel):
    """One column; ``rows`` (n,) are rows of the project's issue table in the order of the list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: IssueTable | None = None
        self.categories: list[str] = []
        self.rows: Rows = np.zeros(0, np.int64)
        self._ids: Rows | None = None

    def show(self, table: IssueTable | None, categories: list[str], rows: Rows) -> None:
        """Show other rows, an array for this model alone."""
        self.beginResetModel()
        self.table, self.categories, self.rows, self._ids = table, categories, rows, None
        self.endResetModel()

    def place_of(self, row: int) -> int:
        """Where ``row`` of the table stands in the list; -1 when it does not."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else -1

    def remove(self, place: int) -> None:
        """Take one line out."""
        self.beginRemoveRows(QModelIndex(), place, place)
        ids = self.ids()
        self.rows, self._ids = _without(self.rows, place), _without(ids, place)
        self.endRemoveRows()

    def insert(self, place: int, row: int) -> None:
        """Put one line in."""
        self.beginInsertRows(QModelIndex(), place, place)
        self.rows, self._ids = np.insert(self.rows, place, row), None
        self.endInsertRows()

    def repaint(self, row: int) -> None:
        """Say that what a line shows has changed."""
        place = self.place_of(row)
        if place >= 0:
            index = self.index(place, 0)
            self.dataChanged.emit(index, index)

    def ids(self) -> Rows:
        """The issues' ids in the order of the list."""
        if self._ids is None:
            self._ids = self.rows[:0] if self.table is None else self.table.id[self.rows]
        return self._ids

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if self.table is None or not index.isValid():
            return None
        row = int(self.rows[index.row()])
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(
                (
                    issue_word(self.table, row),
                    self.class_of(row),
                    f"{self.table.score[row]:.2f}",
                    self.table.short(row),
                    state_word(int(self.table.status[row])),
                )
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.table.sentence(row)
        return None

    def class_of(self, row: int) -> str:
        """The class of a row, in words; of a card both that it is about, or nothing when it is about all."""
        category = int(self.table.category[row]) if self.table is not None else -1
        if self.table is not None and self.table.is_card(row):
            both = (category, int(self.table.columns.fix_category[row]))
            return " ↔ ".join(self.categories[one] for one in both if one >= 0) or "all classes"
        if self.table is not None and (about := without_class(self.table, row)):
            return about
        return self.categories[category] if 0 <= category < len(self.categories) else "unknown class"


def _without(one: Rows, place: int) -> Rows:
    """An array without one place, closed up where it lies: a new one of a million takes long to be had."""
    one[place:-1] = one[place + 1 :]
    return one[:-1]
