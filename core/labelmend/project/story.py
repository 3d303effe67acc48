"""What happened to one issue, from the history: who, when, what, and what they said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from labelmend.project.history import Decision, Op, Row


@dataclass(frozen=True)
class Entry:
    """One thing that happened to an issue."""

    at: str
    actor: str
    role: str
    what: str
    comment: str


class Stories:
    """Tells what happened to issues; of the one asked for last no row is read twice.

    A row never changes, and one that changed thousands of labels takes its time to read.
    """

    def __init__(self, read: Callable[[Iterable[int]], list[Row]]) -> None:
        self._read = read
        self._issue: int | None = None
        self._told: dict[int, tuple[Op, Entry | None]] = {}

    def of(self, issue: int, seqs: Sequence[int], *, second: bool = False) -> list[Entry]:
        """The entries of an issue, about which these rows are, oldest first.

        second: a second reviewer looks at it, who is not to know what the first has said since the last draw.
        """
        if issue != self._issue:
            self._issue, self._told = issue, {}
        for row in self._read([seq for seq in seqs if seq not in self._told]):
            self._told[row.seq] = row.op, _entry(row, issue)
        told = [self._told[seq] for seq in seqs if seq in self._told]
        drawn = max((n for n, (op, _) in enumerate(told) if op == "draw"), default=0)
        return [
            entry
            for n, (_, entry) in enumerate(told)
            if entry is not None and not (second and n > drawn and entry.role == "reviewer")
        ]


def _entry(row: Row, issue: int) -> Entry | None:
    about, comment = _about(_judged(row.body), issue)
    draw = _judged(row.body).draw
    what = row.title if draw is None else draw.of(issue)
    what = f"{row.op}: {what}" if row.op in ("undo", "redo") else what
    return Entry(row.at, row.actor, row.role, what, comment) if about else None


class _Drawn(msgspec.Struct):
    """What is read of a draw: its strata say it all again."""

    seed: int
    frame: tuple[int, ...]
    drawn: tuple[int, ...]

    def of(self, issue: int) -> str:
        """What became of one label: the row's own title counts all of them."""
        drawn = "drawn for review" if issue in self.drawn else "not drawn for review"
        return f"{drawn}: {len(self.drawn):,} of {len(self.frame):,} were, by seed {self.seed}"


class _Judged(msgspec.Struct):
    """What is read of a step: its edits may be thousands."""

    decisions: tuple[Decision, ...] = ()
    draw: _Drawn | None = None


_DECODER: Final = msgspec.msgpack.Decoder(_Judged)


@lru_cache(16)
def _judged(body: bytes) -> _Judged:
    """What a row did; a draw of a hundred thousand labels is in the story of each of them."""
    return _DECODER.decode(body)


def said(row: Row) -> str:
    """What was said with what a row did to one label; nothing of several at once."""
    decisions = _judged(row.body).decisions
    return _said(decisions[0]) if len(decisions) == 1 else ""


def _said(decision: Decision) -> str:
    return ": ".join(part for part in (decision.reason, decision.comment) if part)


def _about(step: _Judged, issue: int) -> tuple[bool, str]:
    for decision in step.decisions:
        if decision.issue == issue:
            return True, _said(decision)
    return step.draw is not None and issue in step.draw.frame, ""
