"""What people make of labels that they are shown as these came, and trials by such labels."""

from typing import Final, Literal

import msgspec

from labelmend.review.states import Verdict

Word = Literal["no error", "changed", "deleted", "added", "cannot tell"]
"""What can be said of a label, by what became of it; added: of a place where none was."""

ALIKE: Final = 0.8
"""IoU from which two shapes of a label are taken to be the same."""


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """What somebody made of a label: its record as they left it, None where they left none."""

    who: str
    verdict: Verdict
    record: bytes | None


class Opinion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer about a label that was shown as it came, without detection, score and earlier verdicts.

    key: of the annotation, NO_KEY of a place where one may be missing. trial: the number of the trial it
    belongs to; 0 for a blind second look, whose `first` is what the one had made of the label who saw all.
    """

    issue: int
    key: int
    own: Judged
    first: Judged | None = None
    trial: int = 0


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """A label of a trial: the class it is known to be of, and its record as is known to be right, None where
    none is."""

    issue: int
    key: int
    kind: str
    category: str
    record: bytes | None


class Trial(msgspec.Struct, frozen=True, omit_defaults=True):
    """Labels with known answers, chosen by a seed or (None) by hand; numbered from 1."""

    number: int
    asked: tuple[Asked, ...]
    seed: int | None = None


class Reviewed(msgspec.Struct, frozen=True, array_like=True):
    """What a reviewer said of somebody's work; approved: as it was, without a correction."""

    annotator: str
    reviewer: str
    approved: bool


def limit(was_to_known: float) -> float:
    """The IoU with a known shape from which an answer is as good: ALIKE, or half of what was wrong mended.

    was_to_known: the IoU of the label as it came with the known shape, 1 where that was right.
    """
    return ALIKE if was_to_known >= 1 else max(ALIKE, (1 + was_to_known) / 2)
