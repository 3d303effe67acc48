"""What people judged, from the history, as columns: read once, then only the rows that are new."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.project.history import Decision, Draw, Row
from labelmend.project.sampling import PAUSE
from labelmend.project.store import Store
from labelmend.review.states import FLAGGED, ROLES, STATUS_INDEX, Standing, Verdict

Ids = NDArray[np.int64]
"""Ids of issues, (n,)."""

VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)
OUTCOMES: Final = ("", "fix stands", "original stands", "corrected", "sent back", "merged")
NOBODY: Final = -1

_AT_ONCE: Final = 2000
"""Rows of history that are read at a time: who writes meanwhile waits no longer than for these."""

_EVENT: Final = np.dtype(
    [
        ("seq", np.int64),
        ("at", np.float64),
        ("who", np.int32),
        ("role", np.int8),
        ("issue", np.int64),
        ("status", np.uint8),
        ("verdict", np.uint8),
        ("outcome", np.uint8),
        ("annotator", np.int32),
        ("corrected", np.bool_),
        ("comment", np.int32),
        ("of", np.int32),
    ]
)
_TURN: Final = np.dtype([("seq", np.int64), ("at", np.float64), ("who", np.int32), ("judged", np.bool_)])


class _Judged(msgspec.Struct):
    """What is read of a step: its edits may be thousands."""

    decisions: tuple[Decision, ...] = ()
    draw: Draw | None = None


_DECODER: Final = msgspec.msgpack.Decoder(_Judged)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Labels of which a share, `rate`, was drawn for review: all of them, and those that were drawn."""

    rate: float
    frame: Ids
    drawn: Ids


class Judgements:
    """Every decision of the history that was not taken back.

    events: one row a decision, in the order of the history: seq and at (seconds since 1970) of its row,
    who and annotator (places in `people`, NOBODY for the program), role (place in ROLES, -1), issue,
    status (of the issue afterwards; approved as well for one that a second reviewer still looks at),
    verdict and outcome (places in STATUSES, VERDICTS, OUTCOMES), corrected (whether somebody changed it
    in review or before the expert), comment (place in
    `comments`: of a rejection the listed reason, else what was said), of (how many issues the step
    decided). turns: one row for each row of the history that a person wrote.
    """

    def __init__(self) -> None:
        self.people: list[str] = []
        self.comments: list[str] = [""]
        self.draws: list[Drawn] = []
        self.turns: NDArray[Any] = np.zeros(0, _TURN)
        self._all: NDArray[Any] = np.zeros(0, _EVENT)
        self._places: dict[str, int] = {}
        self._comment_places: dict[str, int] = {"": 0}
        self._seen: dict[Standing, tuple[Any, ...]] = {}
        self._undone: set[int] = set()
        self._last = 0

    def catch_up(self, store: Store, *, before: int | None = None) -> None:
        """Read the rows of the history that are new; any thread may, one at a time.

        before: the row that was altered outside Labelmend, if any (`Project.altered_at`): it and what follows
        is not to be believed.
        """
        while rows := store.history_after(self._last, most=_AT_ONCE):
            self.take(row for row in rows if before is None or row.seq < before)
            self._last = rows[-1].seq

    def take(self, rows: Iterable[Row]) -> None:
        """Take the next rows of the history into account."""
        events: list[tuple[Any, ...]] = []
        turns: list[tuple[Any, ...]] = []
        for row in rows:
            self._last = row.seq
            at, who = datetime.fromisoformat(row.at).timestamp(), self._person(row.actor)
            step = _DECODER.decode(row.body)
            if row.actor:
                turns.append((row.seq, at, who, row.op == "do" and bool(step.decisions)))
            if row.op == "undo" and row.of is not None:
                self._undone.add(row.of)
            elif row.op == "redo" and row.of is not None:
                self._undone.discard(row.of)
            elif row.op == "do":
                events += self._events(row, step.decisions, at, who)
            if step.draw is not None:
                self._take_draw(step.draw)
        self._all = np.concatenate([self._all, np.array(events, _EVENT)])
        self.turns = np.concatenate([self.turns, np.array(turns, _TURN)])

    def _events(
        self, row: Row, decisions: tuple[Decision, ...], at: float, who: int
    ) -> Iterable[tuple[Any, ...]]:
        role = ROLES.index(row.role) if row.role in ROLES else -1
        for one in decisions:
            after = one.after or FLAGGED
            stands = self._seen.get(after)
            if stands is None:
                stands = self._seen[after] = self._columns(after)
            if after.first and after.first != (one.before or FLAGGED).first:
                stands = (STATUS_INDEX["approved"], *stands[1:])
            text = one.reason or one.comment
            comment = self._comment(text) if text else 0
            yield (row.seq, at, who, role, one.issue, *stands, comment, len(decisions))

    def _columns(self, after: Standing) -> tuple[Any, ...]:
        """What a standing is in columns; few differ among a hundred thousand decisions."""
        return (
            STATUS_INDEX[after.status],
            VERDICTS.index(after.verdict),
            OUTCOMES.index(after.outcome) if after.outcome in OUTCOMES else 0,
            self._person(after.annotator),
            bool(after.corrected),
        )

    def _take_draw(self, draw: Draw) -> None:
        for part in draw.strata or (draw,):
            frame, drawn = (np.array(ids, np.int64) for ids in (part.frame, part.drawn))
            self.draws.append(Drawn(part.rate, frame, drawn))

    def _person(self, name: str) -> int:
        """The place of a person; names that differ in case or outer spaces only are one."""
        plain = name.strip().casefold()
        if not plain:
            return NOBODY
        if plain not in self._places:
            self._places[plain] = len(self.people)
            self.people.append(name.strip())
        return self._places[plain]

    def _comment(self, text: str) -> int:
        plain = text.strip().casefold()
        if plain not in self._comment_places:
            self._comment_places[plain] = len(self.comments)
            self.comments.append(text.strip())
        return self._comment_places[plain]

    @property
    def events(self) -> NDArray[Any]:
        """The decisions that stand: what was undone is left out."""
        if not self._undone:
            return self._all
        undone = np.fromiter(self._undone, np.int64, len(self._undone))
        return self._all[~np.isin(self._all["seq"], undone)]

    def seconds(self) -> tuple[Ids, NDArray[np.float64]]:
        """Rows of the history (k,) that judged something, and how long each took (k,), in seconds.

        That is the time since the same person's judgement before, whatever they did in between. A gap of
        more than PAUSE seconds is a break: the judgement after it, like a person's first, is left out.
        """
        turns = self.turns[np.lexsort((self.turns["seq"], self.turns["at"], self.turns["who"]))]
        gap = np.diff(turns["at"], prepend=0)
        gap[np.r_[True, turns["who"][1:] != turns["who"][:-1]][: len(gap)]] = np.inf
        away = gap > PAUSE
        worked, breaks = np.cumsum(np.where(away, 0, gap)), np.cumsum(away)
        judged = np.flatnonzero(turns["judged"])
        worked, breaks = worked[judged], breaks[judged]
        known = np.diff(breaks, prepend=-1) == 0
        return turns["seq"][judged][known], np.diff(worked, prepend=0)[known]
