"""Dresses widgets anew when the palette changes: a window that is in sight at once, all others by and by."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_IN_A_TURN = 100
"""So many widgets that are not in sight are dressed in a turn of the event loop, some 10 ms."""


class _Redressing(QObject):
    """Those that are in sight in one window are dressed in one turn, so that none is seen half dressed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("redressing")
        self._left: list[tuple[QWidget, ...]] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    def begin(self) -> None:
        windows: dict[QWidget, list[QWidget]] = defaultdict(list)
        hidden: list[QWidget] = []
        for widget in QApplication.allWidgets():
            (windows[widget.window()] if widget.isVisible() else hidden).append(widget)
        here = QApplication.activeWindow()
        in_sight = [tuple(windows[one]) for one in sorted(windows, key=lambda one: one is not here)]
        turns = range(0, len(hidden), _IN_A_TURN)
        self._left = [*in_sight, *(tuple(hidden[at : at + _IN_A_TURN]) for at in turns)]
        self._turn.start()
        self._go_on()

    def _go_on(self) -> None:
        if not self._left:
            self._turn.stop()
            return
        for widget in self._left.pop(0):
            if isValid(widget):
                style = widget.style()
                style.unpolish(widget)
                style.polish(widget)


def redress(app: QApplication) -> None:
    """Have every widget take the style sheet's colours from the palette that holds now.

    Qt keeps what a rule came to for a widget until the widget is polished anew. To set the sheet again would
    polish each widget once for every widget around it (ten times as long, all in one turn).
    """
    found = app.findChild(_Redressing, "redressing") or _Redressing(app)
    found.begin()
