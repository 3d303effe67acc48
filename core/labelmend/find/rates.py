"""Rates of errors read from the surest cases: as far down as they are all alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.sorting import by_value

SUREST = (0.05, 0.075, 0.1, 0.15, 0.2, 0.3)
"""Shares of the cases, surest first, that may tell the rate: the one that is best attested does."""

FEWEST = 20
"""So many cases tell a rate, unless that is more than the largest of these shares."""

MOST = 10
"""Of more cases than so many a sound one, shares are of these: the rest are doubtful ones that a model gives
by the hundred a picture where it is asked for its least sure ones, and say nothing of the surest."""


def rate_of_the_surest(
    doubt: Floats, happened: Bools, order: Callable[[Ints], Floats], *, own_fault: float, sound: float = 0.0
) -> float:
    """How often it happened (n,) among the cases of least doubt, less what a model does by its own fault.

    Few of the surest say little; more of them hold some where the model errs. The part whose upper limit is
    lowest leads; the largest one that does not contradict it is taken. Of a share as low as own_fault
    half are errors of the labels. order (k,) of some rows settles ties. sound: so many cases count as seen
    before, all of them sound.
    """
    if not len(doubt):
        return 0.0
    likely = min(len(doubt), MOST * int((~happened).sum()))
    fewest = max(1, min(FEWEST, int(SUREST[-1] * len(doubt))))
    n = np.array([max(int(part * likely), fewest) for part in SUREST])
    near = np.flatnonzero(doubt <= np.partition(doubt, n[-1] - 1)[n[-1] - 1])
    surest = near[by_value(doubt[near], lambda some: order(near[some]))]
    count = np.cumsum(happened[surest])[n - 1]
    shares, spread = (count + 0.5) / (n + 1 + sound), np.sqrt(count + 1) / n
    best = int((shares + 2 * spread + 2 / n).argmin())
    share = float(shares[shares <= shares[best] + 1.5 * spread[best]][-1])
    return min(share**2 / (share + own_fault), 0.95)
