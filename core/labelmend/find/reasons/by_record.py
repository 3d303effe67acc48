"""Says what is wrong with a record itself."""

from __future__ import annotations

import numpy as np

from labelmend.find.issues import NO_KEY, SET_BBOX
from labelmend.find.reasons.in_words import SIDES, listed, number, pixels, times
from labelmend.find.reasons.one_issue import OneIssue


def record_sentence(one: OneIssue) -> str:
    """What is wrong with the record, by the issue's code."""
    code, e, box = one.code, one.evidence, one.bbox
    if code in ("no_area", "outside"):
        told, but = "The whole box lies outside the image", "does not"
        if code == "no_area":
            told, but = f"The box is {number(box[2])} by {number(box[3])} px: it has no area", "has one"
        return f"{told}; its own outline {but}." if one.fix == SET_BBOX else f"{told}."
    if code == "partly_outside":
        parts = [f"{pixels(e[k])} at the {side}" for k, (_, side) in enumerate(SIDES) if e[k] > 0]
        return f"The box reaches out of the image: {listed(parts)}."
    if code == "outline":
        k = int(np.argmax(np.abs(e[:4])))
        return f"The box is not the bounds of its own outline: the {SIDES[k][1]} side is {pixels(e[k])} off."
    if code == "odd_size":
        return f"Its sides are {times(e[0])} as long as is usual for its class; no model was asked."
    if code == "odd_shape":
        shape = f"Its width is {times(e[1])} its height, where {times(e[2])} is usual for its class"
        return f"{shape}; no model was asked."
    if code == "look" and one.annotation == NO_KEY:
        return "Judge whether a label is missing here: add it, or say that it is no error."
    return _CODE_SENTENCE[code]


def empty_sentence(one: OneIssue) -> str:
    """The same of a box that can hold nothing."""
    return f"{record_sentence(one)[:-1]}, so no object can be in it."


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

RECORD_IN_SHORT = {
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
"""The same in a few words, by code."""
