"""The verdict buttons: those of the queue, for the person who works in it."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from labelmend.project.decided import is_mended
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.project.verbs import may_reopen
from labelmend.review.rules import is_sent_back
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet, caption
from labelmend_desktop.actions import BY_NAME
from labelmend_desktop.review.reasons import ReasonButtons
from labelmend_desktop.session import Session
from labelmend_desktop.words import PLACE, is_of_picture, lacks_picture, without_class

_BUTTONS = {
    "fix": ("accept", "dismiss", "ambiguous"),
    "review": ("approve", "reject"),
    "expert": ("fix_stands", "original_stands", "corrected", "take_suggestion", "send_back"),
    "done": (),
}
_SHORT = {
    "dismiss": "Not an error",
    "ambiguous": "Cannot tell",
    "original_stands": "Original",
    "corrected": "Corrected",
    "take_suggestion": "Suggestion",
    "send_back": "Send back…",
}
"""These stand two in a row."""
_QUESTIONS = {
    "": "",
    "choose": "Why? One key or click rejects. Enter: in your own words. Esc leaves it.",
    "reject": "Why is it rejected? Enter rejects, Esc leaves it.",
    "send_back": "What shall the annotator do? Enter sends it back, Esc leaves it.",
}
_WORKER = {"fix": "annotator", "review": "reviewer", "expert": "expert"}


class Verdicts(QWidget):
    """Shows the buttons that fit, and what a verdict that waits for its words needs."""

    def __init__(self, session: Session, actions: ActionSet) -> None:
        super().__init__()
        self._session = session
        self._proposed = False
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
        self.reasons = ReasonButtons()
        self._find = actions.button("find_pictures", primary=True, text="Choose the folder…")
        layout.addWidget(self._find)
        self._pairs, self._columns = QGridLayout(), 0
        self._pairs.setSpacing(theme.GRID)
        for names in _BUTTONS.values():
            for place, name in enumerate(names):
                short = _SHORT.get(name, "")
                button = actions.button(name, primary=place == 0, text=short, icon=not short)
                button.setProperty("half", bool(short))
                self._buttons[name] = button
                if not short:
                    layout.addWidget(button)
        self._beside = QHBoxLayout()
        self._beside.addWidget(self._buttons["fix_stands"], 1)
        self._reopen = actions.button("reopen", keys=False)
        self.place(columns=2)
        layout.addLayout(self._pairs)
        layout.insertLayout(layout.indexOf(self._pairs), self._beside)
        layout.addWidget(self._question)
        layout.addWidget(self.reasons)
        layout.addWidget(self._other_role)
        layout.addWidget(self._switch)
        self.refresh()

    def place(self, *, columns: int) -> None:
        """Put the smaller buttons so many in a row."""
        if columns == self._columns:
            return
        self._columns = columns
        for n, name in enumerate(_SHORT):
            self._pairs.addWidget(self._buttons[name], *divmod(n, columns))
        self._beside.removeWidget(self._reopen)
        self._pairs.removeWidget(self._reopen)
        if columns > 1:
            self._beside.addWidget(self._reopen)
        else:
            self._pairs.addWidget(self._reopen, len(_SHORT), 0)

    def refresh(self) -> None:
        """Show the buttons of the queue, or why there are none."""
        project, queue = self._session.project, self._session.queue
        role = project.actor.role if project is not None and project.actor is not None else ""
        fits = queue not in _WORKER or role == _WORKER[queue]
        for name, button in self._buttons.items():
            button.setVisible(fits and name in _BUTTONS.get(queue, ()))
        self._reopen.setVisible(self._may_reopen())
        self._reopen.setText("" if queue == "expert" else BY_NAME["reopen"].text)  # a row with Enter's
        self._show_of_picture(may=fits and queue == "fix")
        self._name_buttons()
        self._other_role.setVisible(not fits)
        self._switch.setVisible(not fits)
        if not fits:
            needed = _WORKER[queue]
            article = "an" if needed[0] in "ae" else "a"
            self._other_role.setText(
                f"This queue is for {article} {needed}; you work as {role or 'nobody yet'}."
            )
        self._ask(project if fits else None)

    def _show_of_picture(self, *, may: bool) -> None:
        """Of a picture itself nothing can be suggested; where it is missing, another folder may help."""
        project, issue = self._session.project, self._session.issue
        row = project.issues.row_of(issue) if project is not None and issue is not None else -1
        self._find.hide()
        if project is not None and row >= 0 and is_of_picture(project.issues, row):
            self._buttons["accept"].hide()
            self._find.setVisible(may and lacks_picture(project.issues, row))

    def _may_reopen(self) -> bool:
        project, issue = self._session.project, self._session.issue
        if project is None or issue is None or self._session.sitting.title:
            return False
        return may_reopen(project, issue)

    def _is_of_place(self) -> bool:
        """Whether it is asked whether a label is missing."""
        project, issue = self._session.project, self._session.issue
        row = project.issues.row_of(issue) if project is not None and issue is not None else -1
        return project is not None and row >= 0 and without_class(project.issues, row) == PLACE

    def show_proposal(self, shown: bool) -> None:
        """While a shape is proposed on the canvas, Enter takes that."""
        self._proposed = shown
        self._name_buttons()

    def _name_buttons(self) -> None:
        """Enter keeps what was mended already; with a correction of one's own it approves that.

        Who judges blind says that it is right, or mends it; nothing is suggested that could be accepted.
        """
        accept = approve = stands = ""
        blind = bool(self._session.sitting.title)
        project, issue = self._session.project, self._session.issue
        if project is not None and issue is not None:
            standing, actor = project.standing(issue), project.actor
            if standing.status == "fixed":
                accept = "Keep it, go on"
            elif blind:
                self._buttons["accept"].hide()
            elif standing.status in ("dismissed", "ambiguous"):
                accept = "Leave it, go on"
            elif is_sent_back(standing) and is_mended(project, issue):
                accept = "Keep the fix"
            if actor is not None and actor.is_person(standing.corrected):
                approve = "Approve corrected"
            if standing.status == "conflict" and not standing.corrected:
                stands = "Original stands"  # as X: it was put back when several had changed it
        right = ("Nothing missing" if self._is_of_place() else "It is right") if blind else ""
        self._buttons["dismiss"].setText(caption(BY_NAME["dismiss"], right))
        if self._proposed:
            accept = approve = stands = "Take it"
        self._buttons["accept"].setText(caption(BY_NAME["accept"], accept))
        self._buttons["approve"].setText(caption(BY_NAME["approve"], approve))
        self._buttons["fix_stands"].setText(caption(BY_NAME["fix_stands"], stands))

    def _ask(self, project: Project | None) -> None:
        """Show what the verdict that waits needs."""
        verdict = self._session.asking.verdict
        reasons = policy_of(project).reasons if project is not None and verdict == "reject" else ()
        self.reasons.show_reasons(reasons)
        self.reasons.setVisible(bool(reasons))
        self._question.setText(_QUESTIONS["choose" if reasons else verdict])
        self._question.setVisible(project is not None and bool(verdict))
