"""Says a systematic error, one card for many labels, in one sentence built from its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from labelmend.find.clusters.batches import PICTURES, WAYS, batch_in_words
from labelmend.find.clusters.readings import READINGS, TURNS
from labelmend.find.issues import CODES, KINDS, NO_FIX, Issues
from labelmend.find.reasons.in_words import class_name

_READ_AS = {
    "corners": "as two corners (x1, y1, x2, y2)",
    "shares": "as shares of the picture's width and height",
    "centre": "as centre, width and height",
    "centre_shares": "as centre, width and height in shares of the picture",
    "scaled": "at the picture's own size",
    "quarter": "as if turned a quarter clockwise",
    "half": "as if turned upside down",
    "three_quarters": "as if turned a quarter counterclockwise",
    "quarter_declared": "as if turned a quarter clockwise, declared size and all",
    "three_quarters_declared": "as if turned a quarter counterclockwise, declared size and all",
}
_SHORT = {
    "swapped_classes": "classes swapped in a batch",
    "same_shift": "all shifted alike",
    "never_labelled": "never labelled in a batch",
    "other_convention": "boxes in another convention",
    "turned": "labels of turned pictures",
}

ON_THE_SPOT = 0.05
"""Pixels, or share of scale, below which two numbers are one."""


def card_sentence(issues: Issues, i: int, *, categories: Sequence[str], file: Callable[[int], str]) -> str:
    """The sentence of a card, from its evidence (see `cards`)."""
    code, e = CODES[issues.code[i]], issues.evidence[i]
    last = file(int(e[5])) if WAYS[int(e[4])] == "run" else ""
    where = batch_in_words(int(e[4]), float(e[5]), first=file(int(issues.image[i])), last=last)
    there = "in them" if int(e[4]) == PICTURES else "there"
    a, b = (class_name(categories, int(column[i])) for column in (issues.category, issues.fix_category))
    if code == "swapped_classes":
        return f"{where} {_swapped(e, a, b)}"
    if code == "same_shift":
        return f"{where} {_shifted(e)}"
    if code == "never_labelled":
        return f"{where} {_unlabelled(e, a if issues.category[i] >= 0 else '')}"
    read = _READ_AS[READINGS[int(e[6])]]
    before = f"{e[2]:,.0f}" if e[2] else "none"
    what = f"{before} of {e[1]:,.0f} sure detections {'agree' if e[2] != 1 else 'agrees'} with the labels"
    return f"{where} {what}, but {e[0]:,.0f} would with the labels read {read}: {_cause(int(e[6]))} {there}."


def card_in_short(issues: Issues, i: int) -> str:
    """The same in a few words, with the number of labels."""
    return f"{members(issues, i):,} labels: {_SHORT[CODES[issues.code[i]]]}"


def members(issues: Issues, i: int) -> int:
    """How many issues a card stands for."""
    return int((issues.cluster == issues.cluster[i]).sum()) - 1 if issues.cluster[i] >= 0 else 0


def member_sentence(issues: Issues, i: int, *, categories: Sequence[str]) -> str:
    """Why a label is part of a systematic error; the card has the numbers."""
    kind, box = KINDS[issues.kind[i]], issues.fix_bbox[i]
    a, b = (class_name(categories, int(column[i])) for column in (issues.category, issues.fix_category))
    if kind == "class":
        return f"Labelled {a}, but in this batch the labels of {a} look like {b} to the model."
    if kind == "missing":
        score = issues.evidence[i, 0]
        return f"The model is {score:.2f} sure of {a} here, and such objects have no label in this batch."
    if issues.fix[i] == NO_FIX:
        return "Like the other labels of its batch this one lies wrong; its box cannot be put right alone."
    place = f"{box[2]:,.1f} × {box[3]:,.1f} px at {box[0]:,.1f}, {box[1]:,.1f}"
    return f"Like the other labels of its batch this one lies wrong; put right as they are, it is {place}."


MEMBER_SHORT = {
    "class": "as in the whole batch",
    "missing": "unlabelled, as in the whole batch",
    "location": "lies wrong, as the whole batch",
}
"""The same in a few words, by kind."""


def _swapped(e: Sequence[float], a: str, b: str) -> str:
    elsewhere = f" (elsewhere {e[2]:,.0f} of {e[3]:,.0f} do)" if e[3] > 0 else ""
    if e[6] == 2:
        what = f"annotations of {a} or {b} look like the other to the model{elsewhere}"
        return f"{e[0]:,.0f} of {e[1]:,.0f} {what}: the two classes seem swapped there."
    if e[6] > 2:
        what = f"annotations of {e[6]:,.0f} classes look like another class each to the model"
        return f"{e[0]:,.0f} of {e[1]:,.0f} {what}, {a} like {b} say{elsewhere}: classes seem mixed up there."
    what = f"annotations of {a} look like {b} to the model{elsewhere}"
    return f"{e[0]:,.0f} of {e[1]:,.0f} {what}: {b} seems to be labelled {a} there."


def _shifted(e: Sequence[float]) -> str:
    parts, usual = [], f"middle of {e[3]:,.0f} pairs, of which half lie within {e[2]:.1f} px of it"
    drawn_out = abs(e[6] - 1) >= ON_THE_SPOT / 10
    if drawn_out:
        parts.append(f"are {e[6]:.3f} times as far out and as large as the detections")
    ways = ("to the right", "to the left"), ("further down", "higher")
    if not drawn_out:
        ways = ("to the right of", "to the left of"), ("below", "above")
    aside = [
        f"{abs(by):.1f} px {onward if by > 0 else backward}"
        for by, (onward, backward) in zip((e[0], e[1]), ways, strict=True)
        if abs(by) >= ON_THE_SPOT
    ]
    if aside:
        parts.append(f"lie {' and '.join(aside)}" + ("" if drawn_out else " where the model sees them"))
    return f"the labels {' and '.join(parts) or 'lie aside'} ({usual}): they seem moved all alike there."


def _unlabelled(e: Sequence[float], name: str) -> str:
    elsewhere = f"elsewhere {e[2]:,.0f} of {e[3]:,.0f} such detections carry one"
    if not name:
        what = f"there is no label, but the model is sure of {e[1]:,.0f} objects"
        return f"{what} ({elsewhere}): nothing seems to have been labelled there."
    few = "none has" if e[0] == 0 else f"only {e[0]:,.0f} have"
    what = f"the model is sure of {e[1]:,.0f} {name} and {few} a label"
    return f"{what} ({elsewhere}): {name} seems never to have been labelled there."


def _cause(reading: int) -> str:
    name = READINGS[reading]
    if name == "scaled":
        return "they seem made for pictures of another size"
    if name.endswith("_declared"):
        return "labels and declared size seem to be of the turned pictures"
    if name in TURNS:
        return "they seem to be of the turned pictures"
    return "they seem to be written so"
