"""The two sides of a merge: the same labels and issues in a package and its project, by their names here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from labelmend.find.issues import NO_KEY
from labelmend.project.about import About
from labelmend.project.history import WORK, Row, Version
from labelmend.project.project import Project
from labelmend.project.state import State
from labelmend.project.taking_back import row_of
from labelmend.project.theirs import Theirs
from labelmend.project.twins import Records, as_twin
from labelmend.project.units import Node
from labelmend.review.states import FLAGGED, Standing


@dataclass
class Sides:
    """What is new in a package (unread; rows: of that the work) since it was shared or merged last.

    base: the package as it was then; new: the rows by number; place: what labels of the source are called in
    the package; waiting: by label, the issues under which versions of it waited for the expert.
    """

    project: Project
    theirs: Theirs
    unread: list[Row]
    base: State
    rows: list[Row] = field(init=False)
    waiting: dict[int, set[int]] = field(default_factory=dict)
    place: dict[int, int] = field(init=False)
    new: dict[int, Row] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = [row for row in self.unread if row.op in WORK]
        self.new = {row.seq: row for row in self.rows}
        self.place = {key: n for n, key in enumerate(self.theirs.keys)}
        for of in self.project.state.versions.values():
            self.note_waiting(of)

    def note_waiting(self, versions: Iterable[Version]) -> None:
        """Remember under which issues versions of a label wait for the expert."""
        for version in versions:
            for key in named([version]):
                self.waiting.setdefault(key, set()).add(version.issue)

    @staticmethod
    def of(project: Project, theirs: Theirs) -> Sides:
        """The sides of this package and its project."""
        since = project.state.merged.get(theirs.told.number, (theirs.told.rows, ""))[0]
        base = State.of(row for row in theirs.rows if row.seq <= since)
        return Sides(project, theirs, [row for row in theirs.rows if row.seq > since], base)

    @property
    def told(self) -> About:
        """What the package remembers of the project."""
        return self.theirs.told

    @property
    def last(self) -> Row:
        """The last row of the package's history."""
        return self.theirs.rows[-1]

    # ---- names

    def key_here(self, key: int) -> int | None:
        """What a label of the package is called in the project, None for none of its labels."""
        if key < 0:
            return self.project.state.twin(key)
        return self.theirs.keys[key] if key < len(self.theirs.keys) else None

    def image_here(self, image: int) -> int | None:
        """What an image of the package is called in the project."""
        return self.theirs.image_here(image)

    def key(self, key: int) -> int:
        """`key_here`, NO_KEY for none."""
        here = self.key_here(key)
        return NO_KEY if here is None else here

    def records_here(self, records: Records) -> Records:
        """Records of the package by the names of the project."""
        return tuple((self.key(key), as_twin(self.project, key, one)[1]) for key, one in records)

    # ---- what was, and what came of it

    def record_before(self, key: int) -> bytes | None:
        """A label of the package as it was shared, or merged last."""
        return self._record_in(self.base, key)

    def record_there(self, key: int) -> bytes | None:
        """A label of the package as it is there now."""
        return self._record_in(self.theirs.state, key)

    def _record_in(self, state: State, key: int) -> bytes | None:
        """What the source said is taken from the project: the package is outside."""
        record = state.records[key] if key in state.records else self.project.original(self.key(key))
        return as_twin(self.project, key, record)[1]

    def records(self, unit: Iterable[Node]) -> dict[int, bytes | None]:
        """The records that the labels of a unit came to in the package."""
        return {self.key(n): self.record_there(n) for kind, n in unit if kind == "key"}

    def records_of(
        self, base: Mapping[int, bytes | None], record: Callable[[int], bytes | None]
    ) -> dict[int, bytes | None]:
        """Labels of the project as the package has them by `record_before` or `record_there`; those that it
        has not are as in `base`."""
        there = {self.key(n): n for n in self.theirs.state.added} if min(base, default=0) < 0 else {}
        there |= {key: self.place[key] for key in base if key in self.place}
        return {key: record(there[key]) if key in there else was for key, was in base.items()}

    def records_before(self, unit: Iterable[Node]) -> dict[int, bytes | None]:
        """The same as they were when they were shared; labels that never were here did not exist then."""
        keys, added = {n: self.key(n) for kind, n in unit if kind == "key"}, self.project.state.added
        return {
            here: self.record_before(n) if here >= 0 or here in added else None for n, here in keys.items()
        }

    def stood(self, issue: int) -> Standing:
        """The standing of an issue as it was shared, or merged last."""
        return self.base.standing(issue)

    def rows_about(self, issue: int) -> list[Row]:
        """The new rows of the package that speak of an issue, oldest first."""
        seqs = self.theirs.state.rows_about.get(issue, ())
        return [self.new[seq] for seq in seqs if seq in self.new]

    def taken_back(self) -> set[int]:
        """The numbers of the new rows that were taken back in the package itself, and of those that did."""
        is_back = dict[int, bool]()
        for row in self.rows:
            if row.op in ("undo", "redo") and row.of in self.new:
                is_back[row.of] = row.op == "undo"
        return {row.seq for row in self.rows if is_back.get(row.seq if row.of is None else row.of)}

    def is_new(self, node: Node) -> bool:
        """Whether this is an issue that was noted in the package since."""
        kind, n = node
        return kind == "issue" and n in self.theirs.state.notes and n not in self.base.notes

    # ---- what was done here since

    def changed_here(self, issues: Iterable[int]) -> dict[int, bytes | None]:
        """The labels that were changed here under these issues since it was shared, as they were before."""
        touches = [touch for issue in issues for touch in self.project.state.touches.get(issue, ())]
        first: dict[int, bytes | None] = {}
        for seq, key, before in sorted(touches, key=lambda touch: touch[0]):
            if seq > self.told.seq:
                first.setdefault(*as_twin(self.project, key, before))
        return first

    def is_open(self, issue: int) -> bool:
        """Whether versions wait here for the expert that did not when it was shared."""
        here = {(one.who, one.records) for one in self.project.state.versions.get(issue, ())}
        base = {(one.who, self.records_here(one.records)) for one in self.base.versions.get(issue, ())}
        return here != base

    def is_told_apart(self, issues: Iterable[int]) -> bool:
        """Whether in the package somebody's look told versions of these issues that were not shared."""
        there, before = self.theirs.state.versions, self.base.versions
        return any(there.get(issue, ()) != before.get(issue, ()) for issue in issues)

    def is_put_back(self, issues: Iterable[int]) -> bool:
        """Whether labels of these issues stand here as they were before several changed them."""
        return any(self.project.standing(issue).status == "conflict" for issue in issues)

    def around(self, unit: Iterable[Node]) -> tuple[set[int], set[int]]:
        """The issues and labels that hang together with a unit's here: labels changed under its issues, other
        issues under which they were changed, and so on; and what waits for the expert about them."""
        unit, state = tuple(unit), self.project.state
        issues = {n for kind, n in unit if kind == "issue"}
        keys = {self.key(n) for kind, n in unit if kind == "key"} - {NO_KEY}
        size = -1
        while size != len(issues) + len(keys):
            size = len(issues) + len(keys)
            keys |= self.changed_here(issues).keys()
            keys |= {key for issue in issues for key in named(state.versions.get(issue, ()))}
            for key in keys:
                issues |= {issue for seq, issue in state.touched_under(key) if seq > self.told.seq}
                issues |= {issue for issue in self.waiting.get(key, ()) if issue in state.versions}
        return issues, keys


def named(versions: Iterable[Version]) -> set[int]:
    """The labels that versions are about."""
    return {key for one in versions for key, _ in one.records} - {NO_KEY}


def same(one: Standing | None, other: Standing | None) -> bool:
    """Whether two standings are alike, None being that of what nobody has judged."""
    return (one or FLAGGED) == (other or FLAGGED)


def rows_about(project: Project, issues: Iterable[int]) -> Sequence[Row]:
    """The rows of the history that speak of these issues, oldest first."""
    seqs = sorted({seq for issue in issues for seq in project.state.rows_about.get(issue, ())})
    return [row for seq in seqs if (row := row_of(project, seq)) is not None]
