"""Takes a step back or does it again, and looks at where it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from labelmend.project.clusters import about
from labelmend.project.history import Row
from labelmend.project.project import Project
from labelmend.project.state import Changes
from labelmend_desktop.making import labels_of

if TYPE_CHECKING:
    from labelmend_desktop.session import Session


class SteppingBack:
    """Remembers of each step that was done since the start at which issue that was."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._done_at: dict[bytes, int | None] = {}
        session.changed.connect(lambda _changes: self._remember())

    def undo(self) -> None:
        """Take back the last step, and look at where it was."""
        self._step(lambda p: p.undoing.undoable(), Project.undo, "Undone")

    def redo(self) -> None:
        """Do again what was undone, and look at where it was."""
        self._step(lambda p: p.undoing.redoable(), Project.redo, "Done again")

    def _remember(self) -> None:
        project = self._session.project
        if project is not None and project.last_row.op == "do":
            self._done_at[project.last_row.hash] = self._session.issue

    def _step(
        self, find: Callable[[Project], Row | None], act: Callable[[Project], Changes], word: str
    ) -> None:
        """Do ``act`` to what it ``find``s, say it with ``word``, and bring what it changed into sight."""
        session = self._session
        found: list[Changes] = []

        def keep(project: Project) -> Changes:
            found.append(act(project))
            return found[0]

        row = None if session.project is None else find(session.project)
        done_at = None if row is None else self._done_at.get(row.hash)
        labels = labels_of(0 if row is None else len(row.body))
        if not session.apply(keep, labels=labels) or session.project is None:
            return
        if not _is_seen_here(session, found[0], done_at):
            _go_there(session, session.project, found[0], done_at)
        label = None if session.selected is None else session.project.annotation(session.selected)
        if label is not None and label.key in found[0].annotations:
            session.draw_category = max(label.category, 0)  # a class that was taken back is not drawn
        session.said.emit(f"{word}: {found[0].title}")


def _go_there(session: Session, project: Project, changes: Changes, done_at: int | None) -> None:
    """Bring what was changed into sight: the issue at which it was done, else one that it is about."""
    # Of a cluster the card waits, and its members do not.
    first = [issue for issue in (done_at, session.issue) if issue in changes.issues]
    rows = project.issues.rows_of(np.array([*first, *sorted(changes.issues)], np.int64))
    waiting = rows[np.isin(rows, session.waiting_rows())]
    row = int(next(iter((*waiting, *rows)), -1))
    if row >= 0 and project.issues.status_of(row) is not None:
        session.issue = None  # it may be the same issue, with another annotation to select
        session.set_issue(int(project.issues.id[row]))


def _is_seen_here(session: Session, changes: Changes, done_at: int | None) -> bool:
    """Whether what was taken back or done again is in hand, or was done right here; a label that is back is
    taken in hand."""
    if session.project is None or session.image not in changes.images:
        return False
    if session.selection.several:
        return True
    here = done_at is not None and done_at == session.issue
    if not session.editing and not here:
        return False
    if session.selected is None:
        there = [key for key in changes.annotations if session.project.record(key) is not None]
        session.select(there[0] if len(there) == 1 else None if session.editing else _suspect(session))
        return True
    return here or session.selected in changes.annotations  # the hands go on with the label they hold


def _suspect(session: Session) -> int | None:
    """The label that the issue in sight is about, as far as it is there."""
    project = session.project
    if project is None or session.issue is None:
        return None
    key = about(project, project.issues.row_of(session.issue))
    return None if key is None or project.record(key) is None else key
