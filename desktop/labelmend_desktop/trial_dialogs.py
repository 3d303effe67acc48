"""Asks what a trial of the instructions is made of."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QListView,
    QSpinBox,
    QWidget,
)

from labelmend_desktop import theme
from labelmend_desktop.counting import Later
from labelmend_desktop.dialogs import Dialog

USUAL, _FIELD = 20, 96
_AT_ONCE = 2000
"""Rows of a list that are laid out at a time."""

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_CHECKED = Qt.ItemDataRole.CheckStateRole


@dataclass(frozen=True)
class TrialChoice:
    """So many labels by this seed; or these issues, when there are any."""

    count: int = USUAL
    seed: int = 0
    issues: tuple[int, ...] = ()


class _Known(QAbstractListModel):
    """Issues to tick: their words are asked for when they come in sight, for there may be many."""

    def __init__(self, words: Callable[[int], str], parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._issues: Sequence[int] = ()
        self.chosen = set[int]()

    def show(self, issues: Sequence[int]) -> None:
        """List these."""
        self.beginResetModel()
        self._issues = issues
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._issues)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Each can be ticked."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Its words, and whether it is ticked."""
        issue = self._issues[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(issue)
        if role == _CHECKED:
            return Qt.CheckState.Checked if issue in self.chosen else Qt.CheckState.Unchecked
        return None

    def setData(self, index: _Index, value: Any, role: int = _CHECKED) -> bool:
        """Tick it, or not."""
        if role != _CHECKED:
            return False
        issue = self._issues[index.row()]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.chosen.add(issue)
        else:
            self.chosen.discard(issue)
        self.dataChanged.emit(index, index)
        return True


class TrialDialog(Dialog):
    """Which issues' right answer is ``known`` is told a moment after the dialog has come; ``words`` tell an
    issue from the others."""

    def __init__(
        self, *, known: Later[Sequence[int]], words: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        super().__init__("Start a trial of the instructions", "Start", parent=parent)
        self.setObjectName("trial_dialog")
        self._told = self.say("Looking for labels whose right answer is known…")
        at_random = self.choice("at_random", "Chosen at random", on=True)
        self.count, self.seed = QSpinBox(), QSpinBox()
        self.count.setObjectName("count")
        self.count.setFixedWidth(_FIELD)
        self.count.setRange(1, 10_000_000)
        self.count.setValue(USUAL)
        self.seed.setObjectName("seed")
        self.seed.setFixedWidth(_FIELD)
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setValue(secrets.randbelow(100_000))
        form = QFormLayout()
        form.setVerticalSpacing(theme.GRID)
        form.setContentsMargins(3 * theme.GRID, 0, 0, 0)
        form.addRow("How many", self.count)
        form.addRow("Seed", self.seed)
        self.column.addLayout(form)
        self.by_hand = self.choice("by_hand", "Chosen by hand")
        self.known, self.list = _Known(words, self), QListView()
        self.list.setObjectName("known")
        self.list.setUniformItemSizes(True)  # else each of a hundred thousand is measured
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(_AT_ONCE)
        self.list.setModel(self.known)
        self.by_hand.toggled.connect(self._refresh)
        self.known.dataChanged.connect(self._refresh)
        self.list.setMinimumHeight(160)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(self.list, 1)
        self._refresh()
        at_random.setFocus()  # else Cancel has it, and Enter, while nothing is known yet
        known(self.show_known)

    def show_known(self, issues: Sequence[int]) -> None:
        """Say of which labels the right answer is known."""
        self.known.show(issues)
        self._told.setText(
            f"The right answer of {len(issues):,} labels is known: a reviewer approved them, or an expert "
            "decided. In a trial everybody judges some of them as they came, without seeing what was said. "
            "Nothing of it changes the labels; it shows which instruction is misunderstood."
        )
        self.count.setMaximum(max(len(issues), 1))
        self._refresh()

    def _refresh(self) -> None:
        by_hand = self.by_hand.isChecked()
        self.list.setEnabled(by_hand)
        self.count.setEnabled(not by_hand)
        self.seed.setEnabled(not by_hand)
        chosen = len(self.known.chosen)
        self.by_hand.setText(f"Chosen by hand: {chosen:,}" if by_hand else "Chosen by hand")
        self.do.setEnabled(chosen > 0 if by_hand else self.known.rowCount() > 0)

    def answer(self) -> TrialChoice:
        """What was chosen."""
        chosen = tuple(sorted(self.known.chosen)) if self.by_hand.isChecked() else ()
        return TrialChoice(self.count.value(), self.seed.value(), chosen)
