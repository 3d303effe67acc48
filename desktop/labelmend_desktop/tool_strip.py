"""The strip of tools above the canvas: a whole shift must be possible with the mouse alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.actions import BY_NAME
from labelmend_desktop.narrow import NarrowRow

_GROUPS = (
    ("previous_issue", "next_issue"),
    ("undo", "redo"),
    ("edit", "draw_box", "draw_polygon", "draw_wire", "brush", "eraser", "choose_class", "delete"),
    ("fit_suspect", "fit_image", "zoom_in", "zoom_out"),
    ("show_detections", "show_others", "bare", "flip"),
)
_SPARE = (
    "redo",
    "draw_wire",
    "eraser",
    "brush",
    "choose_class",
    "flip",
    "fit_image",
    "next_issue",
    "previous_issue",
    "zoom_in",
    "zoom_out",
)
"""What a click in the list, the wheel, the review panel or the menu does too; the last goes first."""


class ToolStrip(NarrowRow):
    """Small buttons of the table's actions; what is held by key is held by mouse here."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("room", "strip")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID // 2, theme.GRID, theme.GRID // 2)
        layout.setSpacing(0)
        buttons: dict[str, QToolButton] = {}
        for place, names in enumerate(_GROUPS):
            if place:
                layout.addSpacing(2 * theme.GRID)
            for name in names:
                buttons[name] = _held(actions, name) if BY_NAME[name].hold else actions.tool(name)
                layout.addWidget(buttons[name])
        layout.addStretch(1)
        self.spare = [buttons[name] for name in _SPARE]


def _held(actions: ActionSet, name: str) -> QToolButton:
    row, action = BY_NAME[name], actions.action(name)
    button = QToolButton()
    button.setObjectName(name)
    button.setProperty("quiet", True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.pressed.connect(lambda: actions.run(row.name, True))
    button.released.connect(lambda: actions.run(row.name, False))

    def follow() -> None:
        button.setIcon(action.icon())
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())

    action.changed.connect(follow)
    follow()
    return button
