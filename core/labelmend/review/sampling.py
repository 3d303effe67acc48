"""Draws the review sample: rates and one seed, so that anybody can draw it again and get the same."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused

Change = Literal["added", "deleted", "class", "shape", "kept"]
CHANGES: Final[tuple[Change, ...]] = ("added", "deleted", "class", "shape", "kept")
"""What was done to a label under an issue; kept: nothing, the issue was dismissed."""

ALL: Final = "all labels"

_DENSE: Final = 16
"""Whole numbers below so many times their count are sorted by crossing them off: the ids of issues are."""


class Rates(msgspec.Struct, frozen=True, omit_defaults=True):
    """Shares to review, 0 to 1: of all labels, and others by class, kind of change and annotator.

    Of those that apply to a label the most demanding one holds.
    """

    every: float
    classes: dict[str, float] = {}
    changes: dict[str, float] = {}
    annotators: dict[str, float] = {}


class Finished(msgspec.Struct, frozen=True):
    """A finished issue as the rates see it."""

    issue: int
    category: str
    change: Change
    annotator: str


class Stratum(msgspec.Struct, frozen=True):
    """The labels for which one rate holds: what it is the rate of, the labels' issues, and those drawn."""

    title: str
    rate: float
    frame: tuple[int, ...]
    drawn: tuple[int, ...]


def draw_strata(labels: list[Finished], rates: Rates, seed: int) -> list[Stratum]:
    """Draws from the labels of each rate apart, as `draw` does. Raises Refused for rates that cannot be."""
    for wrong in set(rates.changes) - set(CHANGES):
        raise Refused(f"There is no kind of change {wrong!r}: they are {', '.join(CHANGES)}.")
    groups: dict[tuple[str, float], list[int]] = {}
    for label in labels:
        groups.setdefault(rate_of(label, rates), []).append(label.issue)
    strata = []
    for (title, rate), ids in sorted(groups.items(), key=lambda group: (group[0][0] != ALL, group[0][0])):
        drawn = draw(np.array(ids, np.int64), rate=rate, seed=seed)
        strata.append(Stratum(title, rate, tuple(sorted(ids)), tuple(drawn.tolist())))
    return strata


def rate_of(label: Finished, rates: Rates) -> tuple[str, float]:
    """The rate that holds for a label, and what it is the rate of; of equal ones the more general."""
    return max(_applying(label, rates), key=lambda named: named[1])


def cost(labels: Counter[tuple[str, Change, str]], rates: Rates) -> dict[str, tuple[int, int]]:
    """Of each rate, what it is the rate of: how many labels would be drawn, and of how many.

    labels: how many there are of each class, kind of change and annotator.
    """
    sizes: Counter[tuple[str, float]] = Counter()
    for (category, change, annotator), number in labels.items():
        sizes[rate_of(Finished(-1, category, change, annotator), rates)] += number
    return {title: (drawn_of(size, rate), size) for (title, rate), size in sorted(sizes.items())}


def drawn_of(size: int, rate: float) -> int:
    """How many of `size` labels a rate draws."""
    return math.ceil(rate * size - 1e-9)  # 0.1 * 30 is 3.0000000000000004, which is three labels, not four


def _applying(label: Finished, rates: Rates) -> Iterator[tuple[str, float]]:
    yield ALL, rates.every
    if label.category in rates.classes:
        yield f"class {label.category}", rates.classes[label.category]
    if label.change in rates.changes:
        yield f"change {label.change}", rates.changes[label.change]
    if label.annotator in rates.annotators:
        yield f"annotator {label.annotator}", rates.annotators[label.annotator]


def draw(frame: NDArray[np.int64], *, rate: float, seed: int, what: str = "") -> NDArray[np.int64]:
    """A simple random sample without replacement of ceil(rate * n) of the issue ids in `frame`.

    The ids with the smallest BLAKE2b hash of "seed:id" are drawn: that stays the same on every machine
    and in every version of Python and numpy, whose own generators do not promise it.

    Args:
        frame: (n,) ids of the finished issues, in any order; the result depends on the set only.
        rate: share to review, 0 to 1.
        seed: any whole number >= 0.
        what: draws with the same seed for different things are independent; it stands before the id.

    Returns:
        (k,) sorted ids.

    Raises:
        Refused: when the rate is outside 0..1 or the seed is negative.
    """
    if not 0 <= rate <= 1:
        raise Refused(f"The sampling rate is a share from 0 to 1 (0 to 100 %), not {rate:g}.")
    if seed < 0:
        raise Refused(f"The seed is a whole number from 0 up, not {seed}.")
    ids = distinct(frame)
    count = drawn_of(len(ids), rate)
    if not count:
        return np.zeros(0, np.int64)
    hashes = _hashes(ids, f"{seed}:{what}".encode())
    # Only those whose first half is small enough have to be sorted: there may be a million.
    half = np.frombuffer(b"".join(hashes), ">u8")[::2].astype(np.uint64)
    near = np.flatnonzero(half <= np.partition(half, count - 1)[count - 1]).tolist()
    near.sort(key=hashes.__getitem__)
    return np.sort(ids[near[:count]]).astype(np.int64)


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each of the values once, sorted (`np.unique` hashes them, which takes many times as long)."""
    if len(values) and values.min() >= 0 and values.max() < _DENSE * len(values):  # crossed off in a list
        there = np.zeros(int(values.max()) + 1, bool)
        there[values] = True
        return np.flatnonzero(there)
    values = np.sort(values)
    return np.asarray(values[np.r_[True, values[1:] != values[:-1]][: len(values)]])


def _hashes(ids: NDArray[np.int64], head: bytes) -> list[bytes]:
    """The hash of each id with this before it; what all begin with is hashed once."""
    begun, hashes = hashlib.blake2b(head, digest_size=16).copy, []
    for issue in ids.tolist():
        one = begun()
        one.update(b"%d" % issue)
        hashes.append(one.digest())
    return hashes


def draw_again(frame: tuple[int, ...], *, rate: float, seed: int, what: str) -> Stratum | None:
    """Of labels a share that is looked at once more for some purpose; None when that is none."""
    drawn = draw(np.array(frame, np.int64), rate=rate, seed=seed, what=f"{what}:")
    return Stratum(what, rate, tuple(sorted(frame)), tuple(drawn.tolist())) if len(drawn) else None
