"""Whether what was done in a package may have been done there: a package comes from outside, and may lie.

Its history is whole when the hashes say so; but whoever writes all of it anew writes new hashes. So every row
is held against what its project knows: which images were shared, and who may do what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from msgspec.structs import replace as with_

from labelmend.coco.identity import whole
from labelmend.coco.record import Shape, annotation_of, read_record
from labelmend.errors import BadFile, Refused
from labelmend.find.issues import KINDS
from labelmend.project.about import About
from labelmend.project.comparing import compare
from labelmend.project.current import ROOM
from labelmend.project.history import NO_KEY, Decision, Edit, Note, Row, Step, Version
from labelmend.project.looks import versions_of
from labelmend.project.packages import keys_of
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.project.state import State
from labelmend.project.taking_back import Taking
from labelmend.project.versions import base_in
from labelmend.review.moves import require_look, require_move
from labelmend.review.opinions import Opinion
from labelmend.review.states import FLAGGED, HELD, QUEUES, ROLES, Actor, same_person


def vet(project: Project, package: Project, told: About, state: State, rows: Sequence[Row]) -> None:
    """Refuse a package in which one of these rows, all that are new, breaks a rule; the row is named.

    state: the package as it stood before them.
    """
    keys, images = keys_of(package)
    vetting = _Vetting(
        project,
        package,
        told,
        keys.tolist(),
        frozenset(images.tolist()),
        state,
        frozenset(state.added),
        rows[0],
    )
    try:
        for row in rows:
            vetting.at = row
            vetting.row(row, row.step())
        vetting.ids()
    except Refused as refused:
        at, why = vetting.at, str(refused).rstrip(".")
        which = f"row {at.seq} of its history ({at.title[:60]!r} by {at.actor[:40]!r})"
        raise Refused(f"{package.name} is not merged: {which}: {why}.") from None


@dataclass
class _Vetting:
    """state: the package as it stood before the row at hand; shared: the labels added before it was made."""

    project: Project
    package: Project
    told: About
    keys: list[int]
    images: frozenset[int]
    state: State
    shared: frozenset[int]
    at: Row
    added: dict[int, Any] = field(default_factory=dict)
    done: dict[int, tuple[Row, Step]] = field(default_factory=dict)

    def row(self, row: Row, step: Step) -> None:
        """Refuse a row that breaks a rule."""
        if step.is_the_leads:
            raise Refused("there is what the lead alone does, in the project itself")
        if row.op == "anew" or step.took is not None:
            raise Refused("packages are merged, which is done in the project itself")
        if step.twins or (step.own is not None and row.op != "redo"):
            raise Refused("labels are said to be the same, which the project tells by itself")
        for note in step.notes:
            self._noted(note)
        if row.op == "answer":
            self._answer(step, self._actor(row))
        elif step.versions or step.opinions:
            raise Refused("answers are given by what gives none")
        elif row.op in ("undo", "redo"):
            self._checked(step)
            self._taken_back(row, step, self._actor(row))
        elif row.op == "do":
            self._checked(step)
            self._work(step, self._actor(row))
            self.done[row.seq] = row, step
        else:
            self._event(row, step)
        self.state.read(row, step)

    def _event(self, row: Row, step: Step) -> None:
        """A find or an export: at the most, pictures are noted that cannot be seen, or are there again."""
        noted = {note.id for note in step.notes}
        news = [one for one in step.decisions if not self._is_there_again(one)]
        if row.op == "draw" or step.edits or not {one.issue for one in news} <= noted:
            raise Refused("labels are changed by what changes none")
        if any(one.after != FLAGGED for one in news):
            raise Refused("labels are judged by what judges none")

    def _is_there_again(self, decision: Decision) -> bool:
        note = self.state.notes.get(decision.issue)
        waits = (self.state.standings.get(decision.issue) or FLAGGED) == FLAGGED
        return decision.after is None and note is not None and note.is_of_picture and waits

    def _actor(self, row: Row) -> Actor:
        """Who did it. Raises Refused for a person or a role that cannot have."""
        if row.role not in ROLES or not row.actor.strip() or not row.actor.isprintable():
            raise Refused("nobody who may work is named")
        if not self.told.fits(row.actor, row.role):
            raise Refused(
                f"somebody works who is not whom it was shared for: {row.actor}, as {row.role}, not "
                f"{self.told.whom}"
            )
        try:
            zone = datetime.fromisoformat(row.at).tzinfo
        except ValueError:
            zone = None
        if zone is None:
            raise Refused("it is not said when that was")
        return Actor(row.actor, row.role)

    def _checked(self, step: Step) -> None:
        """Refuse what is about something else than was shared, or follows from something else."""
        for edit in step.edits:
            self._edit(edit)
        for decision in step.decisions:
            self._decided(decision)

    def _decided(self, decision: Decision) -> None:
        self._issue(decision.issue)
        stands = self.state.standings.get(decision.issue)
        if (stands or FLAGGED) != (decision.before or FLAGGED):
            raise Refused("an issue is judged that stood otherwise")

    def _work(self, step: Step, actor: Actor) -> None:
        self._covered(step)
        for decision in step.decisions:
            changed = bool(step.edits if decision.keys is None else decision.keys)
            before, after = decision.before or FLAGGED, decision.after or FLAGGED
            require_move(before, after, actor, comment=decision.comment, changed=changed)
            if decision.reason and not policy_of(self.package).reason(decision.reason):
                raise Refused("a label is rejected for a reason that the lead does not list")
            if changed and actor.role == "annotator":
                self._free(step, decision)
            dismissed = actor.role == "annotator" and after.status == "dismissed"
            if dismissed or (before.status in QUEUES["expert"] and after.outcome == "original stands"):
                self._put_back(step, decision.issue)
            if after.outcome == "fix stands" and (changed or before.corrected != after.corrected):
                self._as_drawn(step, decision.issue)

    def _free(self, step: Step, decision: Decision) -> None:
        """Refuse an annotator's change of a label that another issue has in review or before the expert."""
        judged = {one.issue for one in step.decisions}
        for key in (edit.key for edit in step.edits) if decision.keys is None else decision.keys:
            for other in set(self.state.issues_touching(key)) - judged:
                if self.state.standing(other).status in HELD:
                    raise Refused("a label is changed that is in review or before the expert elsewhere")

    def _put_back(self, step: Step, issue: int) -> None:
        """Refuse to let the original stand where it does not."""
        becomes = {edit.key: edit.after for edit in step.edits}
        for key, before in self.state.before(issue).items():
            if becomes.get(key, self._record(key)) != before:
                raise Refused("it is said that the original stands, but the label is another one")

    def _as_drawn(self, step: Step, issue: int) -> None:
        """Refuse to let stand what was drawn for review where the label is another one."""
        becomes = {edit.key: edit.after for edit in step.edits}
        base = base_in(self.state, self._record, issue)
        now = {key: becomes.get(key, self._record(key)) for key in base}
        drawn = (one for one in self.state.versions.get(issue, ()) if one.drawn)
        if all(now != base | dict(one.records) for one in drawn):
            raise Refused("it is said that the drawn version stands, but the label is another one")

    def _answer(self, step: Step, actor: Actor) -> None:
        """What somebody makes of a label that they judged blind."""
        if step.edits or step.notes or not step.opinions:
            raise Refused("labels are changed by what changes none")
        for one in step.opinions:
            self._issue(one.issue)
            if not actor.is_person(one.own.who):
                raise Refused("somebody answers for somebody else")
            self._opinion(one)
        told = [version for one in step.opinions for version in self._asked(one, step, actor)]
        plain = [with_(version, said=(), drawn=False) for version in told]  # as they once were told
        if not all(version in told or version in plain for version in step.versions):
            raise Refused("versions of a label are told that nobody made")
        if {one.issue for one in step.decisions} != {one.issue for one in step.opinions if not one.trial}:
            raise Refused("an issue is judged that nobody looked at blind")

    def _asked(self, one: Opinion, step: Step, actor: Actor) -> tuple[Version, ...]:
        """Refuse an answer that nobody asked for; what the expert is shown of it."""
        said = self.state.opinions.get((one.trial, one.issue), ())
        if one.trial:
            trial = self.state.trials.get(one.trial)
            asked = () if trial is None else [each.issue for each in trial.asked]
            if one.issue not in asked or one.first or any(actor.is_person(each.own.who) for each in said):
                raise Refused("somebody answers what they were not asked")
            return ()
        decision = next((each for each in step.decisions if each.issue == one.issue), None)
        stands = self.state.standing(one.issue)
        if one.issue not in self.state.looks or said or decision is None or one.first is None:
            raise Refused("somebody answers what they were not asked")
        self._decided(decision)
        if (one.first.who, one.first.verdict) != (stands.annotator, stands.verdict):
            raise Refused("it is not told what the first one made of the label")
        here = one.key if one.key < 0 else self.keys[one.key]
        alike = compare(self.project, here, one.first, one.own).alike
        require_look(stands, decision.after or FLAGGED, actor, alike=alike)
        if alike:
            return ()
        return versions_of(self.state, self._record, one.issue, one.key, first=one.first, own=one.own)

    def _opinion(self, one: Opinion) -> None:
        """An answer about a label, or about a place where one was missing."""
        stand = {self._record(one.key)}
        if one.key == NO_KEY:
            stand = {None, *(self._record(key) for key in self.state.before(one.issue))}
            if one.own.record is not None:
                self._on_shared(one.own.record)
        else:
            self._key(one.key)
            if one.own.record is not None:
                self._becomes(one.key, one.own.record)
        if one.first is not None and one.first.record not in stand:
            raise Refused("it is not told what the first one made of the label")

    def _noted(self, note: Note) -> None:
        first = self.told.number * ROOM
        if not first < note.id <= first + ROOM or note.id in self.state.notes:
            raise Refused("an issue is noted that has the number of another one")
        if note.annotation != NO_KEY:
            self._key(note.annotation)
        if not -1 <= note.category < len(self.project.categories.name) or note.kind not in KINDS:
            raise Refused("an issue is noted of a class or a kind that there is none of")

    def _covered(self, step: Step) -> None:
        """Every change of a label is somebody's answer to an issue."""
        keys, named = {edit.key for edit in step.edits}, set[int]()
        for decision in step.decisions:
            named |= keys if decision.keys is None else set(decision.keys)
        if named != keys:
            raise Refused("labels are changed under no issue")

    def _taken_back(self, row: Row, step: Step, actor: Actor) -> None:
        """What is undone or done again is a step of that same person, and nothing else."""
        of = -1 if row.of is None else row.of
        known = self.done.get(of)
        if known is None:
            found = next(iter(self.package.store.history([of])), None)
            known = None if found is None or of >= row.seq else (found, found.step())
        if (
            known is None
            or (known[0].op, known[0].role) != ("do", actor.role)
            or not same_person(known[0].actor, actor.name)
        ):
            raise Refused("a step is taken back or done again that is not this person's")
        stands = Taking(self.package, self.state, self._record)
        meant = stands.back(known[0]) if row.op == "undo" else stands.again(known[0])
        if (meant.edits, meant.own, _moves(meant.decisions)) != (
            step.edits,
            step.own,
            _moves(step.decisions),
        ):
            raise Refused("another step is taken back or done again than it says")

    # ---- whether it is about what was shared

    def _edit(self, edit: Edit) -> None:
        self._key(edit.key)
        if edit.before != self._record(edit.key):
            raise Refused("a label is changed that stood otherwise")
        if edit.after is None:
            return
        shape = self._becomes(edit.key, edit.after)
        if self.project.category_ids.row_of(shape.category_id) < 0 and edit.before is None:
            raise Refused("a label is added of a class that is not in the project")

    def _becomes(self, key: int, record: bytes) -> Shape:
        """What a label becomes, which has to be a label with its id on a picture that was shared."""
        shape = self._on_shared(record)
        before = self._record(key) or self.state.added.get(key) or self._original(key)
        if before is None:
            self.added[key] = whole(shape.id)
        elif not _same(annotation_of(before).id, shape.id):
            raise Refused("a label gets another id")
        return shape

    def _on_shared(self, record: bytes) -> Shape:
        """A label that has to be on a picture that was shared."""
        try:
            read_record(record)
        except BadFile:
            raise Refused("a label becomes what is no record of a label") from None
        shape = annotation_of(record)
        if self.project.image_ids.row_of(shape.image_id) not in self.images:
            raise Refused("a label is put on an image that was not shared")
        return shape

    def _record(self, key: int) -> bytes | None:
        records = self.state.records
        return records[key] if key in records else self._original(key)

    def _original(self, key: int) -> bytes | None:
        """As the project knows it: what the package says of the source may not be so."""
        return None if key < 0 else self.project.original(self.keys[key])

    def _key(self, key: int) -> None:
        floor = -self.told.number * ROOM
        own = floor - ROOM <= key < floor or key in self.shared
        if not (own if key < 0 else key < len(self.keys)):
            raise Refused("a label is changed that was not shared")

    def _issue(self, issue: int) -> None:
        table = self.project.issues
        row = table.row_of(issue)
        if row >= 0:
            shared = int(table.image[row]) in self.images and not table.is_card(row)
        else:
            mine = self.package.issues.row_of(issue)
            first = self.told.number * ROOM
            known = first < issue <= first + ROOM or issue < self.project.new_issue()
            shared = known and mine >= 0
        if not shared:
            raise Refused("an issue is judged that was not shared")

    def ids(self) -> None:
        """Refuse labels that were added with the id of another one."""
        columns = self.project.dataset.annotations
        taken = {whole(self.project.id_of(key)) for key in self.project.state.added if key not in self.added}
        taken |= {one for one in columns.odd_ids.values() if isinstance(one, (int, str))}
        found = list(self.added.values())
        plain = [one for one in found if type(one) is int and abs(one) < 1 << 63]
        if (
            any(type(one) not in (int, str) for one in found)
            or len(set(found)) < len(found)
            or taken & set(found)
            or np.isin(np.array(plain, np.int64), columns.id).any()
        ):
            raise Refused("or before, a label is added with the id of another one")


def _moves(decisions: Iterable[Decision]) -> list[tuple[int, Any, Any]]:
    return [(one.issue, one.before, one.after) for one in decisions]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other
