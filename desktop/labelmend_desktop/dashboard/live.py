"""Keeps the numbers up with the work: frozen on the UI thread, counted in another, not too often."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from labelmend.progress import Progress
from labelmend.project.agreeing import Agreement, How, agreement_of
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.report.judged_twice import frozen, judged_twice
from labelmend.report.judgements import Ids, Judgements
from labelmend.report.progress import Overview, overview
from labelmend.report.tallies import Standings, standings_of
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks

_PAUSE = 100
_SHARE = 5
"""Milliseconds before the numbers follow a change; and counting may take a fifth of the time."""


@dataclass(frozen=True)
class Told:
    """All that the dashboard shows, of the project that it is told of."""

    project: Project
    overview: Overview
    agreement: Agreement
    judged_twice: Mapping[tuple[str, str, How], Ids]


class Live(QObject):
    """Emits ``told(Told)`` while it is awake, ``told(None)`` when there is nothing to tell."""

    told = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = Tasks(self)
        self._awake = self._again = False
        self._last: Told | None = None
        self._changed = True  # since the last was begun
        self._began = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._begin)
        session.project_changed.connect(self._start_anew)
        session.changed.connect(lambda _changes: self.follow())

    def wake(self) -> None:
        """Somebody looks: tell at once what was told last, count what changed since, and go on so."""
        self._awake = True
        if self._is_of_session(self._last) and not self._session.sitting.title:
            self.told.emit(self._last)
            if not self._changed:
                return
        self._begin()

    def sleep(self) -> None:
        """Nobody looks."""
        self._awake = False
        self._later.stop()

    def stop(self) -> None:
        """The window closes: nothing more is counted."""
        self.sleep()
        self._tasks.cancel_and_wait()

    def follow(self) -> None:
        """Something changed: tell soon; many changes in a row are told together."""
        self._changed = True
        if self._awake and not self._later.isActive():
            self._later.start(_PAUSE)

    def _start_anew(self) -> None:
        self._last, self._changed = None, True
        if self._awake:
            self._begin()

    def _begin(self) -> None:
        project = self._session.project
        if project is None or self._session.sitting.title:  # who judges blind is told nothing
            self.told.emit(None)
        elif self._tasks.busy:
            self._again = True
        else:
            self._again, self._changed, self._began = False, False, time.monotonic()
            self._tasks.run(
                count,
                standings_of(project),
                self._session.judgements,
                project.state.audit,
                frozen(project),
                title="Counting",
                on_done=self._done,
                on_failed=lambda _sentence: self._failed(),
            )

    def _done(self, told: Told) -> None:
        if self._is_of_session(told):
            self._last = told
            self.told.emit(told)
        self._go_on()

    def _is_of_session(self, told: Told | None) -> bool:
        """Whether it tells of the open project, whose copy the thread had: it is that one if the file is."""
        project = self._session.project
        return told is not None and project is not None and project.store is told.project.store

    def _failed(self) -> None:
        self._changed = True
        self._go_on()

    def _go_on(self) -> None:
        """What changed while it was counted is told after a rest."""
        took = time.monotonic() - self._began
        if self._again and self._awake:
            self._later.start(max(_PAUSE, int(1000 * _SHARE * took)))


def count(
    standings: Standings, judgements: Judgements, audit: Step | None, project: Project, *, progress: Progress
) -> Told:
    """What a thread does: read the new rows of the history, and count."""
    judgements.catch_up(project.store, before=project.altered_at)
    progress(1, 3)
    numbers = overview(standings, judgements, audit)
    progress(2, 3)
    return Told(project, numbers, agreement_of(project), judged_twice(project))
