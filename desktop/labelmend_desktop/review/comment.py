"""The field for a comment, which comes into sight when somebody writes in it, and what else does so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from labelmend.project.project import Project
from labelmend_desktop import theme
from labelmend_desktop.drafts import About, Drafts, about
from labelmend_desktop.review.kept_comments import keep_comments, kept_comments


class CommentField(QLineEdit):
    """One line within a scrolled ``area``. What was written of an issue is there again until it is given, and
    where that is taken back."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area
        self._of: About | None = None
        self._drafts = Drafts()
        self._recalled: set[tuple[Path, str]] = set()
        self.setObjectName("comment")
        self.setPlaceholderText("Comment   M")
        self.editingFinished.connect(lambda: self.home(False))  # its beginning is seen

    def come_to(self, project: Project | None, issue: int | None) -> None:
        """Show what was written of an issue, and keep what was of the one before."""
        now = None if project is None or issue is None else about(project, issue)
        if now == self._of:
            return
        if project is not None and now is not None:
            self._recall(project, now.who)
        if self._of is not None:
            self._drafts.keep(self._of, self.text())
        self._of = now
        self.setText("" if project is None or now is None else self._drafts.take(now, project.issues))
        if self.hasFocus():
            self.end(False)  # errors were found again while somebody writes, who goes on
        else:
            self.home(False)

    def _recall(self, project: Project, who: str) -> None:
        """Have what waited in a project when it was closed last, the first time that one works in it."""
        if (project.path, who) in self._recalled:
            return
        self._recalled.add((project.path, who))
        for issue, text in kept_comments(project.path, who).items():
            if project.issues.row_of(issue) >= 0:
                self._drafts.keep(about(project, issue), text)

    def put_away(self, project: Project) -> None:
        """Keep what waits in a project that is closed."""
        if self._of is not None:
            self._drafts.keep(self._of, self.text())
        waits = self._drafts.of_project(project.path)
        for path, who in self._recalled:
            if path == project.path:
                keep_comments(path, who, waits.get(who, {}))

    def follow(self, project: Project) -> None:
        """Let go of what has just gone along with a verdict; what was taken back is there again."""
        if self._of is not None:
            self._drafts.keep(self._of, self.text())
        self._drafts.follow(project)
        waits = "" if self._of is None else self._drafts.take(self._of, project.issues)
        if waits != self.text():
            self.setText(waits)

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
