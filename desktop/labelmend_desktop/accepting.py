"""What Enter does in the annotator's queue: what the eye expects; where that is in doubt, it says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from labelmend.project import clusters
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.cards import Cards
from labelmend_desktop.review.panel import ReviewPanel
from labelmend_desktop.session import Session


class Accepting(QObject):
    """``take`` takes what is proposed on the canvas, if anything is; ``tool`` is the tool in hand, or ""."""

    def __init__(
        self,
        session: Session,
        actions: ActionSet,
        cards: Cards,
        *,
        panel: ReviewPanel,
        take: Callable[[], bool],
        tool: Callable[[], str],
    ) -> None:
        super().__init__(session)
        self._session, self._cards, self._panel = session, cards, panel
        self.take, self._tool = take, tool
        self._refused = False
        for refused in (session.failed, actions.failed):
            refused.connect(self._was_refused)
        actions.begun.connect(self._begun)
        session.issue_changed.connect(self._begun)

    def accept(self) -> None:
        """Take the proposal in sight, else accept what is suggested for the issue."""
        if self.take():
            return
        doubt = self._doubt()
        if doubt:
            self._session.failed.emit(doubt)
            self._refused = False  # the next one is meant
        else:
            self._cards.accept(self._session.asking.comment)

    def or_else(self, verdict: Callable[[], object]) -> Callable[[], None]:
        """Another verdict that Enter gives: it takes the proposal in sight, else it gives the verdict."""

        def do() -> None:
            if not self.take():
                verdict()

        return do

    def _doubt(self) -> str:
        """Why it is not plain that the suggestion is meant, and what Enter does next; "" where it is."""
        session, tool = self._session, self._tool()
        if session.suggestion() is None:
            return ""
        fix = self._panel.fix.text().removeprefix("Suggested: ")
        if tool:
            return f"A tool is in hand ({tool}): Esc puts it away, and Enter accepts what is suggested: {fix}"
        own = self._own()
        if session.selection.keys not in ((), (own,)):
            session.set_editing(False)
            session.select(own)
            return f"Another label was in hand. Enter now accepts what is suggested for this one: {fix}"
        if self._refused:
            return f"What you asked for last was not done. Enter now accepts what is suggested: {fix}"
        return ""

    def _own(self) -> int | None:
        """The label that the issue in sight is about, of a card its example; None where it is missing."""
        project, issue = self._session.project, self._session.issue
        if project is None or issue is None:
            return None
        return clusters.about(project, project.issues.row_of(issue))

    def _was_refused(self, _sentence: str) -> None:
        self._refused = True

    def _begun(self, name: str = "") -> None:
        if name != "accept":
            self._refused = False
