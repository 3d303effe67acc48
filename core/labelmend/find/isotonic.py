"""Shares that rise or fall along an order, and are otherwise as the cases say: isotonic regression."""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import Floats

FIRST, GROWTH = 3, 1.25
"""Cases of the highest ranks that are told together, and by how much more each further bin holds: the top of
a list is told finely, the rest steadily."""


def share_by_rank(rank: Floats, share: Floats) -> Floats:
    """The mean of share (n,) among cases of like rank, rising with it: isotonic, on growing bins."""
    n = len(rank)
    order = np.argsort(-rank, kind="stable")
    ends = np.unique(np.minimum(np.round(FIRST * GROWTH ** np.arange(0, 80)).astype(np.int64).cumsum(), n))
    starts = np.r_[0, ends[:-1]]
    weight = (ends - starts).astype(np.float64)
    level = np.add.reduceat(share[order], starts) / weight
    middle = np.add.reduceat(rank[order], starts) / weight
    level = falling(level, weight)
    even = (rank - rank.min()) / max(float(np.ptp(rank)), 1e-9)  # keeps the order where the share is level
    out: Floats = np.interp(rank, middle[::-1], level[::-1]) * (0.9 + 0.1 * even)
    return out


def rising(level: Floats, weight: Floats) -> Floats:
    """The rising sequence (n,) nearest to level, by weighted squares."""
    return falling(level[::-1], weight[::-1])[::-1]


def falling(level: Floats, weight: Floats) -> Floats:
    """The falling sequence (n,) nearest to level, by weighted squares: those out of order pool."""
    pools: list[list[float]] = []
    for value, mass in zip(level.tolist(), weight.tolist(), strict=True):
        pools.append([value, mass, 1])
        while len(pools) > 1 and pools[-1][0] > pools[-2][0]:
            value, mass, count = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + value * mass) / (last[1] + mass)
            last[1], last[2] = last[1] + mass, last[2] + count
    return np.repeat([p[0] for p in pools], [int(p[2]) for p in pools])
