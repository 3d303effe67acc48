"""Asks who is working, and as what."""

from __future__ import annotations

import getpass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from labelmend.review.states import ROLES, Actor, Role
from labelmend_desktop import theme
from labelmend_desktop.actions import unbroken

_ROLE_WORDS: dict[Role, str] = {
    "annotator": "Annotator: goes through the issues and fixes the labels",
    "reviewer": "Reviewer: approves or rejects what others changed",
    "expert": "Expert: decides what was rejected or could not be told",
    "lead": "Lead: sets instructions, reasons and rates, and draws the samples",
}


def user_name() -> str:
    """The name this computer knows its user by."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


class WhoDialog(QDialog):
    """A name and one of the roles; Enter takes them."""

    def __init__(self, default: Actor | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("who")
        self.setWindowTitle("Who is working?")
        self.setMinimumWidth(440)
        self.name = QLineEdit(default.name if default else user_name())
        self.name.setObjectName("who_name")
        self.name.setPlaceholderText("Your name, as the history shall show it")
        self.roles: dict[Role, QRadioButton] = {role: QRadioButton(_ROLE_WORDS[role]) for role in ROLES}
        for role, button in self.roles.items():
            button.setObjectName(f"role_{role}")
        told = (
            "Begin as annotator: the lead sees every list but fixes no label. File › Who is working changes "
            "the role at any time. Nobody gets their own work to review."
        )
        note = QLabel(unbroken(told))
        note.setWordWrap(True)
        note.setProperty("tone", "quiet")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton("Start", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("primary", True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.name.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.go.setEnabled(bool(self.name.text().strip()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * theme.GRID, 3 * theme.GRID, 3 * theme.GRID, 2 * theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.name)
        for button in self.roles.values():
            layout.addWidget(button)
        self._choose(default.role if default else "annotator")
        layout.addWidget(note)
        layout.addSpacing(theme.GRID)
        layout.addWidget(buttons)
        self.go.setDefault(True)  # once it is in the dialog, else Enter presses Cancel
        self.name.selectAll()

    def _choose(self, chosen: Role) -> None:
        """Tab comes to the role that is chosen, from which arrows choose: from another they would only go."""
        self.roles[chosen].setChecked(True)
        for role, button in self.roles.items():
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if role == chosen else Qt.FocusPolicy.ClickFocus)

    def answer(self) -> Actor:
        """Who was entered."""
        role = next(role for role, button in self.roles.items() if button.isChecked())
        return Actor(self.name.text().strip(), role)
