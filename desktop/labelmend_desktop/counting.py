"""Has a thread count what a dialog tells; the dialog is open meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Task, Tasks

Counted = TypeVar("Counted")
Later = Callable[[Callable[[Counted], None]], None]
"""later(tell): calls tell with what was counted, once it is."""


class Counting(QObject):
    """Counts for one dialog at a time; what goes wrong is said by the session."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._tasks = Tasks(self)  # of its own: counting holds up nothing else
        self._task: Task | None = None
        session.closing.connect(self._tasks.let_go)

    def begin(self, count: Callable[..., Any], tell: Callable[[Any], None]) -> None:
        """Call ``tell`` with what ``count(project, progress=...)`` comes to, of the project as it stands."""
        if self._task is not None:
            self._task.cancel()
        if self._session.project is not None:
            self._task = self._tasks.run(
                count,
                self._session.project.still(),
                title="Counting",
                on_done=tell,
                on_failed=self._session.failed.emit,
            )
