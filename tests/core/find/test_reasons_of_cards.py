"""Cards of systematic errors, by hand: every code's sentence and few words."""

import numpy as np

from labelmend.find.clusters.batches import WAYS
from labelmend.find.clusters.readings import READINGS
from labelmend.find.issues import (
    CLASS,
    CODES,
    LOCATION,
    MISSING,
    SET_BBOX,
    STRUCTURE,
    concatenate,
    evidence,
    issues,
)
from labelmend.find.reasons.sentences import sentence, short

CATEGORIES = ["car", "truck", "bus"]
FILES = ["night/0001.jpg", "night/0002.jpg", "day/0003.jpg"]


def card(code, way="folder", *, category=-1, to=-1, detail=1, **numbers):
    shown = evidence(1, e4=WAYS.index(way), e5=detail, **numbers)
    one = issues(
        STRUCTURE, np.ones(1), image=0, category=category, fix_category=to, cluster=3,
        code=CODES.index(code), evidence=shown,
    )  # fmt: skip
    return concatenate([one, issues(0, np.ones(2), cluster=3), issues(0, np.ones(1))])


def say(issue):
    return sentence(issue, 0, categories=CATEGORIES, file=FILES.__getitem__)


def test_swapped_one_way():
    issue = card("swapped_classes", category=0, to=1, e0=212, e1=230, e2=3, e3=1900, e6=1)
    assert say(issue) == (
        "In batch 'night/' 212 of 230 annotations of car look like truck to the model "
        "(elsewhere 3 of 1,900 do): truck seems to be labelled car there."
    )
    assert short(issue, 0, categories=CATEGORIES) == "2 labels: classes swapped in a batch"


def test_swapped_both_ways():
    issue = card("swapped_classes", category=0, to=1, e0=212, e1=230, e2=3, e3=1900, e6=2)
    assert say(issue) == (
        "In batch 'night/' 212 of 230 annotations of car or truck look like the other to the model "
        "(elsewhere 3 of 1,900 do): the two classes seem swapped there."
    )


def test_swapped_in_the_whole_file_has_no_elsewhere():
    issue = card("swapped_classes", "all", category=0, to=1, e0=212, e1=230, e2=0, e3=0, e6=2)
    assert say(issue).startswith("In the whole file 212 of 230 annotations of car or truck look like")
    assert "elsewhere" not in say(issue)


def test_many_classes_mixed_up():
    issue = card("swapped_classes", category=0, to=1, e0=212, e1=230, e2=3, e3=1900, e6=3)
    assert "annotations of 3 classes look like another class each to the model, car like truck say" in say(
        issue
    )


def test_shifted():
    issue = card("same_shift", e0=12.04, e1=-3, e2=2.1, e3=230, e6=1)
    assert say(issue) == (
        "In batch 'night/' the labels lie 12.0 px to the right of and 3.0 px above where the model sees "
        "them (middle of 230 pairs, of which half lie within 2.1 px of it): they seem moved all alike there."
    )


def test_scaled():
    issue = card("same_shift", "run", detail=2, e0=0, e1=0, e2=2.1, e3=230, e6=1.25)
    assert say(issue).startswith(
        "From 'night/0001.jpg' to 'day/0003.jpg' the labels are 1.250 times as far out and as large as the "
        "detections (middle of 230 pairs"
    )


def test_never_labelled():
    issue = card("never_labelled", category=1, e0=0, e1=112, e2=1890, e3=2000)
    assert say(issue) == (
        "In batch 'night/' the model is sure of 112 truck and none has a label (elsewhere 1,890 of 2,000 "
        "such detections carry one): truck seems never to have been labelled there."
    )


def test_a_batch_without_any_label():
    issue = card("never_labelled", e0=0, e1=512, e2=1890, e3=2000)
    assert say(issue) == (
        "In batch 'night/' there is no label, but the model is sure of 512 objects (elsewhere 1,890 of "
        "2,000 such detections carry one): nothing seems to have been labelled there."
    )


def test_other_convention():
    issue = card("other_convention", e0=221, e1=240, e2=3, e6=READINGS.index("corners"))
    assert say(issue) == (
        "In batch 'night/' 3 of 240 sure detections agree with the labels, but 221 would with the labels "
        "read as two corners (x1, y1, x2, y2): they seem to be written so there."
    )


def test_turned():
    issue = card("turned", "pictures", detail=37, e0=90, e1=96, e2=0, e6=READINGS.index("quarter"))
    assert say(issue) == (
        "In 37 pictures none of 96 sure detections agree with the labels, but 90 would with the labels read "
        "as if turned a quarter clockwise: they seem to be of the turned pictures in them."
    )


def member(kind, **columns):
    return issues(kind, np.ones(1), cluster=3, evidence=evidence(1, e0=0.93), category=0, **columns)


def test_members_say_what_they_share_with_their_batch():
    assert say(member(CLASS, fix_category=1)) == (
        "Labelled car, but in this batch the labels of car look like truck to the model."
    )
    assert say(member(MISSING)) == (
        "The model is 0.93 sure of car here, and such objects have no label in this batch."
    )
    assert say(member(LOCATION, fix=SET_BBOX, fix_bbox=np.array([[10, 20, 30, 40.25]]))) == (
        "Like the other labels of its batch this one lies wrong; put right as they are, it is "
        "30.0 × 40.2 px at 10.0, 20.0."
    )
    assert say(member(LOCATION)).endswith("its box cannot be put right alone.")
    assert short(member(CLASS), 0, categories=CATEGORIES) == "as in the whole batch"
