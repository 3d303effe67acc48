"""The field for a comment, which comes into sight when somebody writes in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from labelmend_desktop import theme


class CommentField(QLineEdit):
    """One line within a scrolled ``area``."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area
        self.setObjectName("comment")
        self.setPlaceholderText("Comment   M")
        self.editingFinished.connect(lambda: self.home(False))  # its beginning is seen

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who writes sees what is written."""
        super().focusInEvent(event)
        bring(self._area, self)


def bring(area: QScrollArea, *widgets: QWidget) -> None:
    """Scroll to each, to the last one for sure; they may have been shown this moment."""
    inside = area.widget()
    if inside is not None and (layout := inside.layout()) is not None:
        layout.activate()
        # Else the area learns later how far it can be scrolled now.
        QCoreApplication.sendEvent(inside, QEvent(QEvent.Type.LayoutRequest))
    for widget in widgets:
        area.ensureWidgetVisible(widget, 0, theme.GRID)
