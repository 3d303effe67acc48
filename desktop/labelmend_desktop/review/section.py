"""A part of the panel that folds away under its heading."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from labelmend_desktop import theme


class Section(QWidget):
    """A heading that opens and closes what is below it. Folding by itself never undoes a person's choice."""

    def __init__(self, title: str, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self._chosen = False
        self._title = QToolButton()
        self._title.setText(title)
        self._title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._title.setProperty("quiet", True)
        self._title.setProperty("heading", True)
        self._title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._title.clicked.connect(self._turn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        layout.addWidget(self._title)
        layout.addWidget(body)
        self._show(True)

    @property
    def is_open(self) -> bool:
        """Whether the body is shown."""
        return not self._body.isHidden()

    def fold(self, folded: bool) -> None:
        """Fold or unfold for want of room, unless a person has chosen."""
        if not self._chosen:
            self._show(not folded)

    def _turn(self) -> None:
        self._chosen = True
        self._show(not self.is_open)

    def _show(self, opened: bool) -> None:
        self._body.setVisible(opened)
        self._point(opened)

    def _point(self, opened: bool) -> None:
        self._title.setIcon(theme.icon("mdi6.chevron-down" if opened else "mdi6.chevron-right"))

    def changeEvent(self, event: QEvent) -> None:
        """The arrow in the colour of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_title"):
            self._point(self.is_open)
