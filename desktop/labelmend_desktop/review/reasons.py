"""The reasons of a rejection as small buttons with their keys; a click rejects."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labelmend.review.policy import Reason
from labelmend_desktop import theme
from labelmend_desktop.elided import ElidedButton


class ReasonButtons(QWidget):
    """Emits ``chosen(place)``, the place of the reason on the list."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reasons: Sequence[Reason] = ()
        self.buttons: list[ElidedButton] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(theme.GRID, 0, 0, 0)
        self._layout.setSpacing(theme.GRID // 4)

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Offer these."""
        if reasons == self._reasons:
            return
        self._reasons = reasons
        for button in self.buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self.buttons = [self._button(place, reason) for place, reason in enumerate(reasons)]

    def _button(self, place: int, reason: Reason) -> ElidedButton:
        button = ElidedButton()
        button.say(f"{reason.key or ' '}   {reason.text}")
        button.setObjectName(f"reason_{place}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("quiet", True)
        button.setProperty("left", True)
        button.setToolTip(f"Reject: {reason.text}")
        button.clicked.connect(lambda: self.chosen.emit(place))
        self._layout.addWidget(button)
        return button
