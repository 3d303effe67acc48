"""Which issues people have decided, and how: whether the label was wrong."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelmend.find.verdicts import Verdicts, verdicts
from labelmend.project.project import Project
from labelmend.review.states import QUEUES

_UNJUDGED: Final = ("flagged", *QUEUES["expert"])


def is_mended(project: Project, issue: int) -> bool:
    """Whether something was changed under this issue and stands: there is nothing left to suggest."""
    return any(project.record(key) != before for key, before in project.state.before(issue).items())


def decided(project: Project) -> NDArray[np.int8]:
    """Of each row of the issues: 1 a real error, 0 none, -1 not decided (or doubtful, or rejected)."""
    out = np.full(len(project.issues), -1, np.int8)
    standings = project.state.standings
    rows = project.issues.rows_of(np.fromiter(standings, np.int64, len(standings))).tolist()
    for row, (issue, standing) in zip(rows, standings.items(), strict=True):
        if row < 0 or standing is None or standing.status in _UNJUDGED:
            continue
        if standing.status == "decided" or standing.corrected:
            out[row] = is_mended(project, issue)
        elif standing.verdict:
            out[row] = standing.verdict in ("accepted", "fixed")
    return out


def verdicts_on(project: Project) -> Verdicts | None:
    """What people said of the issues that the finder found; None without any that teaches it."""
    said, table = decided(project), project.issues
    said[np.isin(table.id, np.fromiter(project.state.notes, np.int64, len(project.state.notes)))] = -1
    rows = np.flatnonzero(said >= 0)
    told = verdicts(table.columns.take(rows), said[rows] == 1)
    return told if len(told) else None
