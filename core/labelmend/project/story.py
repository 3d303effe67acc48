"""What happened to one issue, from the history: who, when, what, and what they said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labelmend.project.history import Draw, Heading
from labelmend.project.state import State
from labelmend.review.rules import awaits_second


@dataclass(frozen=True)
class Entry:
    """One thing that happened to an issue."""

    at: str
    actor: str
    role: str
    what: str
    comment: str


def tell(state: State, issue: int, read: Callable[[Iterable[int]], list[Heading]]) -> list[Entry]:
    """What happened to an issue, oldest first; read: what heads the rows of the history with these numbers.

    A second reviewer is not to know what the first has said since the last draw.
    """
    rows, said = read(state.rows_about.get(issue, ())), state.said.get(issue, {})
    drawn = max((n for n, row in enumerate(rows) if row.op == "draw"), default=0)
    second = awaits_second(state.standing(issue))
    return [
        Entry(row.at, row.actor, row.role, _what(row, issue, state.draws.get(row.seq)), said.get(row.seq, ""))
        for n, row in enumerate(rows)
        if not (second and n > drawn and row.role == "reviewer")
    ]


def _what(row: Heading, issue: int, draw: Draw | None) -> str:
    what = row.title if draw is None else _drawn(draw, issue)
    return f"{row.op}: {what}" if row.op in ("undo", "redo") else what


def _drawn(draw: Draw, issue: int) -> str:
    """What a draw made of one label: the row's own title counts all of them."""
    drawn = "drawn for review" if issue in draw.drawn else "not drawn for review"
    return f"{drawn}: {len(draw.drawn):,} of {len(draw.frame):,} were, by seed {draw.seed}"
