"""Boosted trees: what an additive model leaves out, how two columns act together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.statistics import AT_ONCE, Tick, above, logistic, quantiles

DEPTH = 4
"""Questions that a tree asks."""

MOST = 40
"""Trees are grown at the most."""

BINS = 24
"""Parts of equally many rows that a question can tell apart in a column."""

SHRINKAGE = 0.2
"""What is taken of each leaf: many small steps go astray less than a few large ones."""

STIFFNESS = 5.0
"""What a leaf's curvature is raised by: few cases move little."""

LANES = 4
"""Sums that are kept of each bin, a power of two, and added up at the end."""

LEAST_GAIN = 6.0
"""Twice the likelihood that a level must gain, or the growing ends: chance gains as much."""


@dataclass(frozen=True)
class Trees:
    """Oblivious trees: all nodes of a level ask the same question, so a leaf is a number of DEPTH bits.

    feature and threshold are (trees, DEPTH), value (trees, 2 ** DEPTH).
    """

    feature: Ints
    threshold: Floats
    value: Floats

    def apply(self, columns: Sequence[Floats], start: Floats, tick: Tick) -> Floats:
        """start (n,) plus the sum of the leaves that each row falls into."""
        out = start.copy()
        for begin in range(0, len(out), AT_ONCE):
            tick()
            rows = slice(begin, begin + AT_ONCE)
            some, sums = [column[rows] for column in columns], out[rows]  # a view
            for feature, threshold, value in zip(self.feature, self.threshold, self.value, strict=True):
                leaf = np.zeros(len(sums), np.uint8)
                for column, limit in zip(feature, threshold, strict=True):
                    leaf = leaf * np.uint8(2) + (some[column] > limit)
                sums += value.take(leaf.astype(np.intp))  # by small numbers it takes five times as long
        return out


NOTHING = Trees(np.zeros((0, DEPTH), np.int64), np.zeros((0, DEPTH)), np.zeros((0, 1 << DEPTH)))


FEWEST = 2000
"""With fewer rows the additive model stands alone."""


def fit_trees(columns: Sequence[Floats], y: Bools, start: Floats, *, tick: Tick) -> Trees:
    """Trees that correct the log odds start (n,) of y, by gradient boosting of the logistic likelihood."""
    binned = [_Binned.of(column) for column in columns]
    odds = start.copy()
    grown: list[tuple[list[int], list[float], Floats]] = []
    for _ in range(MOST):
        tick()
        p = logistic(odds)
        slope, curve = y - p, p * (1 - p)
        asked, leaf, gain = _grow(binned, slope, curve)
        if gain < LEAST_GAIN:
            break
        n = 1 << DEPTH
        value = SHRINKAGE * np.bincount(leaf, slope, n) / (np.bincount(leaf, curve, n) + STIFFNESS)
        odds += value[leaf]
        grown.append(([f for f, _ in asked], [float(binned[f].limits[b]) for f, b in asked], value))
    if not grown:
        return NOTHING
    return Trees(*(np.array(part) for part in zip(*grown, strict=True)))


@dataclass(frozen=True)
class _Binned:
    """A column in bins: their limits, and LANES times the bin (n,) of each row. And the rows by bin, the bins
    that hold some and where those begin among them."""

    limits: Floats
    place: Ints
    rows: Ints
    held: Ints
    starts: Ints

    @staticmethod
    def of(column: Floats) -> _Binned:
        limits = np.unique(quantiles(column, np.linspace(0, 1, BINS + 1)[1:-1]))
        bins = above(column, limits)
        count = np.bincount(bins)
        held, rows = np.flatnonzero(count), np.argsort(bins.astype(np.uint8), kind="stable")
        return _Binned(limits, bins * LANES, rows, held, (np.cumsum(count) - count)[held])

    def sums(self, both: NDArray[np.complex128]) -> Floats:
        """Sums (2, 1, BINS) by bin of two numbers a row, as the parts of a complex one."""
        out = np.zeros((1, BINS), np.complex128)
        out[0, self.held] = np.add.reduceat(both[self.rows], self.starts)
        return np.array([out.real, out.imag])

    def beyond(self, limit: int) -> Bools:
        """The rows (n,) whose number is above this one of the limits."""
        return np.asarray(self.place > limit * LANES)


def _grow(
    binned: Sequence[_Binned], slope: Floats, curve: Floats
) -> tuple[list[tuple[int, int]], Ints, float]:
    """The questions (column, limit) of one tree, the leaf (n,) of each row, and what the tree gains."""
    node, asked = np.zeros(len(slope), np.int64), []
    both = slope + 1j * curve
    sums = np.array([column.sums(both) for column in binned])
    fit = np.arange(BINS) < np.array([[len(column.limits)] for column in binned])
    for level in range(DEPTH):
        g, h = np.moveaxis(sums.cumsum(axis=3), 1, 0)
        worth = _worth(g, h) + _worth(g[..., -1:] - g, h[..., -1:] - h)
        # Rounded, so that the order in which sums were taken decides nothing.
        gain = np.where(fit, np.round(worth.sum(axis=1), 6), -np.inf)
        column, limit = divmod(int(gain.argmax()), BINS)
        asked.append((column, limit))
        beyond = binned[column].beyond(limit)
        if level < DEPTH - 1:
            sums = _halved(sums, binned, node, beyond, slope, curve)
        node = node * 2 + beyond
    return asked, node, float(gain.max() - _worth(slope.sum(), curve.sum()))


def _halved(
    sums: Floats, binned: Sequence[_Binned], node: Ints, beyond: Bools, slope: Floats, curve: Floats
) -> Floats:
    """The sums (k, 2, 2 nodes, BINS) of all columns after a question: the smaller half is counted, the other
    is the rest."""
    fewer = beyond.sum() * 2 <= len(beyond)
    rows = np.flatnonzero(beyond if fewer else ~beyond)
    slope, curve, n = slope[rows], curve[rows], sums.shape[2]
    # Where one number after the other goes to one bin, each waits for the one before it. Of LANES none does.
    base = node[rows] * (BINS * LANES) + (np.arange(len(rows)) & (LANES - 1))
    size = n * BINS * LANES
    places = (base + column.place[rows] for column in binned)
    lanes = [[np.bincount(at, slope, size), np.bincount(at, curve, size)] for at in places]
    half = np.reshape(lanes, (-1, 2, n, BINS, LANES)).sum(axis=4)
    pair = (sums - half, half) if fewer else (half, sums - half)
    return np.stack(pair, axis=3).reshape(-1, 2, 2 * n, BINS)


def _worth(slope: Any, curve: Any) -> Any:
    return slope**2 / (curve + STIFFNESS)
