"""How the work went, as plain values: queues, kinds, classes, people, error rates, and over time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from labelmend.project.project import Project
from labelmend.report.error_rates import ErrorRate
from labelmend.report.progress import Course, overview_of
from labelmend.report.tallies import Tally

PLACES: Final = 60
"""At so many times, evenly spread from the first judgement to the last, the course is told."""
_DAYS: Final = 4 * 86400.0


def course_numbers(project: Project) -> dict[str, Any]:
    """The overview of a project (see progress.py) in counts.

    course: "at", times in UTC as ISO has them, and by queue how many labels were judged there until then.
    """
    told = overview_of(project)
    return {
        "queues": _tallies(told.queues),
        "kinds": _tallies(told.kinds),
        "classes": _tallies(told.classes),
        "people": _tallies(told.people),
        "reasons": [{"reason": one.text, "labels": len(one.issues)} for one in told.reasons],
        "error_rates": [_rate(one) for one in (*told.finished, *told.unflagged)],
        "course": _course(told.courses),
    }


def _tallies(tallies: Iterable[Tally]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "role": one.role,
            "open": len(one.open),
            "done": len(one.done),
            "expected": one.expected,
            "approved": len(one.approved),
            "rejected": len(one.rejected),
            "first_pass": one.first_pass,
            "seconds": one.seconds,
            "pace": one.pace,
        }
        for one in tallies
    ]


def _rate(one: ErrorRate) -> dict[str, Any]:
    return {
        "name": one.name,
        "of": one.of,
        "size": one.size,
        "drawn": len(one.drawn),
        "open": len(one.open),
        "wrong": len(one.wrong),
        "share": one.share,
        "low": one.low,
        "high": one.high,
    }


def _course(courses: Sequence[Course]) -> dict[str, Any]:
    times = [one.at for one in courses if len(one.at)]
    if not times:
        return {"at": [], "places": [], "judged": {}}
    first, last = min(at[0] for at in times), max(at[-1] for at in times)
    edges = np.linspace(first, last, PLACES if last > first else 1)
    edges[-1] = last
    moments = [datetime.fromtimestamp(edge, UTC) for edge in edges.tolist()]
    form = "%Y-%m-%d" if last - first >= _DAYS else "%m-%d %H:%M"
    return {
        "at": [one.isoformat(timespec="seconds") for one in moments],
        "places": [one.strftime(form) for one in moments],
        "judged": {one.queue: np.searchsorted(one.at, edges, side="right").tolist() for one in courses},
    }
