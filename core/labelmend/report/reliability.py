"""Whether the scores hold: as many issues of a score should be confirmed as it promises."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import KINDS
from labelmend.project.project import Project
from labelmend.project.suggesting import is_mended
from labelmend.review.shares import wilson
from labelmend.review.states import QUEUES

BANDS: Final = 10
"""Bands of score, each a tenth wide; 1 belongs to the last."""
_UNJUDGED: Final = ("flagged", *QUEUES["expert"])


def reliability(project: Project) -> list[dict[str, Any]]:
    """By kind and band of score, and by band over all kinds: whether the scores hold.

    expected: the sum of the scores, which is how many should be real. judged: how many people decided so far,
    confirmed: how many of those they found to be real; share and interval: confirmed of judged, with Wilson's
    95 % interval. Who works from the top judges the best of each band first. Issues that a person noted have
    no score of the finder's and are not counted.
    """
    table = project.issues
    noted = np.isin(table.id, np.array(list(project.state.notes), np.int64))
    band = np.minimum((table.score * BANDS).astype(int), BANDS - 1)
    verdict = _verdicts(project)
    out = []
    for number, kind in [(-1, "all"), *enumerate(KINDS)]:
        of_kind = ~noted & ((table.kind == number) | (number < 0))
        for low in range(BANDS):
            rows = of_kind & (band == low)
            if rows.any():
                out.append({"kind": kind} | _band(low, table.score[rows], verdict[rows]))
    return out


def _band(low: int, score: NDArray[np.float64], verdict: NDArray[np.int8]) -> dict[str, Any]:
    judged, confirmed = int((verdict >= 0).sum()), int((verdict == 1).sum())
    return {
        "low": low / BANDS,
        "high": (low + 1) / BANDS,
        "issues": len(score),
        "expected": float(score.sum()),
        "judged": judged,
        "expected_of_judged": float(score[verdict >= 0].sum()),
        "confirmed": confirmed,
        "share": confirmed / judged if judged else None,
        "interval": list(wilson(confirmed, judged)) if judged else None,
    }


def _verdicts(project: Project) -> NDArray[np.int8]:
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
