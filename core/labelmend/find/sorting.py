"""Sorting by whole numbers and by groups, in the order a stable sort gives, in a fraction of its time.

What keeps equal ones in order has to merge; numbers that all differ are sorted by the processor's widest
instructions. So they are made to differ.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelmend.find.inputs import Floats, Ints, Rows


def in_order(key: Ints | Rows) -> Ints:
    """Rows (n,) by rising key, equal ones as they come; keys are 0 or more and, times n, fit into 62 bits."""
    n = len(key)
    if key.max(initial=0) < 1 << 16:
        return np.argsort(key.astype(np.uint16), kind="stable")  # small numbers are sorted without comparing
    return np.argsort(key.astype(np.int64) * n + np.arange(n))


def groups(key: Ints, n: int) -> list[Ints]:
    """The rows of each key from 0 to n - 1, as they come."""
    return np.split(in_order(key), np.cumsum(np.bincount(key, minlength=n))[:-1])


def by_group(group: Ints, value: Floats) -> Ints:
    """Rows (n,) by rising group and, within each, by rising value; equal ones in any order."""
    order = np.argsort(value)
    return order[in_order(group[order])]


def by_value(value: Floats, tie: Callable[[Ints], Floats]) -> Ints:
    """Rows (n,) by rising value, equal ones by what tie says of some rows, and then as they come."""
    order = np.argsort(value)
    first = np.r_[True, np.diff(value[order]) != 0][: len(order)]
    at = np.flatnonzero(~first | ~np.r_[first[1:], True][: len(order)])  # few are equal
    run, rows = np.cumsum(first)[at], order[at]
    order[at] = rows[np.lexsort((rows, tie(rows), run))]
    return order
