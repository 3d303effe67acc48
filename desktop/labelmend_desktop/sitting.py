"""Judging blind: a sheet lies over the project, and what is answered on it is handed in one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from labelmend.errors import LabelmendError
from labelmend.project.aside import Aside
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.project.sheets import Sheet
from labelmend.review.opinions import Judged
from labelmend.review.states import Queue

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

Keep = Callable[[Project, int, Judged], Step]
Tell = Callable[[Project], str]


class Sitting:
    """What the session shows while somebody judges blind; `title` is empty while nobody does.

    An answer is handed in when its label is left, by a verdict or by going on; it is on the disk then. After
    the last one `end` says so, a heading and words, and the sheet stays until it is left: a key that follows
    by habit must not judge a label of the project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sheet: Sheet | None = None
        self._folder: Aside | None = None
        self._behind: tuple[Project, int | None, Queue] | None = None
        self._keep: Keep | None = None
        self._tell: Tell | None = None
        self.end: tuple[str, str] | None = None
        self.title = ""
        self.total = 0

    @property
    def left(self) -> int:
        """How many labels wait for an answer."""
        return 0 if self._sheet is None else self._sheet.left

    def begin(self, title: str, sheet: Sheet, folder: Aside, *, keep: Keep, tell: Tell | None = None) -> None:
        """Lay a sheet, which lies in `folder`, over the open project; `keep` makes the step of an answer,
        `tell` says at the end what came out."""
        session = self._session
        assert session.project is not None
        self._behind = session.project, session.issue, session.queue
        self._sheet, self._folder, self._keep, self._tell = sheet, folder, keep, tell
        self.title, self.total = title, sheet.left
        session.queue = "fix"
        self._show(sheet.project)

    def leave(self) -> None:
        """Hand in what is answered, throw the sheet away, and go back to where one was."""
        if self._sheet is None or self._behind is None:
            return
        self.collect()
        sheet, folder = self._sheet, self._folder
        project, issue, queue = self._behind
        self._sheet, self._folder, self._behind, self._keep, self._tell = None, None, None, None, None
        self.title, self.end = "", None
        self._session.queue = queue
        self._show(project)
        self._session.set_issue(issue)
        sheet.project.close()
        if folder is not None:
            folder.cleanup()

    def collect(self) -> None:
        """Hand in every answer that was given since."""
        if self._sheet is not None:
            for issue in self._sheet.asked:
                own = self._sheet.answer(issue)
                if own is not None:
                    self._hand_in(self._sheet, issue, own)

    def _hand_in(self, sheet: Sheet, issue: int, own: Judged) -> None:
        if self._behind is None or self._keep is None:
            return
        project, stands_for = self._behind[0], sheet.asked[issue]
        try:
            project.apply(self._keep(project, stands_for, own), op="answer")
        except LabelmendError as error:
            self._session.failed.emit(error)
        self._session.apply(lambda _project: sheet.hand_in(issue))

    def finish(self) -> bool:
        """Hand in; say so when no label waits any more, and whether that is so."""
        self.collect()
        if self._sheet is None or self._behind is None or self.left:
            return False
        if self.end is None:
            told = self._tell(self._behind[0]) if self._tell is not None else ""
            self.end = f"All {self.total:,} answered", f"{told} Esc goes back to the project.".lstrip()
            self._session.set_issue(None)
            self._session.mode_changed.emit()
        return True

    def require_asked(self, step: Step) -> None:
        """Refuse a change of a label that is not asked about."""
        if self._sheet is not None:
            self._sheet.require_asked(step)

    def _show(self, project: Project) -> None:
        session = self._session
        session.pictures.clear()
        session.selection.hold(None)
        session.project, session.issue, session.image, session.editing = project, None, -1, False
        session.project_changed.emit()
        session.mode_changed.emit()
