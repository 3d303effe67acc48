"""What is open and done, how fast, and how well it passed: per queue, kind, class and person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import CALLED
from labelmend.project import queues
from labelmend.project.issue_table import GONE
from labelmend.project.project import Project
from labelmend.report.judgements import NOBODY, Ids, Judgements
from labelmend.review.sampling import distinct
from labelmend.review.states import QUEUES, ROLES, STATUS_INDEX, Queue, Role, Status

QUEUE_ROLES: Final[dict[Queue, Role]] = {"fix": "annotator", "review": "reviewer", "expert": "expert"}
_JUDGES: Final[tuple[Queue, ...]] = ("review", "expert")
_JUDGED: Final[dict[Role, tuple[Status, ...]]] = {
    "annotator": ("fixed", "dismissed", "ambiguous"),
    "reviewer": ("approved", "rejected"),
    "expert": ("decided", "flagged"),
}
"""The states that somebody's work in each role leaves an issue in."""
_TIME: Final = np.dtype([("issue", np.int64), ("who", np.int32), ("role", np.int8), ("seconds", np.float64)])
NO_IDS: Final[Ids] = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Standings:
    """Where the issues stand, frozen, so that a thread may count them; those taken back are in no state.

    All are (n,): id, status, category, fix_category, score and called as in the issue table; waits: whether
    it waits in a queue, whoever looks (of what a card stands for the card alone does). notes: ids of issues
    that no run of the finder made; classes: the names of the categories.
    """

    id: Ids
    status: NDArray[np.uint8]
    category: NDArray[np.int32]
    fix_category: NDArray[np.int32]
    score: NDArray[np.float64]
    called: NDArray[np.uint8]
    waits: NDArray[np.bool_]
    notes: Ids
    classes: tuple[str, ...]

    def in_states(self, *states: Status) -> NDArray[np.bool_]:
        """Which issues (n,) are in one of these states."""
        return among(self.status, [STATUS_INDEX[state] for state in states])

    def rows_of(self, issues: Ids) -> Ids:
        """The rows of these issues, -1 for those that are not there or were taken back."""
        if not len(self.id):
            return np.full(len(issues), -1)
        near = (issues >= 0) & (issues < len(self._near))
        if near.all():
            rows = self._near[issues]
        else:
            at = np.minimum(np.searchsorted(self.id, issues, sorter=self._order), len(self.id) - 1)
            rows = self._order[at]
        return np.where((self.id[rows] == issues) & (self.status[rows] != GONE), rows, -1)

    @property
    def is_card(self) -> NDArray[np.bool_]:
        """Which of them (n,) stand for others, and are no labels."""
        return np.asarray(self.called == CALLED.index("systematic"))

    @cached_property
    def _order(self) -> Ids:
        return np.argsort(self.id, kind="stable")

    @cached_property
    def _near(self) -> Ids:
        """The row of each id: quicker than a search. The ids of packages, and what was noted there, lie far
        beyond."""
        rows = np.flatnonzero((self.id >= 0) & (self.id < 2 * len(self.id)))
        near = np.zeros(int(self.id[rows].max(initial=-1)) + 1, np.int64)
        near[self.id[rows]] = rows
        return near


def standings_of(project: Project) -> Standings:
    """Where the issues of a project stand now; cheap, for the thread that changes the project."""
    table, notes = project.issues, project.state.notes
    waits = np.isin(table.status, [STATUS_INDEX[one] for name in _JUDGES for one in QUEUES[name]])
    waits[queues.waiting(project, "fix")] = True
    return Standings(
        table.id,
        table.status.copy(),
        table.category,
        table.columns.fix_category,
        table.score,
        table.called,
        waits,
        np.fromiter(notes, np.int64, len(notes)),
        tuple(project.categories.name),
    )


@dataclass(frozen=True, eq=False)
class Tally:
    """One queue, kind, class or person in numbers; behind each are the ids of its issues.

    open: what waits; done: what nobody has to look at any more, of a queue what was judged there, of a
    person what they judged and waits for nobody. approved, rejected: what the reviewer said at the first
    look at each label, of a reviewer's tally at their own first one; what was approved with a correction
    counts as rejected. seconds: the median time for a label, of those judged one at a time; pace: how many of
    them in an hour of work. Both are None while nothing tells; `Judgements.seconds` says what is a break.
    expected: how many of those that wait to be fixed are errors, by their scores. role: of a person's tally,
    as what.
    """

    name: str
    open: Ids = field(default_factory=lambda: NO_IDS)
    done: Ids = field(default_factory=lambda: NO_IDS)
    approved: Ids = field(default_factory=lambda: NO_IDS)
    rejected: Ids = field(default_factory=lambda: NO_IDS)
    seconds: float | None = None
    pace: float | None = None
    expected: float = 0.0
    role: str = ""

    @property
    def first_pass(self) -> float | None:
        """The share of the reviewed labels that was approved at the first look, None without any."""
        reviewed = len(self.approved) + len(self.rejected)
        return len(self.approved) / reviewed if reviewed else None


class Tallies:
    """Counts the issues of groups; made anew whenever something changed."""

    def __init__(self, standings: Standings, judgements: Judgements) -> None:
        self._standings = standings
        self._people = judgements.people
        events = judgements.events
        self.events = _people_alone(events)
        self._is_done = standings.in_states(*QUEUES["done"]) & ~standings.is_card
        self._time = _label_times(events, *judgements.seconds())
        self.reviews = _first_reviews(self.events)
        self._reviewed = standings.rows_of(self.reviews["issue"])
        self._timed = standings.rows_of(self._time["issue"])

    def queues(self) -> tuple[Tally, ...]:
        """Fix, Review and Expert: what waits there, and what was judged there."""
        told = []
        for queue, role in QUEUE_ROLES.items():
            mask = self._standings.waits & self._standings.in_states(*QUEUES[queue])
            by_role = self.events["role"] == ROLES.index(role)
            waits = self._standings.id[mask]
            done = distinct(self.events["issue"][by_role])
            done = done[~np.isin(done, waits)]
            expected = float(self._standings.score[mask].sum()) if queue == "fix" else 0.0
            seconds, pace = self._times(self._time["role"] == ROLES.index(role))
            first = self.reviews if queue == "review" else self.reviews[:0]
            told.append(Tally(queue, waits, done, *_verdicts(first), seconds, pace, expected))
        return tuple(told)

    def kinds(self) -> tuple[Tally, ...]:
        """Whatever issues are called: every kind, and what goes by a name of its own."""
        return self._groups(self._standings.called, CALLED)

    def classes(self) -> tuple[Tally, ...]:
        """Every class that there are issues of; the last one is of issues without a class."""
        names = (*self._standings.classes, "unknown class")
        category = self._standings.category
        return self._groups(np.where(category < 0, len(names) - 1, category), names)

    def _groups(self, group: NDArray[Any], names: Sequence[str]) -> tuple[Tally, ...]:
        stands, size = self._standings, len(names)
        waits = split(stands.id[stands.waits], group[stands.waits], size)
        done = split(stands.id[self._is_done], group[self._is_done], size)
        # Not of what is looked at for an audit, of which nothing is suspected.
        suspected = stands.waits & stands.in_states(*QUEUES["fix"])
        score = np.bincount(group[suspected], stands.score[suspected], size)
        known = self._reviewed >= 0
        reviews = split(np.flatnonzero(known), group[self._reviewed[known]], size)
        timed = self._timed >= 0
        times = split(np.flatnonzero(timed), group[self._timed[timed]], size)
        return tuple(
            Tally(
                name,
                waits[n],
                done[n],
                *_verdicts(self.reviews.take(reviews[n])),
                *self._times(times[n]),
                float(score[n]),
            )
            for n, name in enumerate(names)
            if len(waits[n]) or len(done[n])
        )

    def people(self) -> tuple[Tally, ...]:
        """Every person in every role that they judged something in; those who judged most first."""
        told = []
        for role_number, role in enumerate(ROLES):
            mine = self.events.compress(self.events["role"] == role_number)
            for who in np.flatnonzero(np.bincount(mine["who"])).tolist():
                issues = distinct(mine["issue"][mine["who"] == who])
                told.append(self._person(role, who, issues))
        return tuple(sorted(told, key=lambda one: -len(one.open) - len(one.done)))

    def _person(self, role: Role, who: int, issues: Ids) -> Tally:
        rows = self._standings.rows_of(issues)
        issues, rows = issues[rows >= 0], rows[rows >= 0]
        done = self._standings.in_states(*QUEUES["done"])[rows]
        number = ROLES.index(role)
        times = self._times((self._time["who"] == who) & (self._time["role"] == number))
        reviews = self.reviews[:0]
        if role == "annotator":
            reviews = self.reviews.compress(self.reviews["annotator"] == who)
        elif role == "reviewer":
            reviews = _first_reviews(self.events.compress(self.events["who"] == who))
        return Tally(self._people[who], issues[~done], issues[done], *_verdicts(reviews), *times, role=role)

    def _times(self, which: NDArray[Any]) -> tuple[float | None, float | None]:
        seconds = self._time["seconds"][which]
        if not len(seconds) or not seconds.sum():
            return None, None
        return float(np.median(seconds)), float(3600 * len(seconds) / seconds.sum())


def _people_alone(events: NDArray[Any]) -> NDArray[Any]:
    """What people judged, each in a role of theirs."""
    keep = np.zeros(len(events), bool)
    for role, states in _JUDGED.items():
        codes = [STATUS_INDEX[state] for state in states]
        keep |= (events["role"] == ROLES.index(role)) & among(events["status"], codes)
    keep &= events["who"] != NOBODY
    return events.compress(keep)  # an index takes ten times as long: it copies field by field


def _first_reviews(events: NDArray[Any]) -> NDArray[Any]:
    """The first review of each label that an annotator had judged."""
    rows = np.flatnonzero((events["role"] == ROLES.index("reviewer")) & (events["annotator"] != NOBODY))
    rows = rows[np.lexsort((events["seq"][rows], events["at"][rows]))]
    return events.take(rows[np.unique(events["issue"][rows], return_index=True)[1]])


def _verdicts(reviews: NDArray[Any]) -> tuple[Ids, Ids]:
    """The ids of what was approved as it was, and of what was corrected or rejected."""
    approved = (reviews["status"] == STATUS_INDEX["approved"]) & ~reviews["corrected"]
    return reviews["issue"][approved], reviews["issue"][~approved]


def _label_times(events: NDArray[Any], seqs: Ids, seconds: NDArray[np.float64]) -> NDArray[Any]:
    """Of each label that somebody judged by itself: issue, who, role and seconds.

    Several steps for one label are added up. Steps that judge many labels at once tell no label's time.
    """
    alone = np.flatnonzero((events["of"] == 1) & (events["who"] != NOBODY))
    order, seq = np.argsort(seqs), events["seq"][alone]
    at = np.minimum(np.searchsorted(seqs, seq, sorter=order), max(len(seqs) - 1, 0))
    known = seqs[order[at]] == seq if len(seqs) else np.zeros(len(alone), bool)
    alone, took = alone[known], seconds[order[at[known]]] if len(seqs) else seconds
    columns = [events[name][alone] for name in ("issue", "who", "role")]
    order = np.lexsort(columns[::-1])
    columns, took = [column[order] for column in columns], took[order]
    same = np.ones(max(len(alone) - 1, 0), bool)
    for column in columns:
        same &= column[1:] == column[:-1]
    first = np.flatnonzero(np.r_[True, ~same][: len(alone)])
    out = np.zeros(len(first), _TIME)
    for name, column in zip(("issue", "who", "role"), columns, strict=True):
        out[name] = column[first]
    out["seconds"] = np.add.reduceat(took, first) if len(first) else took
    return out


def among(codes: NDArray[np.uint8], wanted: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the codes (n,) are among a few (`np.isin` takes twenty times as long)."""
    out = np.zeros(len(codes), bool)
    for code in wanted:
        out |= codes == code
    return out


def split(values: Ids, group: NDArray[Any], size: int) -> list[Ids]:
    """The values of each of `size` groups."""
    if size <= 1 << 16:
        group = group.astype(np.uint16)  # sorted by radix, which takes a tenth of the time
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(size + 1))
    return [values[order[start:end]] for start, end in pairwise(ends)]
