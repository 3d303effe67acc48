"""Says an issue in one plain sentence that a person can check by looking, built from its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import (
    CARDS,
    CLASS,
    CODES,
    DUPLICATE,
    FROM_PICTURE,
    KINDS,
    LOCATION,
    MISSING,
    SPURIOUS,
    STRUCTURE,
    Issues,
)
from labelmend.find.reasons.by_model import (
    class_sentence,
    duplicate_sentence,
    location_in_short,
    location_sentence,
    missing_sentence,
    other_class,
    spurious_sentence,
)
from labelmend.find.reasons.by_picture import picture_in_short, picture_sentence
from labelmend.find.reasons.by_record import RECORD_IN_SHORT, empty_sentence, record_sentence
from labelmend.find.reasons.in_words import at_most, class_name, number, two
from labelmend.find.reasons.of_cards import MEMBER_SHORT, card_in_short, card_sentence, member_sentence
from labelmend.find.reasons.one_issue import OneIssue, one_by_one

Name = Callable[[int], str]


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
    for one in one_by_one(issues, rows):
        said = _sentence(issues, one, categories=categories, name=name, file=file)
        if one.models > 1 or not math.isnan(one.tolerance):
            more = [*_models(one), *_tolerance(one, categories)]
            said = "; ".join([said.removesuffix("."), *more]) + "."
        told.append(said)
    return told


def _models(one: OneIssue) -> list[str]:
    """How many of several models see what an issue is about, with its class."""
    seen, models = one.seen_by, one.models
    if models < 2:
        return []
    many, single = ("say so", "says so") if one.kind == CLASS else ("see it", "sees it")
    if seen == models:
        return [f"both models {many}" if models == 2 else f"all {models} models {many}"]
    return [f"{seen} of {models} models {single if seen == 1 else many}"]


def _tolerance(one: OneIssue, categories: Sequence[str]) -> list[str]:
    if math.isnan(one.tolerance):
        return []
    return [f"tolerance for {class_name(categories, one.category)}: {number(np.round(one.tolerance, 1))} px"]


def _sentence(issues: Issues, one: OneIssue, *, categories: Sequence[str], name: Name, file: Name) -> str:
    kind = one.kind
    if kind == STRUCTURE and one.code in CARDS:
        return card_sentence(issues, one.row, categories=categories, file=file)
    if one.code in FROM_PICTURE:
        return picture_sentence(issues, one.row)
    if one.cluster >= 0:
        return member_sentence(issues, one.row, categories=categories)
    if kind == MISSING:
        return missing_sentence(one, categories)
    if kind == SPURIOUS:
        return empty_sentence(one) if one.code else spurious_sentence(one, categories)
    if kind == CLASS:
        return class_sentence(one, categories)
    if kind == LOCATION:
        return location_sentence(one)
    if kind == DUPLICATE:
        return duplicate_sentence(one, name, categories)
    return record_sentence(one)


def short(issues: Issues, i: int, *, categories: Sequence[str]) -> str:
    """The same in a few words, for the list."""
    kind, e = int(issues.kind[i]), issues.evidence[i].tolist()
    if CODES[issues.code[i]] in FROM_PICTURE:
        return picture_in_short(issues, i)
    if issues.cluster[i] >= 0 and KINDS[kind] in MEMBER_SHORT:
        return MEMBER_SHORT[KINDS[kind]]
    if kind == MISSING:
        return f"unlabelled, score {two(e[0])}"
    if kind == SPURIOUS and not issues.code[i]:
        return f"IoU at most {at_most(e[1])}" if e[1] >= 0.005 else "no detection here"
    if kind == CLASS:
        return f"{class_name(categories, issues.fix_category[i])} {two(e[0])}?"
    if kind == LOCATION:
        return location_in_short(e, issues.bbox[i].tolist())
    if kind == DUPLICATE:
        return f"{other_class(e, categories) or ('same' if e[1] else 'other') + ' class'}, IoU {two(e[0])}"
    if CODES[issues.code[i]] in CARDS:
        return card_in_short(issues, i)
    return RECORD_IN_SHORT[CODES[issues.code[i]]]
