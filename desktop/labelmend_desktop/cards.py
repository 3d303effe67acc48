"""Accepts the card of a systematic error: where its labels are many, the step is made off the UI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject

from labelmend.errors import LabelmendError, Refused
from labelmend.progress import Progress
from labelmend.project import clusters
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Task, Tasks

MANY = 200
"""From so many labels on, a thread makes the step: a label takes up to half a millisecond."""


class Cards(QObject):
    """What Enter does in the annotator's queue."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__(session)
        self._session = session
        self._tasks = tasks
        self._task: Task | None = None
        session.project_changed.connect(self._stop)

    def accept(self, comment: str = "") -> None:
        """Accept the suggestion; one for thousands of labels is done once its step is made."""
        project, issue = self._session.project, self._session.issue
        row = -1 if project is None or issue is None else project.issues.row_of(issue)
        labels = 0 if project is None or row < 0 else len(clusters.waiting(project, row))
        if project is None or issue is None or labels < MANY or project.issues.status_of(row) != "flagged":
            self._session.accept(comment)
            return
        if self._tasks.busy:
            raise Refused("Something else is being worked on: wait until that is done, or cancel it.")
        self._make(project, issue, labels, comment)

    def _make(self, project: Project, issue: int, labels: int, comment: str) -> None:
        actor = project.actor

        def made(step: Step) -> None:
            if self._session.project is not project:
                return
            if project.actor != actor:
                self._session.failed.emit("Somebody else works now: nothing was fixed.")
                return
            self._session.take(lambda _project: step, issue)

        def failed(error: LabelmendError) -> None:
            if self._session.project is project:
                self._session.failed.emit(error)

        self._task = self._tasks.run(
            make_step,
            project.still(),
            issue,
            comment,
            title=f"Fixing {labels:,} labels",
            on_done=made,
            on_failed=failed,
        )

    def _stop(self) -> None:
        """Another project is open now, or none."""
        if self._task is not None:
            self._task.cancel()


def make_step(project: Project, issue: int, comment: str, *, progress: Progress) -> Step:
    """The step of a card, made of the project as it stood, as a task calls it."""
    return clusters.accept(project, issue, comment=comment, progress=progress)
