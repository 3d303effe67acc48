"""How far two people say the same of the same labels (kappa, overlap), and who followed the model."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from labelmend.review.shares import Z, paired_difference, wilson

_NONE: Final = 1e-6
"""A standard error that is nothing but rounding."""


class Kappa(msgspec.Struct, frozen=True):
    """Cohen's kappa of n answers that two gave: how much of what chance leaves open they agree on.

    observed: the share of answers alike; expected: that share if both answered at random as often as they
    did. value, error (standard error) and the interval (95 %) are None where they are not defined; `why` says
    so then.
    """

    n: int
    observed: float
    expected: float
    value: float | None = None
    error: float | None = None
    interval: tuple[float, float] | None = None
    why: str = ""

    @property
    def sentence(self) -> str:
        """The kappa with its interval, or why there is none."""
        if self.value is None:
            return f"no kappa: {self.why}"
        if self.interval is None:
            return f"kappa {self.value:.2f} (no interval: {self.why})"
        low, high = self.interval
        return f"kappa {self.value:.2f} ({low:.2f} to {high:.2f}, 95 % sure)"


def kappa(pairs: Sequence[tuple[str, str]]) -> Kappa:
    """Cohen's kappa of pairs (answer of one, answer of the other), one for each label.

    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
    (1960), 37-46: k = (po - pe) / (1 - pe) with po = sum p_ii and pe = sum p_i. p_.i. The standard error is
    that of J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa and weighted
    kappa", Psychological Bulletin 72 (1969), 323-327: n (1 - pe)^4 var =
    sum p_ii [(1 - pe) - (p_.i + p_i.)(1 - po)]^2 + (1 - po)^2 sum_{i != j} p_ij (p_.i + p_j.)^2
    - (po pe - 2 pe + po)^2. It is of large samples: with a few dozen labels the interval is rough.
    """
    n = len(pairs)
    if n == 0:
        return Kappa(0, math.nan, math.nan, why="no label has an answer of both")
    cells = Counter(pairs)
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    names = sorted(rows.keys() | columns.keys())
    agreed = sum(cells[name, name] for name in names)
    chance = sum(rows[name] * columns[name] for name in names)
    po, pe = agreed / n, chance / (n * n)
    if chance == n * n:
        return Kappa(n, po, pe, why="both gave one and the same answer throughout")
    value = (po - pe) / (1 - pe)
    if agreed == n:
        return Kappa(n, po, pe, value, why="all answers are alike")
    same = sum(
        cells[name, name] * (1 - pe - (rows[name] + columns[name]) / n * (1 - po)) ** 2 for name in names
    )
    apart = sum(
        number * ((columns[one] + rows[other]) / n) ** 2
        for (one, other), number in cells.items()
        if one != other
    )
    spread = same / n + (1 - po) ** 2 * apart / n - (po * pe - 2 * pe + po) ** 2
    error = math.sqrt(max(spread, 0.0) / n) / (1 - pe) ** 2
    if error < _NONE:
        return Kappa(n, po, pe, value, why="the answers are too few")
    interval = (max(value - Z * error, -1.0), min(value + Z * error, 1.0))
    return Kappa(n, po, pe, value, error, interval)


class Overlap(msgspec.Struct, frozen=True):
    """The IoU of n labels to which two gave a shape; mean and median are nan without any."""

    n: int
    mean: float
    median: float


def overlap(shares: Sequence[float]) -> Overlap:
    """What the IoUs of single labels come to."""
    if not shares:
        return Overlap(0, math.nan, math.nan)
    return Overlap(len(shares), statistics.fmean(shares), statistics.median(shares))


class Followed(msgspec.Struct, frozen=True):
    """How often people did as the model suggests: who saw it, and others who judged the same labels blind.

    Of the labels: both did, only who saw it, only who did not, neither.
    """

    both: int
    seen_only: int
    blind_only: int
    neither: int

    @property
    def n(self) -> int:
        """How many labels were judged both ways."""
        return self.both + self.seen_only + self.blind_only + self.neither

    @property
    def seen(self) -> tuple[float, float, float]:
        """The share that did as the model suggests when they saw it, and its interval; n > 0."""
        return _share(self.both + self.seen_only, self.n)

    @property
    def blind(self) -> tuple[float, float, float]:
        """The same of those who did not see it."""
        return _share(self.both + self.blind_only, self.n)

    @property
    def difference(self) -> tuple[float, float, float]:
        """How much larger the first share is, and its interval."""
        return paired_difference(self.both, self.seen_only, self.blind_only, self.neither)

    @property
    def sentence(self) -> str:
        """How often people follow the model, and whether the difference may be chance."""
        if not self.n:
            return "Nobody has judged a label blind for which the model has a suggestion."
        seen, blind, (more, low, high) = self.seen[0], self.blind[0], self.difference
        told = (
            f"Of {self.n:,} labels people did as the model suggests with {100 * seen:.0f} % when they saw "
            f"it, with {100 * blind:.0f} % blind: {100 * more:+.0f} points ({100 * low:+.0f} to "
            f"{100 * high:+.0f}, 95 % sure)."
        )
        if low > 0:
            return f"{told} People followed the model."
        if high < 0:
            return f"{told} People went against the model."
        return f"{told} That may be chance."


def _share(part: int, of: int) -> tuple[float, float, float]:
    return part / of, *wilson(part, of)
