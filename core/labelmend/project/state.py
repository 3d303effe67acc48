"""Where everything stands now: what reading the history from its first row to its last comes to."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec

from labelmend.project.history import (
    AUDIT,
    Draw,
    Note,
    Row,
    Shared,
    Step,
    Took,
    UndoStacks,
    Version,
    counting,
)
from labelmend.review.instructions import Instructions
from labelmend.review.opinions import Opinion, Reviewed, Trial
from labelmend.review.policy import Policy
from labelmend.review.rules import is_sent_back
from labelmend.review.states import FLAGGED, QUEUES, Standing, same_person


@dataclass(frozen=True)
class Changes:
    """What a mutating call changed: views refresh what these ids name."""

    title: str = ""
    annotations: frozenset[int] = frozenset()
    images: frozenset[int] = frozenset()
    issues: frozenset[int] = frozenset()
    issues_replaced: bool = False


@dataclass
class State:
    """The annotations that differ from the source, the standing of every judged issue, noted issues.

    records: key -> the record's bytes now, None when deleted. added: the last bytes of every annotation
    that was ever added, or would be by a version. touches: issue -> [(history row, key, bytes before)] of
    the edits made under it and not taken back. rows_about: issue -> the history rows that speak of it;
    said: issue -> by row, what was said with it. draws: by row; planned: the last one that had acceptance
    plans. instructions, policy: None until some are given. audits: the steps that drew one. versions:
    issue -> what several people made of its labels, until it is decided. shared: package (its number) ->
    its seal; merged: package -> the last of its history rows that was merged, and that row's hash;
    merged_at: the row here of that merge. ends: the rows at whose end others may see what stands:
    packages shared and merged, samples drawn. looks: the issues drawn for a blind second look. opinions:
    (trial, issue) -> what each person made of its label, trial 0 being the blind look. trials: by number.
    reviews: issue -> what reviewers said, in order. twins: a label that was added -> the one that stands
    for it, since another person added the same; stand_for: those that do; united: the rows that said so.
    out: package -> when it was shared, and what, until something of it is merged. last: the last row
    that was read.
    """

    records: dict[int, bytes | None] = field(default_factory=dict)
    standings: dict[int, Standing | None] = field(default_factory=dict)
    touches: dict[int, tuple[tuple[int, int, bytes | None], ...]] = field(default_factory=dict)
    notes: dict[int, Note] = field(default_factory=dict)
    stacks: UndoStacks = field(default_factory=UndoStacks)
    rows_about: dict[int, tuple[int, ...]] = field(default_factory=dict)
    said: dict[int, dict[int, str]] = field(default_factory=dict)
    draws: dict[int, Draw] = field(default_factory=dict)
    added: dict[int, bytes] = field(default_factory=dict)
    instructions: Instructions | None = None
    policy: Policy | None = None
    planned: Draw | None = None
    audits: tuple[Step, ...] = ()
    versions: dict[int, tuple[Version, ...]] = field(default_factory=dict)
    shared: dict[int, str] = field(default_factory=dict)
    merged: dict[int, tuple[int, str]] = field(default_factory=dict)
    merged_at: dict[int, int] = field(default_factory=dict)
    ends: tuple[int, ...] = ()
    looks: frozenset[int] = frozenset()
    opinions: dict[tuple[int, int], tuple[Opinion, ...]] = field(default_factory=dict)
    trials: dict[int, Trial] = field(default_factory=dict)
    reviews: dict[int, tuple[Reviewed, ...]] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    stand_for: frozenset[int] = frozenset()
    united: frozenset[int] = frozenset()
    out: dict[int, tuple[str, Shared]] = field(default_factory=dict)
    last: int = 0
    _tail: tuple[tuple[int, Took], ...] = ()
    _agreed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _done: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _chosen: dict[tuple[int, int], tuple[Version, ...]] = field(default_factory=dict)
    _issues_of: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @staticmethod
    def of(rows: Iterable[Row]) -> "State":
        """What these rows of a history come to."""
        state = State()
        for row in counting(rows):
            state.read(row, row.step())
        return state

    def standing(self, issue: int) -> Standing:
        """The standing of an issue that may never have been judged."""
        return self.standings.get(issue) or FLAGGED

    def twin(self, key: int) -> int:
        """The label that stands for this one; itself unless several added the same."""
        while key in self.twins:
            key = self.twins[key]
        return key

    def versions_of(self, issue: int) -> tuple[Version, ...]:
        """What several people made of a label: what waits for the expert, and what they sent back with it."""
        if issue in self.versions or not is_sent_back(self.standing(issue)):
            return self.versions.get(issue, ())
        seen = (self._chosen.get((seq, issue)) for seq in reversed(self.rows_about.get(issue, ())))
        return next((one for one in seen if one), ())

    @property
    def audit(self) -> Step | None:
        """The last step that drew an audit and was not taken back, None without one."""
        stands = (one for one in reversed(self.audits) if self.standings.get(one.notes[0].id) is not None)
        return next(stands, None)

    def read(self, row: Row, step: Step) -> None:
        """Take the next row of the history into account."""
        for decision in step.decisions or step.judged:
            self.rows_about[decision.issue] = (*self.rows_about.get(decision.issue, ()), row.seq)
            if decision.said:
                self.said[decision.issue] = {**self.said.get(decision.issue, {}), row.seq: decision.said}
        for note in step.notes:
            self.notes[note.id] = note
        if (
            step.notes and step.notes[0].kind == AUDIT and step.facts
        ):  # of one that was shared little is known
            self.audits = (*self.audits, step)
        for edit in step.edits:
            self.records[edit.key] = edit.after
            if edit.key < 0 and edit.after is not None:
                self.added[edit.key] = edit.after
        for key, record in step.of_versions.items():
            self.added.setdefault(key, record)
        for decision in step.decisions:
            self.standings[decision.issue] = decision.after
        if step.twins:
            self.twins.update(step.twins)
            self.stand_for = frozenset(self.twins.values())
            self.united |= {row.seq}
        self._read_versions(row, step)
        self._read_facts(row, step)
        if step.revision is not None:
            self.instructions = step.revision.after
        if step.policy is not None:
            self.policy = step.policy.after
        if step.draw is not None:
            self.draws[row.seq] = step.draw
            self._read_draw(step.draw, row.seq)
            self.planned = step.draw if step.draw.plans else self.planned
        self._read_opinions(step)
        self._read_reviews(row, step)
        self._read_touches(row, step)
        if not step.twins and (step.own is None or row.op in ("do", "redo")):  # else all is as it was
            for decision in step.decisions:
                self._read_agreed(row, step, decision.issue)
        self.stacks.read(row)
        if step.took is not None:
            self._tail = (*self._tail_until(step.took.since), (row.seq, step.took))
        self.last = row.seq

    @property
    def tail(self) -> tuple[tuple[int, Took], ...]:
        """The merges after which nothing else was done: the row that tells of each, and what it took."""
        return self._tail_until(self.last)

    def _tail_until(self, seq: int) -> tuple[tuple[int, Took], ...]:
        return self._tail if self._tail and self._tail[-1][0] == seq else ()

    def _read_draw(self, draw: Draw, seq: int) -> None:
        drawn, second = frozenset(draw.drawn), frozenset(draw.second.drawn if draw.second else ())
        for issue in draw.frame:
            status = "in_review" if issue in drawn else "done"
            self.rows_about[issue] = (*self.rows_about.get(issue, ()), seq)
            self.standings[issue] = msgspec.structs.replace(
                self.standing(issue), status=status, second=issue in second, first=""
            )
        self.looks |= frozenset(draw.blind.drawn if draw.blind else ())

    def _read_versions(self, row: Row, step: Step) -> None:
        """They wait until the issue is decided; where that is undone, they wait again."""
        for decision in step.decisions:
            waits = decision.after is not None and decision.after.status in QUEUES["expert"]
            if (step.versions or not waits) and (gone := self.versions.pop(decision.issue, ())):
                self._chosen[row.seq if row.of is None else row.of, decision.issue] = gone
            elif waits and row.op == "undo" and row.of is not None:
                known = self._chosen.get((row.of, decision.issue), ())
                self.versions.update({decision.issue: known} if known else {})
        for version in step.versions:
            self.versions[version.issue] = (*self.versions.get(version.issue, ()), version)

    def _read_opinions(self, step: Step) -> None:
        for one in step.opinions:
            earlier = self.opinions.get((one.trial, one.issue), ())
            others = tuple(other for other in earlier if not same_person(other.own.who, one.own.who))
            self.opinions[one.trial, one.issue] = (*others, one)
        if step.trial is not None:
            self.trials[step.trial.number] = step.trial

    def _read_reviews(self, row: Row, step: Step) -> None:
        """What reviewers said, of which the standing of a label keeps the last only."""
        judged = step.judged if row.op == "told" else step.decisions
        for one in judged if row.role == "reviewer" and row.op in ("do", "undo", "redo", "told") else ():
            is_back = row.op == "undo"
            before, after = (one.after, one.before) if is_back else (one.before, one.after)
            if after is None or not after.annotator:
                continue  # nobody's work: it was drawn for an audit
            if after.status not in ("approved", "rejected") and after.first == (before or FLAGGED).first:
                continue  # a correction: no verdict yet
            said = self.reviews.get(one.issue, ())
            approved = after.status != "rejected" and not same_person(after.corrected, row.actor)
            now = Reviewed(after.annotator, row.actor, approved)
            self.reviews[one.issue] = said[:-1] if is_back else (*said, now)

    def _read_facts(self, row: Row, step: Step) -> None:
        if row.op == "draw" or "package" in step.facts or "merged" in step.facts:
            self.ends = (*self.ends, row.seq)
        if row.op == "export" and "package" in step.facts:
            number = int(step.facts["package"])
            self.shared[number] = str(step.facts.get("seal", ""))
            if step.shared is not None:
                self.out[number] = row.at, step.shared
        elif row.op == "import" and "merged" in step.facts:
            last = int(step.facts["row"]), str(step.facts["hash"])
            self.merged[int(step.facts["merged"])] = last
            self.merged_at[int(step.facts["merged"])] = row.seq
            self.out.pop(int(step.facts["merged"]), None)

    def _read_agreed(self, row: Row, step: Step, issue: int) -> None:
        """Which steps came to what stands of an issue: one, or several that agree."""
        seq = row.seq if row.of is None else row.of
        stand_by, done = self.stands_by(issue), self._done.get(issue, ())
        if row.op == "undo":
            stand_by, done = (tuple(one for one in some if one != seq) for some in (stand_by, done))
        else:
            stand_by, done = (*stand_by, seq) if step.own is not None else (seq,), (*done, seq)
        self._done[issue] = done
        if len(stand_by) > 1 or (stand_by and stand_by != done[-1:]):
            self._agreed[issue] = stand_by
        else:
            self._agreed.pop(issue, None)

    def stands_by(self, issue: int) -> tuple[int, ...]:
        """The history rows of the steps that came to what stands of an issue: several where people agreed."""
        return self._agreed.get(issue) or self._done.get(issue, ())[-1:]

    def _read_touches(self, row: Row, step: Step) -> None:
        issues = [decision.issue for decision in step.decisions]
        if row.op == "undo":
            edited = {edit.key for edit in step.edits}
            for issue in issues:
                self.touches[issue] = tuple(
                    t for t in self.touches.get(issue, ()) if t[0] != row.of or t[1] not in edited
                )
            for edit in step.edits:
                issues_of = self._issues_of.get(edit.key, ())
                self._issues_of[edit.key] = tuple(t for t in issues_of if t[0] != row.of)
        elif row.op in ("do", "redo"):
            seq = row.of if row.op == "redo" and row.of is not None else row.seq
            # What several changed goes back to what it was before: that is its original.
            before = {edit.key: edit.after if step.versions else edit.before for edit in reversed(step.edits)}
            every = tuple(edit.key for edit in step.edits)
            for decision in step.decisions:
                keys = every if decision.keys is None else decision.keys
                known = self.touches.get(decision.issue, ())
                self.touches[decision.issue] = known + tuple((seq, key, before[key]) for key in keys)
                for key in keys:
                    self._issues_of[key] = (*self._issues_of.get(key, ()), (seq, decision.issue))

    def still(self) -> "State":
        """A copy that the next steps do not change; quick, since no value in it is ever changed in place."""
        return replace(
            self,
            records=dict(self.records),
            standings=dict(self.standings),
            touches=dict(self.touches),
            notes=dict(self.notes),
            stacks=self.stacks.still(),
            rows_about=dict(self.rows_about),
            said=dict(self.said),
            draws=dict(self.draws),
            added=dict(self.added),
            versions=dict(self.versions),
            _chosen=dict(self._chosen),
            _agreed=dict(self._agreed),
            _done=dict(self._done),
            opinions=dict(self.opinions),
            trials=dict(self.trials),
            reviews=dict(self.reviews),
            twins=dict(self.twins),
            out=dict(self.out),
            shared=dict(self.shared),
            merged=dict(self.merged),
            merged_at=dict(self.merged_at),
            _issues_of=dict(self._issues_of),
        )

    def issues_touching(self, key: int) -> list[int]:
        """The issues under which this annotation was changed, the latest last."""
        return [issue for _, issue in self._issues_of.get(key, ())]

    def touched_under(self, key: int) -> tuple[tuple[int, int], ...]:
        """The history rows by which this annotation was changed, each with the issue it was done under."""
        return self._issues_of.get(key, ())

    def later_issue(self, issue: int) -> int | None:
        """Another issue under which a label that this one changed was changed later, None without one."""
        first: dict[int, int] = {}
        for seq, key, _ in self.touches.get(issue, ()):
            first.setdefault(key, seq)
        for key, since in first.items():
            for seq, other in self._issues_of.get(key, ()):
                if other != issue and seq > since:
                    return other
        return None

    def before(self, issue: int) -> dict[int, bytes | None]:
        """What the annotations changed under this issue were before it."""
        out: dict[int, bytes | None] = {}
        for _, key, before in self.touches.get(issue, ()):
            out.setdefault(key, before)
        return out
