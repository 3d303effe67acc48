"""Labels and a button that ask for no more room than there is, however long their words are."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

FRAME = 22
"""Pixels of a button's width that are not for its text: padding and border of the style sheet."""
_TAG_OR_LONG = re.compile(r"<[^>]*>|[^\s<]{24,}")
_PART = re.compile(r"(?:&#?\w+;|[^_/.\\-]){0,15}[_/.\\-]|(?:&#?\w+;|.){16}")


def breakable(text: str) -> str:
    """The text, in which a line may end within a word that is too long for one; tags stay as they are."""

    def broken(found: re.Match[str]) -> str:
        return found[0] if found[0][0] == "<" else _PART.sub("\\g<0>\N{ZERO WIDTH SPACE}", found[0])

    return _TAG_OR_LONG.sub(broken, text)


class WrappedLabel(QLabel):
    """As many lines as it takes, of plain text unless its format is set; a class name, a path or a link that
    has no spaces goes on in the next line too.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:  # noqa: D102
        super().setText(breakable(text))


class ElidedButton(QPushButton):
    """Leaves out the middle of what has no room and tells the whole of it in its tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""

    def say(self, text: str) -> None:
        """Show ``text``; an ampersand in it is one, no mark of a key."""
        self._whole = text
        self.setToolTip(text)
        self._write()

    def _write(self) -> None:
        middle, room = Qt.TextElideMode.ElideMiddle, self.width() - FRAME
        self.setText(self.fontMetrics().elidedText(self._whole, middle, room).replace("&", "&&"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self._write()


class ElidedLabel(QLabel):
    """One line that tells the whole of it in its tip; ``mode`` says where the dots go."""

    def __init__(
        self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str, *, tip: str = "", least: int = 0) -> None:
        """Show ``text``, and ``least`` pixels of it in any case; the tip is ``tip``, or the text itself."""
        self.setMinimumWidth(0)  # a label's hint is never below its minimum, that of the text before
        self.setText(text)
        self.setToolTip(tip or text)
        self.setMinimumWidth(min(least, self.sizeHint().width()))

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
