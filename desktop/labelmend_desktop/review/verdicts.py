"""The verdict buttons: those of the queue, for the person who works in it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.session import Session

_BUTTONS = {
    "fix": ("accept", "dismiss", "ambiguous"),
    "review": ("approve", "reject"),
    "expert": ("fix_stands", "original_stands", "corrected", "send_back"),
    "done": (),
}
_WORKER = {"fix": "annotator", "review": "reviewer", "expert": "expert"}


class Verdicts(QWidget):
    """Shows the buttons that fit; ``waiting`` names a verdict that waits for its words."""

    def __init__(self, session: Session, actions: ActionSet) -> None:
        super().__init__()
        self._session = session
        self.waiting = ""
        self._question = QLabel()
        self._question.setWordWrap(True)
        self._question.setProperty("tone", "warn")
        self._question.hide()
        self._other_role = QLabel()
        self._other_role.setWordWrap(True)
        self._other_role.setProperty("tone", "warn")
        self._switch = actions.button("switch_person", keys=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        self._buttons = {}
        for names in _BUTTONS.values():
            for place, name in enumerate(names):
                self._buttons[name] = actions.button(name, primary=place == 0)
                layout.addWidget(self._buttons[name])
        layout.addWidget(self._other_role)
        layout.addWidget(self._switch)
        layout.addWidget(self._question)
        self.refresh()

    def refresh(self) -> None:
        """Show the buttons of the queue, or why there are none."""
        project, queue = self._session.project, self._session.queue
        role = project.actor.role if project is not None and project.actor is not None else ""
        fits = queue not in _WORKER or role == _WORKER[queue]
        for name, button in self._buttons.items():
            button.setVisible(fits and name in _BUTTONS.get(queue, ()))
        self._other_role.setVisible(not fits)
        self._switch.setVisible(not fits)
        if not fits:
            needed = _WORKER[queue]
            article = "an" if needed[0] in "ae" else "a"
            self._other_role.setText(
                f"This queue is for {article} {needed}; you work as {role or 'nobody yet'}."
            )

    def ask(self, question: str, verdict: str) -> None:
        """Say what words are needed for ``verdict``."""
        self.waiting = verdict
        self._question.setText(question)
        self._question.show()

    def ask_nothing(self) -> None:
        """No verdict waits for words."""
        self.waiting = ""
        self._question.hide()
