"""Asks what is drawn for review: shares of the finished labels, or what acceptance plans need."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from labelmend.errors import Refused
from labelmend.project.sampling import plans_of
from labelmend.review.sampling import Change, Finished, Rates, cost
from labelmend_desktop import theme
from labelmend_desktop.dialogs import Dialog


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
        self._labels, self._left, self._pace = list(labels), left, pace
        self._kinds: Counter[tuple[str, Change, str]] = Counter(
            (label.category, label.change, label.annotator) for label in labels
        )
        for sentence in batches:
            self.say(sentence)
        self.say(
            f"{len(labels):,} finished labels (fixed or dismissed) can be drawn. "
            "Those drawn go to the review queue; the others are done."
        )
        self.choice("by_share", "A share of the labels", on=True)
        self.rate = self._percent("rate", 20)
        self._rules: list[tuple[QComboBox, QDoubleSpinBox]] = []
        self._add_shares()
        self._add_others(left, unflagged)
        self._cost = self.say("", quiet=True)
        self._cost.setObjectName("cost")
        self.say(
            "The same seed and the same labels give the same sample; both are kept in the history.",
            quiet=True,
        )
        for button in self.findChildren(QRadioButton):
            button.toggled.connect(self._tell_cost)
        for spin in self.findChildren(QDoubleSpinBox):
            spin.valueChanged.connect(self._tell_cost)
        self.audit.valueChanged.connect(self._tell_cost)
        self._tell_cost()
        self._fit()

    def answer(self) -> SampleChoice:
        """What was chosen."""
        plan = (self.at_most.value() / 100, self.sure.value() / 100) if self.by_plan.isChecked() else None
        audit = self.audit.value() if self.by_audit.isChecked() else 0
        return SampleChoice(self._rates(), self.seed.value(), plan, self.by_rest.isChecked(), audit)

    # ---- its parts

    def _percent(self, name: str, value: float) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setObjectName(name)
        spin.setRange(0, 100)
        spin.setDecimals(1)
        spin.setSuffix(" %")
        spin.setValue(value)
        spin.setMinimumHeight(spin.sizeHint().height())  # long sentences above would squeeze it
        return spin

    def _form(self, *rows: tuple[str, QWidget]) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(theme.GRID)
        form.setContentsMargins(3 * theme.GRID, 0, 0, 0)
        for title, widget in rows:
            form.addRow(title, widget)
        self.column.addLayout(form)

    def _add_shares(self) -> None:
        self._form(("Of all labels", self.rate))
        self._more = QVBoxLayout()
        self._more.setContentsMargins(3 * theme.GRID, 0, 0, 0)
        self.column.addLayout(self._more)
        add = QPushButton("More of some…")
        add.setObjectName("add_rule")
        add.setToolTip("Another share of a class, of a kind of change or of an annotator's labels.")
        add.clicked.connect(self.add_rule)
        line = QHBoxLayout()
        line.setContentsMargins(3 * theme.GRID, 0, 0, 0)
        line.addWidget(add)
        line.addStretch(1)
        self.column.addLayout(line)

    def _add_others(self, left: int, unflagged: int) -> None:
        self.by_plan = self.choice("by_plan", "As many of each class as it takes to be sure of the rest")
        self.at_most, self.sure = self._percent("at_most", 2), self._percent("sure", 95)
        self._form(("Wrong, at most", self.at_most), ("Sure", self.sure))
        self.by_rest = self.choice("by_rest", f"The other {left:,} labels of what was not accepted")
        self.by_rest.setVisible(left > 0)
        self.by_audit = self.choice("by_audit", f"An audit of {unflagged:,} labels that nothing was said of")
        self.by_audit.setEnabled(unflagged > 0)
        self.audit = QSpinBox()
        self.audit.setObjectName("audit")
        self.audit.setRange(1, max(unflagged, 1))
        self.audit.setValue(300)
        self._form(("How many", self.audit))
        self.seed = QSpinBox()
        self.seed.setObjectName("seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setValue(secrets.randbelow(100_000))
        self._form(("Seed", self.seed))

    def add_rule(self) -> None:
        """Ask for another share of some of the labels."""
        whose, percent = QComboBox(), self._percent(f"rule_{len(self._rules)}", 50)
        whose.setObjectName(f"whose_{len(self._rules)}")
        for place, word in enumerate(("class", "change", "annotator")):
            sizes: Counter[str] = Counter()
            for kind, number in self._kinds.items():
                sizes[kind[place]] += number
            for name, number in sorted(sizes.items()):
                whose.addItem(f"{word}: {name} ({number:,})", (word, name))
        whose.currentIndexChanged.connect(self._tell_cost)
        percent.valueChanged.connect(self._tell_cost)
        line = QHBoxLayout()
        line.addWidget(whose, 1)
        line.addWidget(percent)
        self._more.addLayout(line)
        self._rules.append((whose, percent))
        self._tell_cost()
        self._fit()

    def _fit(self) -> None:
        """Take the height that the sentences need at this width; Qt alone takes two thirds of the screen."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.minimumWidth(), layout.totalHeightForWidth(self.minimumWidth()))

    # ---- what it costs

    def _rates(self) -> Rates:
        more: dict[str, dict[str, float]] = {"class": {}, "change": {}, "annotator": {}}
        for whose, percent in self._rules:
            if (chosen := whose.currentData()) is not None:
                word, name = chosen
                more[word][name] = percent.value() / 100
        return Rates(self.rate.value() / 100, more["class"], more["change"], more["annotator"])

    def _tell_cost(self) -> None:
        try:
            count, parts = self._counted()
        except Refused as refused:
            self._cost.setText(str(refused))
            self.do.setEnabled(False)
            return
        known = self._pace is not None and count > 0
        time = f", about {_hours(count * (self._pace or 0))} at the usual pace" if known else ""
        told = f": {', '.join(parts)}" if len(parts) > 1 else ""
        self._cost.setText(f"{count:,} labels to look at{time}{told}.")
        self.do.setEnabled(count > 0)

    def _counted(self) -> tuple[int, list[str]]:
        if self.by_rest.isChecked():
            return self._left, []
        if self.by_audit.isChecked():
            return self.audit.value(), []
        if self.by_plan.isChecked():
            limit, sure = self.at_most.value() / 100, self.sure.value() / 100
            plans = plans_of(self._labels, limit=limit, sure=sure)
            parts = [f"{one.sample:,} of {one.size:,} {name}" for name, one in sorted(plans.items())]
            return sum(one.sample for one in plans.values()), parts
        drawn = cost(self._kinds, self._rates())
        parts = [f"{number:,} of {of:,} of {title}" for title, (number, of) in drawn.items()]
        return sum(number for number, _ in drawn.values()), parts


def _hours(seconds: float) -> str:
    if seconds < 90:
        return "a minute"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
