"""What the list shows: text, kind, class, state and score, and the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labelmend.find.issues import CALLED
from labelmend.project.history import LOOK
from labelmend.review.states import QUEUES, STATUS_INDEX, STATUSES, Queue
from labelmend.words import counted
from labelmend_desktop import theme
from labelmend_desktop.issues.chip import Chip
from labelmend_desktop.issues.order import COLUMNS, Chosen, Filter, Sorting
from labelmend_desktop.issues.remembered import Asked
from labelmend_desktop.region_plot import RegionPlot
from labelmend_desktop.words import NAME_WORDS, STATE_WORDS

CUT = 0.1
"""The score from which on a long list is shown at first: of those right at it one in ten is an error."""
LONG = 500
"""So many issues can be shown whole: an afternoon's work."""
_WHOLE = (0.0, 1.0)

_ORDERS = {
    ("score", True): "worst first",
    ("score", False): "surest first",
    ("kind", False): "by kind",
    ("class", False): "by class",
    ("image", False): "by image",
    ("state", False): "by state",
    ("kind", True): "by kind, last first",
    ("class", True): "by class, z to a",
    ("image", True): "by image, last first",
    ("state", True): "by state, last first",
}


class FilterLine(QWidget):
    """Emits ``filter_changed`` and ``sorting_changed``; holds the wish, not the rows."""

    filter_changed = Signal()
    sorting_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = Filter()
        self.sorting = Sorting()
        self.text = QLineEdit()
        self.text.setObjectName("filter_text")
        self.text.setPlaceholderText("File name, class or kind")
        self.text.setClearButtonEnabled(True)
        self.text.setToolTip(
            "Show the issues whose file name, class, kind or note holds this.  (/; Enter goes on)"
        )
        self.kind = self._combo("filter_kind", "Show one kind of error only.")
        self.category = self._combo("filter_class", "Show one class only; type its first letters.")
        self.state = self._combo("filter_state", "Show one state only.")
        self.state.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.state.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.scores = RegionPlot(
            bins=50,
            height=56,
            tip="How many issues have which score. Drag the edges to show some of them only.",
        )
        self.chip = Chip()
        self._queue: Queue = "fix"
        self._regions: dict[Queue, tuple[float, float]] = {}
        self._begun = self._regions  # as the list begins
        self._cuts = self._regions  # as they were before certain labels were asked for
        self.count = QLabel()
        self.count.setProperty("tone", "quiet")
        self.weaker = QLabel()
        self.weaker.setFont(theme.font(theme.SIZE_SMALL))
        self.weaker.setProperty("tone", "quiet")
        self.every = QToolButton()
        self.every.setObjectName("every_score")
        self.every.setText("Show all")
        self.every.setProperty("quiet", True)
        self.every.setProperty("small", True)
        self.every.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.every.setToolTip("Show the issues of every score.")
        self.order = self._combo("sorting", "The column that orders the list.")
        self.order.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.order.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.turn = QToolButton()
        self.turn.setObjectName("turn_order")
        self.turn.setProperty("quiet", True)
        self.turn.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.turn.setToolTip("Turn the order round.")
        self._lay_out()
        self._fill()
        self._connect()

    def _combo(self, name: str, tip: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setToolTip(tip)
        combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        combo.setMinimumContentsLength(4)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return combo

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.chip)
        first = QHBoxLayout()
        first.addWidget(self.text, 1)
        first.addWidget(self.state)
        layout.addLayout(first)
        combos = QHBoxLayout()
        for combo in (self.kind, self.category):
            combos.addWidget(combo, 1)
        layout.addLayout(combos)
        layout.addWidget(self.scores)
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self.every)
        self._foot.addWidget(self.count, 1)
        self._foot.addWidget(self.weaker, 1)
        self._foot.addWidget(self.order)
        self._foot.addWidget(self.turn)
        layout.addLayout(self._head)
        layout.addLayout(self._foot)

    def _fill(self) -> None:
        self.kind.addItem("Any kind", None)
        for place, name in enumerate(CALLED):
            if name != LOOK:  # on a sheet, where all are the same
                self.kind.addItem(NAME_WORDS[name], place)
        self.kind.setMaxVisibleItems(self.kind.count())
        for column in COLUMNS:
            self.order.addItem("", column)
        self._name_orders()

    def _connect(self) -> None:
        self.text.textChanged.connect(lambda text: self._wish(text=text))
        self.kind.currentIndexChanged.connect(lambda _: self._wish(called=self.kind.currentData()))
        self.category.currentIndexChanged.connect(lambda _: self._wish(category=self.category.currentData()))
        self.state.currentIndexChanged.connect(lambda _: self._wish(status=self.state.currentData()))
        self.scores.region_changed.connect(self._wish_scores)
        self.every.clicked.connect(self.scores.reset)
        self.chip.removed.connect(self.show_all)
        self.order.currentIndexChanged.connect(self._order_by)
        self.turn.clicked.connect(self._turn_round)

    def show_project(self, categories: Sequence[str]) -> None:
        """Offer the classes of a project; the filter is empty again."""
        with QSignalBlocker(self.category):
            self.category.clear()
            self.category.addItem("Any class", None)
            for row in sorted(range(len(categories)), key=lambda row: categories[row].casefold()):
                self.category.addItem(categories[row], row)
        self.clear()

    def begin(self, waiting: int, *, again: bool = False) -> None:
        """A list of so many issues to fix begins: of a long one, those that are worth the look; `again`, of
        the same project, with the scores that were asked for by hand."""
        by_hand = self._by_hand() if again else {}
        if self.wanted.chosen is not None:
            self.clear()
        self._begun = {"fix": (CUT, 1.0)} if waiting > LONG else {}
        self._regions = self._begun | by_hand
        self.scores.region.setRegion(self._regions.get(self._queue, _WHOLE))

    def show_queue(self, queue: Queue) -> None:
        """Offer the states of a queue; each keeps the scores that were asked for in it."""
        if queue != self._queue:
            self._regions[self._queue] = (self.wanted.low, self.wanted.high)
            self._queue = queue
            self.scores.region.setRegion(self._regions.get(queue, _WHOLE))
        with QSignalBlocker(self.state):
            self.state.clear()
            self.state.addItem("Any state", None)
            for status in QUEUES[queue]:
                self.state.addItem(STATE_WORDS[status].capitalize(), STATUS_INDEX[status])
        self.state.setVisible(len(QUEUES[queue]) > 1)
        self.wanted = replace(self.wanted, status=None)

    def asked(self) -> Asked:
        """What is asked for by hand, to be kept."""
        wanted = self.wanted
        return Asked(
            text=wanted.text,
            called="" if wanted.called is None else CALLED[wanted.called],
            category="" if wanted.category is None else self.category.currentText(),
            state="" if wanted.status is None else STATUSES[wanted.status],
            scores=dict(self._by_hand().items()),
        )

    def _by_hand(self) -> dict[Queue, tuple[float, float]]:
        """The scores asked for in each queue, where they are not those that its list began with; where
        somebody was led to certain labels, those before that."""
        regions = self._regions | {self._queue: (self.wanted.low, self.wanted.high)}
        asked = regions if self.wanted.chosen is None else self._cuts
        return {queue: cut for queue, cut in asked.items() if cut != self._begun.get(queue, _WHOLE)}

    def recall(self, asked: Asked) -> None:
        """Ask for what was asked for before, as far as there is such a thing; without a word."""
        exactly = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive
        with QSignalBlocker(self):
            self.text.setText(asked.text)
            called = self.kind.findData(CALLED.index(asked.called)) if asked.called in CALLED else 0
            self.kind.setCurrentIndex(max(called, 0))
            self.category.setCurrentIndex(max(self.category.findText(asked.category, exactly), 0))
            status = next((code for code, name in enumerate(STATUSES) if name == asked.state), -1)
            self.state.setCurrentIndex(max(self.state.findData(status), 0))
            self._regions |= {queue: asked.scores[queue] for queue in QUEUES if queue in asked.scores}
            self.scores.region.setRegion(self._regions.get(self._queue, _WHOLE))

    def show_count(self, shown: int, queued: int) -> None:
        """Say how many of how many are shown."""
        self.count.setText(counted(queued, "issue") if shown == queued else f"{shown:,} of {queued:,}")

    def show_hidden(self, count: int, *, errors: float) -> None:
        """Say what the scores keep from the list: how many issues, and how many of those are errors."""
        low, high = self.wanted.low, self.wanted.high
        cut = (low, high) != _WHOLE
        for widget in (self.weaker, self.every):
            widget.setVisible(cut)
        # How many of how many takes a line of its own: a million has many digits.
        row = self._head if cut else self._foot
        if row.indexOf(self.count) < 0:
            row.insertWidget(0, self.count, 1)
        top = "on" if high == 1 else f"to {high:.2g}"
        self.weaker.setText(f"Scores from {low:.2g} {top}")
        self.weaker.setToolTip(
            f"By their scores some {errors:,.0f} of the {count:,} hidden ones are errors. "
            "Drag the edges of the picture above to show others."
        )

    def show_scores(self, scores: NDArray[np.float64]) -> None:
        """Draw the histogram."""
        self.scores.show_values(scores)

    def choose(self, chosen: Chosen) -> None:
        """Ask for certain labels, whatever was asked for before; without a word."""
        with QSignalBlocker(self):
            if self.wanted.chosen is None:
                self._cuts = self._regions | {self._queue: (self.wanted.low, self.wanted.high)}
            self._regions = {}
            self.clear()
            self.wanted = Filter(chosen=chosen)
        self.chip.show_chosen(chosen)

    def show_all(self) -> None:
        """Ask for all labels again, of the scores that were asked for before certain ones were."""
        self.clear()
        self._regions = self._cuts
        self.scores.region.setRegion(self._regions.get(self._queue, _WHOLE))

    def clear(self) -> None:
        """Ask for everything."""
        self.chip.show_chosen(None)
        with QSignalBlocker(self):
            self.text.clear()
            for combo in (self.kind, self.category, self.state):
                combo.setCurrentIndex(0)
            self.scores.reset()
        self.wanted = Filter()
        self.filter_changed.emit()

    def _wish(self, **wish: object) -> None:
        self.wanted = replace(self.wanted, **wish)  # type: ignore[arg-type]
        self.filter_changed.emit()

    def _wish_scores(self, low: float, high: float) -> None:
        self._wish(low=low if low > 0.001 else 0.0, high=high if high < 0.999 else 1.0)

    def _order_by(self) -> None:
        column = self.order.currentData()
        self.sorting = Sorting(column, descending=column == "score")
        self._name_orders()
        self.sorting_changed.emit()

    def _turn_round(self) -> None:
        self.sorting = replace(self.sorting, descending=not self.sorting.descending)
        self._name_orders()
        self.sorting_changed.emit()

    def _name_orders(self) -> None:
        for place, column in enumerate(COLUMNS):
            descending = self.sorting.descending if column == self.sorting.column else column == "score"
            self.order.setItemText(place, _ORDERS[column, descending])
        self._paint_turn()

    def _paint_turn(self) -> None:
        self.turn.setIcon(theme.icon("mdi6.swap-vertical"))

    def changeEvent(self, event: QEvent) -> None:
        """The arrows in the colour of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "turn"):
            self._paint_turn()
