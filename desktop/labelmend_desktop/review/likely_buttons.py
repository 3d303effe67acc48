"""The likely classes as small buttons with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from labelmend_desktop import theme
from labelmend_desktop.elided import FRAME

_SHOWN = 6


class LikelyButtons(QWidget):
    """Emits ``chosen(row)``; the keys 1 to 9 reach the same classes and three more."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID // 2)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
        self._buttons = [self._button(place) for place in range(_SHOWN)]
        self._rows: Sequence[int] = ()
        self._names: list[str] = []
        self._wide: list[bool] = []

    def _button(self, place: int) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"likely_{place + 1}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("quiet", True)
        button.setProperty("left", True)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(self._rows[place]))
        return button

    def show_classes(self, rows: Sequence[int], names: Sequence[str]) -> None:
        """Offer the class rows ``rows``, the likeliest first."""
        self._rows = rows
        self._names = [names[row] for row in rows[:_SHOWN]]
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(rows))
        for place, name in enumerate(self._names):
            self._buttons[place].setToolTip(f"Make it {name}.  ({place + 1})")
        self._write()
        self.setVisible(bool(rows))

    def _write(self) -> None:
        """Two names in a line, a long one alone; both ends of one that is longer still: many begin alike."""
        half, line = (self.width() - self._grid.spacing()) // 2 - FRAME, self.width() - FRAME
        metrics = self._buttons[0].fontMetrics()
        texts = [f"{place}  {name}" for place, name in enumerate(self._names, start=1)]
        wide = [metrics.horizontalAdvance(text) > half for text in texts]
        for button, text, whole in zip(self._buttons, texts, wide, strict=False):
            number, name = text[:3], text[3:]
            left = (line if whole else half) - metrics.horizontalAdvance(number)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, left)
            button.setText(number + shown.replace("&", "&&"))
        if wide != self._wide:
            self._wide = wide
            self._arrange()

    def _arrange(self) -> None:
        for button in self._buttons:
            self._grid.removeWidget(button)
        row, column = 0, 0
        for button, whole in zip(self._buttons, self._wide, strict=False):
            if column and whole:
                row, column = row + 1, 0
            self._grid.addWidget(button, row, column, 1, 2 if whole else 1)
            row, column = (row, 1) if not (column or whole) else (row + 1, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._write()
