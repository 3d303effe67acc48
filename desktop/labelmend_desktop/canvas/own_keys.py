"""The keys that the canvas keeps for what is not done yet: a gesture under way, or what is proposed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

FINISH = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BACK = Qt.Key.Key_Backspace


def takes_back(event: QKeyEvent) -> bool:
    """Whether this is the key of undo: what is not done yet is taken back before what is."""
    others = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
    return event.key() == Qt.Key.Key_Z and not event.modifiers() & others


def does_again(event: QKeyEvent) -> bool:
    """Whether this is a key of redo."""
    held = event.modifiers()
    if event.key() == Qt.Key.Key_Y:
        return held == Qt.KeyboardModifier.ControlModifier
    return event.key() == Qt.Key.Key_Z and bool(held & Qt.KeyboardModifier.ShiftModifier)
