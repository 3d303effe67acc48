"""The field for a comment, which comes into sight when somebody writes in it, and what else does so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from labelmend_desktop import theme


class CommentField(QLineEdit):
    """One line within a scrolled ``area``. What was written of an issue is there again until it is given."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area
        self._of: tuple[Path, int] | None = None
        self._drafts: dict[tuple[Path, int], str] = {}
        self.setObjectName("comment")
        self.setPlaceholderText("Comment   M")
        self.editingFinished.connect(lambda: self.home(False))  # its beginning is seen

    def come_to(self, issue: tuple[Path, int] | None) -> None:
        """Show what was written of an issue of a project, and keep what was of the one before."""
        if issue == self._of:
            return
        if self._of is not None and self.text():
            self._drafts[self._of] = self.text()
        self._of = issue
        self.setText("" if issue is None else self._drafts.pop(issue, ""))
        self.home(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who writes sees what is written."""
        super().focusInEvent(event)
        bring(self._area, self)


def bring(area: QScrollArea, *widgets: QWidget) -> None:
    """Scroll to each, to the last one for sure; they may have been shown this moment."""
    for widget in widgets:
        _lay_out(widget, within=area)
    for widget in widgets:
        area.ensureWidgetVisible(widget, 0, theme.GRID)


def _lay_out(widget: QWidget, *, within: QScrollArea) -> None:
    """Give a widget its place now: Qt would do so one parent after the other, in turns of the event loop."""
    one: QWidget | None = widget
    while one is not None and one is not within:
        if (layout := one.layout()) is not None:
            layout.activate()
        one.updateGeometry()
        one = one.parentWidget()
    QCoreApplication.sendEvent(within, QEvent(QEvent.Type.LayoutRequest))  # now it knows how far it scrolls


class Glance:
    """Scrolls an area to what is asked for a while, and back to where it was."""

    def __init__(self, area: QScrollArea) -> None:
        self._area = area
        self._before: int | None = None

    def at(self, *widgets: QWidget) -> None:
        """Show these, the last one for sure."""
        if self._before is None:
            self._before = self._area.verticalScrollBar().value()
        bring(self._area, *widgets)

    def back(self) -> None:
        """Show what was shown before."""
        if self._before is not None:
            self._area.verticalScrollBar().setValue(self._before)
            self._before = None
