"""Asks for the rules of review: the reasons of a rejection with their keys, and what is looked at twice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labelmend.errors import Refused
from labelmend.review.policy import REASONS, Policy, Reason, tidy
from labelmend_desktop import theme
from labelmend_desktop.dialogs import Dialog

_KEY_WIDTH = 36
_LIST_HEIGHT = 248
_WIDTH, _NAME, _FIELD = 600, 120, 96
_SECOND = "of the drawn labels, by another reviewer"
_BLIND = "of the finished ones, by one who is told nothing"


class PolicyDialog(Dialog):
    """``given`` are the rules as they stand."""

    def __init__(self, given: Policy, parent: QWidget | None = None) -> None:
        super().__init__("Rules of review", "Set", parent=parent)
        self.setObjectName("policy_dialog")
        self.setMinimumWidth(_WIDTH)
        self.say("Reasons that a reviewer chooses from: X, then the reason’s key.")
        self.rows: list[ReasonRow] = []
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, theme.GRID, 0)
        self._list.setSpacing(theme.GRID // 2)
        self.column.addWidget(self._scroll())
        self._add_buttons()
        self.second, self.blind = QDoubleSpinBox(), QDoubleSpinBox()
        self.second.setObjectName("second")
        self.blind.setObjectName("blind")
        self.column.addLayout(_share("Second review", self.second, given.second, _SECOND))
        self.column.addLayout(_share("Blind second look", self.blind, given.blind, _BLIND))
        self.say("Both are drawn with the next review sample.", quiet=True)
        self._problem = self.say("")
        self._problem.setObjectName("problem")
        self._problem.setProperty("tone", "danger")
        self._show(given.reasons)

    def answer(self) -> Policy:
        """What was entered."""
        reasons = tuple(row.reason for row in self.rows)
        return tidy(Policy(reasons, self.second.value() / 100, self.blind.value() / 100))

    def accept(self) -> None:  # noqa: D102
        try:
            self.answer()
        except Refused as error:
            self._problem.setText(str(error))
        else:
            super().accept()

    # ---- its parts

    def _scroll(self) -> QScrollArea:
        inside = QWidget()
        around = QVBoxLayout(inside)
        around.setContentsMargins(0, 0, 0, 0)
        around.addLayout(self._list)
        around.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(_LIST_HEIGHT)
        self._area.setWidget(inside)
        return self._area

    def _add_buttons(self) -> None:
        line = QHBoxLayout()
        for name, text, do in (
            ("add_reason", "Add a reason", self.add),
            ("usual_reasons", "The usual reasons", lambda: self._show(REASONS)),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(do)
            line.addWidget(button)
        line.addStretch(1)
        self.column.addLayout(line)

    def _show(self, reasons: tuple[Reason, ...]) -> None:
        for row in list(self.rows):
            self.remove(row)
        for reason in reasons:
            self._append(reason)

    def _append(self, reason: Reason) -> ReasonRow:
        row = ReasonRow(self, reason)
        before: QWidget = self.rows[-1].off if self.rows else self._area
        self.rows.append(row)
        self._list.addWidget(row)
        for widget in (row.key, row.text, row.up, row.down, row.off):  # Tab goes down the list
            self.setTabOrder(before, widget)
            before = widget
        return row

    # ---- what the buttons do

    def add(self) -> None:
        """Another reason at the end, with the first number that is free as its key."""
        taken = {row.reason.key for row in self.rows}
        row = self._append(Reason("", next((key for key in "123456789" if key not in taken), "")))
        row.text.setFocus()
        QTimer.singleShot(0, self, self._show_last)  # once the list has its height

    def _show_last(self) -> None:
        if self.rows:
            self._area.ensureWidgetVisible(self.rows[-1])

    def remove(self, row: ReasonRow) -> None:
        """Take a reason off the list."""
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.deleteLater()

    def move_by(self, row: ReasonRow, by: int) -> None:
        """Move a reason up (-1) or down (1)."""
        place = self.rows.index(row)
        to = min(max(place + by, 0), len(self.rows) - 1)
        self.rows.insert(to, self.rows.pop(place))
        self._list.removeWidget(row)
        self._list.insertWidget(to, row)


class ReasonRow(QWidget):
    """One reason: its key, its words, and what moves it or takes it off."""

    def __init__(self, dialog: PolicyDialog, reason: Reason) -> None:
        super().__init__()
        self.key = QLineEdit(reason.key)
        self.key.setMaxLength(1)
        self.key.setFixedWidth(_KEY_WIDTH)
        self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.key.setToolTip("The one letter or digit that rejects for this reason.")
        self.text = QLineEdit(reason.text)
        self.text.setPlaceholderText("What is wrong, in a few words")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GRID // 2)
        line.addWidget(self.key)
        line.addWidget(self.text, 1)
        self.up = self._tool("mdi6.arrow-up", "Move it up.", lambda: dialog.move_by(self, -1))
        self.down = self._tool("mdi6.arrow-down", "Move it down.", lambda: dialog.move_by(self, 1))
        self.off = self._tool("mdi6.close", "Take it off the list.", lambda: dialog.remove(self))
        for button in (self.up, self.down, self.off):
            line.addWidget(button)

    def _tool(self, icon: str, tip: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon(icon))
        button.setToolTip(tip)
        button.setProperty("quiet", True)
        button.clicked.connect(do)
        return button

    @property
    def reason(self) -> Reason:
        """What was entered."""
        return Reason(self.text.text().strip(), self.key.text().strip().upper())


def _share(name: str, spin: QDoubleSpinBox, value: float, words: str) -> QHBoxLayout:
    """A field for a share, what it is called, and what it is a share of."""
    spin.setRange(0, 100)
    spin.setDecimals(1)
    spin.setSuffix(" %")
    spin.setValue(100 * value)
    spin.setFixedWidth(_FIELD)
    spin.setAccessibleName(f"{name}: share {words}")
    title, told = QLabel(name), QLabel(words)
    title.setFixedWidth(_NAME)
    told.setProperty("tone", "quiet")
    line = QHBoxLayout()
    line.setSpacing(theme.GRID)
    line.addWidget(title)
    line.addWidget(spin)
    line.addWidget(told, 1)
    return line
