"""Shares with their intervals: of one count, and the difference of two that were told of the same labels."""

import math
from typing import Final

Z: Final = 1.959964
"""Standard deviations of a 95 % interval."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval (95 %) of a share; trials > 0. E. B. Wilson, JASA 22 (1927), 209-212."""
    share, z2 = successes / trials, Z * Z
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def paired_difference(both: int, first: int, second: int, neither: int) -> tuple[float, float, float]:
    """How much larger the first of two shares is, with its 95 % interval: difference, low, high.

    Both are shares of the same labels: `both` times the thing is so at the first and at the second look,
    `first` times at the first alone, `second` times at the second alone; some label is needed. Of R. G.
    Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired
    data", Statistics in Medicine 17 (1998), 2635-2650, the tenth method: Wilson's limits of both shares,
    joined with their correlation.
    """
    n = both + first + second + neither
    one, other = (both + first) / n, (both + second) / n
    low_1, high_1 = wilson(both + first, n)
    low_2, high_2 = wilson(both + second, n)
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    cross: float = both * neither - first * second
    if cross > 0:
        cross = max(cross - n / 2, 0)
    related = cross / math.sqrt(margins) if margins else 0.0
    below = _joined(one - low_1, high_2 - other, related)
    above = _joined(high_1 - one, other - low_2, related)
    return one - other, max(one - other - below, -1.0), min(one - other + above, 1.0)


def _joined(a: float, b: float, related: float) -> float:
    return math.sqrt(max(a * a - 2 * related * a * b + b * b, 0.0))
