"""Lists the pairs of boxes that share area, image by image, without visiting the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.lots import steady
from labelmend.geometry.boxes import area

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

    def turned(self) -> Pairs:
        """The same pairs, seen from the other side."""
        return Pairs(self.second, self.first, self.shared)

    def upwards(self) -> Pairs:
        """The same pairs, the lower row first."""
        first, second = np.minimum(self.first, self.second), np.maximum(self.first, self.second)
        return Pairs(first, second, self.shared)

    def iou(self, area_first: Floats, area_second: Floats) -> Floats:
        """Intersection over union of each pair, from the areas of all rows."""
        union = area_first[self.first] + area_second[self.second] - self.shared
        return np.minimum(steady(self.shared / np.maximum(union, np.finfo(float).tiny)), 1.0)


def crossing(image_a: Ints, box_a: Floats, image_b: Ints, box_b: Floats) -> Pairs:
    """All pairs of a box of a (n, 4) and a box of b (m, 4) of the same image that share area."""
    keys = _Keys.of(box_a, box_b)
    a, b = keys.line(image_a, box_a), keys.line(image_b, box_b)
    # Where the one begins within the other; where both begin at one place, only once.
    within_a = np.searchsorted(b.low, a.low), np.searchsorted(b.low, a.high, side="right")
    within_b = np.searchsorted(a.low, b.low, side="right"), np.searchsorted(a.low, b.high, side="right")
    found = [*_met(a, b, *within_a), *(part.turned() for part in _met(b, a, *within_b))]
    return _sorted(found, len(box_b))


def crossing_within(image: Ints, box: Floats) -> Pairs:
    """All pairs first < second of boxes (n, 4) of the same image that share area."""
    line = _Keys.of(box, box).line(image, box)
    last = np.searchsorted(line.low, line.high, side="right")
    found = _met(line, line, np.arange(1, len(box) + 1), last)
    return _sorted([part.upwards() for part in found], len(box))


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

    def line(self, image: Ints, box: Floats) -> _Line:
        """The boxes from left to right, image by image."""
        left, top, wide, high = (np.ascontiguousarray(side) for side in box.T)
        right, bottom = left + wide, top + high
        low, end = (
            image * self.span + np.clip(side - self.start, 0.0, self.span * 0.995) for side in (left, right)
        )
        order = np.argsort(low)  # how those that begin at one place are ordered shows in no result
        return _Line(order, *(side[order] for side in (low, end, left, top, right, bottom)))


@dataclass(frozen=True)
class _Line:
    """Boxes in the order in which they begin on that line: which (n,), from where to where, and their sides.

    Side by side in memory: those of a range of boxes are at hand when one is.
    """

    order: Ints
    low: Floats
    high: Floats
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats


def _met(one: _Line, other: _Line, first: Ints, last: Ints) -> Iterator[Pairs]:
    """Pairs that share area of each box of one with those of the other at first to last (exclusive)."""
    for i, j in ranges(first, last):
        high = np.minimum(one.bottom[i], other.bottom[j]) - np.maximum(one.top[i], other.top[j])
        on = np.flatnonzero(high > 0)  # half of them lie above or below
        i, j, high = i[on], j[on], high[on]
        shared = (np.minimum(one.right[i], other.right[j]) - np.maximum(one.left[i], other.left[j])) * high
        found = Pairs(one.order[i], other.order[j], shared)
        yield found if (shared > 0).all() else found.take(np.flatnonzero(shared > 0))


def ranges(first: Ints, last: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Every row and position (k,) with first[row] <= position < last[row], in portions of rows."""
    count = np.maximum(last - first, 0)
    total = np.cumsum(count)
    begin = 0
    while begin < len(count):
        before = total[begin - 1] if begin else 0
        end = max(int(np.searchsorted(total, before + AT_ONCE, side="right")), begin + 1)
        row, at = all_in(first[begin:end], last[begin:end])
        row += begin
        yield row, at
        begin = end


def all_in(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The same at once: every row (k,) and each position (k,) in its range."""
    count = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) + (first - (np.cumsum(count) - count))[row]


def largest(index: Ints, value: Floats, n: int) -> tuple[Floats, Ints]:
    """The largest value (n,) of each index and where it stands, of equal ones the last; 0, -1 without any."""
    best, at = np.zeros(n), np.full(n, -1, np.int64)
    np.maximum.at(best, index, value)
    top = np.flatnonzero(value == best[index])
    at[index[top]] = top
    return best, at


def _sorted(parts: list[Pairs], width: int) -> Pairs:
    if not parts:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    all_of = Pairs(*(np.concatenate([getattr(p, k) for p in parts]) for k in ("first", "second", "shared")))
    return all_of.take(np.argsort(all_of.first * width + all_of.second))  # each pair is there once


def pair_iou(pairs: Pairs, box_a: Floats, box_b: Floats) -> Floats:
    """Intersection over union (n,) of the boxes of each pair."""
    return pairs.iou(area(box_a), area(box_b))
