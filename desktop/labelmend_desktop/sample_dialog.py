"""Asks what is drawn for review: shares of the finished labels, or what acceptance plans need."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
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
from labelmend.project.sampling import plans_of
from labelmend.review.acceptance import interval
from labelmend.review.sampling import Change, Finished, Rates, cost
from labelmend_desktop import theme
from labelmend_desktop.dialogs import Dialog
from labelmend_desktop.on_screen import room_for

_WIDTH, _FIELD, _SO_FAR = 560, 96, 120
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
    """``labels`` can be drawn; ``batches`` tell how the last plans fared, ``left`` of theirs are undrawn."""

    def __init__(
        self,
        *,
        labels: Sequence[Finished],
        batches: Sequence[str] = (),
        left: int = 0,
        unflagged: int = 0,
        pace: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Draw review sample", "Draw", parent=parent)
        self.setObjectName("sample_dialog")
        self.setMinimumWidth(_WIDTH)
        self._labels, self._left, self._unflagged, self._pace = list(labels), left, unflagged, pace
        self._kinds: Counter[tuple[str, Change, str]] = Counter(
            (label.category, label.change, label.annotator) for label in labels
        )
        self._rules: list[tuple[QComboBox, QDoubleSpinBox]] = []
        self._costs: dict[QRadioButton, QLabel] = {}
        self._counts: dict[QRadioButton, int] = {}
        if batches:
            self._say_so_far(batches)
        self.say(
            f"{len(labels):,} finished labels (fixed or dismissed) can be drawn. "
            "Those drawn go to the review queue; the others are done."
        )
        self._add_shares()
        self._add_plan()
        self._add_rest()
        self._add_audit()
        self._add_seed()
        for button in self._costs:
            button.toggled.connect(self._allow)
        self.rate.valueChanged.connect(self._tell_share)
        for spin in (self.at_most, self.sure):
            spin.valueChanged.connect(self._tell_plan)
        self.audit.valueChanged.connect(self._tell_audit)
        self._tell_share()
        self._tell_plan()
        self._tell_audit()
        self._tell(self.by_rest, left, [])
        self._fit()

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
        self.so_far.setMinimumHeight(min(needed, _SO_FAR // 2))
        self.so_far.setMaximumHeight(min(needed, _SO_FAR))
        self.column.addWidget(self.so_far, 1)

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
        add = QPushButton("More of some…")
        add.setObjectName("add_rule")
        add.setToolTip("Another share of a class, of a kind of change or of an annotator's labels.")
        add.setAutoDefault(False)
        add.clicked.connect(self.add_rule)
        self.by_share = QRadioButton("A share of the labels")
        self.by_share.setObjectName("by_share")
        self.by_share.setChecked(True)
        self.column.addWidget(self.by_share)
        self.column.addLayout(_line("Of all labels", self.rate, add))
        self._more = QVBoxLayout()
        self._more.setContentsMargins(3 * theme.GRID, 0, 0, 0)
        self.column.addLayout(self._more)
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
        self.by_rest = self._choice("by_rest", f"The other {self._left:,} labels of what was not accepted")
        for widget in (self.by_rest, self._costs[self.by_rest]):
            widget.setVisible(self._left > 0)

    def _add_audit(self) -> None:
        self.audit = QSpinBox()
        self.audit.setObjectName("audit")
        self.audit.setRange(1, max(self._unflagged, 1))
        self.audit.setValue(300)
        self.audit.setFixedWidth(_FIELD)
        title = f"An audit of {self._unflagged:,} labels that nothing was said of"
        self.by_audit = self._choice("by_audit", title, "How many", self.audit)
        self.by_audit.setEnabled(self._unflagged > 0)

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
            for kind, number in self._kinds.items():
                sizes[kind[place]] += number
            for name, number in sorted(sizes.items()):
                whose.addItem(f"{word}: {name} ({number:,})", (word, name))
        whose.currentIndexChanged.connect(self._tell_share)
        percent.valueChanged.connect(self._tell_share)
        line = QHBoxLayout()
        line.addWidget(whose, 1)
        line.addWidget(percent)
        self._more.addLayout(line)
        self._rules.append((whose, percent))
        self.by_share.setChecked(True)
        self._tell_share()
        self._fit()

    def _fit(self) -> None:
        """Take the height that the sentences need at this width, where the screen has it."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(room_for(self, QSize(_WIDTH, layout.totalHeightForWidth(_WIDTH))))

    # ---- what it costs

    def _rates(self) -> Rates:
        more: dict[str, dict[str, float]] = {"class": {}, "change": {}, "annotator": {}}
        for whose, percent in self._rules:
            if (chosen := whose.currentData()) is not None:
                word, name = chosen
                more[word][name] = percent.value() / 100
        return Rates(self.rate.value() / 100, more["class"], more["change"], more["annotator"])

    def _tell_share(self) -> None:
        drawn = cost(self._kinds, self._rates())
        parts = [f"{number:,} of {of:,} of {title}" for title, (number, of) in drawn.items()]
        self._tell(self.by_share, sum(number for number, _ in drawn.values()), parts)

    def _tell_plan(self) -> None:
        try:
            plans = plans_of(self._labels, limit=self.at_most.value() / 100, sure=self.sure.value() / 100)
        except Refused as refused:
            self._costs[self.by_plan].setText(str(refused))
            self._counts[self.by_plan] = 0
            self._allow()
            return
        parts = [f"{one.sample:,} of {one.size:,} {name}" for name, one in sorted(plans.items())]
        self._tell(self.by_plan, sum(one.sample for one in plans.values()), parts)

    def _tell_audit(self) -> None:
        size, number = self._unflagged, min(self.audit.value(), self._unflagged)
        clean = ""
        if number:
            limits = between(0, interval(size, number, 0)[1] / size)
            clean = f"Should none of them be wrong, {limits} of all are (95 % sure)."
        self._tell(self.by_audit, number, [], clean)

    def _tell(self, choice: QRadioButton, count: int, parts: Sequence[str], more: str = "") -> None:
        """Say what a choice costs, and what it is made of where that is more than one thing."""
        time = f", about {_hours(count * self._pace)} at the usual pace" if self._pace and count else ""
        listed = [*parts[:_TOLD], *([f"{len(parts) - _TOLD:,} more"] if len(parts) > _TOLD else [])]
        told = f": {', '.join(listed)}" if len(parts) > 1 else ""
        label = "label" if count == 1 else "labels"
        self._costs[choice].setText(f"{count:,} {label} to look at{time}{told}. {more}".rstrip())
        self._costs[choice].setToolTip(", ".join(parts) if len(parts) > _TOLD else "")
        self._counts[choice] = count
        self._allow()

    def _allow(self) -> None:
        """Name on the button what the choice draws; nothing can be drawn of nothing."""
        count = next((self._counts.get(one, 0) for one in self._costs if one.isChecked()), 0)
        self.do.setEnabled(count > 0)
        self.do.setText(f"Draw {count:,} {'label' if count == 1 else 'labels'}" if count else "Draw")


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
        return "a minute"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
