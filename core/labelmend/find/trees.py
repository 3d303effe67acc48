"""Boosted trees: what an additive model leaves out, how two columns act together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.statistics import Tick, logistic

DEPTH = 4
MOST = 40
"""Trees are grown at the most."""

BINS = 24
SHRINKAGE = 0.2
STIFFNESS = 5.0
"""What a leaf's curvature is raised by: few cases move little."""

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
        for feature, threshold, value in zip(self.feature, self.threshold, self.value, strict=True):
            tick()
            leaf = np.zeros(len(out), np.uint8)
            for column, limit in zip(feature, threshold, strict=True):
                leaf = leaf * np.uint8(2) + (columns[column] > limit)
            out += value[leaf]
        return out


NOTHING = Trees(np.zeros((0, DEPTH), np.int64), np.zeros((0, DEPTH)), np.zeros((0, 1 << DEPTH)))


FEWEST = 2000
"""With fewer rows the additive model stands alone."""


def fit_trees(columns: Sequence[Floats], y: Bools, start: Floats, *, tick: Tick) -> Trees:
    """Trees that correct the log odds start (n,) of y, by gradient boosting of the logistic likelihood."""
    limits = [np.unique(np.quantile(c, np.linspace(0, 1, BINS + 1)[1:-1])) for c in columns]
    bins = [np.searchsorted(at, c, side="left") for at, c in zip(limits, columns, strict=True)]
    odds = start.copy()
    grown: list[tuple[list[int], list[float], Floats]] = []
    for _ in range(MOST):
        tick()
        p = logistic(odds)
        slope, curve = y - p, p * (1 - p)
        asked, leaf, gain = _grow(bins, limits, slope, curve)
        if gain < LEAST_GAIN:
            break
        n = 1 << DEPTH
        value = SHRINKAGE * np.bincount(leaf, slope, n) / (np.bincount(leaf, curve, n) + STIFFNESS)
        odds += value[leaf]
        grown.append(([f for f, _ in asked], [float(limits[f][b]) for f, b in asked], value))
    if not grown:
        return NOTHING
    return Trees(*(np.array(part) for part in zip(*grown, strict=True)))


def _grow(
    bins: Sequence[Ints], limits: Sequence[Floats], slope: Floats, curve: Floats
) -> tuple[list[tuple[int, int]], Ints, float]:
    """The questions (column, limit) of one tree, the leaf (n,) of each row, and what the tree gains."""
    node, asked = np.zeros(len(slope), np.int64), []
    start = _worth(slope.sum(), curve.sum())
    usable = [f for f in range(len(bins)) if len(limits[f])]
    sums = {f: _sums(bins[f], (1, len(limits[f]) + 1), slope, curve) for f in usable}
    for level in range(DEPTH):
        best, choice = -np.inf, (0, 0)
        for f, of_bin in sums.items():
            g, h = of_bin.cumsum(axis=2)
            worth = _worth(g, h) + _worth(g[:, -1:] - g, h[:, -1:] - h)
            # Rounded, so that the order in which sums were taken decides nothing.
            gain = np.round(worth.sum(axis=0)[:-1], 6)
            b = int(gain.argmax())
            if gain[b] > best:
                best, choice = float(gain[b]), (f, b)
        asked.append(choice)
        beyond = bins[choice[0]] > choice[1]
        if level < DEPTH - 1:
            sums = _halved(sums, bins, node, beyond, slope, curve)
        node = node * 2 + beyond
    return asked, node, float(best - start)


def _halved(
    sums: dict[int, Floats], bins: Sequence[Ints], node: Ints, beyond: Bools, slope: Floats, curve: Floats
) -> dict[int, Floats]:
    """The sums (2, 2 nodes, width) after a question: the smaller half is counted, the other is the rest."""
    fewer = beyond.sum() * 2 <= len(beyond)
    rows = np.flatnonzero(beyond if fewer else ~beyond)
    slope, curve, node = slope[rows], curve[rows], node[rows]
    out = {}
    for f, whole in sums.items():
        _, n, width = whole.shape
        half = _sums(node * width + bins[f][rows], (n, width), slope, curve)
        pair = (whole - half, half) if fewer else (half, whole - half)
        out[f] = np.stack(pair, axis=2).reshape(2, 2 * n, width)
    return out


def _sums(at: Ints, shape: tuple[int, int], slope: Floats, curve: Floats) -> Floats:
    """Sums of both (2, nodes, width), by place in that table."""
    n = shape[0] * shape[1]
    of_bin: Floats = np.array([np.bincount(at, slope, n), np.bincount(at, curve, n)], np.float64)
    return of_bin.reshape(2, *shape)


def _worth(slope: Any, curve: Any) -> Any:
    return slope**2 / (curve + STIFFNESS)
