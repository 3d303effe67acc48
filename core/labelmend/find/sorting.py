"""Sorting by whole numbers and by groups, in the order a stable sort gives, in a fraction of its time.

What keeps equal ones in order has to merge; numbers that all differ are sorted by the processor's widest
instructions. So they are made to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.inputs import Bools, Floats, Ints, Rows


def in_order(key: Ints | Rows) -> Ints:
    """Rows (n,) by rising key, equal ones as they come; keys are 0 or more and, times n, fit into 62 bits."""
    n = len(key)
    if key.max(initial=0) < 1 << 16:
        return np.argsort(key.astype(np.uint16), kind="stable")  # small numbers are sorted without comparing
    return np.argsort(key.astype(np.int64) * n + np.arange(n))


def groups(key: Ints, n: int) -> list[Ints]:
    """The rows of each key from 0 to n - 1, as they come; key (m,)."""
    return np.split(in_order(key), np.cumsum(np.bincount(key, minlength=n))[:-1])


def by_key(key: Ints) -> list[Ints]:
    """The same of the keys that there are: rows, as they come, by rising key."""
    order = in_order(key)
    return np.split(order, np.flatnonzero(begins(key[order]))[1:]) if len(key) else []


def by_group(group: Ints, value: Floats) -> Ints:
    """Rows (n,) by rising group and, within each, by rising value; equal ones in any order."""
    order = np.argsort(value)
    return order[in_order(group[order])]


def by_value(value: Floats, tie: Callable[[Ints], Floats]) -> Ints:
    """Rows (n,) by rising value, equal ones by what tie says of some rows, and then as they come."""
    order = np.argsort(value)
    return settled(order, begins(value[order]), lambda rows: [tie(rows)])


def settled(order: Ints, first: Bools, ties: Callable[[Ints], Sequence[NDArray[Any]]]) -> Ints:
    """The order (n,) with equal ones put by ties, and then as they come; first (n,): where equal ones begin.

    ties gives columns for some rows, the last of which decides first (as in np.lexsort).
    """
    at = np.flatnonzero(~first | ~np.r_[first[1:], True][: len(order)])  # few are equal
    run, rows = np.cumsum(first)[at], order[at]
    out = order.copy()
    out[at] = rows[np.lexsort((rows, *ties(rows), run))]
    return out


def count_among(wanted: Ints, keys: Ints) -> Ints:
    """How often (n,) each wanted key is among the keys (m,)."""
    ordered = np.sort(keys)
    first, last = (np.searchsorted(ordered, wanted, side=side) for side in ("left", "right"))
    return np.asarray(last - first)


def begins(key: NDArray[Any]) -> Bools:
    """Where (n,) a run of equal ones begins in a sorted column."""
    return np.asarray(np.r_[True, key[1:] != key[:-1]][: len(key)])
