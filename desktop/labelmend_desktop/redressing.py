"""Dresses widgets anew when the palette changes: a window that is in sight at once, all others by and by."""

from __future__ import annotations

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
        self._windows: list[QWidget] = []
        self._done: set[QWidget] = set()
        self._left: list[QWidget] | None = None
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    def begin(self) -> None:
        here = QApplication.activeWindow()
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        self._windows = sorted(shown, key=lambda one: one is not here)
        self._done, self._left = set(), None
        self._turn.start()
        self._go_on()

    def _go_on(self) -> None:
        if self._windows:
            window = self._windows.pop(0)
            if isValid(window):
                self._dress([one for one in (window, *window.findChildren(QWidget)) if one.isVisible()])
        elif self._left is None:
            self._left = [one for one in QApplication.allWidgets() if one not in self._done]
            self._done = set()
        elif self._left:
            self._dress(self._left[:_IN_A_TURN])
            del self._left[:_IN_A_TURN]
        else:
            self._left = None
            self._turn.stop()

    def _dress(self, widgets: list[QWidget]) -> None:
        for widget in widgets:
            if isValid(widget):
                style = widget.style()
                style.unpolish(widget)
                style.polish(widget)
        self._done.update(widgets)


def redress(app: QApplication) -> None:
    """Have every widget take the style sheet's colours from the palette that holds now.

    Qt keeps what a rule came to for a widget until the widget is polished anew. To set the sheet again would
    polish each widget once for every widget around it (ten times as long, all in one turn).
    """
    found = app.findChild(_Redressing, "redressing") or _Redressing(app)
    found.begin()
