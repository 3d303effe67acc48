"""Which step a person can take back or do again now: the newest that still fits what stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from labelmend.errors import Refused
from labelmend.project.expected import require_expected
from labelmend.project.history import Row, Step
from labelmend.project.taking_back import Taking
from labelmend.review.states import Actor

if TYPE_CHECKING:
    from labelmend.project.project import Project

_Known = tuple[int, Actor | None, Row | None]  # the history's last row, who, what can be undone or redone
_LOOK_BACK: Final = 50
"""So many steps are looked through for one that can be undone."""


class Undoing:
    """Remembers what it found until something is done: a step may be long to read."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._undo: _Known = (-1, None, None)
        self._redo: _Known = (-1, None, None)

    def still(self, project: Project) -> Undoing:
        """The same for a copy of the project, or for a project that stands where its copy stands."""
        other = Undoing(project)
        other._undo, other._redo = self._undo, self._redo
        return other

    def undoable(self) -> Row | None:
        """The newest of this person's steps that still fits: what was drawn or decided since does not."""
        stacks = self._project.state.stacks
        self._undo = self._first_fitting(self._undo, stacks.undoable, _LOOK_BACK, Taking.back)
        return self._undo[2]

    def redoable(self) -> Row | None:
        """The step that was undone last, if it still fits."""
        stacks = self._project.state.stacks
        self._redo = self._first_fitting(self._redo, stacks.redoable, 1, Taking.again)
        return self._redo[2]

    def remember(self, row: Row) -> None:
        """What was just done can be undone, and what was undone be done again: it need not be read anew."""
        actor = self._project.actor
        if row.op in ("do", "redo"):
            self._undo = row.seq, actor, row if row.op == "do" else self._redo[2]
        elif row.op == "undo":
            self._redo = row.seq, actor, self._undo[2]

    def _first_fitting(
        self,
        known: _Known,
        stack: Callable[[Actor], list[int]],
        most: int,
        turned: Callable[[Taking, Row], Step],
    ) -> _Known:
        project, actor = self._project, self._project.actor
        if actor is None:
            return -1, None, None
        last = project.last_row.seq
        if known[:2] == (last, actor):
            return known
        rows = (row for seq in stack(actor)[:most] for row in project.store.history([seq]))
        stands = Taking.now(project)
        return last, actor, next((row for row in rows if _fits(project, turned(stands, row))), None)


def _fits(project: Project, step: Step) -> bool:
    try:
        require_expected(project, step)
    except Refused:
        return False
    return True
