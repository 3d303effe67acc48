"""Which verdict waits for its words: a rejection for a reason, a label that is sent back for what to do."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal

Asked = Literal["", "reject", "send_back"]


class Asking(QObject):
    """``verdict`` waits; "" when none does."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.verdict: Asked = ""

    def ask(self, verdict: Asked) -> None:
        """Let a verdict wait for its words."""
        if verdict != self.verdict:
            self.verdict = verdict
            self.changed.emit()

    def stop(self) -> None:
        """No verdict waits."""
        self.ask("")
