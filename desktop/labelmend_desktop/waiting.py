"""What waits for a person in each queue, counted once as long as nothing is done."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labelmend.project import queues
from labelmend.project.history import Row
from labelmend.project.project import Project
from labelmend.review.states import Actor, Queue


class Waiting:
    """Remembers the rows of each queue for the project as it stands and who works."""

    def __init__(self) -> None:
        self._since: tuple[Project, Row, Actor | None] | None = None
        self._rows: dict[Queue, NDArray[np.int64]] = {}

    def rows(self, project: Project, queue: Queue) -> NDArray[np.int64]:
        """Rows of `project.issues` that wait in a queue."""
        now = project, project.last_row, project.actor
        if self._since != now:
            self._since, self._rows = now, {}
        if queue not in self._rows:
            self._rows[queue] = queues.waiting(project, queue)
        return self._rows[queue]

    def forget(self) -> None:
        """Let go of the project."""
        self._since, self._rows = None, {}
