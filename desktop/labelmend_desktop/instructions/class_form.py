"""The fields in which one class is told, or what holds for all of them."""

from __future__ import annotations

import math

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from labelmend.review.instructions import Amount
from labelmend_desktop import theme
from labelmend_desktop.instructions.draft import Draft
from labelmend_desktop.instructions.picture_list import PictureList
from labelmend_desktop.reference_images import ReferenceImages

_MOST = 100_000.0


class WholeForm(QWidget):
    """The title, and what holds for all classes."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self.title = QLineEdit()
        self.title.setObjectName("instructions_title")
        self.general = _text("instructions_general")
        layout = _column(self)
        layout.addWidget(_label("Title", self.title))
        layout.addWidget(self.title)
        layout.addWidget(_label("What holds for all classes (Markdown)", self.general))
        layout.addWidget(self.general, 1)
        self.title.textEdited.connect(self._write)
        self.general.textChanged.connect(self._write)

    def refresh(self, *, may_write: bool) -> None:
        """Show what the draft says."""
        _show(self.general, self._draft.now.general)
        if self.title.text() != self._draft.now.title:
            self.title.setText(self._draft.now.title)
        for field in (self.title, self.general):
            field.setReadOnly(not may_write)

    def _write(self) -> None:
        self._draft.set_whole(title=self.title.text(), general=self.general.toPlainText())


class ClassForm(QWidget):
    """Definition, include, leave out, numbers and pictures of one class."""

    picture_wanted = Signal()

    def __init__(self, draft: Draft, images: ReferenceImages) -> None:
        super().__init__()
        self._draft = draft
        self.name = ""
        self._texts = {
            "definition": GrowingText("instructions_definition", 92),
            "include": GrowingText("instructions_include", 64),
            "leave_out": GrowingText("instructions_leave_out", 64),
        }
        self.numbers = {
            name: _number(f"instructions_{name}", unit)
            for name, unit in (
                ("tolerance_pixels", "px"),
                ("tolerance_percent", "%"),
                ("margin_pixels", "px"),
                ("margin_percent", "%"),
                ("smallest", "px"),
            )
        }
        self.pictures = PictureList(images)
        self.add = QPushButton("Add a picture file…")
        self.add.setObjectName("add_picture")
        self.add.setAutoDefault(False)
        self.add.setToolTip("A JPEG, PNG or any other picture; large ones are kept small.")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        layout = _column(self)
        titles = {
            "definition": "What it is (Markdown)",
            "include": "Include, one thing a line",
            "leave_out": "Leave out, one thing a line",
        }
        for field, title in titles.items():
            layout.addWidget(_label(title, self._texts[field]))
            layout.addWidget(self._texts[field])
        grid = QGridLayout()
        grid.setSpacing(theme.GRID)
        for row, (title, names, tip) in enumerate(
            (
                (
                    "A side may be off",
                    ("tolerance_pixels", "tolerance_percent"),
                    "Pixels, or per cent of the label's width or height: the larger of both counts.",
                ),
                (
                    "Room kept around it",
                    ("margin_pixels", "margin_percent"),
                    "On every side, in pixels or per cent of the object: the larger of both counts.",
                ),
                ("Smaller need no label", ("smallest",), "The longer side of an object, in pixels."),
            )
        ):
            label = QLabel(title)
            label.setToolTip(tip)
            grid.addWidget(label, row, 0)
            for column, name in enumerate(names):
                self.numbers[name].setToolTip(tip)
                grid.addWidget(self.numbers[name], row, 1 + 2 * column)
            if len(names) == 2:
                grid.addWidget(QLabel("or"), row, 2)
        grid.setColumnStretch(4, 1)
        layout.addSpacing(theme.GRID // 2)
        layout.addLayout(grid)
        layout.addSpacing(theme.GRID // 2)
        layout.addWidget(_label("Pictures", self.add))
        layout.addWidget(self.pictures)
        below = QHBoxLayout()
        below.addWidget(self.add)
        below.addStretch(1)
        layout.addLayout(below)
        layout.addStretch(1)

    def _connect(self) -> None:
        for field, text in self._texts.items():
            text.textChanged.connect(
                lambda field=field, text=text: self._write(**{field: text.toPlainText()})
            )
        for name, box in self.numbers.items():
            box.valueChanged.connect(lambda value, name=name: self._write_number(name, value))
        self.pictures.changed.connect(lambda pictures: self._write(pictures=pictures))
        self.add.clicked.connect(self.picture_wanted)

    def show_class(self, name: str, *, may_write: bool) -> None:
        """Show what the draft says of this class."""
        self.name = name
        one = self._draft.now.of(name)
        for field, text in self._texts.items():
            _show(text, getattr(one, field))
            text.setReadOnly(not may_write)
        for key, box in self.numbers.items():
            field, _, part = key.partition("_")
            value = getattr(getattr(one, field), part) if part else getattr(one, field)
            with QSignalBlocker(box):
                if box.value() != round(value, box.decimals()):
                    box.setValue(value)
            box.setReadOnly(not may_write)
            box.setButtonSymbols(
                QDoubleSpinBox.ButtonSymbols.UpDownArrows
                if may_write
                else QDoubleSpinBox.ButtonSymbols.NoButtons
            )
        self.pictures.show_pictures(one.pictures, may_write=may_write)
        self.add.setVisible(may_write)

    def _write(self, **fields: object) -> None:
        self._draft.set_class(msgspec.structs.replace(self._draft.now.of(self.name), **fields))

    def _write_number(self, name: str, value: float) -> None:
        field, _, part = name.partition("_")
        if part:
            amount: Amount = getattr(self._draft.now.of(self.name), field)
            self._write(**{field: msgspec.structs.replace(amount, **{part: value})})
        else:
            self._write(**{field: value})


def _show(field: QPlainTextEdit, text: str) -> None:
    if field.toPlainText() != text:
        with QSignalBlocker(field):
            field.setPlainText(text)


def _text(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setObjectName(name)
    field.setTabChangesFocus(True)
    return field


class GrowingText(QPlainTextEdit):
    """Grows with its text, up to three times its height."""

    def __init__(self, name: str, height: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTabChangesFocus(True)
        self._least = height
        self._grow()
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())

    def _grow(self) -> None:
        text = self.document()
        first, last = (self.blockBoundingGeometry(one) for one in (text.firstBlock(), text.lastBlock()))
        needed = math.ceil(last.bottom() - first.top() + 2 * text.documentMargin()) + 2 * theme.GRID
        self.setFixedHeight(min(max(self._least, needed), 3 * self._least))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths break lines elsewhere."""
        super().resizeEvent(event)
        self._grow()


def _number(name: str, unit: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setRange(0, _MOST)
    box.setDecimals(1)
    box.setSuffix(f" {unit}")
    box.setSpecialValueText(f"– {unit}")
    box.setStepType(QDoubleSpinBox.StepType.DefaultStepType)
    box.setFixedWidth(84)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    label.setProperty("tone", "quiet")
    label.setFont(theme.font(theme.SIZE_SMALL))
    return label


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, theme.GRID)
    layout.setSpacing(theme.GRID // 2)
    return layout
