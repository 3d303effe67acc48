"""The box of the shape in hand as four numbers that can be typed: Enter applies them, Esc leaves them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from labelmend.errors import Refused
from labelmend_desktop import theme

_SIDES = (("x", "left side"), ("y", "upper side"), ("w", "width"), ("h", "height"))
_AFTER = (",", " ", "×", " px")
"""What stands after each number: together they must not look like the place of the cursor."""
_WIDEST = "0000.0"
"""What most numbers need room for."""
_BESIDE = 8
"""Pixels that the line around a number and its margins take."""
_ICON = 14


class ShapeFields(QWidget):
    """x, y, w and h in picture pixels. ``apply`` makes a box (4,) xywh so; it says whether that was done.

    ``refused`` tells in a sentence what cannot be read; ``left``: the fields were left, by Enter too.
    """

    refused = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.apply: Callable[[NDArray[np.float64]], bool] = _nobody
        self._box: NDArray[np.float64] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.fields = tuple(_Number(name, told) for name, told in _SIDES)
        self._icon = _word("")
        self._paint_icon()
        self._words = [self._icon]
        layout.addWidget(self._icon)
        for field, after in zip(self.fields, _AFTER, strict=True):
            self._words.append(_word(after))
            layout.addWidget(field)
            layout.addWidget(self._words[-1])
            field.returnPressed.connect(self._apply)
        self.show_box(None)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def begin(self) -> None:
        """Type the first number."""
        if self._box is None:
            raise Refused("There is no label whose box could be typed: select one first (click, or Tab).")
        if not self.isVisible():
            raise Refused("The window is too narrow to show the numbers of the box: make it wider.")
        self.fields[0].setFocus()

    def show_box(self, box: NDArray[np.float64] | None) -> None:
        """Show a box (4,) xywh, or none; what is being typed stays."""
        self._box = box
        for word in self._words:
            word.setVisible(box is not None)
        for place, field in enumerate(self.fields):
            field.setEnabled(box is not None)
            field.tell(None if box is None else float(box[place]))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icon"):
            self._paint_icon()

    def _paint_icon(self) -> None:
        icon = theme.icon("mdi6.vector-square", theme.tokens().text_quiet)
        self._icon.setPixmap(icon.pixmap(_ICON, _ICON))

    def _apply(self) -> None:
        if self._box is None:
            return
        try:
            typed = np.array([field.typed() for field in self.fields])
        except Refused as refused:
            self.refused.emit(str(refused))
            return
        if np.array_equal(typed, self._box) or self.apply(typed):
            self._forget()
            self.left.emit()

    def _forget(self) -> None:
        for field in self.fields:
            field.setModified(False)
            field.refresh()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old in self.fields and new is not None and new not in self.fields:
            self._forget()


class _Number(QLineEdit):
    """One of the four; it shows a tenth of a pixel, and every digit while it has the focus."""

    def __init__(self, name: str, told: str) -> None:
        super().__init__()
        self.name, self._told = name, told
        self._value: float | None = None
        self.setProperty("flat", True)
        self.setFont(theme.font(tabular=True))
        self._make_room("")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(f"{told} of the box")
        self.setToolTip(f"The {told} of the box in pixels; Enter applies what is typed, Esc leaves it.")

    def tell(self, value: float | None) -> None:
        """Take in what the number is now; what is being typed stays."""
        if value is not None and value == self._value:
            return
        self._value = value
        if value is None:
            self.setModified(False)
        self.refresh()

    def refresh(self) -> None:
        """Show the number, unless another is being typed."""
        if self.isModified():
            return
        digits = ".12g" if self.hasFocus() else ".1f"
        shown = "" if self._value is None else format(self._value, digits)
        if shown != self.text():
            if not self.hasFocus():
                self._make_room(shown)
            self.setText(shown)
            self.setCursorPosition(0)

    def _make_room(self, shown: str) -> None:
        """Be as wide as most numbers need, and more in large pictures.

        Of a fixed height too: else every number that changes in a drag has the window laid out anew.
        """
        wide = self.fontMetrics().horizontalAdvance(max(_WIDEST, shown, key=len)) + _BESIDE
        self.setFixedSize(wide, self.sizeHint().height())

    def typed(self) -> float:
        """The number that is meant; raises Refused for text that is none."""
        if not self.isModified() and self._value is not None:
            return self._value  # all its digits, of which some may not be shown
        text = self.text().strip().replace(",", ".")
        try:
            number = float(text)
        except ValueError:
            number = np.nan
        if not np.isfinite(number):
            self.selectAll()
            raise Refused(
                f"The {self._told} of the box must be a number of pixels, such as 120.5; “{text}” is none."
            )
        return number

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show every digit, ready to be typed over."""
        super().focusInEvent(event)
        self.refresh()
        self.setSelection(len(self.text()), -len(self.text()))  # from the end: what is seen is its beginning


def _word(text: str) -> QLabel:
    """What stands beside a number; its room stays when it is hidden, so that nothing beside it moves."""
    word = QLabel(text)
    word.setProperty("tone", "quiet")
    policy = word.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    word.setSizePolicy(policy)
    return word


def _nobody(_box: NDArray[np.float64]) -> bool:
    return False
