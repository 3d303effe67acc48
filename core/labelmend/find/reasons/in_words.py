"""How reasons say numbers, sides and classes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from labelmend.find.issues import BOTTOM, LEFT, RIGHT, TOP

SIDES = ((LEFT, "left"), (TOP, "top"), (RIGHT, "right"), (BOTTOM, "bottom"))
"""The bits of the sides of a box, in the order in which evidence has them, and what they are called."""


def class_name(categories: Sequence[str], row: int) -> str:
    """The name of a class, by its row."""
    return categories[row] if 0 <= row < len(categories) else "an unknown class"


def listed(parts: list[str]) -> str:
    """Some parts as a list in words: a, b and c."""
    return parts[0] if len(parts) < 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_WHOLE = [f"{k} %" for k in range(101)]
"""Most shares in a list of a million sentences."""


def two(value: float) -> str:
    """A score or an IoU, with two digits."""
    return f"{value:.2f}"


def at_most(value: float) -> str:
    """Two digits that the value is not above: what is said of all must hold for each."""
    return two(math.ceil(round(100 * value, 6)) / 100)


def percent(share: float) -> str:
    """A share of 1, as whole percents except next to none and all."""
    if 0.01 <= share < 0.99:
        return _WHOLE[round(100 * share)]
    shown = f"{100 * share:.0f}"
    # Rounding must not claim certainty: 99.7 % is not "100 %".
    if shown == "100" and share < 1:
        shown = f"{min(100 * share, 99.9):.1f}"
    elif shown == "0" and share > 0:
        shown = f"{max(100 * share, 0.1):.1f}"
    return f"{shown} %"


def times(ratio: float) -> str:
    """How many times as much."""
    return f"{ratio:.1f} times" if ratio >= 0.95 else f"{ratio:.2f} times"


def pixels(value: float) -> str:
    """A distance, whichever way it goes, in whole pixels from ten on."""
    size = abs(value)
    return f"{size:.0f} px" if size >= 9.5 else f"{size:.1f} px"


def number(value: float) -> str:
    """Any other number, with no more digits than it needs."""
    return f"{value:g}"
