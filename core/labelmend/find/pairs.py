"""Lists the pairs of boxes that share area, image by image, without visiting the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.lots import steady
from labelmend.geometry.boxes import area, intersection_pairs

AT_ONCE = 1 << 20
"""Candidates held in memory at a time."""


@dataclass(frozen=True)
class Pairs:
    """Pairs (first, second) of rows with the area they share, sorted by first, then second."""

    first: Ints
    second: Ints
    shared: Floats

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: Ints | Bools) -> Pairs:
        """These pairs only."""
        return Pairs(self.first[rows], self.second[rows], self.shared[rows])

    def iou(self, area_first: Floats, area_second: Floats) -> Floats:
        """Intersection over union of each pair, from the areas of all rows."""
        union = area_first[self.first] + area_second[self.second] - self.shared
        return np.minimum(steady(self.shared / np.maximum(union, np.finfo(float).tiny)), 1.0)


def crossing(image_a: Ints, box_a: Floats, image_b: Ints, box_b: Floats) -> Pairs:
    """All pairs of a box of a and a box of b of the same image that share area."""
    keys = _Keys.of(box_a, box_b)
    lo_a, hi_a = keys.ends(image_a, box_a)
    lo_b, hi_b = keys.ends(image_b, box_b)
    found = [_exact(i, j, box_a, box_b) for i, j in _starting_within(lo_a, hi_a, lo_b, side="left")]
    found += [_exact(i, j, box_a, box_b) for j, i in _starting_within(lo_b, hi_b, lo_a, side="right")]
    return _sorted(found, len(box_b))


def crossing_within(image: Ints, box: Floats) -> Pairs:
    """All pairs first < second of boxes of the same image that share area."""
    keys = _Keys.of(box, box)
    lo, hi = keys.ends(image, box)
    order = np.argsort(lo, kind="stable")
    found = []
    last = np.searchsorted(lo[order], hi[order], side="right")
    for a, b in ranges(np.arange(1, len(box) + 1), last):
        i, j = order[a], order[b]
        found.append(_exact(np.minimum(i, j), np.maximum(i, j), box, box))
    return _sorted(found, len(box))


@dataclass(frozen=True)
class _Keys:
    """Puts all images on one line, side by side, so that one binary search serves them all."""

    start: float
    span: float

    @staticmethod
    def of(box_a: Floats, box_b: Floats) -> _Keys:
        left = np.concatenate([box_a[:, 0], box_b[:, 0]])
        if not len(left):
            return _Keys(0.0, 1.0)
        right = np.concatenate([box_a[:, 0] + box_a[:, 2], box_b[:, 0] + box_b[:, 2]])
        # A freak coordinate must not eat the precision of all others. Clipping keeps the order.
        low, high = max(float(left.min()), -1e5), min(float(right.max()), 1e6)
        return _Keys(low, max(high - low, 1.0) * 1.01)

    def ends(self, image: Ints, box: Floats) -> tuple[Floats, Floats]:
        low = np.clip(box[:, 0] - self.start, 0.0, self.span * 0.995)
        high = np.clip(box[:, 0] + box[:, 2] - self.start, 0.0, self.span * 0.995)
        return image * self.span + low, image * self.span + high


def _starting_within(lo: Floats, hi: Floats, starts: Floats, *, side: str) -> Iterator[tuple[Ints, Ints]]:
    """Pairs (row of lo/hi, row of starts) where the start lies in [lo, hi] ("right": in (lo, hi])."""
    order = np.argsort(starts, kind="stable")
    first = np.searchsorted(starts[order], lo, side="left" if side == "left" else "right")
    last = np.searchsorted(starts[order], hi, side="right")
    for i, at in ranges(first, last):
        yield i, order[at]


def ranges(first: Ints, last: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Every (row, position) with first[row] <= position < last[row], in portions of rows."""
    count = np.maximum(last - first, 0)
    total = np.cumsum(count)
    begin = 0
    while begin < len(count):
        before = total[begin - 1] if begin else 0
        end = max(int(np.searchsorted(total, before + AT_ONCE, side="right")), begin + 1)
        n = count[begin:end]
        row = np.repeat(np.arange(begin, end), n)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
        yield row, np.repeat(first[begin:end], n) + offset
        begin = end


def _exact(i: Ints, j: Ints, box_a: Floats, box_b: Floats) -> Pairs:
    shared = intersection_pairs(box_a[i], box_b[j])
    on = np.flatnonzero(shared > 0)
    return Pairs(i[on], j[on], shared[on])


def _sorted(parts: list[Pairs], width: int) -> Pairs:
    if not parts:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    all_of = Pairs(*(np.concatenate([getattr(p, k) for p in parts]) for k in ("first", "second", "shared")))
    return all_of.take(np.argsort(all_of.first * width + all_of.second, kind="stable"))


def pair_iou(pairs: Pairs, box_a: Floats, box_b: Floats) -> Floats:
    """Intersection over union of the boxes of each pair."""
    return pairs.iou(area(box_a), area(box_b))
