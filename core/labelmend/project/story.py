"""What happened to one issue, from the history: who, when, what, and what they said."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from labelmend.project.history import Decision, Draw, Row


@dataclass(frozen=True)
class Entry:
    """One thing that happened to an issue."""

    at: str
    actor: str
    role: str
    what: str
    comment: str


def entries(rows: list[Row], issue: int, *, second: bool = False) -> list[Entry]:
    """The entries of these rows that are about an issue, oldest first.

    second: a second reviewer looks at it, who is not to know what the first has said since the last draw.
    """
    out = []
    drawn = max((n for n, row in enumerate(rows) if row.op == "draw"), default=0)
    for n, row in enumerate(rows):
        if second and n > drawn and row.role == "reviewer":
            continue
        about, comment = _about(_judged(row.body), issue)
        if about:
            what = f"{row.op}: {row.title}" if row.op in ("undo", "redo") else row.title
            out.append(Entry(row.at, row.actor, row.role, what, comment))
    return out


class _Judged(msgspec.Struct):
    """What is read of a step: its edits may be thousands."""

    decisions: tuple[Decision, ...] = ()
    draw: Draw | None = None


_DECODER: Final = msgspec.msgpack.Decoder(_Judged)


@lru_cache(16)
def _judged(body: bytes) -> _Judged:
    """What a row did; a draw of a hundred thousand labels is in the story of each of them."""
    return _DECODER.decode(body)


def _about(step: _Judged, issue: int) -> tuple[bool, str]:
    for decision in step.decisions:
        if decision.issue == issue:
            return True, ": ".join(part for part in (decision.reason, decision.comment) if part)
    return step.draw is not None and issue in step.draw.frame, ""
