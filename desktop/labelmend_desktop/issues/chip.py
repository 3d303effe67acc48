"""The chip over the list while it shows certain labels only: which they are, and how to see all again."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from labelmend.review.states import Queue
from labelmend_desktop import theme
from labelmend_desktop.elided import ElidedLabel
from labelmend_desktop.issues.order import Chosen
from labelmend_desktop.queues import QUEUE_WORDS


class Chip(QFrame):
    """Emits ``removed`` when its cross is clicked."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setProperty("room", "chip")
        self.words = ElidedLabel()
        self.places = ElidedLabel()
        self.places.setFont(theme.font(theme.SIZE_SMALL))
        self.places.setProperty("tone", "quiet")
        self.places.hide()
        self.cross = QToolButton()
        self.cross.setObjectName("chip_cross")
        self.cross.setProperty("quiet", True)
        self.cross.setProperty("small", True)
        self.cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cross.setToolTip("Show all labels of the queue again.")
        self.cross.setAccessibleName("Show all labels of the queue again")
        self.cross.clicked.connect(self.removed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID, 2, 2, 2)
        layout.setSpacing(theme.GRID // 2)
        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(self.words)
        told.addWidget(self.places)
        layout.addLayout(told, 1)
        layout.addWidget(self.cross)
        self.hide()

    def show_chosen(self, chosen: Chosen | None) -> None:
        """Say which labels the list is about; hide when it is about all."""
        self.setVisible(chosen is not None)
        if chosen is not None:
            self.cross.setIcon(theme.icon("mdi6.close"))
            self.words.say(chosen.words)

    def show_places(self, here: Mapping[Queue, int], queue: Queue) -> None:
        """Say how many of them wait in the queue in sight, where some are in others."""
        others = [f"{n:,} in {QUEUE_WORDS[name]}" for name, n in here.items() if n and name != queue]
        self.places.say(f"{here[queue]:,} here, {', '.join(others)}")
        self.places.setVisible(bool(others))

    def show_left(self, left: int, of: int) -> None:
        """Say how many are left of those that the scores are checked by, and what is to be done then."""
        self.words.say(f"To check the scores: {left:,} of {of:,} left")
        self.places.say("Find again (Ctrl+F): all scores follow.")
        self.places.setVisible(left == 0)
