"""What was done in a package, done in its project: three ways, label by label; what two changed stays open.

A unit is a set of issues and labels that belong together because one step changed them. Where the project
still has a unit as it was shared, the package's steps are done again, by whom and when they were done there.
Where both changed it alike, who did is noted, and of equal labels that both added
one stays. Otherwise its labels go back to what they were when they were shared, and every version waits for
the expert: so the order of merges makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import msgspec

from labelmend.find.issues import NO_KEY
from labelmend.progress import Progress
from labelmend.project.about import About
from labelmend.project.creation import now
from labelmend.project.history import WORK, Decision, Edit, Note, Op, Row, Step, Version
from labelmend.project.merged import Merged, counted, since
from labelmend.project.packages import keys_of
from labelmend.project.project import Project
from labelmend.project.state import State
from labelmend.project.translating import Translation
from labelmend.project.twins import Records, as_twin, one_for_all, paired
from labelmend.project.units import Node, units_of
from labelmend.project.versions import changes, hands, joined, said_in, told_apart, was_drawn
from labelmend.review.opinions import Opinion
from labelmend.review.states import FLAGGED, Actor, Role, Standing, same_person


@dataclass
class Work:
    """What is new in a package (rows: of them those of work), and what the project makes of it.

    twins: labels that were added in it -> the same ones, added here under the same issue.
    """

    project: Project
    package: Project
    told: About
    unread: list[Row]
    rows: list[Row]
    last: Row
    base: State
    key_here: Callable[[int], int | None]
    image_here: Callable[[int], int | None]
    progress: Progress
    twins: dict[int, int] = field(default_factory=dict)

    @staticmethod
    def of(project: Project, package: Project, told: About, progress: Progress) -> Work:
        """What is new in this package since it was shared, or merged last."""
        since = project.state.merged.get(told.number, (told.rows, ""))[0]
        history, base = package.store.history(), State()
        for row in history:
            if row.seq <= since:
                base.read(row, row.step())
        unread = [row for row in history if row.seq > since]
        rows = [row for row in unread if row.op in WORK]
        keys, images = (column.tolist() for column in keys_of(package))
        return Work(
            project,
            package,
            told,
            unread,
            rows,
            history[-1],
            base,
            lambda key: project.state.twin(key) if key < 0 else keys[key] if key < len(keys) else None,
            lambda image: images[image] if 0 <= image < len(images) else None,
            progress,
        )

    def done(self, name: str) -> Merged:
        """Do it in the copy."""
        clean: set[Node] = set()
        alike: set[int] = set()
        conflicts: list[list[Node]] = []
        for unit in units_of(row.step() for row in self.rows):
            open_here = any(self._is_open_here(issue) for issue in self._about(unit))
            if self._is_untouched(unit) and not open_here:
                clean.update(unit)
            elif self._is_idle(unit):
                continue
            elif self._is_alike(unit) and not open_here:
                clean.update(node for node in unit if self._is_new_issue(node))
                alike.update(n for kind, n in unit if kind == "issue" and not self._is_new_issue((kind, n)))
            else:
                conflicts.append(unit)
        steps = self._replay(clean) + self._agree(alike)
        self._unite()
        for unit in conflicts:
            self._leave_open(unit)
        told = f"{counted(steps, 'step')}, {counted(len(conflicts), 'conflict')}"
        facts: dict[str, str | int | float] = {"merged": self.told.number}
        facts |= {"row": self.last.seq, "hash": self.last.hash.hex()}
        merged = Step(f"Merge {name}: {told}", facts=facts)
        self.project.adopt(merged, _by(self.project.actor, self.last), op="import")
        return Merged(name, steps, len(conflicts), since(self.project, self.told.seq))

    # ---- three ways

    def _is_open_here(self, issue: int) -> bool:
        """Whether versions wait for the expert that did not when it was shared."""
        here = {(one.who, one.records) for one in self.project.state.versions.get(issue, ())}
        base = {(one.who, self._here(one.records)) for one in self.base.versions.get(issue, ())}
        return here != base

    def _is_new_issue(self, node: Node) -> bool:
        """Whether this is an issue that was noted in the package since."""
        kind, n = node
        return kind == "issue" and n in self.package.state.notes and n not in self.base.notes

    def _about(self, unit: Iterable[Node]) -> set[int]:
        """The unit's issues, and those about its labels that were judged here otherwise than as shared."""
        table, standings = self.project.issues, self.project.state.standings
        found = {n for kind, n in unit if kind == "issue"}
        for kind, n in unit:
            for row in table.rows_on(self._key(n)).tolist() if kind == "key" else ():
                issue = int(table.id[row])
                if not _same(standings.get(issue), self.base.standings.get(issue)):
                    found.add(issue)
        return found

    def _is_untouched(self, unit: Iterable[Node]) -> bool:
        """Whether the project has it as it was shared, and nobody changed it and back."""
        return all(
            self.project.record(self._key(n)) == self._base_record(n) and not self._is_changed_here(n)
            if kind == "key"
            else _same(self.project.state.standings.get(n), self.base.standings.get(n))
            for kind, n in unit
        )

    def _is_changed_here(self, key: int) -> bool:
        """Whether a label of the package was changed since it was shared, under an issue unknown there."""
        state, here = self.project.state, self._key(key)
        return any(
            seq > self.told.seq and touched == here
            for issue in set(state.issues_touching(here))
            if not _same(state.standings.get(issue), self.base.standings.get(issue))
            for seq, touched, _ in state.touches.get(issue, ())
        )

    def _is_idle(self, unit: Iterable[Node]) -> bool:
        """Whether what was done in the package was taken back there."""
        return all(
            self._record_there(n) == self._base_record(n)
            if kind == "key"
            else _same(self.package.state.standings.get(n), self.base.standings.get(n))
            for kind, n in unit
        )

    def _is_alike(self, unit: Sequence[Node]) -> bool:
        """Whether the project came to the same, and changed no other label under the same issues."""
        twins = self._twins(unit)
        known = {self._key(n) for kind, n in unit if kind == "key"} | set(twins.values())
        before = self._before_here(n for kind, n in unit if kind == "issue")
        alike = all(
            self.project.record(key) == was for key, was in before.items() if key not in known
        ) and all(
            self._key(n) in twins or self.project.record(self._key(n)) == self._record_there(n)
            if kind == "key"
            else self._is_new_issue((kind, n))
            or _verdict(self.project.standing(n)) == _verdict(self.package.standing(n))
            for kind, n in unit
        )
        self.twins |= twins if alike else {}
        return alike

    def _twins(self, unit: Sequence[Node]) -> dict[int, int]:
        """The labels that were added in the package, and here under the same issues, alike but for the id."""
        state, issues = self.project.state, {n for kind, n in unit if kind == "issue"}
        mine = {
            n: record
            for kind, n in unit
            if kind == "key" and n < 0 and n == self._key(n) and self._base_record(n) is None
            if self.project.record(n) is None and (record := self._record_there(n)) is not None
        }
        here = {
            key: record
            for key, was in self._before_here(issues).items()
            if key < 0
            and was is None
            and ("key", key) not in unit
            and issues.issuperset(state.issues_touching(key))
            if (record := self.project.record(key)) is not None
        }
        return paired(mine, here)

    def _records(self, unit: Iterable[Node]) -> dict[int, bytes | None]:
        """The records that the package's labels came to, by their keys here."""
        return {self._key(n): self._record_there(n) for kind, n in unit if kind == "key"}

    def _base(self, unit: Iterable[Node]) -> dict[int, bytes | None]:
        """The same as they were when they were shared; labels that never were here did not exist then."""
        keys, added = {n: self._key(n) for kind, n in unit if kind == "key"}, self.project.state.added
        return {
            here: self._base_record(n) if here >= 0 or here in added else None for n, here in keys.items()
        }

    def _base_record(self, key: int) -> bytes | None:
        return self._record_in(self.base, key)

    def _record_there(self, key: int) -> bytes | None:
        return self._record_in(self.package.state, key)

    def _record_in(self, state: State, key: int) -> bytes | None:
        """What the source said is taken from the project: the package is outside."""
        record = state.records[key] if key in state.records else self.project.original(self._key(key))
        return as_twin(self.project, key, record)[1]

    def _here(self, records: Records) -> Records:
        return tuple((self._key(key), as_twin(self.project, key, one)[1]) for key, one in records)

    def _key(self, key: int) -> int:
        here = self.key_here(key)
        return NO_KEY if here is None else here

    # ---- what is done

    def _replay(self, clean: set[Node]) -> int:
        here = Translation(
            self.key_here,
            self.image_here,
            {n for kind, n in clean if kind == "key"},
            {n for kind, n in clean if kind == "issue"},
            self._is_new_answer,
        )
        seq_here: dict[int, int] = {}
        for done, row in enumerate(self.rows):
            self.progress(done, len(self.rows))
            step = here.step(row.step())
            if step is None:
                continue
            self._know(step)
            of = None if row.of is None else seq_here.get(row.of) or self._known_here(row, step)
            op: Op = "do" if row.op in ("undo", "redo") and of is None else row.op
            seq_here[row.seq] = self.project.adopt(step, row, op=op, of=of).seq
        return len(seq_here)

    def _known_here(self, row: Row, step: Step) -> int | None:
        """The row here that a row takes back or does again that was shared or merged before; None where that
        is not the same any more."""
        meant = _row(self.package, row.of or 0)
        who, stacks = Actor(row.actor, cast(Role, row.role)), self.project.state.stacks
        undoes = row.op == "undo"
        for seq in stacks.undoable(who) if undoes else stacks.redoable(who):
            here = _row(self.project, seq)
            if here is not None and meant is not None and here.at == meant.at:
                was = here.step().inverse() if undoes else here.step()
                if (was.edits, was.decisions) == (step.edits, step.decisions):
                    return seq
        return None

    def _agree(self, issues: set[int]) -> int:
        """Keep who came to the same, and what they said; how many such steps there are."""
        steps = 0
        for row in self.rows:
            decisions = []
            for one in row.step().decisions if issues else ():
                stands, theirs = (p.state.standing(one.issue) for p in (self.project, self.package))
                if one.issue in issues and one.after == theirs and (both := joined(stands, theirs)) != stands:
                    before = self.project.state.standings.get(one.issue)
                    decisions.append(Decision(one.issue, before, both, one.comment, ()))
            if decisions:
                step = Step(row.title, decisions=tuple(decisions))
                self._know(step)
                self.project.adopt(step, row, op="do")
                steps += 1
        return steps

    def _unite(self) -> None:
        """Of labels that are the same keep one."""
        if self.twins:
            there = {key: self._record_there(key) for key in self.twins}
            self.project.adopt(one_for_all(self.project, self.twins, there), _by(None, self.last), op="do")

    def _is_new_answer(self, one: Opinion) -> bool:
        """Whether to keep what somebody answered: of two answers of one person to one question, always the
        same one, whichever package comes first."""
        said = self.project.state.opinions.get((one.trial, one.issue), ())
        known = [other.own for other in said if same_person(other.own.who, one.own.who)]
        return all(msgspec.msgpack.encode(one.own) < msgspec.msgpack.encode(other) for other in known)

    def _know(self, step: Step) -> None:
        """Note the issues that errors found anew here have no longer: what was said of them is kept."""
        table, notes = self.project.issues, {note.id for note in step.notes}
        named = {one.issue for one in step.decisions}
        gone = [issue for issue in sorted(named - notes) if table.row_of(issue) < 0]
        if gone:
            step = Step("issues that are not found any more", notes=tuple(map(self._noted, gone)))
            self.project.adopt(step, _by(None, self.last), op="import")

    def _noted(self, issue: int) -> Note:
        table = self.package.issues
        row = table.row_of(issue)
        key, image = int(table.annotation[row]), int(table.image[row])
        x, y, w, h = table.bbox[row].tolist()
        image_here = self.image_here(image)
        return Note(
            issue,
            table.kind_of(row),
            -1 if image_here is None else image_here,
            key if key == NO_KEY else self._key(key),
            int(table.category[row]),
            (x, y, w, h),
            table.sentence(row),
        )

    def _leave_open(self, unit: Sequence[Node]) -> None:
        """Put a unit back to what was shared; every version of it waits for the expert, under one issue."""
        project = self.project
        # What was drawn for review stays in question under its own issue.
        issues = sorted(self._about(unit), key=lambda issue: (not was_drawn(project.state, issue), issue))
        # What was merged in between is no common ground: of that the expert may have taken the other version.
        mine, base = self._records(unit), self._base(unit) | self._before_here(issues)
        theirs = self._versions_there(issues)
        known = [version for issue in issues for version in project.state.versions.get(issue, ())]
        for key in {key for version in (*known, *theirs) for key, _ in version.records}:
            base.setdefault(key, project.record(key))
        stands = {key: project.record(key) for key in base}
        edits = tuple(Edit(key, stands[key], was) for key, was in base.items() if stands[key] != was)
        if not known:
            known = [self._version(project, issues, changes(stands, base))]
        known += theirs or [self._version(self.package, issues, changes(mine, base))]
        known = [msgspec.structs.replace(one, records=changes(dict(one.records), base)) for one in known]
        standings = [p.standing(issue) for p in (project, self.package) for issue in issues]
        authors = set[str]().union(*map(hands, standings))
        after = Standing(status="conflict", verdict="fixed", authors=tuple(sorted(authors)))
        settled = msgspec.structs.replace(after, status="decided", outcome="merged")
        decisions = tuple(
            Decision(issue, project.state.standings.get(issue), settled if n else after, self._said(issue))
            for n, issue in enumerate(issues)
        )
        versions = told_apart(known, issues[0], {key for key, was in base.items() if was is not None})
        step = Step("several changed it: the expert decides", edits, decisions, versions=versions)
        self._know(step)
        self.project.adopt(step, _by(None, self.last), op="do")

    def _versions_there(self, issues: Sequence[int]) -> list[Version]:
        """Versions that came to be in the package: of who judged a label blind, and of the first one."""
        found = []
        for issue in issues:
            versions = self.package.state.versions.get(issue, ())
            for one in versions if versions != self.base.versions.get(issue, ()) else ():
                records = self._here(one.records)
                found.append(msgspec.structs.replace(one, records=records))
        return found

    def _said(self, issue: int) -> str:
        """What people wrote of an issue in the package."""
        told = [
            f"{row.actor}: {one.said}"
            for row in self.rows
            for one in row.step().decisions
            if one.issue == issue and one.said
        ]
        return "; ".join(dict.fromkeys(told))

    def _version(self, project: Project, issues: Sequence[int], records: Records) -> Version:
        """What became of these issues there: whose hands they went through, and when last."""
        state = project.state
        who = ", ".join(sorted(set().union(*(hands(state.standing(issue)) for issue in issues))))
        about = {seq for issue in issues for seq in state.rows_about.get(issue, ())}
        rows = [row for seq in sorted(about) if (row := _row(project, seq)) is not None]
        drawn = project is self.project and was_drawn(state, issues[0])
        return Version(issues[0], who, records, rows[-1].at if rows else "", drawn, said_in(rows, issues))

    def _before_here(self, issues: Iterable[int]) -> dict[int, bytes | None]:
        """The labels that were changed here under these issues since it was shared, as they were before."""
        touches = [touch for issue in issues for touch in self.project.state.touches.get(issue, ())]
        first: dict[int, bytes | None] = {}
        for seq, key, before in sorted(touches, key=lambda touch: touch[0]):
            if seq > self.told.seq:
                first.setdefault(*as_twin(self.project, key, before))
        return first


def _row(project: Project, seq: int) -> Row | None:
    """A row of the history, which a copy may have adopted just now."""
    place = seq - project.adopted[0].seq if project.adopted else -1
    return next(iter(project.adopted[place:] if place >= 0 else project.store.history([seq])), None)


def _by(actor: Actor | None, row: Row) -> Row:
    """This person did it now; None: the program itself."""
    name, role = ("", "") if actor is None else (actor.name, actor.role)
    return replace(row, actor=name, role=role, at=now())


def _same(one: Standing | None, other: Standing | None) -> bool:
    return (one or FLAGGED) == (other or FLAGGED)


def _verdict(standing: Standing) -> tuple[str, str]:
    return standing.status, standing.verdict
