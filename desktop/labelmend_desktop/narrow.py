"""A row that gets too narrow leaves out what is least needed, so that the window may get narrow too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget


class NarrowRow(QFrame):
    """A row of widgets in a layout; of ``spare`` it shows as many as there is room for, the first first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spare: Sequence[QWidget] = ()

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Leave out what does not fit; called where a part has become wider or narrower."""
        layout = self.layout()
        if layout is None:
            return
        for widget in self.spare:
            widget.show()
        for widget in reversed(self.spare):
            if layout.minimumSize().width() <= self.width():
                break
            widget.hide()
        for widget in self.spare:
            if widget.isHidden():  # it may fit where a wider one did not
                widget.show()
                widget.setVisible(layout.minimumSize().width() <= self.width())
        layout.activate()  # else a frame that comes first shows one part over another
