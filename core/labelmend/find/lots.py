"""Numbers that records draw by what they hold: the same in any order of a file, at any scale of its pictures.

Whatever needs chance (samples, folds, ties, moves on purpose) takes it from here, so that neither the order
of records nor their ids nor the unit of length has a say in what is found.
"""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import Floats, Ints

CELL = 1e-5 / 1.6180339887
"""Numbers in one cell are one; its width has no simple ratio to those that occur: none lies on a border."""

MOST = 1e11
"""Beyond so many cells a number is its bound."""

SAME = 1e-9
"""Numbers that differ by a smaller share are equal: they are one, rounded differently."""

AT_ONCE = 1 << 14
"""Boxes whose numbers are drawn at a time: what is made of them stays in the processor's cache."""

PRIMES = np.array([2.0, 3, 5, 7, 11, 13, 17, 19, 23, 29])
"""Multiples of their roots spread evenly over [0, 1), each regardless of the others (H. Weyl, 1916)."""


def lot(box: Floats, *others: Floats) -> Floats:
    """A number (n,) in [0, 1) for each box (n, 4), evenly spread: a hash of its form and place in widths.

    others are more columns (n,) to draw by, which know no scale.
    """
    out = np.empty(len(box))
    for begin in range(0, len(box), AT_ONCE):
        rows = slice(begin, begin + AT_ONCE)
        out[rows] = _lot(box[rows], *(column[rows] for column in others))
    return out


def _lot(box: Floats, *others: Floats) -> Floats:
    wide, high = (np.maximum(box[:, k], np.finfo(float).tiny) for k in (2, 3))
    with np.errstate(over="ignore"):
        columns = [box[:, 0] / wide, box[:, 1] / high, wide / high, *others]
    mixed = np.full(len(box), 0x27D4EB2F165667C5, np.uint64)
    for column in columns:
        cell = column / CELL
        np.floor(np.clip(cell, -MOST, MOST, out=cell), out=cell)
        mixed ^= cell.astype(np.int64).view(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xC2B2AE3D27D4EB4F)
    out: Floats = (mixed >> np.uint64(11)) / 2.0**53
    return out


def sample(rows: Ints, box: Floats, most: int) -> Ints:
    """At most about `most` of these rows (n,), chosen by their boxes' lots."""
    if len(rows) <= most:
        return rows
    parts = [rows[begin : begin + AT_ONCE] for begin in range(0, len(rows), AT_ONCE)]
    return np.concatenate([part[lot(box.take(part, axis=0)) < most / len(rows)] for part in parts])


def spread_numbers(box: Floats, *others: Floats, tie: Floats | None = None) -> Floats:
    """Ten numbers (n, 10) in [0, 1) a box, evenly spread over boxes of any size; others as for `lot`.

    tie (n,) tells apart what is the same in all of that; without it, the earlier row comes first.
    """
    keys = lot(box, *others), levels(box[:, 2] * box[:, 3])
    order = np.lexsort(keys if tie is None else (tie, *keys))
    rank = np.empty(len(box))
    rank[order] = np.arange(len(box)) + 0.5
    out: Floats = np.modf(rank[:, None] * np.sqrt(PRIMES))[0]
    return out


def levels(value: Floats) -> Ints:
    """The rank (n,) of each value above 0; equal ones, however rounded, share theirs."""
    order = np.argsort(value)
    ordered = value[order]
    out = np.empty(len(value), np.int64)
    out[order] = np.cumsum(np.r_[0, ordered[1:] > ordered[:-1] * (1 + SAME)][: len(value)])
    return out


def steady(value: Floats) -> Floats:
    """The values (n,), below a thousand or so, without their last bits, which differ from scale to scale."""
    out: Floats = (value + 4096.0) - 4096.0
    return out


def log_area(box: Floats) -> Floats:
    """The log (n,) of each box's area; equal areas, however rounded, have one."""
    return steady(np.log(np.maximum(box[:, 2] * box[:, 3], 1e-9)))
