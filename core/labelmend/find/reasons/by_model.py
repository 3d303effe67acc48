"""Says what the detections speak against in a label, or for one that is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from labelmend.find.issues import BOTTOM, FRAGMENT, GROUP, LEFT, RIGHT, TOP
from labelmend.find.reasons.by_picture import looks
from labelmend.find.reasons.in_words import SIDES, at_most, class_name, listed, percent, pixels, two
from labelmend.find.reasons.one_issue import OneIssue
from labelmend.words import article

_OFF = [
    [k for k, (bit, _) in enumerate(SIDES) if bits & bit] for bits in range(LEFT + TOP + RIGHT + BOTTOM + 1)
]
"""The places in SIDES of those that the bits of a location issue name."""

_TRACE = 0.1
"""Below this score a detection is said to be of nothing, perhaps."""


def missing_sentence(one: OneIssue, categories: Sequence[str]) -> str:
    """Where an annotation is missing."""
    e = one.evidence
    what = f"The model is {two(e[0])} sure of {article(class_name(categories, one.category))} here"
    if e[4] == 1:
        return f"{what}; one label covers it together with another object."
    if e[1] > 0:
        where = f"no annotation has an IoU with it above {at_most(e[1])}"
    elif math.isfinite(e[3]) and e[3] >= 1:
        where = f"the nearest annotation is {e[3]:.0f} px away"
    elif math.isfinite(e[3]):
        where = "the nearest annotation only touches it"
    else:
        where = "this image has no annotation"
    aside = ", crowd regions aside," if e[5] == 1 else ""
    forgotten = f"of the rest about {percent(one.score)} are forgotten labels"
    return f"{what} and{aside} {where}; {percent(e[2])} of such detections carry a label, {forgotten}."


def spurious_sentence(one: OneIssue, categories: Sequence[str]) -> str:
    """Why nothing may be where an annotation is."""
    e = one.evidence
    name = class_name(categories, one.category)
    if math.isnan(e[1]) or e[1] <= 0:
        seen = "nothing that it sees touches this one"
    else:
        seen = f"nothing that it sees has an IoU with this one above {at_most(e[1])} (score {two(e[2])})"
    told = f"The model sees {percent(e[0])} of the {name} labels of this size, but {seen}.{looks(e[4])}"
    if math.isnan(e[3]):
        return told
    nothing, wrong = percent(e[3]), percent(one.score)
    return f"{told} That nothing is there: {nothing}; that it is wrong in any way: {wrong}."


def class_sentence(one: OneIssue, categories: Sequence[str]) -> str:
    """Which other class an annotation may be of."""
    e = one.evidence
    here = class_name(categories, one.category)
    there = class_name(categories, one.fix_category)
    own = f"gives {here} {two(e[2])} there" if e[2] > 0 else f"gives {here} no score there"
    often = f"; it says {there} at {percent(e[3])} of the {here} labels" if math.isfinite(e[3]) else ""
    told = f"Labelled {here}, but the model is {two(e[0])} sure of {there} (IoU {two(e[1])})"
    doubt = " So low a score may be of nothing at all." if e[0] < _TRACE else ""
    return f"{told} and {own}{often}.{doubt}"


def location_sentence(one: OneIssue) -> str:
    """Which sides of a box lie where the model does not see them, or what it holds too many or too few of."""
    e, bits = one.evidence, int(one.evidence[0])
    if bits & (GROUP | FRAGMENT):
        return _not_one_to_one(e, bits)
    off = _OFF[bits]
    spread = f"this model's spread there is {percent(e[7])}"
    if not off:
        agree = f"agree by an IoU of {two(e[5])} only"
        return f"The label and what the model sees ({two(e[6])}) {agree}; {spread}."
    # Not "the detection": what several of them show together may lie a little off each.
    seen = f"what the model sees ({two(e[6])}, IoU {two(e[5])})"
    if len(off) > 2:
        worst = max(off, key=lambda k: _side_share(e, one.bbox, k))
        many = "All four" if len(off) == 4 else "Three"
        most = _side(e[1 + worst], SIDES[worst][1], _side_share(e, one.bbox, worst), False)
        return f"{many} sides miss {seen}, most of all {most}; {spread}."
    parts = [_side(e[1 + k], SIDES[k][1], _side_share(e, one.bbox, k), n == 0) for n, k in enumerate(off)]
    return f"{listed(parts)} {seen}; {spread}."


def _not_one_to_one(e: Sequence[float], bits: int) -> str:
    if bits & GROUP:
        return (
            f"One label over two objects or more: detections of {two(e[1])} and {two(e[2])} fill "
            f"{percent(e[3])} and {percent(e[4])} of it and hardly touch each other."
        )
    return (
        f"One object labelled in {e[3]:.0f} pieces: a detection of {two(e[1])} holds them, they fill "
        f"{percent(e[2])} of it and hardly touch each other, and none has a sure detection of its own."
    )


def _side(off: float, side: str, share: float, first: bool) -> str:
    start = f"The {side} side ends" if first else f"the {side} side"
    way = "outside" if off > 0 else "inside"
    return f"{start} {pixels(off)}, {percent(share)} of the {_extent(side)}, {way}"


def _side_share(e: Sequence[float], bbox: Sequence[float], k: int) -> float:
    size = bbox[2 + k % 2]
    return abs(e[1 + k]) / size if size > 0 else 0.0


def _extent(side: str) -> str:
    return "width" if side in ("left", "right") else "height"


def location_in_short(e: Sequence[float], bbox: Sequence[float]) -> str:
    """The same in a few words, from the evidence (8,) and the label's box (4,) xywh."""
    bits = int(e[0])
    if bits & GROUP:
        return "one label, several objects"
    if bits & FRAGMENT:
        return f"one object, {e[3]:.0f} labels"
    off = _OFF[bits]
    if not off:
        return f"IoU {two(e[5])} only"
    if len(off) > 2:
        worst = max(off, key=lambda k: _side_share(e, bbox, k))
        return f"{len(off)} sides, worst {SIDES[worst][1]} {pixels(e[1 + worst])}"
    return ", ".join(f"{SIDES[k][1]} side {pixels(e[1 + k])}" for k in off)


def duplicate_sentence(one: OneIssue, name: Callable[[int], str], categories: Sequence[str]) -> str:
    """Which annotation, as `name` shows its key, is of the same thing."""
    e, other = one.evidence, name(one.other)
    which = " of the same class" if e[1] else " of another class"
    if named := other_class(e, categories):
        which = f", {article(named)}"
    told = f"Covers the same object as annotation {other}{which} (IoU {two(e[0])})"
    own, its = round(e[2], 2), round(e[3], 2)
    if own == 0 < its:
        told += f"; the model's one detection there goes with that one (IoU times score {two(its)})"
    elif own < its:  # not so where no model was asked: both are nan, or 0
        told += f"; the model's boxes fit that one better (IoU times score {two(its)}, here {two(own)})"
    return f"{told}."


def other_class(e: Sequence[float], categories: Sequence[str]) -> str:
    """The class of the other label of a duplicate; empty where it is the same, or was not kept."""
    return "" if e[1] or math.isnan(e[4]) else class_name(categories, int(e[4]))
