"""Shows what came out of a trial of the instructions: which of them is misunderstood, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labelmend.project.trials import Result, Understood
from labelmend.review.instructions import in_markdown, in_words
from labelmend_desktop import theme
from labelmend_desktop.actions import unbroken
from labelmend_desktop.dialogs import Dialog
from labelmend_desktop.elided import ElidedLabel
from labelmend_desktop.reading import Reading
from labelmend_desktop.words import NAME_WORDS, with_units

_NAME, _NUMBERS, _BAR = 176, 152, 8


class TrialResultDialog(Dialog):
    """Class by class, the most misunderstood first: how often each kind was answered as known, what was said
    instead, and what is written about the class."""

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
        self.say("Red is the share that was answered otherwise than known.", quiet=True)
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
        column.setSpacing(theme.GRID // 2)
        who = str(self.whose.currentData())
        rows = self._result.of(who)
        if not rows:
            column.addWidget(_words(unbroken("Nobody has taken it yet: Issue › Take the trial.")))
        if not who and len(self._result.people) > 1:
            for name, answered, right in self._result.people:
                column.addLayout(_line(name, right, answered))
        for category, kinds in _by_class(rows):
            _add_class(column, category, kinds)
        column.addStretch(1)
        self._scroll.setWidget(inside)


def _by_class(rows: Sequence[Understood]) -> list[tuple[str, list[Understood]]]:
    """The rows of each class, the class with the worst row first."""
    place = {row.category: n for n, row in reversed(list(enumerate(rows)))}
    every = sorted(rows, key=lambda row: place[row.category])
    return [(name, list(group)) for name, group in groupby(every, lambda row: row.category)]


def _add_class(column: QVBoxLayout, category: str, kinds: Sequence[Understood]) -> None:
    heading = _words(category)
    heading.setFont(theme.font(bold=True))
    column.addSpacing(theme.GRID)
    column.addWidget(heading)
    for row in kinds:
        column.addLayout(_line(NAME_WORDS.get(row.kind, row.kind), row.right, row.asked))
        for mistake, number in row.mistakes:
            said = _words(f"{number:,} × {mistake}", quiet=True)
            said.setContentsMargins(2 * theme.GRID, 0, 0, 0)
            column.addWidget(said)
    if any(row.mistakes for row in kinds):
        _add_written(column, kinds[0])


def _add_written(column: QVBoxLayout, row: Understood) -> None:
    """What the instructions say of a class whose labels were answered otherwise."""
    markdown, numbers = in_markdown(row.instructions), in_words(row.instructions)
    if not markdown and not numbers:
        column.addWidget(_words("The instructions say nothing about this class.", quiet=True))
        return
    column.addSpacing(theme.GRID // 2)
    if markdown:
        reading = Reading()
        reading.show_words(markdown)
        column.addWidget(reading)
    if numbers:
        column.addWidget(_words(with_units(" ".join(numbers)), quiet=True))


def _words(text: str, *, quiet: bool = False) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if quiet:
        label.setProperty("tone", "quiet")
    return label


def _line(name: str, right: int, of: int) -> QLayout:
    """A name, a bar, and how many of so many answers were as known."""
    title, numbers = ElidedLabel(), QLabel(f"{right:,} of {of:,} as known")
    title.say(name)
    title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    title.setFixedWidth(_NAME)
    numbers.setFont(theme.font(tabular=True))
    numbers.setFixedWidth(_NUMBERS)
    numbers.setAlignment(Qt.AlignmentFlag.AlignRight)
    line = QHBoxLayout()
    line.setSpacing(2 * theme.GRID)
    line.addWidget(title)
    line.addWidget(Wrong(1 - right / max(of, 1)), 1)
    line.addWidget(numbers)
    return line


class Wrong(QWidget):
    """A bar, quiet but for the share (0 to 1) that was answered otherwise."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share
        self.setMinimumHeight(_BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """That share first, so that bars can be compared."""
        colours, painter = theme.tokens(), QPainter(self)
        top, end = (self.height() - _BAR) / 2, self.width() * self._share
        painter.fillRect(QRectF(0, top, self.width(), _BAR), QColor(colours.line))
        painter.fillRect(QRectF(0, top, end, _BAR), QColor(colours.danger))
