"""What is written of the issue in sight, and which verdict waits for it: a rejection, or a sending back."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal

Asked = Literal["", "reject", "send_back"]


class Asking(QObject):
    """``verdict`` waits, "" when none does; ``comment`` is what is written, which goes with the next one."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.verdict: Asked = ""
        self.comment = ""

    def ask(self, verdict: Asked) -> None:
        """Let a verdict wait for its words."""
        if verdict != self.verdict:
            self.verdict = verdict
            self.changed.emit()

    def write(self, text: str) -> None:
        """Somebody writes of the issue in sight."""
        self.comment = text.strip()

    def stop(self) -> None:
        """No verdict waits."""
        self.ask("")
