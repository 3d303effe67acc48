"""Acceptance plans: how many labels to review to be sure that few are wrong; exact, for finite batches.

The number of wrong labels in a simple random sample without replacement is hypergeometric: of N labels of
which K are wrong, n drawn ones hold x wrong ones with probability C(K, x) C(N - K, n - x) / C(N, n). This is
what ISO 2859-2 uses for single batches.
"""

import math
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from labelmend.errors import Refused

PASSES: Final = 0.8
"""The chance that a plan gives a batch whose share of wrong labels is a quarter of the limit."""


class Plan(msgspec.Struct, frozen=True):
    """Review `sample` of `size` labels; accept the batch when at most `most` of them are wrong.

    limit: the share of wrong labels that may be; sure: how sure one is of it once the batch is accepted.
    """

    size: int
    limit: float
    sure: float
    sample: int
    most: int


def plan(size: int, *, limit: float, sure: float) -> Plan:
    """The smallest plan that a batch with more wrong labels than the limit passes with 1 - sure at most.

    Its acceptance number is the smallest that gives a batch with a quarter of the limit a fair chance
    (PASSES). Small batches are reviewed whole. Raises Refused when a share is none.
    """
    if not 0 < limit < 1 or not 0 < sure < 1 or size < 1:
        raise Refused("A plan needs labels, a limit between 0 and 100 %, and how sure to be of it.")
    too_many, usual = math.floor(size * limit + 1e-9) + 1, math.floor(size * limit / 4 + 1e-9)
    most = 0
    while True:
        sample = _smallest(size, too_many, most, 1 - sure)
        if sample >= size:
            return Plan(size, limit, sure, size, too_many - 1)
        if passing(size, usual, sample, most) >= PASSES:
            return Plan(size, limit, sure, sample, most)
        most += 1


def _smallest(size: int, wrong: int, most: int, risk: float) -> int:
    low, high = most, size  # a sample of `most` always passes, the whole batch never does
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passing(size, wrong, middle, most) <= risk else (middle, high)
    return high


def passing(size: int, wrong: int, sample: int, most: int) -> float:
    """The probability that at most `most` of `sample` drawn labels are among the `wrong` ones of `size`.

    One wrong label more than x is (K - x) (n - x) / ((x + 1) (N - K - n + x + 1)) times as likely.
    """
    least, last = max(0, sample - (size - wrong)), min(most, wrong, sample)
    if last < least:
        return 0.0
    x = np.arange(least, last, dtype=np.float64)
    more = np.log((wrong - x) * (sample - x) / ((x + 1) * (size - wrong - sample + x + 1)))
    ways = _log_ways(wrong, least) + _log_ways(size - wrong, sample - least) - _log_ways(size, sample)
    return min(math.exp(ways) + float(np.exp(ways + np.cumsum(more)).sum()), 1.0)


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def interval(size: int, sample: int, found: int, *, sure: float = 0.95) -> tuple[int, int]:
    """How many of `size` labels are wrong, when `found` of a sample are: exact limits, both inclusive.

    The hypergeometric form of Clopper and Pearson's interval: every number that would give so few, or so
    many, with more than half of 1 - sure.
    """
    tail = (1 - sure) / 2 + 1e-12  # what is equal but for rounding is not more
    low, high = found, size - (sample - found)

    def many(wrong: int) -> bool:  # so many or more are likely enough
        return found == 0 or 1 - passing(size, wrong, sample, found - 1) > tail

    def few(wrong: int) -> bool:  # so few or fewer are
        return passing(size, wrong, sample, found) > tail

    return _first(low, high, many), size - _first(size - high, size - low, lambda right: few(size - right))


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number from low to high for which something holds that holds for all above it."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
