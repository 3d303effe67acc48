"""Asks which images go to somebody else, to whom, and where the package is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from labelmend.project.packages import WORKERS
from labelmend.review.states import Queue, Role
from labelmend.words import counted
from labelmend_desktop import theme
from labelmend_desktop.dialogs import Dialog, is_named

Choose = Callable[[Queue | None, str], NDArray[np.int64]]
"""choose(queue, words): the images that wait there and have these words in their name, the surest first."""
Tell = Callable[[NDArray[np.int64]], str]
"""tell(images): that some of these are out already, in words; "" for none."""
_WAITING: Final[tuple[tuple[str, Queue | None], ...]] = (
    ("All", None),
    ("With something to fix", "fix"),
    ("With something to review", "review"),
    ("With something for the expert", "expert"),
)


@dataclass(frozen=True)
class ShareChoice:
    """The package's file, its images (rows), for whom ("", None: anybody), and whether with pictures."""

    path: Path
    images: NDArray[np.int64]
    person: str
    role: Role | None
    pictures: bool


class ShareDialog(Dialog):
    """The button says how many images it is about."""

    def __init__(
        self, *, target: Path, choose: Choose, tell_out: Tell, parent: QWidget | None = None
    ) -> None:
        super().__init__("Share a part", "Share", parent=parent)
        self.setObjectName("share_dialog")
        self._choose, self._tell_out, self._images = choose, tell_out, np.zeros(0, np.int64)
        self.say(
            "Somebody else gets some images with their labels, issues, history and the instructions as one "
            "file, works in it, and sends it back: File › Merge takes in what was done."
        )
        form = QFormLayout()
        form.setVerticalSpacing(theme.GRID)
        form.setHorizontalSpacing(2 * theme.GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.column.addLayout(form)
        self._add_images(form)
        self._add_whom(form)
        self._add_file(form, target)
        self.choose()

    # ---- its parts

    def _add_images(self, form: QFormLayout) -> None:
        self.waiting = QComboBox()
        self.waiting.setObjectName("share_waiting")
        for words, queue in _WAITING:
            self.waiting.addItem(words, queue)
        self.words = QLineEdit()
        self.words.setObjectName("share_words")
        self.words.setPlaceholderText("words in the file name; empty: all")
        self.most, self.skip = self._number("share_most", 1, 100), self._number("share_skip", 0, 0)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addWidget(self.most)
        line.addWidget(QLabel("after the first"))
        line.addWidget(self.skip)
        line.addStretch(1)
        form.addRow("Images", self.waiting)
        form.addRow("Named", self.words)
        form.addRow("How many", line)
        self._told = self._quiet()
        self._told.setObjectName("share_told")
        form.addRow("", self._told)
        self._out = QLabel()
        self._out.setObjectName("share_out")
        self._out.setWordWrap(True)
        form.addRow("", self._out)
        self.waiting.currentIndexChanged.connect(self.choose)
        self.words.textChanged.connect(self.choose)
        self.most.valueChanged.connect(self._tell)
        self.skip.valueChanged.connect(self._tell)

    def _add_whom(self, form: QFormLayout) -> None:
        self.person, self.role = QLineEdit(), QComboBox()
        self.person.setObjectName("share_person")
        self.person.setPlaceholderText("a name; empty: anybody")
        self.role.setObjectName("share_role")
        self.role.addItem("in any role", None)
        for role in WORKERS:
            self.role.addItem(f"as {role}", role)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addWidget(self.person, 1)
        line.addWidget(self.role)
        form.addRow("For", line)
        form.addRow("", self._quiet("Where a name or a role is said, what others do in it is not merged."))

    def _add_file(self, form: QFormLayout, target: Path) -> None:
        self.path, line = self.place("share_path", target, kinds="Labelmend projects (*.labelmend)")
        self.pictures = QCheckBox("Copy the pictures beside it")
        self.pictures.setObjectName("share_pictures")
        form.addRow("File", line)
        form.addRow("", self.pictures)
        self.path.textChanged.connect(self._tell)

    def _quiet(self, text: str = "") -> QLabel:
        label = QLabel(text)
        label.setWordWrap(bool(text))
        label.setProperty("tone", "quiet")
        return label

    def _number(self, name: str, least: int, value: int) -> QSpinBox:
        spin = QSpinBox()
        spin.setObjectName(name)
        spin.setRange(least, 10_000_000)
        spin.setGroupSeparatorShown(True)
        spin.setValue(value)
        spin.setMinimumHeight(spin.sizeHint().height())
        return spin

    # ---- what comes of it

    def choose(self) -> None:
        """Take the images that fit now."""
        self._images = self._choose(self.waiting.currentData(), self.words.text())
        self._tell()

    def _chosen(self) -> NDArray[np.int64]:
        return self._images[self.skip.value() : self.skip.value() + self.most.value()]

    def _tell(self) -> None:
        chosen, of = self._chosen(), len(self._images)
        number, out = len(chosen), self._tell_out(chosen)
        self._out.setText(out)
        self._out.setVisible(bool(out))
        self._told.setText(f"Of {of:,} that fit; the surest errors come first." if of else "No image fits.")
        self.do.setText(f"Share {counted(number, 'image')}")
        self.do.setEnabled(number > 0 and is_named(self.path.text()))

    def answer(self) -> ShareChoice:
        """What was chosen."""
        path = Path(self.path.text().strip())
        if path.suffix != ".labelmend":
            path = path.with_name(f"{path.name}.labelmend")
        return ShareChoice(
            path,
            self._chosen(),
            self.person.text().strip(),
            self.role.currentData(),
            self.pictures.isChecked(),
        )
