"""Asks what is drawn for review: shares of the finished labels, or what acceptance plans need."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from labelmend.errors import Refused
from labelmend.project.audit import between
from labelmend.project.drawable import Drawable
from labelmend.project.sampling import plans_of
from labelmend.review.acceptance import interval
from labelmend.review.sampling import Rates, cost
from labelmend.words import counted
from labelmend_desktop import theme
from labelmend_desktop.counting import Later
from labelmend_desktop.dialogs import Dialog
from labelmend_desktop.on_screen import keep_within, room_for

_WIDTH, _FIELD, _SO_FAR, _RULES = 560, 96, 120, 112
_LOW = 800
"""A screen of fewer pixels has room for all choices, but not for all that was told so far."""
_TOLD = 6
"""So many parts of a choice are told one by one; the others are counted."""


@dataclass(frozen=True)
class SampleChoice:
    """Shares to review and the seed of the draw; or instead a plan, all that was left undrawn, or an audit.

    plan: the share of wrong labels that may be, and how sure to be of that. audit: so many labels that
    nothing was said of.
    """

    rates: Rates
    seed: int
    plan: tuple[float, float] | None = None
    rest: bool = False
    audit: int = 0


class SampleDialog(Dialog):
    """What can be drawn is ``known`` a moment after the dialog has come; then it says what a choice costs."""

    def __init__(self, *, known: Later[Drawable], parent: QWidget | None = None) -> None:
        super().__init__("Draw review sample", "Draw", parent=parent)
        self.setObjectName("sample_dialog")
        self.setMinimumWidth(_WIDTH)
        self._known = Drawable(Counter())
        self._rules: list[tuple[QComboBox, QDoubleSpinBox]] = []
        self._costs: dict[QRadioButton, QLabel] = {}
        self._counts: dict[QRadioButton, int] = {}
        self._labels = self.say("Counting what can be drawn…")
        self._add_shares()
        self._add_plan()
        self._add_rest()
        self._add_audit()
        self._add_seed()
        self._allow()
        self._fit()
        self.by_share.setFocus()  # else Cancel has it, and Enter, while nothing can be drawn yet
        known(self.show_known)

    def show_known(self, known: Drawable) -> None:
        """Say what can be drawn, and what each choice costs."""
        self._known = known
        if known.fares:
            self._say_so_far(known.fares)
        self._labels.setText(
            f"{counted(known.labels.total(), 'finished label')} (fixed or dismissed) can be drawn. "
            f"Those drawn go to the review queue; the others are done. {_twice(known)}"
            "A draw stands: it cannot be undone."
        )
        self._add.setEnabled(True)
        self.by_rest.setText(f"The other {known.rest:,} labels of what was not accepted")
        for widget in (self.by_rest, self._costs[self.by_rest]):
            widget.setVisible(known.rest > 0)
        self.by_audit.setText(f"An audit of {known.unflagged:,} labels that nothing was said of")
        self.by_audit.setEnabled(known.unflagged > 0)
        self.audit.setMaximum(max(known.unflagged, 1))
        for button in self._costs:
            button.toggled.connect(self._allow)
        for button, spin, tell in (
            (self.by_share, self.rate, self._tell_share),
            (self.by_plan, self.at_most, self._tell_plan),
            (self.by_plan, self.sure, self._tell_plan),
            (self.by_audit, self.audit, self._tell_audit),
        ):
            self._choose_with(button, spin)
            spin.valueChanged.connect(tell)
        self._tell_share()
        self._tell_plan()
        self._tell_audit()
        self._tell(self.by_rest, known.rest, [])
        if not self._counts[self.by_share] and known.rest:
            self.by_rest.setChecked(True)  # nothing else was finished since
        self._fit()

    def _choose_with(self, button: QRadioButton, spin: QSpinBox | QDoubleSpinBox) -> None:
        """Who says how much means that choice. Enter tells a field's value anew, changed or not."""
        told = spin.value()

        def changed(value: float) -> None:
            nonlocal told
            if value != told:
                told = value
                button.setChecked(True)

        spin.valueChanged.connect(changed)

    def answer(self) -> SampleChoice:
        """What was chosen."""
        plan = (self.at_most.value() / 100, self.sure.value() / 100) if self.by_plan.isChecked() else None
        audit = self.audit.value() if self.by_audit.isChecked() else 0
        return SampleChoice(self._rates(), self.seed.value(), plan, self.by_rest.isChecked(), audit)

    # ---- its parts

    def _say_so_far(self, sentences: Sequence[str]) -> None:
        """How the last draws fared, in little room however many classes there are."""
        told = QLabel("\n".join(sentences))
        told.setWordWrap(True)
        told.setAlignment(Qt.AlignmentFlag.AlignTop)
        told.setContentsMargins(theme.GRID, theme.GRID // 2, theme.GRID, theme.GRID // 2)
        self.so_far = QScrollArea()
        self.so_far.setObjectName("so_far")
        self.so_far.setProperty("room", "told")
        self.so_far.setWidgetResizable(True)
        self.so_far.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.so_far.setWidget(told)
        needed = told.heightForWidth(_WIDTH - 8 * theme.GRID) + 2
        low = self.screen().availableGeometry().height() < _LOW
        self.so_far.setMinimumHeight(min(needed, _SO_FAR // 2 if low else _SO_FAR))
        self.so_far.setMaximumHeight(min(needed, _SO_FAR))
        self.column.insertWidget(0, self.so_far, 1)
        self.so_far.show()  # at once: what is not shown yet takes no room

    def _choice(self, name: str, text: str, *parts: str | QWidget) -> QRadioButton:
        """A choice, below it its fields, words and what it costs."""
        button = QRadioButton(text)
        button.setObjectName(name)
        self.column.addWidget(button)
        self.column.addLayout(_line(*parts))
        self._add_cost(button)
        return button

    def _add_cost(self, button: QRadioButton) -> None:
        told = self.say("", quiet=True)
        told.setObjectName(f"cost_{button.objectName()}")
        told.setContentsMargins(3 * theme.GRID, 0, 0, theme.GRID // 2)
        self._costs[button] = told

    def _add_shares(self) -> None:
        self.rate = _percent("rate", 20)
        self._add = add = QPushButton("More of some…")
        add.setObjectName("add_rule")
        add.setToolTip("Another share of a class, of a kind of change or of an annotator's labels.")
        add.setAutoDefault(False)
        add.setEnabled(False)
        add.clicked.connect(self.add_rule)
        self.by_share = QRadioButton("A share of the labels")
        self.by_share.setObjectName("by_share")
        self.by_share.setChecked(True)
        self.column.addWidget(self.by_share)
        self.column.addLayout(_line("Of all labels", self.rate, add))
        inside = QWidget()
        self._more = QVBoxLayout(inside)
        self._more.setContentsMargins(3 * theme.GRID, 0, theme.GRID, 0)
        self._room = QScrollArea()
        self._room.setWidgetResizable(True)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.setWidget(inside)
        self._room.hide()
        self.column.addWidget(self._room)
        self._add_cost(self.by_share)

    def _add_plan(self) -> None:
        self.at_most, self.sure = _percent("at_most", 2), _percent("sure", 95)
        self.by_plan = self._choice(
            "by_plan",
            "As many of each class as it takes to be sure of the rest",
            "Wrong, at most",
            self.at_most,
            "and that",
            self.sure,
            "sure",
        )

    def _add_rest(self) -> None:
        self.by_rest = self._choice("by_rest", "The other labels of what was not accepted")
        for widget in (self.by_rest, self._costs[self.by_rest]):
            widget.hide()

    def _add_audit(self) -> None:
        self.audit = QSpinBox()
        self.audit.setObjectName("audit")
        self.audit.setRange(1, 10_000_000)
        self.audit.setValue(300)
        self.audit.setFixedWidth(_FIELD)
        title = "An audit of the labels that nothing was said of"
        self.by_audit = self._choice("by_audit", title, "How many", self.audit)
        self.by_audit.setEnabled(False)

    def _add_seed(self) -> None:
        self.seed = QSpinBox()
        self.seed.setObjectName("seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setValue(secrets.randbelow(100_000))
        self.seed.setFixedWidth(_FIELD)
        words = QLabel("Same seed and labels, same sample.")
        words.setToolTip("Both are kept in the history, so that anybody can draw it again.")
        words.setProperty("tone", "quiet")
        self.column.addLayout(_line("Seed", self.seed, words, indent=0))

    def add_rule(self) -> None:
        """Ask for another share of some of the labels."""
        whose, percent = QComboBox(), _percent(f"rule_{len(self._rules)}", 50)
        whose.setObjectName(f"whose_{len(self._rules)}")
        for place, word in enumerate(("class", "change", "annotator")):
            sizes: Counter[str] = Counter()
            for kind, number in self._known.labels.items():
                sizes[kind[place]] += number
            for name, number in sorted(sizes.items()):
                whose.addItem(f"{word}: {name} ({number:,})", (word, name))
        whose.currentIndexChanged.connect(self._tell_share)
        percent.valueChanged.connect(self._tell_share)
        whose.setCurrentIndex(min(len(self._rules), whose.count() - 1))  # another one than those before
        line = QHBoxLayout()
        line.addWidget(whose, 1)
        line.addWidget(percent)
        self._more.addLayout(line)
        self._rules.append((whose, percent))
        self.by_share.setChecked(True)
        self._tell_share()
        self._show_rules()

    def _show_rules(self) -> None:
        """Give the rules the room they need, in which more than a few are scrolled."""
        for whose, percent in self._rules:
            whose.ensurePolished()  # before, they are lower than they will be
            percent.ensurePolished()
        self._more.activate()
        self._room.setFixedHeight(min(self._more.sizeHint().height(), _RULES))
        self._room.show()
        self._fit()
        QTimer.singleShot(0, self, lambda: self._room.ensureWidgetVisible(self._rules[-1][1]))

    def _fit(self) -> None:
        """Take the height that the sentences need at this width, where the screen has it."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(room_for(self, QSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))))
            if self.isVisible():
                keep_within(self)

    # ---- what it costs

    def _rates(self) -> Rates:
        more: dict[str, dict[str, float]] = {"class": {}, "change": {}, "annotator": {}}
        for whose, percent in self._rules:
            if (chosen := whose.currentData()) is not None:
                word, name = chosen
                more[word][name] = percent.value() / 100
        return Rates(self.rate.value() / 100, more["class"], more["change"], more["annotator"])

    def _tell_share(self) -> None:
        drawn = cost(self._known.labels, self._rates())
        parts = [f"{number:,} of {of:,} of {title}" for title, (number, of) in drawn.items()]
        self._tell(self.by_share, sum(number for number, _ in drawn.values()), parts)

    def _tell_plan(self) -> None:
        sizes = Counter[str]()
        for (category, _change, _annotator), number in self._known.labels.items():
            sizes[category] += number
        try:
            plans = plans_of(sizes, limit=self.at_most.value() / 100, sure=self.sure.value() / 100)
        except Refused as refused:
            self._costs[self.by_plan].setText(str(refused))
            self._counts[self.by_plan] = 0
            self._allow()
            return
        parts = [f"{one.sample:,} of {one.size:,} {name}" for name, one in sorted(plans.items())]
        self._tell(self.by_plan, sum(one.sample for one in plans.values()), parts)

    def _tell_audit(self) -> None:
        size = self._known.unflagged
        number = min(self.audit.value(), size)
        clean = ""
        if number:
            limits = between(0, interval(size, number, 0)[1] / size)
            clean = f"Should none of them be wrong, {limits} of all are (95 % sure)."
        self._tell(self.by_audit, number, [], clean)

    def _tell(self, choice: QRadioButton, count: int, parts: Sequence[str], more: str = "") -> None:
        """Say what a choice costs, and what it is made of where that is more than one thing."""
        pace = self._known.pace
        whose = "the annotators’ pace" if self._known.as_fixed else "the usual pace"
        time = f", {_hours(count * pace)} at {whose}" if pace and count else ""
        listed = [*parts[:_TOLD], *([f"{len(parts) - _TOLD:,} more"] if len(parts) > _TOLD else [])]
        told = f": {', '.join(listed)}" if len(parts) > 1 else ""
        self._costs[choice].setText(f"{counted(count)} to look at{time}{told}. {more}".rstrip())
        self._costs[choice].setToolTip(", ".join(parts) if len(parts) > _TOLD else "")
        self._counts[choice] = count
        self._allow()

    def _allow(self) -> None:
        """Name on the button what the choice draws; nothing can be drawn of nothing."""
        count = next((self._counts.get(one, 0) for one in self._costs if one.isChecked()), 0)
        self.do.setEnabled(count > 0)
        self.do.setText(f"Draw {counted(count)}" if count else "Draw")


def _twice(known: Drawable) -> str:
    """What is drawn with it to be looked at twice, as the rules have it; empty when nothing is."""
    told = []
    if known.second:
        told.append(f"{100 * known.second:.3g} % of those drawn for a second reviewer")
    if known.blind:
        told.append(f"{100 * known.blind:.3g} % of all to be judged blind once more by another annotator")
    return f"By the rules of review, these are drawn with them: {' and '.join(told)}. " if told else ""


def _percent(name: str, value: float) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setObjectName(name)
    spin.setRange(0, 100)
    spin.setDecimals(1)
    spin.setSuffix(" %")
    spin.setValue(value)
    spin.setFixedWidth(_FIELD)
    return spin


def _line(*parts: str | QWidget, indent: int = 3 * theme.GRID) -> QHBoxLayout:
    """Words and fields side by side, below a choice."""
    line = QHBoxLayout()
    line.setContentsMargins(indent, 0, 0, 0)
    line.setSpacing(theme.GRID)
    for part in parts:
        line.addWidget(QLabel(part) if isinstance(part, str) else part)
    line.addStretch(1)
    return line


def _hours(seconds: float) -> str:
    if seconds < 90:
        return "about a minute" if seconds > 45 else "less than a minute"
    minutes, hours = f"{seconds / 60:.0f} minutes", f"{seconds / 3600:.1f} hours"
    return f"about {minutes if seconds < 5400 else hours}"
