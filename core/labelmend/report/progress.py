"""How it goes, as frozen numbers with the ids of the issues behind each: for the window and for reports."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import CLASS
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.report.error_rates import ErrorRate, ErrorRates
from labelmend.report.judgements import OUTCOMES, VERDICTS, Ids, Judgements
from labelmend.report.reliability import BANDS
from labelmend.report.tallies import QUEUE_ROLES, Standings, Tallies, Tally, split, standings_of
from labelmend.review.sampling import distinct
from labelmend.review.shares import wilson
from labelmend.review.states import QUEUES, ROLES, STATUS_INDEX, Queue


@dataclass(frozen=True, eq=False)
class Reason:
    """Why labels were rejected, as the reviewers wrote it, and which."""

    text: str
    issues: Ids


@dataclass(frozen=True, eq=False)
class Course:
    """When the labels of a queue were judged there: at (n,) in seconds since 1970, rising; issues (n,)."""

    queue: Queue
    at: NDArray[np.float64]
    issues: Ids


@dataclass(frozen=True, eq=False)
class Pair:
    """Two classes that are taken for each other: labelled `was`, `now` by the model.

    confirmed: people found the label wrong; refuted: they did not; open: nobody judged it yet.
    """

    was: str
    now: str
    confirmed: Ids
    refuted: Ids
    open: Ids


@dataclass(frozen=True, eq=False)
class Band:
    """The judged issues of a band of score: whether as many are real errors as their scores say.

    expected: the mean score of those that were judged; interval: Wilson's of the confirmed share, 95 %.
    """

    low: float
    high: float
    expected: float
    judged: Ids
    confirmed: Ids
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Overview:
    """All that is told of how it goes."""

    queues: tuple[Tally, ...]
    kinds: tuple[Tally, ...]
    classes: tuple[Tally, ...]
    people: tuple[Tally, ...]
    reasons: tuple[Reason, ...]
    finished: tuple[ErrorRate, ...]
    unflagged: tuple[ErrorRate, ...]
    courses: tuple[Course, ...]
    pairs: tuple[Pair, ...]
    curve: tuple[Band, ...]


def overview_of(project: Project) -> Overview:
    """The overview of a project as it stands; reads the whole history."""
    judgements = Judgements()
    judgements.catch_up(project.store, before=project.altered_at)
    return overview(standings_of(project), judgements, project.state.audit)


def overview(standings: Standings, judgements: Judgements, audit: Step | None) -> Overview:
    """The overview of issues that stand so after these judgements; audit: the last one (`State.audit`)."""
    tallies, rates = Tallies(standings, judgements), ErrorRates(standings, judgements)
    real = _real(standings, judgements.events)
    return Overview(
        queues=tallies.queues(),
        kinds=tallies.kinds(),
        classes=tallies.classes(),
        people=tallies.people(),
        reasons=_reasons(tallies.events, judgements.comments),
        finished=rates.finished(judgements.draws),
        unflagged=rates.unflagged(audit),
        courses=_courses(tallies.events),
        pairs=_pairs(standings, real),
        curve=_curve(standings, real),
    )


def _reasons(events: NDArray[Any], comments: list[str]) -> tuple[Reason, ...]:
    """The reasons of all rejections, the most frequent first."""
    rejects = events.compress(events["status"] == STATUS_INDEX["rejected"])
    told = [
        Reason(comments[number] or "no reason", distinct(rejects["issue"][rejects["comment"] == number]))
        for number in np.flatnonzero(np.bincount(rejects["comment"])).tolist()
    ]
    return tuple(sorted(told, key=lambda one: -len(one.issues)))


def _courses(events: NDArray[Any]) -> tuple[Course, ...]:
    """When each label was first judged in each queue."""
    told = []
    for queue, role in QUEUE_ROLES.items():
        mine = np.flatnonzero(events["role"] == ROLES.index(role))
        mine = mine[np.argsort(events["at"][mine], kind="stable")]
        issues = events["issue"][mine]
        first = np.zeros(len(issues), bool)
        first[np.unique(issues, return_index=True)[1]] = True
        told.append(Course(queue, events["at"][mine[first]], issues[first]))
    return tuple(told)


def _real(standings: Standings, events: NDArray[Any]) -> NDArray[np.int8]:
    """Of each issue: 1 a real error, 0 none, -1 nobody decided."""
    rows = standings.rows_of(events["issue"])
    verdict, outcome, corrected = np.zeros((3, len(standings.id)), np.uint8)
    verdict[rows[rows >= 0]] = events["verdict"][rows >= 0]
    outcome[rows[rows >= 0]] = events["outcome"][rows >= 0]
    corrected[rows[rows >= 0]] = events["corrected"][rows >= 0]
    mended = np.isin(verdict, [VERDICTS.index("accepted"), VERDICTS.index("fixed")])
    decided = standings.in_states("decided")
    mended |= (decided & (outcome == OUTCOMES.index("corrected"))) | (corrected > 0)
    mended &= ~(decided & (outcome == OUTCOMES.index("original stands")))
    told = mended | decided | (verdict == VERDICTS.index("dismissed"))
    told &= ~standings.in_states("flagged", *QUEUES["expert"])
    return np.where(told, mended, -1).astype(np.int8)


def _pairs(standings: Standings, real: NDArray[np.int8]) -> tuple[Pair, ...]:
    """The pairs of classes that the finder or people found to be mixed up, the most frequent first."""
    rows = np.flatnonzero(
        (standings.called == CLASS) & (standings.category >= 0) & (standings.fix_category >= 0)
    )
    size = len(standings.classes)
    code = standings.category[rows].astype(np.int64) * size + standings.fix_category[rows]
    is_there = np.bincount(code, minlength=size * size) > 0
    pairs, which = np.flatnonzero(is_there), np.cumsum(is_there)[code] - 1
    part = np.where(real[rows] >= 0, 1 - real[rows], np.where(standings.waits[rows], 2, 3))
    parts = split(standings.id[rows], 4 * which + part, 4 * len(pairs))
    told = [
        Pair(standings.classes[was], standings.classes[now], *parts[4 * n : 4 * n + 3])
        for n, (was, now) in enumerate(zip(*(one.tolist() for one in divmod(pairs, size)), strict=True))
    ]
    return tuple(sorted(told, key=lambda one: (-len(one.confirmed), -len(one.open))))


def _curve(standings: Standings, real: NDArray[np.int8]) -> tuple[Band, ...]:
    """The bands of score in which something was judged; noted issues have no score of the finder's."""
    found = ~np.isin(standings.id, standings.notes) & (real >= 0)
    band = np.minimum((standings.score * BANDS).astype(np.int64), BANDS - 1)
    told = []
    for low in range(BANDS):
        mine = np.flatnonzero(found & (band == low))
        if len(mine):
            confirmed = standings.id[mine[real[mine] == 1]]
            told.append(
                Band(
                    low / BANDS,
                    (low + 1) / BANDS,
                    float(standings.score[mine].mean()),
                    standings.id[mine],
                    confirmed,
                    wilson(len(confirmed), len(mine)),
                )
            )
    return tuple(told)
