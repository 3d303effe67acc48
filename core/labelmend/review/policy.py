"""What the lead lays down for review: the reasons of a rejection, and how much is looked at twice."""

from collections.abc import Sequence
from typing import Final

import msgspec

from labelmend.errors import Refused
from labelmend.review.instructions import one_line


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """Why a reviewer rejects, in a few words, and the one key that says so."""

    text: str
    key: str


REASONS: Final = tuple(
    Reason(text, str(n))
    for n, text in enumerate(
        (
            "Too loose",
            "Cuts the object off",
            "Wrong class",
            "Nothing is there",
            "The original was right",
            "The error is still there",
            "Against the instructions",
        ),
        1,
    )
)
"""The reasons of a project whose lead has set none."""


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rules of a project that the lead alone changes.

    reasons: what a reviewer rejects for. second: share (0 to 1) of the reviewed labels that a second person
    reviews. blind: share (0 to 1) of the labels looked at again with detection and first verdict hidden.
    """

    reasons: tuple[Reason, ...] = REASONS
    second: float = 0.0
    blind: float = 0.0

    def reason(self, text: str) -> str:
        """The listed reason that these words are, whatever their case and spaces; "" for any others."""
        wanted = one_line(text).casefold()
        return next((one.text for one in self.reasons if one.text.casefold() == wanted), "")


DEFAULT: Final = Policy()


def tidy(policy: Policy) -> Policy:
    """The same policy with its texts in one line. Raises Refused for what cannot be."""
    reasons = tuple(Reason(one_line(one.text), one.key.strip().upper()) for one in policy.reasons)
    for one in reasons:
        if not one.text:
            raise Refused("A reason has no words: write some, or take it off the list.")
        if one.key and not (len(one.key) == 1 and one.key.isascii() and one.key.isalnum()):
            raise Refused(f"The key of {one.text!r} is one letter or digit, not {one.key!r}.")
    _require_different([one.text.casefold() for one in reasons], "two reasons say {}: keep one of them")
    _require_different([one.key for one in reasons if one.key], "two reasons have the key {}: change one")
    for name, share in (("second review", policy.second), ("blind second look", policy.blind)):
        if not 0 <= share <= 1:
            raise Refused(f"The share of the {name} is from 0 to 1 (0 to 100 %), not {share:g}.")
    return msgspec.structs.replace(policy, reasons=reasons)


def _require_different(values: Sequence[str], sentence: str) -> None:
    for n, value in enumerate(values):
        if value in values[:n]:
            told = sentence.format(value)
            raise Refused(f"{told[0].upper()}{told[1:]}.")
