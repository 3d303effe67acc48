"""What one user action is, and the append-only, hash-chained table that remembers all of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import msgspec

from labelmend.review.acceptance import Plan
from labelmend.review.instructions import Instructions
from labelmend.review.opinions import Opinion, Trial
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates, Stratum
from labelmend.review.states import Actor, Standing

Op = Literal["do", "undo", "redo", "draw", "answer", "told", "find", "import", "export", "anew"]
WORK: Final = ("do", "undo", "redo", "draw", "answer", "told")
"""The sorts of rows that people's work is in; told: what was done in a package to labels that the project had
so already, or has otherwise. A row of the sort anew changes nothing by itself: those between the one that it
is `of` and itself count no more."""
NO_KEY: Final = -(1 << 62)
"""Stands where an issue has no annotation: a missing label, or a fault of a whole image."""
AUDIT: Final = "audit"
"""The kind of a note for a label that nothing is said of: it was drawn to be looked at."""
LOOK: Final = "look"
"""The kind of a note for a label that is to be judged blind."""


class Edit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One annotation's record before and after: None before is creation, None after is deletion.

    `before` and `after` are the JSON bytes of the record as they stand (or will stand) in the COCO file.
    """

    key: int
    before: bytes | None
    after: bytes | None


class Decision(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One issue's standing before and after, with what the person said.

    keys: the annotations that were changed under this issue; None: all that the step changed.
    """

    issue: int
    before: Standing | None
    after: Standing | None
    comment: str = ""
    keys: tuple[int, ...] | None = None

    @property
    def reason(self) -> str:
        """The reason of the policy's that a label was rejected for by this; "" for any other decision."""
        before, after = self.before, self.after
        if before is None or before.status != "in_review" or after is None or after.status != "rejected":
            return ""
        return after.reason

    @property
    def said(self) -> str:
        """The reason and the comment that were given, "" without any."""
        return ": ".join(part for part in (self.reason, self.comment) if part)


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """An issue that no run of the finder made: noted by a person's edit, or by a picture that fails.

    no_picture: whether the picture's file was not there.
    """

    id: int
    kind: str
    image: int
    annotation: int
    category: int
    bbox: tuple[float, float, float, float]
    sentence: str
    no_picture: bool = False

    @property
    def is_of_picture(self) -> bool:
        """Whether it says that a picture is missing or broken."""
        return self.kind == "structure" and self.annotation == NO_KEY and self.category < 0


class Draw(msgspec.Struct, frozen=True, omit_defaults=True):
    """A review sample: the frame it was drawn from, the rate and seed, and the ids that were drawn.

    strata: the same apart for each of the rates; plans: by class, how many wrong ones may be found.
    second: of the drawn, those that a second person reviews once one has approved; blind: of the frame, those
    that another annotator judges without seeing what was said of them. classes: the frame by the class that
    each label had then, as people had changed it.
    """

    rate: float
    seed: int
    frame: tuple[int, ...]
    drawn: tuple[int, ...]
    rates: Rates | None = None
    strata: tuple[Stratum, ...] = ()
    plans: dict[str, Plan] = {}
    second: Stratum | None = None
    blind: Stratum | None = None
    classes: dict[str, tuple[int, ...]] = {}


class Revision(msgspec.Struct, frozen=True, array_like=True):
    """The instructions before and after; None where there are none."""

    before: Instructions | None
    after: Instructions | None


class Ruling(msgspec.Struct, frozen=True, array_like=True):
    """The lead's rules before and after; None where none were laid down."""

    before: Policy | None
    after: Policy | None


class Version(msgspec.Struct, frozen=True, array_like=True):
    """What somebody made of an issue whose labels others changed too: the labels' records by key.

    A record under NO_KEY is a label that is not there yet. at: when they did, as in the history; "" where
    that is not known. drawn: whether the labels were so when they were drawn for review. said: the word of
    each person behind it ("fixed", "dismissed", "rejected" ..).
    """

    issue: int
    who: str
    records: tuple[tuple[int, bytes | None], ...]
    at: str = ""
    drawn: bool = False
    said: tuple[tuple[str, str], ...] = ()


class Shared(msgspec.Struct, frozen=True, array_like=True):
    """The file that a package went out as, to whom ("" for anybody), and its images (rows)."""

    name: str
    whom: str
    images: tuple[int, ...]


class Took(msgspec.Struct, frozen=True, array_like=True):
    """What a merge took in, so that it can be done anew: a package by number and what it said (body).

    time: 1 for a package that was not merged since something else was done, 2 when it is merged again, ..;
    since: the last row before that counts; images: those that were worked on there (rows).
    """

    number: int
    time: int
    since: int
    images: tuple[int, ...]
    body: bytes

    @property
    def place(self) -> tuple[int, int]:
        """Its place among merges that follow one another: what was merged again comes after what was once."""
        return self.time, self.number


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the user calls one action: a title, and everything it changes, each with its value before.

    twins: labels that several added alike, each with the one that stands for it. own: where somebody else had
    done the same already, or otherwise, what it would have been by itself.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    decisions: tuple[Decision, ...] = ()
    notes: tuple[Note, ...] = ()
    draw: Draw | None = None
    facts: dict[str, str | int | float] = {}
    revision: Revision | None = None
    versions: tuple[Version, ...] = ()
    policy: Ruling | None = None
    opinions: tuple[Opinion, ...] = ()
    trial: Trial | None = None
    twins: tuple[tuple[int, int], ...] = ()
    shared: Shared | None = None
    own: "Step | None" = None
    took: Took | None = None

    @property
    def is_idle(self) -> bool:
        """Whether all that it does is to give verdicts that are given already, without a word."""
        same = all(one.before == one.after and not one.comment for one in self.decisions)
        return same and self == Step(self.title, decisions=self.decisions)

    @property
    def judged(self) -> tuple[Decision, ...]:
        """What whoever did it judged, whatever became of it."""
        return (self.own or self).decisions

    @property
    def of_versions(self) -> dict[int, bytes]:
        """The labels that versions would add, by key."""
        pairs = (pair for one in self.versions for pair in one.records)
        return {key: record for key, record in pairs if NO_KEY < key < 0 and record is not None}

    @property
    def is_the_leads(self) -> bool:
        """Whether it is for the lead to do, in the project itself and in no package of it."""
        audit = any(note.kind == AUDIT for note in self.notes)
        return audit or any(one is not None for one in (self.revision, self.policy, self.draw, self.trial))

    def without_notes(self) -> "Step":
        """The step done again: its notes are in the history already and are not noted twice."""
        return msgspec.structs.replace(self, notes=())

    def inverse(self) -> "Step":
        """The step that takes this one back."""
        return Step(
            title=self.title,
            edits=tuple(Edit(e.key, e.after, e.before) for e in reversed(self.edits)),
            decisions=tuple(Decision(d.issue, d.after, d.before) for d in reversed(self.decisions)),
            revision=None if self.revision is None else Revision(self.revision.after, self.revision.before),
            policy=None if self.policy is None else Ruling(self.policy.after, self.policy.before),
        )


@dataclass(frozen=True)
class Heading:
    """A row of the history table without what it did, which may be of any length."""

    seq: int
    at: str
    actor: str
    role: str
    op: Op
    title: str


@dataclass(frozen=True)
class Row:
    """One row of the history table. `of` names the row that an undo or redo is about."""

    seq: int
    origin: str
    at: str
    actor: str
    role: str
    op: Op
    of: int | None
    title: str
    body: bytes
    hash: bytes

    def step(self) -> Step:
        """What this row did."""
        return decode(self.body)


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Step)


def encode(step: Step) -> bytes:
    """The bytes of a step, as the history table keeps them."""
    return _ENCODER.encode(step)


@lru_cache(2)  # a long step is read by a thread before it is taken back; nobody changes a step
def decode(body: bytes) -> Step:
    """The step that `encode` wrote."""
    return _DECODER.decode(body)


def row_hash(
    previous: bytes,
    *,
    seq: int,
    origin: str,
    at: str,
    actor: str,
    role: str,
    op: str,
    of: int | None,
    title: str,
    body: bytes,
) -> bytes:
    """SHA-256 over the hash of the row before it (of the same origin) and everything in this row."""
    content = _ENCODER.encode((seq, origin, at, actor, role, op, of, title, body))
    return hashlib.sha256(previous + content).digest()


def row_after(last: Row, step: Step, *, at: str, actor: Actor | None, op: Op, of: int | None) -> Row:
    """The row that this step is when it follows the last one."""
    name, role = (actor.name, actor.role) if actor is not None else ("", "")
    seq, body = last.seq + 1, encode(step)
    digest = row_hash(
        last.hash,
        seq=seq,
        origin=last.origin,
        at=at,
        actor=name,
        role=role,
        op=op,
        of=of,
        title=step.title,
        body=body,
    )
    return Row(seq, last.origin, at, name, role, op, of, step.title, body, digest)


Told = tuple[int, str, str, str, str, int | None, bytes]
"""Of a row of the history its seq, at, actor, role, op, of and body."""


def first_tampered(rows: Iterable[Row]) -> Row | None:
    """The first row whose hash does not follow from the rows before it, or None when all do."""
    previous: dict[str, bytes] = {}
    for row in rows:
        expected = row_hash(
            previous.get(row.origin, b""),
            seq=row.seq,
            origin=row.origin,
            at=row.at,
            actor=row.actor,
            role=row.role,
            op=row.op,
            of=row.of,
            title=row.title,
            body=row.body,
        )
        if expected != row.hash:
            return row
        previous[row.origin] = row.hash
    return None


def counting(rows: Iterable[Row]) -> list[Row]:
    """Those rows of a history that count: all but those that something was done anew instead of."""
    out = list[Row]()
    for row in rows:
        if row.op != "anew":
            out.append(row)
        while row.op == "anew" and row.of is not None and out and out[-1].seq > row.of:
            out.pop()
    return out


class UndoStacks:
    """What each person can undo and redo, derived by reading the history from its start."""

    def __init__(self) -> None:
        self._undo: dict[tuple[str, str], list[int]] = {}
        self._redo: dict[tuple[str, str], list[int]] = {}

    def read(self, row: Row) -> None:
        """Take the next row of the history into account."""
        who = _who(row.actor, row.role)
        undo, redo = self._undo.setdefault(who, []), self._redo.setdefault(who, [])
        if row.op == "do" and row.actor:
            undo.append(row.seq)
            redo.clear()
        elif row.op == "undo" and row.of is not None:
            undo.remove(row.of)
            redo.append(row.of)
        elif row.op == "redo" and row.of is not None:
            redo.remove(row.of)
            undo.append(row.of)

    def still(self) -> "UndoStacks":
        """A copy that the next rows do not change."""
        other = UndoStacks()
        other._undo = {who: list(stack) for who, stack in self._undo.items()}
        other._redo = {who: list(stack) for who, stack in self._redo.items()}
        return other

    def undoable(self, actor: Actor) -> list[int]:
        """The history rows that this person did and has not undone, the newest first."""
        return self._undo.get(_who(actor.name, actor.role), [])[::-1]

    def redoable(self, actor: Actor) -> list[int]:
        """The history rows that this person has undone, the last undone first."""
        return self._redo.get(_who(actor.name, actor.role), [])[::-1]


def _who(name: str, role: str) -> tuple[str, str]:
    return name.strip().casefold(), role
