"""Whether the scores hold: as many issues of a score should be confirmed as it promises."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import KINDS
from labelmend.find.verdicts import by_others
from labelmend.project.decided import decided, verdicts_on
from labelmend.project.project import Project
from labelmend.review.shares import wilson

BANDS: Final = 10
"""Bands of score, each a tenth wide; 1 belongs to the last."""


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
    verdict = decided(project)
    out = []
    for number, kind in [(-1, "all"), *enumerate(KINDS)]:
        of_kind = ~noted & ((table.kind == number) | (number < 0))
        for low in range(BANDS):
            rows = of_kind & (band == low)
            if rows.any():
                out.append({"kind": kind} | _band(low, table.score[rows], verdict[rows]))
    return out


def taught_reliability(project: Project) -> list[dict[str, Any]]:
    """The same of the judged issues alone, scored as the verdicts on others teach it (`by_others`): whether
    the scores of those hold that were found again. Empty where no verdict teaches."""
    said = verdicts_on(project)
    if said is None:
        return []
    score, real, kind = by_others(said), said.real.astype(np.int8), said.sort % len(KINDS)
    band = np.minimum((score * BANDS).astype(int), BANDS - 1)
    return [
        {"kind": name} | _band(low, score[rows], real[rows])
        for number, name in [(-1, "all"), *enumerate(KINDS)]
        for low in range(BANDS)
        if (rows := ((kind == number) | (number < 0)) & (band == low)).any()
    ]


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
