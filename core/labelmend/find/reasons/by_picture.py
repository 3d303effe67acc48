"""Says what the picture alone speaks against in a label, built from its numbers."""

from __future__ import annotations

import numpy as np

from labelmend.find.issues import CODES, Issues
from labelmend.find.reasons.in_words import SIDES, listed, pixels

FAINT = 1.5
"""Times the picture's usual gradient below which there is no edge to speak of."""

LOUD = 2.0
"""How many times as often makes looks worth a word."""


def picture_sentence(issues: Issues, i: int) -> str:
    """One sentence of an issue whose code is in FROM_PICTURE."""
    e = issues.evidence[i]
    if CODES[issues.code[i]] == "blank":
        return (
            "The picture is uniform inside and around the box: its strongest edge there is "
            f"{e[0]:.1f} times the picture's usual gradient; no model was asked."
        )
    off, others = _off(issues, i), f"{_percent(e[7])} of the labels of this class"
    if not off:
        return (
            f"From the picture alone: the sides follow its edges less than {others} do, and no side has a "
            "clearly better place nearby; no model was asked."
        )
    k = off[0]
    on = "lies on no edge" if e[5] < FAINT else "lies on a weaker edge"
    parts = [
        f"the {SIDES[k][1]} side {on} and the nearest clear one is {_where(e[1 + k])}",
        *(f"that of the {SIDES[k][1]} side {_where(e[1 + k])}" for k in off[1:]),
    ]
    strength = f"{e[6]:.1f} times the picture's usual gradient, {e[5]:.1f} at the side"
    return (
        f"From the picture alone: {listed(parts)} ({strength}); {others} sit closer on edges; "
        "no model was asked."
    )


def picture_in_short(issues: Issues, i: int) -> str:
    """The same in a few words, for the list."""
    if CODES[issues.code[i]] == "blank":
        return "uniform picture here"
    off = _off(issues, i)
    if not off:
        return "sides follow no edges"
    side = f"{SIDES[off[0]][1]} edge {_where(issues.evidence[i, 1 + off[0]])}"
    return side if len(off) == 1 else f"{len(off)} sides off edges, {side}"


def looks(times: float) -> str:
    """What pictures say of a label that the model does not see, if they say much: how many times as often
    places with nothing on them look like it as labels do; nan where nobody looked."""
    if times >= LOUD:
        return f" Places with nothing on them look like it {times:.0f} times as often as labels do."
    if times <= 1 / LOUD:
        return f" Yet labels look like it {1 / times:.0f} times as often as places with nothing on them do."
    return ""


def _off(issues: Issues, i: int) -> list[int]:
    """The sides with a better place, the farthest first."""
    bits, e = int(issues.evidence[i, 0]), issues.evidence[i]
    off = [k for k, (bit, _) in enumerate(SIDES) if bits & bit]
    return sorted(off, key=lambda k: -float(np.abs(e[1 + k])))


def _where(outside: float) -> str:
    return f"{pixels(outside)} {'inside' if outside > 0 else 'outside'}"


def _percent(share: float) -> str:
    """Near all a digit more than `percent` has: it tells how odd a label is."""
    return f"{min(100 * share, 99.9):.1f} %" if share > 0.985 else f"{100 * share:.0f} %"
