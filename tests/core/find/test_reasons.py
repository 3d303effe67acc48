"""The sentences, word by word."""

from __future__ import annotations

import numpy as np
import pytest

from labelmend.find.issues import (
    BOTTOM,
    CARDS,
    CLASS,
    CODES,
    DUPLICATE,
    GROUP,
    LEFT,
    LOCATION,
    MISSING,
    SPURIOUS,
    STRUCTURE,
    Issues,
    evidence,
    issues,
)
from labelmend.find.reasons.sentences import sentence, short

NAMES = ["cat", "dog", "person", "apple"]


def one(kind: int, code: str = "", **columns: object) -> Issues:
    numbers = {k: v for k, v in columns.items() if k[0] == "e" and k[1:].isdigit()}
    rest = {k: v for k, v in columns.items() if k not in numbers}
    return issues(kind, np.array([0.5]), evidence=evidence(1, **numbers), code=CODES.index(code), **rest)


def say(issue: Issues) -> str:
    return sentence(issue, 0, categories=NAMES, name=lambda key: f"#{key}")


def brief(issue: Issues) -> str:
    return short(issue, 0, categories=NAMES)


def test_missing():
    issue = one(MISSING, category=2, e0=0.98, e1=0.12, e2=0.94, e3=0, e4=0)
    assert say(issue) == (
        "The model is 0.98 sure of a person here and no annotation has an IoU with it above 0.12; "
        "94 % of such detections carry a label, of the rest about 50 % are forgotten labels."
    )
    assert brief(issue) == "unlabelled, score 0.98"


def test_missing_far_from_all():
    issue = one(MISSING, category=3, e0=0.98, e1=0, e2=0.9996, e3=40.2, e4=0)
    assert say(issue) == (
        "The model is 0.98 sure of an apple here and the nearest annotation is 40 px away; "
        "99.9 % of such detections carry a label, of the rest about 50 % are forgotten labels."
    )


def test_missing_beside_what_hardly_overlaps_it():
    seen = {"category": 2, "e0": 0.98, "e2": 0.94, "e4": 0}
    assert "no annotation has an IoU with it above 0.01;" in say(one(MISSING, e1=0.003, e3=0, **seen))
    assert "the nearest annotation only touches it;" in say(one(MISSING, e1=0, e3=0, **seen))


def test_missing_beside_a_crowd_region():
    seen = {"category": 2, "e0": 0.98, "e2": 0.94, "e4": 0, "e5": 1}
    told = "here and, crowd regions aside, the nearest annotation is 40 px away;"
    assert told in say(one(MISSING, e1=0, e3=40.2, **seen))
    told = "and, crowd regions aside, this image has no annotation;"
    assert told in say(one(MISSING, e1=0, **seen))


def test_missing_in_an_image_without_annotations():
    assert "this image has no annotation" in say(one(MISSING, category=0, e0=0.9, e1=0, e2=0.9))


def test_spurious():
    issue = one(SPURIOUS, category=2, e0=0.91, e1=0.08, e2=0.3)
    assert say(issue) == (
        "The model sees 91 % of the person labels of this size, "
        "but nothing that it sees has an IoU with this one above 0.08 (score 0.30)."
    )
    assert brief(issue) == "IoU at most 0.08"
    told = say(one(SPURIOUS, category=2, e0=0.91, e1=0, e3=0.06))
    assert told.endswith("touches this one. That nothing is there: 6 %; that it is wrong in any way: 50 %.")
    assert brief(one(SPURIOUS, category=2, e0=0.91, e1=0)) == "no detection here"


def test_spurious_beside_what_hardly_overlaps_it():
    assert say(one(SPURIOUS, category=2, e0=0.91, e1=0.003, e2=0.3)).endswith(
        "but nothing that it sees has an IoU with this one above 0.01 (score 0.30)."
    )
    assert say(one(SPURIOUS, category=2, e0=0.91, e1=0)).endswith("nothing that it sees touches this one.")


def test_class():
    issue = one(CLASS, category=1, fix_category=0, e0=0.97, e1=0.91, e2=0.02, e3=0.01)
    assert say(issue) == (
        "Labelled dog, but the model is 0.97 sure of cat (IoU 0.91) and gives dog 0.02 there; "
        "it says cat at 1 % of the dog labels."
    )
    assert brief(issue) == "cat 0.97?"
    weak = one(CLASS, category=1, fix_category=0, e0=0.02, e1=0.4, e2=0, e3=0.01)
    assert say(weak).endswith("at 1 % of the dog labels. So low a score may be of nothing at all.")


def test_location_of_one_side():
    issue = one(
        LOCATION,
        bbox=np.array([[0, 0, 120, 80]]),
        e0=LEFT,
        e1=14,
        e2=0,
        e3=1,
        e4=0,
        e5=0.84,
        e6=0.91,
        e7=0.03,
    )
    assert say(issue) == (
        "The left side ends 14 px, 12 % of the width, outside what the model sees (0.91, IoU 0.84); "
        "this model's spread there is 3 %."
    )
    assert brief(issue) == "left side 14 px"


def test_location_of_two_sides():
    issue = one(
        LOCATION,
        bbox=np.array([[0, 0, 100, 50]]),
        e0=LEFT | BOTTOM,
        e1=14,
        e2=0,
        e3=1,
        e4=-6.25,
        e5=0.8,
        e6=0.91,
        e7=0.03,
    )
    assert say(issue).startswith(
        "The left side ends 14 px, 14 % of the width, outside and "
        "the bottom side 6.2 px, 12 % of the height, inside what the model sees"
    )
    assert brief(issue) == "left side 14 px, bottom side 6.2 px"


def test_location_of_a_group():
    issue = one(LOCATION, e0=GROUP, e1=0.98, e2=0.95, e3=0.45, e4=0.48)
    assert say(issue) == (
        "One label over two objects or more: detections of 0.98 and 0.95 fill 45 % and 48 % of it "
        "and hardly touch each other."
    )
    assert brief(issue) == "one label, several objects"


def test_duplicate():
    issue = one(DUPLICATE, other=123, e0=0.93, e1=1)
    assert say(issue) == "Covers the same object as annotation #123 of the same class (IoU 0.93)."
    assert brief(issue) == "same class, IoU 0.93"
    other = one(DUPLICATE, other=123, e0=0.93, e1=0, e4=1)
    assert say(other) == "Covers the same object as annotation #123, a dog (IoU 0.93)."
    assert brief(other) == "dog, IoU 0.93"
    start = "Covers the same object as annotation #123 of the same class (IoU 0.93); the model's "
    seen = one(DUPLICATE, other=123, e0=0.93, e1=1, e2=0.001, e3=0.911)
    assert say(seen) == f"{start}one detection there goes with that one (IoU times score 0.91)."
    both = one(DUPLICATE, other=123, e0=0.93, e1=1, e2=0.784, e3=0.911)
    assert say(both) == f"{start}boxes fit that one better (IoU times score 0.91, here 0.78)."
    before_it_was_kept = one(DUPLICATE, other=123, e0=0.93, e1=0)
    assert "of another class" in say(before_it_was_kept)
    assert brief(before_it_was_kept) == "other class, IoU 0.93"


def test_structure():
    box = np.array([[10, 10, 0, 50]])
    assert say(one(STRUCTURE, "no_area", bbox=box)) == "The box is 0 by 50 px: it has no area."
    reach = one(STRUCTURE, "partly_outside", e0=0, e1=0, e2=14, e3=3)
    assert say(reach) == "The box reaches out of the image: 14 px at the right and 3.0 px at the bottom."
    outline = one(STRUCTURE, "outline", e0=0.5, e1=-12, e2=0, e3=0)
    assert say(outline) == "The box is not the bounds of its own outline: the top side is 12 px off."


@pytest.mark.parametrize("code", [code for code in CODES if code not in CARDS])
def test_every_fault_has_words(code):
    issue = one(STRUCTURE, code, bbox=np.array([[1, 2, 3, 4]]), e0=1, e1=2, e2=3, e3=4)
    assert say(issue).endswith(".")
    assert brief(issue)


@pytest.mark.parametrize("kind", range(6))
def test_numbers_that_are_not_there_stop_nothing(kind):
    issue = one(kind, e0=0.0)
    assert say(issue)
    assert brief(issue)


def test_location_of_all_sides_names_the_worst():
    box = np.array([[0, 0, 100, 50]])
    issue = one(LOCATION, bbox=box, e0=15, e1=14, e2=10, e3=12, e4=-6, e5=0.5, e6=0.91, e7=0.03)
    assert say(issue) == (
        "All four sides miss what the model sees (0.91, IoU 0.50), most of all the top side 10 px, "
        "20 % of the height, outside; this model's spread there is 3 %."
    )
    assert brief(issue) == "4 sides, worst top 10 px"


def test_an_abbreviation_takes_the_article_of_its_sound():
    issue = one(MISSING, category=0, e0=0.9, e1=0, e2=0.9)
    assert "of an RBC here" in sentence(issue, 0, categories=["RBC"])
    assert "of a WBC here" in sentence(issue, 0, categories=["WBC"])
