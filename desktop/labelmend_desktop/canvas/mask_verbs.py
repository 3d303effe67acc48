"""What keys do with masks: brush and eraser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from labelmend.errors import Refused

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


class MaskVerbs(QObject):
    """Nothing here knows a key or a menu."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas

    def table(self) -> dict[str, Callable[..., object]]:
        """Verbs by the names of their actions."""
        return {
            "brush": lambda: self._canvas.take_tool("brush"),
            "eraser": lambda: self._canvas.take_tool("eraser"),
            "larger": lambda: self._resize(1),
            "smaller": lambda: self._resize(-1),
        }

    def _resize(self, by: int) -> None:
        if not self._canvas.brush.in_hand:
            raise Refused("Take the brush (W) or the eraser (Shift+W) first: it is their size that changes.")
        self._canvas.brush.resize(by)
