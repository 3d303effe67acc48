"""Which issues to judge first, so that the scores can be held against what people say: some of every score.

Verdicts from the top of the list say nothing of the scores below. Some that lie spread over all kinds and
scores teach all of them at once (`verdicts`).
"""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import Ints
from labelmend.find.issues import Issues
from labelmend.find.verdicts import sorts_of

FIFTY = 50
"""So many teach most of what there is to learn: with thirty more, scores lie nearer by a hundredth."""

LEAST = 0.075
"""Issues that score less are hardly ever looked at."""


def to_check(found: Issues, rows: Ints, *, number: int = FIFTY) -> Ints:
    """At most so many of these rows (k,) of the issues, spread over kinds and scores, in their order.

    Of issues that score alike as many are taken as goes by the root of the score: between one as often as
    another, which leaves few of the rare high ones, and by the errors expected, which leaves few low ones.
    The same rows give the same ones. Issues that no verdict teaches (`sorts_of`) are left out.
    """
    sort = sorts_of(found)
    rows = rows[(found.score[rows] >= LEAST) & (sort[rows] >= 0)]
    if len(rows) <= number:
        return np.sort(rows)
    rows = rows[np.argsort(sort[rows] - found.score[rows], kind="stable")]  # sort by sort, worst first
    reached = np.cumsum(np.sqrt(found.score[rows]))
    steps = (np.arange(number) + 0.5) * reached[-1] / number
    return np.unique(rows[np.searchsorted(reached, steps)])
