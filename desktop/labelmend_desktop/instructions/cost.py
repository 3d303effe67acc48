"""Says what other numbers would do to the list of issues, while they are written: counted by a thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from labelmend.errors import LabelmendError
from labelmend.find.inputs import Tolerance
from labelmend.find.issues import Issues
from labelmend.progress import Progress
from labelmend.project.foreseeing import Foreseeing, Foreseen, changes_numbers, foresee, foreseeing
from labelmend.project.project import Project
from labelmend.review.instructions import Instructions, tolerance_of
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Task, Tasks

_Known = tuple[int, Foreseeing, Issues]
"""The history's last row, what was stored then, and what is found of it by the numbers that hold."""
COUNTING = "Counting what that changes…"
_AFTER = 400
"""Milliseconds that nothing was typed before the count begins."""


class Cost(QObject):
    """Emits ``told(sentence)``: empty where no number changes. ``counting`` while it is not known yet."""

    told = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = Tasks(self)  # of its own: counting holds up nothing else
        self._task: Task | None = None
        self._given: Instructions | None = None
        self._known: _Known | None = None
        self.counting = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER)
        self._later.timeout.connect(self._count)

    def weigh(self, given: Instructions) -> None:
        """These are the instructions now."""
        project = self._session.project
        if self._given is not None and _same(self._given, given):
            return
        self.stop()
        self._given = given
        self.counting = project is not None and changes_numbers(project, given)
        self.told.emit(COUNTING if self.counting else "")
        if self.counting:
            self._later.start()

    def stop(self) -> None:
        """Count no more."""
        self._later.stop()
        if self._task is not None:
            self._task.cancel()
        self._task, self._given, self.counting = None, None, False

    def shutdown(self) -> None:
        """The project closes: nothing more is told."""
        self.stop()
        self._tasks.let_go()

    def _count(self) -> None:
        project, given = self._session.project, self._given
        if project is None or given is None:
            return
        seq = project.last_row.seq
        known = self._known if self._known is not None and self._known[0] == seq else None

        def done(found: tuple[Foreseeing, Foreseen]) -> None:
            self._known = seq, found[0], found[1].now
            if self._given is given:
                self._finish(f"With these numbers, once errors are found again: {found[1].sentence}")

        self._task = self._tasks.run(
            _foresee,
            project.still() if known is None else known,
            tolerance_of(given, project.categories.name),
            title="Counting",
            on_done=done,
            on_failed=partial(self._fail, given),
        )

    def _fail(self, given: Instructions, error: LabelmendError) -> None:
        if self._given is given:
            self._finish(str(error))

    def _finish(self, sentence: str) -> None:
        self.counting = False
        self.told.emit(sentence)


def _foresee(
    given: Project | _Known, tolerance: Tolerance | None, *, progress: Progress
) -> tuple[Foreseeing, Foreseen]:
    """What these numbers change, of a project as it stood or of what is known of it already."""
    if isinstance(given, Project):
        inputs, now = foreseeing(given), None
    else:
        _, inputs, now = given
    return inputs, foresee(inputs, tolerance, now=now, progress=progress)


def _same(one: Instructions, other: Instructions) -> bool:
    """Whether both set the same numbers."""
    return [(c.name, c.tolerance, c.margin, c.smallest) for c in one.classes] == [
        (c.name, c.tolerance, c.margin, c.smallest) for c in other.classes
    ]
