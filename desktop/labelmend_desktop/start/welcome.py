"""The first page: what can be opened, what was open before, and that files can be dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.places import recent_projects

_WIDTH = 560


class WelcomePage(QWidget):
    """Shown while no project is open."""

    def __init__(
        self, actions: ActionSet, *, open_path: Callable[[Path], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open = open_path
        title = QLabel("Labelmend")
        title.setFont(theme.font(28, bold=True))
        told = QLabel(
            "Finds label errors in COCO datasets, lets people fix them on the picture, "
            "and writes COCO back byte for byte."
        )
        told.setWordWrap(True)
        told.setProperty("tone", "quiet")
        self._recent_title = QLabel("Recent projects")
        self._recent_title.setFont(theme.font(bold=True))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        column = QWidget()
        column.setFixedWidth(_WIDTH)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2 * theme.GRID)
        inner.addWidget(title)
        inner.addWidget(told)
        inner.addLayout(_buttons(actions))
        inner.addWidget(_drop_hint())
        inner.addWidget(self._recent_title)
        inner.addLayout(self._recent)
        # Stretches on both sides, not an alignment: that would ignore how tall wrapped text is.
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(column)
        across.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(across)
        layout.addStretch(3)
        self.refresh()

    def refresh(self) -> None:
        """List the recent projects anew."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        paths = recent_projects()[:6]
        self._recent_title.setVisible(bool(paths))
        for path in paths:
            button = QPushButton()
            button.setText(
                button.fontMetrics().elidedText(_shown(path), Qt.TextElideMode.ElideMiddle, _WIDTH - 48)
            )
            button.setProperty("quiet", True)
            button.setProperty("left", True)
            button.setToolTip(str(path))
            button.clicked.connect(lambda _checked=False, chosen=path: self._open(chosen))
            self._recent.addWidget(button)


def _buttons(actions: ActionSet) -> QHBoxLayout:
    buttons = QHBoxLayout()
    buttons.setSpacing(theme.GRID)
    buttons.addWidget(actions.button("new_project", primary=True, keys=False))
    buttons.addWidget(actions.button("open_project", keys=False))
    buttons.addWidget(actions.button("open_sample", keys=False))
    buttons.addStretch(1)
    return buttons


def _drop_hint() -> QFrame:
    frame = QFrame()
    frame.setProperty("room", "drop")
    hint = QLabel("Or drop a project here, or a COCO file with its folder of pictures and a detections file.")
    hint.setWordWrap(True)
    hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
    hint.setProperty("tone", "quiet")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(3 * theme.GRID, 4 * theme.GRID, 3 * theme.GRID, 4 * theme.GRID)
    inside.addWidget(hint)
    return frame


def _shown(path: Path) -> str:
    return f"{path.stem}   {path.parent}"
