"""A flat button that is a small picture."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from labelmend_desktop import theme


def picture_button(name: str, side: int, parent: QWidget) -> QToolButton:
    """A button for pictures no larger than ``side`` pixels, with a little room around them."""
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setProperty("quiet", True)
    button.setProperty("picture", True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(side, side))
    button.setFixedSize(side + theme.GRID // 2, side + theme.GRID // 2)
    return button
