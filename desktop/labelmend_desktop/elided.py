"""A label that shortens its text to the room there is and tells the whole of it in its tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """One line; ``mode`` says where the dots go."""

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
