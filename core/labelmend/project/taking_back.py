"""What it is to take back a step or do it again where several did the same: it stands while one holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from msgspec.structs import replace

from labelmend.project.history import Decision, Edit, Row, Step
from labelmend.project.twins import as_twin
from labelmend.project.versions import joined
from labelmend.review.states import FLAGGED, Standing

if TYPE_CHECKING:
    from labelmend.project.project import Project
    from labelmend.project.state import State


@dataclass(frozen=True)
class Taking:
    """How things stand when a step is taken back or done again: in a project, or at a row of its history."""

    project: Project
    state: State
    record: Callable[[int], bytes | None]

    @staticmethod
    def now(project: Project) -> Taking:
        """As they stand in the project."""
        return Taking(project, project.state, project.record)

    def back(self, row: Row) -> Step:
        """The step that takes a row back: where others did the same, their work stands as their own."""
        step, alone = row.step(), self.alone(row.step())
        others = {one.issue: self._others(one.issue, row.seq) for one in alone.decisions}
        if not any(others.values()):
            return alone.inverse() if step.own or self._has_twins(alone) else step.inverse()
        undone = replace(alone, decisions=tuple(one for one in alone.decisions if not others[one.issue]))
        kept = self._keys_of(alone, [one for one in alone.decisions if others[one.issue]])
        inverse = undone.inverse()
        stay = tuple(
            self._left_to(one.issue, others[one.issue], row) for one in alone.decisions if others[one.issue]
        )
        edits = tuple(edit for edit in inverse.edits if edit.key not in kept)
        return replace(
            inverse,
            title=f"{step.title} (others did the same: it stands)",
            edits=edits,
            decisions=(*inverse.decisions, *stay),
        )

    def again(self, row: Row) -> Step:
        """The step that does again what was taken back: by agreement, where others did the same meanwhile."""
        step, alone = row.step(), self.alone(row.step())
        agreed = all(self.record(edit.key) == edit.after for edit in alone.edits) and all(
            self._others(one.issue, row.seq) and _is_alike(self.state.standing(one.issue), one.after)
            for one in alone.decisions
        )
        if alone.decisions and agreed:
            joining = tuple(self._joining(one) for one in alone.decisions)
            return Step(step.title, decisions=joining, own=Step(step.title, alone.edits, alone.decisions))
        return (
            replace(alone, title=step.title) if step.own or self._has_twins(alone) else step.without_notes()
        )

    def alone(self, step: Step) -> Step:
        """What somebody did by this step if nobody else did, to the labels that stand for those now."""
        own = step.own or step
        edits = tuple(
            Edit(
                *as_twin(self.project, edit.key, edit.before, self.state), self._as_twin(edit.key, edit.after)
            )
            for edit in own.edits
        )
        decisions = tuple(
            one if one.keys is None else replace(one, keys=tuple(self.state.twin(key) for key in one.keys))
            for one in own.decisions
        )
        return replace(own.without_notes(), edits=edits, decisions=decisions)

    def _as_twin(self, key: int, record: bytes | None) -> bytes | None:
        return as_twin(self.project, key, record, self.state)[1]

    def _has_twins(self, step: Step) -> bool:
        return any(edit.key in self.state.stand_for for edit in step.edits)

    def _others(self, issue: int, seq: int) -> list[Row]:
        """The rows by which others came to what stands."""
        return self._rows(one for one in self.state.stands_by(issue) if one != seq)

    def _rows(self, seqs: Iterable[int]) -> list[Row]:
        return [row for seq in seqs if (row := row_of(self.project, seq)) is not None]

    def _own_after(self, row: Row, issue: int) -> Standing:
        own = row.step().own or row.step()
        return next((one.after for one in own.decisions if one.issue == issue), None) or FLAGGED

    def _left_to(self, issue: int, others: Sequence[Row], row: Row) -> Decision:
        """What stands once a row is taken back of those that came to it."""
        left = [self._own_after(other, issue) for other in others]
        every = [self._own_after(each, issue) for each in sorted([*others, row], key=lambda each: each.seq)]
        return Decision(issue, _joined(every), _joined(left), "", ())

    def _joining(self, one: Decision) -> Decision:
        stands = self.state.standings.get(one.issue)
        after = _joined([stands or FLAGGED, one.after or FLAGGED])
        return Decision(one.issue, stands, after, one.comment, ())

    def _keys_of(self, step: Step, decisions: Iterable[Decision]) -> set[int]:
        every = tuple(edit.key for edit in step.edits)
        named = {key for one in decisions for key in (every if one.keys is None else one.keys)}
        return {self.state.twin(key) for key in named}


def row_of(project: Project, seq: int) -> Row | None:
    """A row of the history, which a copy may have adopted just now."""
    place = seq - project.adopted[0].seq if project.adopted else -1
    return next(iter(project.adopted[place:] if place >= 0 else project.store.history([seq])), None)


def moves(step: Step) -> list[tuple[int, Standing, Standing]]:
    """What a step makes of issues, without what was said with it."""
    return [(one.issue, one.before or FLAGGED, one.after or FLAGGED) for one in step.decisions]


def _joined(standings: Sequence[Standing]) -> Standing:
    return reduce(lambda one, other: joined(one, other, now=True), standings)


def _is_alike(one: Standing, other: Standing | None) -> bool:
    return other is not None and (one.status, one.verdict) == (other.status, other.verdict)
