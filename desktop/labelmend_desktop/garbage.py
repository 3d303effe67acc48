"""Collects garbage on the UI thread alone: what Qt owns must end in the thread that it lives in."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY: Final = 100
"""Milliseconds between two looks at what has come together."""

_RARELY: Final = 10
"""The oldest generation is gone through so many times more rarely than Python would: that takes longest."""


class Collector(QObject):
    """Takes Python's collector over until `stop`.

    Python collects in whichever thread its count runs over, in one that decodes pictures too; a widget that
    is part of a cycle would end there, and take the program with it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    def collect(self) -> None:
        """Go through the oldest generation that is due, if one is."""
        young, middle, old = gc.get_threshold()
        for generation, most in ((2, _RARELY * old), (1, middle), (0, young)):
            if gc.get_count()[generation] > most:
                gc.collect(generation)
                return
