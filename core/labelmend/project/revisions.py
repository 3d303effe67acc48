"""The versions that the instructions of a project had: who changed what and when, from the history."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from labelmend.project.history import Op, Revision, Row
from labelmend.review.instructions import Instructions


@dataclass(frozen=True)
class Revised:
    """One change of the instructions, as it was done, undone or done again."""

    at: str
    who: str
    op: Op
    title: str
    before: Instructions | None
    after: Instructions | None


class _Revising(msgspec.Struct):
    """What is read of a step: its edits may be thousands."""

    revision: Revision | None = None


_DECODER: Final = msgspec.msgpack.Decoder(_Revising)


def revisions(rows: Iterable[Row]) -> list[Revised]:
    """The changes of the instructions among these rows of a history, oldest first."""
    found = []
    for row in rows:
        told = _DECODER.decode(row.body).revision
        if told is not None:
            found.append(Revised(row.at, row.actor, row.op, row.title, told.before, told.after))
    return found
