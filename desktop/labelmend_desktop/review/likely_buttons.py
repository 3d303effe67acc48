"""The likely classes as small buttons with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from labelmend_desktop import theme

_SHOWN = 6
_WIDEST = 82


class LikelyButtons(QWidget):
    """Emits ``chosen(row)``; the keys 1 to 9 reach the same classes and three more."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID // 2)
        self._buttons = [self._button(place) for place in range(_SHOWN)]
        self._rows: Sequence[int] = ()

    def _button(self, place: int) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"likely_{place + 1}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("quiet", True)
        button.setProperty("left", True)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(self._rows[place]))
        self._grid.addWidget(button, place // 2, place % 2)
        return button

    def show_classes(self, rows: Sequence[int], names: Sequence[str]) -> None:
        """Offer the class rows ``rows``, the likeliest first."""
        self._rows = rows
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(rows))
            if place < len(rows):
                name = names[rows[place]]
                text = f"{place + 1}  {name}"
                button.setText(button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST))
                button.setToolTip(f"Make it {name}.  ({place + 1})")
        self.setVisible(bool(rows))
