"""Style: how a file writes the numbers of a key, learned from some of its records."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labelmend.coco.syntax import members
from labelmend.errors import Refused

SAMPLE = 100
"""So many records, spread over the file, tell its style."""
_LITERALS = 64
_WINDOW = 4096

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_PLAIN = re.compile(rb"-?\d+(?:\.\d+)?\Z")


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers of one key are written.

    `whole`: never with decimals. `decimals`: the most seen. `point_zero`: whole numbers as 12.0.
    `trailing_zeros`: decimals are filled up, as in 12.50.
    """

    whole: bool
    decimals: int
    point_zero: bool
    trailing_zeros: bool


Styles = Mapping[str, NumberStyle | None]


def styles(sample_records: Sequence[bytes]) -> dict[str, NumberStyle | None]:
    """The number style of each key of some records (about SAMPLE are enough); None: no number was seen.

    Numbers inside a nested object (an RLE's size and counts) are no example for those beside it.
    """
    literals: dict[str, list[bytes]] = {}
    for record in sample_records:
        if record[:1] != b"{":
            continue
        for member in members(record):
            assert member.key is not None
            seen = literals.setdefault(member.key, [])
            seen += _numbers(record[member.start : member.end])
    return {key: style_of(seen) for key, seen in literals.items()}


def sample_rows(n: int) -> list[int]:
    """The rows of an array of n records whose style is sampled."""
    if n <= SAMPLE:
        return list(range(n))
    return [row * (n - 1) // (SAMPLE - 1) for row in range(SAMPLE)]


def style_of(literals: Sequence[bytes]) -> NumberStyle | None:
    """The style that some number literals show."""
    plain = [one for one in literals if _PLAIN.match(one)]
    if not plain:
        return None
    places = [len(one.partition(b".")[2]) for one in plain]
    return NumberStyle(
        whole=not any(places),
        decimals=max(places),
        point_zero=any(one.endswith(b".0") for one in plain),
        trailing_zeros=any(n > 1 and one.endswith(b"0") for n, one in zip(places, plain, strict=True)),
    )


def number_text(value: float, style: NumberStyle | None) -> bytes:
    """A number as the file would write it; raises Refused for nan and infinity."""
    if not math.isfinite(value):
        raise Refused("A value that is not a finite number cannot be written; correct it first.")
    whole = isinstance(value, int)
    if whole and (style is None or not style.point_zero):
        return b"%d" % value
    if style is None or style.decimals > 12 or abs(value) >= 1e15:
        return json.dumps(value if value else 0.0).encode()
    value = _halves_up(value, style.decimals)
    if style.whole:
        return b"%d" % round(value)
    text = f"{value:.{style.decimals}f}"
    if not style.trailing_zeros:
        text = text.rstrip("0")
        text = text + "0" if text.endswith(".") and style.point_zero else text.rstrip(".")
    return (text if float(text) else text.lstrip("-")).encode()


def _halves_up(value: float, decimals: int) -> float:
    """The number, or the next one above of so many decimals where it lies right between two.

    So an outline that is moved by half a step keeps its form: to the even side, half its corners would go up.
    """
    scaled = value * 10**decimals
    below = math.floor(scaled)
    return (below + 1) / 10**decimals if scaled - below == 0.5 else value


def _numbers(value: bytes) -> list[bytes]:
    """Number literals of a value that is a number or nested lists of numbers."""
    piece = value[:_WINDOW]
    return [] if b'"' in piece else _NUMBER.findall(piece)[:_LITERALS]
