"""Text that somebody wrote in Markdown, to be read: as high as it is, without HTML and files of its own."""

from __future__ import annotations

import math

from PySide6.QtCore import QSizeF, Qt, QUrl
from PySide6.QtGui import QTextDocument, QWheelEvent
from PySide6.QtWidgets import QFrame, QTextBrowser

PLAIN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
"""How text of the instructions is read: a package may be from anybody, so it brings no HTML."""

_INDENT = 16
"""Pixels that a list is indented by; Qt's 40 leave nothing of a narrow column."""


class Reading(QTextBrowser):
    """Grows with its text; the wheel is left to what it lies in."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("flat", True)
        self.setOpenLinks(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(_INDENT)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)

    def show_words(self, markdown: str) -> None:
        """Show this text in place of the one before."""
        self.document().setMarkdown(markdown, PLAIN)
        self.setVisible(bool(markdown))

    def _grow(self, size: QSizeF) -> None:
        self.setFixedHeight(math.ceil(size.height()) + 2)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Nothing: whatever file a text names, it is not read."""
        return None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll what the text lies in."""
        event.ignore()
