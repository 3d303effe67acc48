"""Says an issue in one plain sentence that a person can check by looking, built from its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelmend.find.explain_cards import MEMBER_SHORT, card_in_short, card_sentence, member_sentence
from labelmend.find.explain_pictures import looks, picture_in_short, picture_sentence
from labelmend.find.issues import (
    BOTTOM,
    CARDS,
    CLASS,
    CODES,
    DUPLICATE,
    FRAGMENT,
    FROM_PICTURE,
    GROUP,
    KINDS,
    LEFT,
    LOCATION,
    MISSING,
    NO_KEY,
    RIGHT,
    SET_BBOX,
    SPURIOUS,
    STRUCTURE,
    TOP,
    Issues,
)

Name = Callable[[int], str]

SIDES = ((LEFT, "left"), (TOP, "top"), (RIGHT, "right"), (BOTTOM, "bottom"))
_OFF = [
    [k for k, (bit, _) in enumerate(SIDES) if bits & bit] for bits in range(LEFT + TOP + RIGHT + BOTTOM + 1)
]
"""The places in SIDES of those that the bits of a location issue name."""


_TRACE = 0.1
"""Below this score a detection is said to be of nothing, perhaps."""


class _One(NamedTuple):
    """An issue as plain numbers: read out of the columns one by one they take longer than the sentence."""

    row: int
    kind: int
    code: str
    category: int
    fix: int
    fix_category: int
    annotation: int
    other: int
    score: float
    cluster: int
    seen_by: int
    models: int
    tolerance: float
    bbox: tuple[float, ...]
    evidence: tuple[float, ...]


def _plain(issues: Issues, rows: NDArray[np.int64]) -> Iterator[_One]:
    """Some issues of the columns, by their rows (k,)."""
    columns: dict[str, Iterable[Any]] = {"row": rows.tolist()}
    for name in _One._fields[1:]:
        column = getattr(issues, name)[rows]
        # Boxes and evidence one after the other: a list of lists is work for the garbage collector.
        columns[name] = column.tolist() if column.ndim == 1 else zip(*column.T.tolist(), strict=True)
    columns["code"] = map(CODES.__getitem__, columns["code"])
    return map(_One._make, zip(*columns.values(), strict=True))


def sentence(issues: Issues, i: int, *, categories: Sequence[str], name: Name = str, file: Name = str) -> str:
    """One sentence with the numbers that made issue i.

    categories are the names by row; name says how an annotation's key is shown (its id, say), file how an
    image's row is (its file name).
    """
    return sentences(issues, np.array([i]), categories=categories, name=name, file=file)[0]


def sentences(
    issues: Issues,
    rows: NDArray[np.int64],
    *,
    categories: Sequence[str],
    name: Name = str,
    file: Name = str,
) -> list[str]:
    """`sentence` of many issues, by their rows (k,)."""
    told = []
    for one in _plain(issues, rows):
        said = _sentence(issues, one, categories=categories, name=name, file=file)
        if one.models > 1 or not math.isnan(one.tolerance):
            more = [*_models(one), *_tolerance(one, categories)]
            said = "; ".join([said.removesuffix("."), *more]) + "."
        told.append(said)
    return told


def _models(one: _One) -> list[str]:
    """How many of several models see what an issue is about, with its class."""
    seen, models = one.seen_by, one.models
    if models < 2:
        return []
    many, single = ("say so", "says so") if one.kind == CLASS else ("see it", "sees it")
    if seen == models:
        return [f"both models {many}" if models == 2 else f"all {models} models {many}"]
    return [f"{seen} of {models} models {single if seen == 1 else many}"]


def _tolerance(one: _One, categories: Sequence[str]) -> list[str]:
    if math.isnan(one.tolerance):
        return []
    return [
        f"tolerance for {_class_name(categories, one.category)}: {_number(np.round(one.tolerance, 1))} px"
    ]


def _sentence(issues: Issues, one: _One, *, categories: Sequence[str], name: Name, file: Name) -> str:
    kind = one.kind
    if kind == STRUCTURE and one.code in CARDS:
        return card_sentence(issues, one.row, class_name=lambda row: _class_name(categories, row), file=file)
    if one.code in FROM_PICTURE:
        return picture_sentence(issues, one.row)
    if one.cluster >= 0:
        return member_sentence(issues, one.row, class_name=lambda row: _class_name(categories, row))
    if kind == MISSING:
        return _missing(one, categories)
    if kind == SPURIOUS:
        return _spurious(one, categories)
    if kind == CLASS:
        return _class(one, categories)
    if kind == LOCATION:
        return _location(one)
    if kind == DUPLICATE:
        return _duplicate(one, name, categories)
    return _structure(one)


def short(issues: Issues, i: int, *, categories: Sequence[str]) -> str:
    """The same in a few words, for the list."""
    kind, e = int(issues.kind[i]), issues.evidence[i].tolist()
    if CODES[issues.code[i]] in FROM_PICTURE:
        return picture_in_short(issues, i)
    if issues.cluster[i] >= 0 and KINDS[kind] in MEMBER_SHORT:
        return MEMBER_SHORT[KINDS[kind]]
    if kind == MISSING:
        return f"unlabelled, score {_two(e[0])}"
    if kind == SPURIOUS and not issues.code[i]:
        return f"IoU at most {_at_most(e[1])}" if e[1] >= 0.005 else "no detection here"
    if kind == CLASS:
        return f"{_class_name(categories, issues.fix_category[i])} {_two(e[0])}?"
    if kind == LOCATION:
        return _short_location(e)
    if kind == DUPLICATE:
        return f"{_other_class(e, categories) or ('same' if e[1] else 'other') + ' class'}, IoU {_two(e[0])}"
    if CODES[issues.code[i]] in CARDS:
        return card_in_short(issues, i)
    return _SHORT_CODE[CODES[issues.code[i]]]


def _missing(one: _One, categories: Sequence[str]) -> str:
    e = one.evidence
    what = f"The model is {_two(e[0])} sure of {article(_class_name(categories, one.category))} here"
    if e[4] == 1:
        return f"{what}; one label covers it together with another object."
    if e[1] > 0:
        where = f"no annotation has an IoU with it above {_at_most(e[1])}"
    elif math.isfinite(e[3]) and e[3] >= 1:
        where = f"the nearest annotation is {e[3]:.0f} px away"
    elif math.isfinite(e[3]):
        where = "the nearest annotation only touches it"
    else:
        where = "this image has no annotation"
    aside = ", crowd regions aside," if e[5] == 1 else ""
    forgotten = f"of the rest about {_percent(one.score)} are forgotten labels"
    return f"{what} and{aside} {where}; {_percent(e[2])} of such detections carry a label, {forgotten}."


def _spurious(one: _One, categories: Sequence[str]) -> str:
    e = one.evidence
    if one.code:
        return f"{_structure(one)[:-1]}, so no object can be in it."
    name = _class_name(categories, one.category)
    if math.isnan(e[1]) or e[1] <= 0:
        seen = "nothing that it sees touches this one"
    else:
        seen = f"nothing that it sees has an IoU with this one above {_at_most(e[1])} (score {_two(e[2])})"
    told = f"The model sees {_percent(e[0])} of the {name} labels of this size, but {seen}.{looks(e[4])}"
    if math.isnan(e[3]):
        return told
    nothing, wrong = _percent(e[3]), _percent(one.score)
    return f"{told} That nothing is there: {nothing}; that it is wrong in any way: {wrong}."


def _class(one: _One, categories: Sequence[str]) -> str:
    e = one.evidence
    here = _class_name(categories, one.category)
    there = _class_name(categories, one.fix_category)
    own = f"gives {here} {_two(e[2])} there" if e[2] > 0 else f"gives {here} no score there"
    often = f"; it says {there} at {_percent(e[3])} of the {here} labels" if math.isfinite(e[3]) else ""
    told = f"Labelled {here}, but the model is {_two(e[0])} sure of {there} (IoU {_two(e[1])})"
    doubt = " So low a score may be of nothing at all." if e[0] < _TRACE else ""
    return f"{told} and {own}{often}.{doubt}"


def _location(one: _One) -> str:
    e, bits = one.evidence, int(one.evidence[0])
    if bits & GROUP:
        return (
            f"One label over two objects or more: detections of {_two(e[1])} and {_two(e[2])} fill "
            f"{_percent(e[3])} and {_percent(e[4])} of it and hardly touch each other."
        )
    if bits & FRAGMENT:
        return (
            f"One object labelled in {e[3]:.0f} pieces: a detection of {_two(e[1])} holds them, they fill "
            f"{_percent(e[2])} of it and hardly touch each other, and none has a sure detection of its own."
        )
    off = _OFF[bits]
    spread = f"this model's spread there is {_percent(e[7])}"
    if not off:
        agree = f"agree by an IoU of {_two(e[5])} only"
        return f"The label and what the model sees ({_two(e[6])}) {agree}; {spread}."
    # Not "the detection": what several of them show together may lie a little off each.
    seen = f"what the model sees ({_two(e[6])}, IoU {_two(e[5])})"
    if len(off) > 2:
        worst = max(off, key=lambda k: _side_share(one, k))
        many = "All four" if len(off) == 4 else "Three"
        most = _side(e[1 + worst], SIDES[worst][1], _side_share(one, worst), False)
        return f"{many} sides miss {seen}, most of all {most}; {spread}."
    parts = [_side(e[1 + k], SIDES[k][1], _side_share(one, k), n == 0) for n, k in enumerate(off)]
    return f"{_join(parts)} {seen}; {spread}."


def _side(pixels: float, side: str, share: float, first: bool) -> str:
    start = f"The {side} side ends" if first else f"the {side} side"
    way = "outside" if pixels > 0 else "inside"
    return f"{start} {_pixels(pixels)}, {_percent(share)} of the {_extent(side)}, {way}"


def _side_share(one: _One, k: int) -> float:
    size = one.bbox[2 + k % 2]
    return abs(one.evidence[1 + k]) / size if size > 0 else 0.0


def _extent(side: str) -> str:
    return "width" if side in ("left", "right") else "height"


def _short_location(e: Sequence[float]) -> str:
    bits = int(e[0])
    if bits & GROUP:
        return "one label, several objects"
    if bits & FRAGMENT:
        return f"one object, {e[3]:.0f} labels"
    off = _OFF[bits]
    if not off:
        return f"IoU {_two(e[5])} only"
    worst = max(off, key=lambda k: abs(e[1 + k]))
    if len(off) > 2:
        return f"{len(off)} sides, worst {SIDES[worst][1]} {_pixels(e[1 + worst])}"
    return ", ".join(f"{SIDES[k][1]} side {_pixels(e[1 + k])}" for k in off)


def _duplicate(one: _One, name: Name, categories: Sequence[str]) -> str:
    e, other = one.evidence, name(one.other)
    which = " of the same class" if e[1] else " of another class"
    if named := _other_class(e, categories):
        which = f", {article(named)}"
    told = f"Covers the same object as annotation {other}{which} (IoU {_two(e[0])})"
    own, its = round(e[2], 2), round(e[3], 2)
    if own == 0 < its:
        told += f"; the model's one detection there goes with that one (IoU times score {_two(its)})"
    elif own < its:  # not so where no model was asked: both are nan, or 0
        told += f"; the model's boxes fit that one better (IoU times score {_two(its)}, here {_two(own)})"
    return f"{told}."


def _other_class(e: Sequence[float], categories: Sequence[str]) -> str:
    """The class of the other label of a duplicate; empty where it is the same, or was not kept."""
    return "" if e[1] or math.isnan(e[4]) else _class_name(categories, int(e[4]))


def _structure(one: _One) -> str:
    code, e, box = one.code, one.evidence, one.bbox
    if code in ("no_area", "outside"):
        told, but = "The whole box lies outside the image", "does not"
        if code == "no_area":
            told, but = f"The box is {_number(box[2])} by {_number(box[3])} px: it has no area", "has one"
        return f"{told}; its own outline {but}." if one.fix == SET_BBOX else f"{told}."
    if code == "partly_outside":
        parts = [f"{_pixels(e[k])} at the {side}" for k, (_, side) in enumerate(SIDES) if e[k] > 0]
        return f"The box reaches out of the image: {_join(parts)}."
    if code == "outline":
        k = int(np.argmax(np.abs(e[:4])))
        return f"The box is not the bounds of its own outline: the {SIDES[k][1]} side is {_pixels(e[k])} off."
    if code == "odd_size":
        return f"Its sides are {_times(e[0])} as long as is usual for its class; no model was asked."
    if code == "odd_shape":
        shape = f"Its width is {_times(e[1])} its height, where {_times(e[2])} is usual for its class"
        return f"{shape}; no model was asked."
    if code == "look" and one.annotation == NO_KEY:
        return "Judge whether a label is missing here: add it, or say that it is no error."
    return _CODE_SENTENCE[code]


_CODE_SENTENCE = {
    "": "The record is faulty.",
    "not_numbers": "The box is not four finite numbers.",
    "crossing": "The polygon crosses itself.",
    "unknown_image": "The annotation names an image that the file does not have.",
    "unknown_category": "The annotation names a category that the file does not have.",
    "record": "The record is faulty; the import report says how.",
    "audit": "Nothing was said of this label: it was drawn for the audit.",
    "look": "Judge whether everything about this label is right, by the picture and the instructions alone.",
    "no_picture": "The picture's file is not there.",
}

_SHORT_CODE = {
    "": "faulty record",
    "not_numbers": "box is not numbers",
    "no_area": "no area",
    "outside": "outside the image",
    "partly_outside": "partly outside the image",
    "outline": "box is not its outline's",
    "crossing": "polygon crosses itself",
    "unknown_image": "unknown image",
    "unknown_category": "unknown category",
    "record": "faulty record",
    "audit": "is everything right?",
    "look": "to be judged",
    "no_picture": "picture missing",
    "odd_size": "odd size for its class",
    "odd_shape": "odd shape for its class",
}


def _class_name(categories: Sequence[str], row: int) -> str:
    return categories[row] if 0 <= row < len(categories) else "an unknown class"


def article(name: str) -> str:
    """A class's name with a or an before it."""
    if name.startswith("an "):
        return name
    # An abbreviation is spelt out when read: an RBC, a WBC.
    vowels = "AEFHILMNORSX" if name[:2].isupper() else "AEIOUaeiou"
    return f"an {name}" if name[:1] in vowels else f"a {name}"


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) < 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_WHOLE = [f"{k} %" for k in range(101)]
"""Most shares in a list of a million sentences."""


def _two(value: float) -> str:
    return f"{value:.2f}"


def _at_most(value: float) -> str:
    """Two digits that the value is not above: what is said of all must hold for each."""
    return _two(math.ceil(round(100 * value, 6)) / 100)


def _percent(share: float) -> str:
    if 0.01 <= share < 0.99:
        return _WHOLE[round(100 * share)]
    shown = f"{100 * share:.0f}"
    # Rounding must not claim certainty: 99.7 % is not "100 %".
    if shown == "100" and share < 1:
        shown = f"{min(100 * share, 99.9):.1f}"
    elif shown == "0" and share > 0:
        shown = f"{max(100 * share, 0.1):.1f}"
    return f"{shown} %"


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio >= 0.95 else f"{ratio:.2f} times"


def _pixels(value: float) -> str:
    size = abs(value)
    return f"{size:.0f} px" if size >= 9.5 else f"{size:.1f} px"


def _number(value: float) -> str:
    return f"{value:g}"
