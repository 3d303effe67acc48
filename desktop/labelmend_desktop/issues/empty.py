"""What stands where the list is empty: why, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from labelmend.project.finding import has_looked
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.queues import counts
from labelmend_desktop.session import Session
from labelmend_desktop.words import NOTHING_WRONG


class Empty(QWidget):
    """Says why the list is empty and what to do next."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text.setProperty("tone", "quiet")
        self._find = actions.button("find_issues", primary=True, keys=False)
        self._draw = actions.button("draw_sample", primary=True, keys=False)
        self._clear = actions.button("clear_filter", keys=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * theme.GRID, 6 * theme.GRID, 3 * theme.GRID, theme.GRID)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(self._text)
        for button in (self._find, self._draw, self._clear):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def show_reason(self, session: Session, *, hidden: bool, weaker: int, checked: bool = False) -> None:
        """Choose the sentence and the button; ``weaker`` issues are hidden by nothing but their score;
        ``checked``: those that were to check the scores by."""
        project, queue = session.project, session.queue
        offer, lead = None, project is not None and project.actor is not None and project.actor.role == "lead"
        draw = self._draw if lead else None  # what the lead alone does is offered to nobody else
        if project is None:
            text = ""
        elif not len(project.issues):
            text, offer = NOTHING_WRONG if has_looked(project) else "No issues yet: find them.", self._find
        elif session.sitting.title:
            text = "All are answered."
        elif checked:
            text, offer = "The scores can follow what you said: find errors again.", self._find
        elif hidden:
            text, offer = "No issue passes the filter.", self._clear
            if weaker:
                others = f"{weaker:,} others are hidden by theirs"
                text = f"No issue of these scores is left; {others}."
            if weaker == 1:
                text = "No issue of these scores is left; 1 other is hidden by its own."
        elif queue == "fix":
            text, offer = "All issues have a verdict: export, or have a review sample drawn.", draw
        elif own := counts(session, queue)[1]:
            text = f"{own:,} here are your own work: somebody else has to look at them."
        elif queue == "review":
            text, offer = "Nothing is left to review: what is drawn of the finished labels comes here.", draw
        elif queue == "expert":
            text = "Nothing is left for the expert: what is rejected or cannot be told comes here."
        else:
            text = "Nothing is done yet."
        self._text.setText(text)
        for button in (self._find, self._draw, self._clear):
            button.setVisible(button is offer)
