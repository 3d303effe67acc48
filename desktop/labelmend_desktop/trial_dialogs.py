"""Asks what a trial of the instructions is made of, and shows what came out of one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from labelmend.project.trials import Result, Understood
from labelmend.review.instructions import in_words, written_in_lines
from labelmend_desktop import theme
from labelmend_desktop.dialogs import Dialog
from labelmend_desktop.words import NAME_WORDS

USUAL = 20


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
        self.count.setRange(1, max(len(known), 1))
        self.count.setValue(min(USUAL, len(known)))
        self.seed.setObjectName("seed")
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


class TrialResultDialog(Dialog):
    """Class by class and kind by kind, the most misunderstood first, with what is written about the class."""

    def __init__(self, result: Result, *, parent: QWidget | None = None) -> None:
        super().__init__("What the trial shows", "Close", parent=parent, cancel=False)
        self.setObjectName("trial_result")
        self.resize(720, 640)
        self._result = result
        number, asked = result.trial.number, len(result.trial.asked)
        self.say(f"Trial {number} of the instructions, {asked:,} labels").setFont(
            theme.font(theme.SIZE_HEADING, bold=True)
        )
        self.whose = QComboBox()
        self.whose.setObjectName("whose")
        answered = sum(number for _, number, _ in result.people)
        right = sum(number for _, _, number in result.people)
        self.whose.addItem(f"Everybody: {right:,} of {answered:,} answers as known", "")
        for name, answered, right in result.people:
            self.whose.addItem(f"{name}: {right:,} of {answered:,} answers as known", name)
        self.whose.currentIndexChanged.connect(lambda _index: self._show())
        self.column.addWidget(self.whose)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.fill(self._scroll)
        self._show()

    def _show(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.GRID, 0)
        column.setSpacing(2 * theme.GRID)
        rows = self._result.of(str(self.whose.currentData()))
        if not rows:
            column.addWidget(_paragraph("Nobody has taken it yet: Issue › Take the trial."))
        for row in rows:
            column.addWidget(_paragraph(as_html(row)))
        column.addStretch(1)
        self._scroll.setWidget(inside)


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def as_html(row: Understood) -> str:
    """One class and kind: how many answers were right, what the others said, and what is written."""
    quiet = theme.tokens().text_quiet
    kind = NAME_WORDS.get(row.kind, row.kind)
    lines = [
        f"<b>{escape(row.category)}, {escape(kind.lower())}</b>: {row.right:,} of {row.asked:,} as known"
    ]
    lines += [f"{number:,} × {escape(words)}" for words, number in row.mistakes]
    if row.mistakes:
        told = [escape(line) for line in (*written_in_lines(row.instructions), *in_words(row.instructions))]
        told = told or ["The instructions say nothing about this class."]
        lines.append(f"<span style='color:{quiet}'>{'<br>'.join(told)}</span>")
    return "<br>".join(lines)
