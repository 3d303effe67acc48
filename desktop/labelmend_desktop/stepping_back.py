"""Takes a step back or does it again, and looks at where it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from labelmend.project.history import Row
from labelmend.project.project import Project
from labelmend.project.state import Changes
from labelmend_desktop.making import labels_of

if TYPE_CHECKING:
    from labelmend_desktop.session import Session


def step_back(
    session: Session, find: Callable[[Project], Row | None], act: Callable[[Project], Changes], word: str
) -> None:
    """Do ``act`` to what it ``find``s, say it with ``word``, and bring what it changed into sight."""
    found: list[Changes] = []

    def keep(project: Project) -> Changes:
        found.append(act(project))
        return found[0]

    row = None if session.project is None else find(session.project)
    labels = labels_of(0 if row is None else len(row.body))
    if not session.apply(keep, labels=labels) or session.project is None:
        return
    if not _is_seen_here(session, found[0]):
        _go_there(session, session.project, found[0])
    session.said.emit(f"{word}: {found[0].title}")


def _go_there(session: Session, project: Project, changes: Changes) -> None:
    """Bring what was changed into sight."""
    # Of a cluster the card waits, and its members do not.
    known = sorted(changes.issues, key=lambda issue: (issue != session.issue, issue))
    waiting = set(project.issues.id[session.waiting_rows()].tolist())
    first = next((issue for issue in known if issue in waiting), known[0] if known else -1)
    row = project.issues.row_of(first)
    if row >= 0 and project.issues.status_of(row) is not None:
        session.issue = None  # it may be the same issue, with another annotation to select
        session.set_issue(int(project.issues.id[row]))


def _is_seen_here(session: Session, changes: Changes) -> bool:
    """Whether what was taken back or done again is in hand; a label that is back is taken in hand."""
    if session.selection.several:
        return session.image in changes.images
    if session.project is None or not session.editing or session.image not in changes.images:
        return False
    if session.selected is None:
        there = [key for key in changes.annotations if session.project.record(key) is not None]
        session.select(there[0] if len(there) == 1 else None)
        return True
    return session.selected in changes.annotations  # the hands go on with the label they hold
