"""Asks what a trial of the instructions is made of."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QWidget,
)

from labelmend_desktop import theme
from labelmend_desktop.dialogs import Dialog

USUAL, _FIELD = 20, 96


@dataclass(frozen=True)
class TrialChoice:
    """So many labels by this seed; or these issues, when there are any."""

    count: int = USUAL
    seed: int = 0
    issues: tuple[int, ...] = ()


class TrialDialog(Dialog):
    """``known``: the issues whose right answer is known, each with the words that tell it from others."""

    def __init__(self, *, known: Sequence[tuple[int, str]], parent: QWidget | None = None) -> None:
        super().__init__("Start a trial of the instructions", "Start", parent=parent)
        self.setObjectName("trial_dialog")
        self.say(
            f"The right answer of {len(known):,} labels is known: a reviewer approved them, or an expert "
            "decided. In a trial everybody judges some of them as they came, without seeing what was said. "
            "Nothing of it changes the labels; it shows which instruction is misunderstood."
        )
        self.choice("at_random", "Chosen at random", on=True)
        self.count, self.seed = QSpinBox(), QSpinBox()
        self.count.setObjectName("count")
        self.count.setFixedWidth(_FIELD)
        self.count.setRange(1, max(len(known), 1))
        self.count.setValue(min(USUAL, len(known)))
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
        self.list = QListWidget()
        self.list.setObjectName("known")
        for issue, words in known:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, issue)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.by_hand.toggled.connect(self._refresh)
        self.list.itemChanged.connect(self._refresh)
        self.list.setMinimumHeight(160)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(self.list, 1)
        self._refresh()

    def _refresh(self) -> None:
        by_hand = self.by_hand.isChecked()
        self.list.setEnabled(by_hand)
        self.count.setEnabled(not by_hand)
        self.seed.setEnabled(not by_hand)
        chosen = len(self._chosen())
        self.by_hand.setText(f"Chosen by hand: {chosen:,}" if by_hand else "Chosen by hand")
        self.do.setEnabled(chosen > 0 if by_hand else self.list.count() > 0)

    def _chosen(self) -> tuple[int, ...]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(
            int(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def answer(self) -> TrialChoice:
        """What was chosen."""
        chosen = self._chosen() if self.by_hand.isChecked() else ()
        return TrialChoice(self.count.value(), self.seed.value(), chosen)
