"""What people judged, from the history, as columns: read once, then only the rows that are new."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.project.history import Decision, Draw, Told
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

_TURN: Final = np.dtype([("seq", np.int64), ("at", np.float64), ("who", np.int32), ("judged", np.bool_)])
_STEP: Final = np.dtype(
    [("seq", np.int64), ("at", np.float64), ("who", np.int32), ("role", np.int8), ("of", np.int32)]
)
_MADE: Final = np.dtype(
    [
        ("status", np.uint8),
        ("verdict", np.uint8),
        ("outcome", np.uint8),
        ("annotator", np.int32),
        ("corrected", np.bool_),
        ("comment", np.int32),
    ]
)
_EVENT: Final = np.dtype([*_STEP.descr, ("issue", np.int64), *_MADE.descr])
_ROLE: Final[dict[str, int]] = {role: number for number, role in enumerate(ROLES)}


class _Decided(msgspec.Struct, array_like=True, gc=False):
    """What is read of a decision; standings stay bytes: few differ among a hundred thousand."""

    issue: int
    before: msgspec.Raw
    after: msgspec.Raw
    comment: str = ""


class _Judged(msgspec.Struct, gc=False):
    """What is read of a step: its edits may be thousands."""

    decisions: tuple[_Decided, ...] = ()
    draw: Draw | None = None
    own: "_Judged | None" = None


_DECODER: Final = msgspec.msgpack.Decoder(_Judged)
_STANDING: Final = msgspec.msgpack.Decoder(Standing | None)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Labels of which a share, `rate`, was drawn for review: all of them, and those that were drawn.

    classes: by name the labels of each class, as people had changed it; with the first of a draw's rates, for
    all of them.
    """

    rate: float
    frame: Ids
    drawn: Ids
    classes: dict[str, Ids]


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
        self._turns: list[NDArray[Any]] = [np.zeros(0, _TURN)]
        self._all: list[NDArray[Any]] = [np.zeros(0, _EVENT)]
        self._people: dict[str, int] = {"": NOBODY}
        self._comments: dict[str, int] = {"": 0}
        self._made: dict[tuple[bytes, bytes, str], int] = {}
        self._columns: list[tuple[Any, ...]] = []
        self._backs: list[tuple[int, int, bool]] = []  # row, the one that it is about, whether that is undone
        self._last = 0

    def catch_up(self, store: Store, *, before: int | None = None) -> None:
        """Read the rows of the history that are new; any thread may, one at a time.

        before: the row that was altered outside Labelmend, if any (`Project.altered_at`): it and what follows
        is not to be believed.
        """
        while rows := store.steps_after(self._last, most=_AT_ONCE):
            self._take([row for row in rows if before is None or row[0] < before])
            self._last = rows[-1][0]

    def _take(self, rows: Sequence[Told]) -> None:
        """Take the next rows of the history into account."""
        turns, steps = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        issues, made, anew = list[int](), list[int](), list[tuple[int, int]]()
        for seq, at, actor, role, op, of, body in rows:
            when, who = datetime.fromisoformat(at).timestamp(), self._person(actor)
            step = _DECODER.decode(body)
            # Whatever others made of the same labels, and in whichever order packages were merged.
            judged = (step.own or step).decisions if op in ("do", "told") else ()
            if actor:
                turns.append((seq, when, who, bool(judged)))
            if op == "anew" and of is not None:
                anew.append((of, seq))
                self._backs = [one for one in self._backs if one[0] <= of]
            elif op in ("undo", "redo") and of is not None:
                self._backs.append((seq, of, op == "undo"))
            elif judged:
                steps.append((seq, when, who, _ROLE.get(role, -1), len(judged)))
                issues += [one.issue for one in judged]
                made += self._made_by(judged)
            if step.draw is not None:
                self._take_draw(step.draw)
        self._all.append(self._events(np.array(steps, _STEP), issues, made))
        self._turns.append(np.array(turns, _TURN))
        for after, until in anew:
            for parts in (self._all, self._turns):
                every = _joined(parts)
                parts[:] = [every.compress((every["seq"] <= after) | (every["seq"] > until))]

    def _events(self, steps: NDArray[Any], issues: list[int], made: list[int]) -> NDArray[Any]:
        """The events of steps, each of which decided the next `of` issues."""
        events, step = np.zeros(len(issues), _EVENT), np.repeat(np.arange(len(steps)), steps["of"])
        columns = np.array(self._columns, _MADE)
        events["issue"] = issues
        for of, place in ((steps, step), (columns, np.array(made, np.int64))):
            for name in of.dtype.names or ():
                events[name] = of[name][place]
        return events

    def _made_by(self, decisions: Sequence[_Decided]) -> Iterator[int]:
        """`_made_of` of a step's decisions: most are like the one before."""
        last, place = None, -1
        for one in decisions:
            told = one.before, one.after, one.comment
            if told != last:
                last, place = told, self._made_of(one)
            yield place

    def _made_of(self, one: _Decided) -> int:
        """The place in `_columns` of what a decision made of its issue."""
        told = bytes(one.before), bytes(one.after), one.comment
        place = self._made.get(told)
        if place is None:
            place = self._made[told] = len(self._columns)
            before, after = map(_STANDING.decode, told[:2])
            self._columns.append(self._told(Decision(one.issue, before, after, one.comment)))
        return place

    def _told(self, one: Decision) -> tuple[Any, ...]:
        """A decision as a row of _MADE."""
        after = one.after or FLAGGED
        passed = after.first and after.first != (one.before or FLAGGED).first
        annotator = self._person(after.annotator)
        return (
            STATUS_INDEX["approved" if passed else after.status],
            VERDICTS.index(after.verdict),
            OUTCOMES.index(after.outcome) if after.outcome in OUTCOMES else 0,
            annotator,
            bool(after.corrected),
            self._comment(one.reason or one.comment),
        )

    def _take_draw(self, draw: Draw) -> None:
        classes = {name: np.array(ids, np.int64) for name, ids in draw.classes.items()}
        for part in draw.strata or (draw,):
            frame, drawn = (np.array(ids, np.int64) for ids in (part.frame, part.drawn))
            self.draws.append(Drawn(part.rate, frame, drawn, classes))
            classes = {}

    def _person(self, name: str) -> int:
        """The place of a person; names that differ in case or outer spaces only are one."""
        return _place(name, self._people, self.people)

    def _comment(self, text: str) -> int:
        return _place(text, self._comments, self.comments)

    @property
    def events(self) -> NDArray[Any]:
        """The decisions that stand: what was undone is left out."""
        every = _joined(self._all)
        if not self._backs:
            return every
        undone = [of for of, is_undone in {of: back for _, of, back in self._backs}.items() if is_undone]
        return every.compress(~np.isin(every["seq"], np.array(undone, np.int64)))

    @property
    def turns(self) -> NDArray[Any]:
        """One row for each row of the history that a person wrote."""
        return _joined(self._turns)

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


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """All parts as one, which they are from then on."""
    if len(parts) > 1:
        parts[:] = [np.concatenate(parts)]
    return parts[0]


def _place(text: str, places: dict[str, int], among: list[str]) -> int:
    """The place of a text among others, where it is put if it is new but for case and outer spaces."""
    if text not in places:
        plain = text.strip().casefold()
        if plain not in places:
            places[plain] = len(among)
            among.append(text.strip())
        places[text] = places[plain]
    return places[text]
