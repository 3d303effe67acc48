"""What the panel says: suggestions, changes, standings, likely classes, matching names."""

import numpy as np
import pytest

from builders.datasets import ANN, make_project
from builders.mask_labels import drawn, rle_of
from labelmend.coco.detections import Detections
from labelmend.errors import BadFile, NotThere
from labelmend.find.issues import CALLED
from labelmend.project.annotation import Annotation, Suggestion
from labelmend.project.in_words import change_in_words, standing_in_words
from labelmend.project.verbs import note_picture
from labelmend.review.states import STATUSES, Standing
from labelmend_desktop.review.class_picker import matching
from labelmend_desktop.review.in_words import notes, suggestion_in_words
from labelmend_desktop.review.likely import frequent_classes, likely
from labelmend_desktop.words import (
    NAME_ICONS,
    NAME_WORDS,
    STATE_ICONS,
    STATE_WORDS,
    issue_word,
    state_of,
    when,
    with_units,
    without_class,
)

NAMES = ["cat", "dog", "bird"]
LARGE, HOLED = drawn((10, 10, 20, 20)), drawn((10, 10, 20, 20), (12, 12, -3, 2))
"""Masks of 400 and 394 pixels."""
SQUARE = (np.array([[0.0, 0], [10, 0], [10, 10]]),)


def label(bbox=(10, 10, 20, 20), *, category=0, polygons=(), rle=None, crowd=False):
    return Annotation(1, 1, 0, category, np.array(bbox, float), polygons, rle, crowd, None, False)


@pytest.mark.parametrize(
    ("suggestion", "words"),
    [
        (Suggestion("delete", 0), "Delete this label"),
        (Suggestion("category", 1), "Change cat to dog"),
        (Suggestion("create", 2, np.array([0, 0, 42.4, 38.6])), "Add bird, 42 × 39 px"),
        (
            Suggestion("create", 2, np.array([0, 0, 4, 4.0]), rle={}),
            "Add bird, 4 × 4 px, with the model's mask",
        ),
        (Suggestion("bbox", 0, np.array([24, 10, 6, 20.0])), "Move left side 14.0 px right"),
        (
            Suggestion(
                "bbox",
                0,
                np.array([24, 10, 6, 20.0]),
                (np.zeros((5, 2)),),
                outline="traced",
                also=(Suggestion("create", 0, np.array([10, 10, 9, 20.0])),),
            ),
            "Shrink this label to one object, 6 × 20 px, with the outline of the model's mask (5 points); "
            "add cat, 9 × 20 px",
        ),
        (
            Suggestion("bbox", 0, np.array([10, 10, 40, 20.0]), drop=(7,)),
            "Grow this label to the whole object, 40 × 20 px; delete the other piece",
        ),
        (
            Suggestion("bbox", 0, np.array([10, 10, 40, 20.0]), SQUARE, outline="joined", drop=(7, 8)),
            "Grow this label to the whole object, 40 × 20 px, outlines joined; delete the other 2 pieces",
        ),
        (
            Suggestion(
                "bbox",
                0,
                np.array([24, 10, 6, 20.0]),
                SQUARE,
                outline="cut",
                also=(Suggestion("create", 0, np.array([10, 10, 9, 20.0]), SQUARE, outline="cut"),),
            ),
            "Shrink this label to one object, 6 × 20 px; add cat, 9 × 20 px; "
            "each keeps its piece of the outline",
        ),
        (Suggestion("bbox", 0, np.array([10, 8, 20, 25.0])), "Move top 2.0 px up, bottom 3.0 px down"),
        (Suggestion("bbox", 0, np.array([10, 7, 20, 20.0])), "Move 3.0 px up"),
    ],
)
def test_suggestions(suggestion, words):
    assert suggestion_in_words(suggestion, label(), categories=NAMES) == words


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (None, label(), "cat added, 20 × 20 px"),
        (label(), None, "cat deleted"),
        (label(), label(category=1), "cat made dog"),
        (label(), label((12, 10, 18, 20), category=1), "cat made dog, moved left side 2.0 px right"),
        (label(), label((12.5, 10, 20, 20)), "moved 2.5 px right"),
        (label(), label((9, 20, 20, 20)), "moved 1.0 px left, 10.0 px down"),
        (label(), label((10.01, 10, 20, 20)), ""),
        (label(polygons=SQUARE), label(polygons=(SQUARE[0] + 1,)), "polygon reshaped"),
        (label(polygons=SQUARE), label(polygons=SQUARE), ""),
        (label(rle={"counts": "a"}), label(polygons=SQUARE), "mask made a polygon"),
        (label(), label(rle={"counts": "a"}), "box made a mask"),
        (label(rle={"counts": "a"}), label(rle={"counts": "b"}), "another mask"),
        (label(rle=rle_of(LARGE)), label(rle=rle_of(LARGE, listed=True)), "the same mask, written otherwise"),
        (label(rle=rle_of(LARGE)), label(rle=rle_of(HOLED)), "6 px taken off the mask"),
        (label(rle=rle_of(HOLED)), label(rle=rle_of(LARGE)), "6 px added to the mask"),
        (
            label(rle=rle_of(HOLED, listed=True)),
            label((15, 10, 60, 20), rle=rle_of(drawn((15, 10, 60, 20)))),
            "moved left side 5.0 px right, right side 45.0 px right, "
            "900 px added to the mask, 94 px taken off it",
        ),
        (None, None, ""),
    ],
)
def test_changes(before, now, words):
    assert change_in_words(before, now, categories=NAMES) == words


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(), ""),
        (Standing("fixed", "accepted", "Ada"), "Accepted by Ada"),
        (Standing("in_review", "fixed", "Ada"), "Fixed by hand by Ada · in review"),
        (Standing("ambiguous", "accepted", "Ada", "Rev"), "Accepted by Ada · reviewed by Rev"),
        (
            Standing("decided", "fixed", expert="Eve", authors=("Ada", "Bea")),
            "Changed differently by Ada, Bea · decided by Eve",
        ),
        (Standing("decided", "fixed", expert="Eve"), "Fixed by hand by Eve · decided by Eve"),
        (Standing("rejected", "dismissed", "Ada", "Rev"), "Called no error by Ada · rejected by Rev"),
        (Standing("decided", "ambiguous", "Ada", expert="Eve"), "Could not be told by Ada · decided by Eve"),
        (
            Standing("decided", "accepted", "Ada", "Rev", "Eve"),
            "Accepted by Ada · reviewed by Rev · decided by Eve",
        ),
        (Standing("flagged", "accepted", "Ada", "", "Eve"), "Accepted by Ada · sent back by Eve"),
    ],
)
def test_standings(standing, words):
    assert standing_in_words(standing) == words


def test_notes_warn_of_what_follows():
    box = np.array([10, 10, 9, 20.0])
    masked, moved = (
        Suggestion("bbox", 0, box, rle={"counts": "a"}),
        Suggestion("bbox", 0, box, SQUARE, outline="stretched"),
    )
    assert notes(None, suggested=None, editing=False) == ""
    assert "crowd" in notes(label(crowd=True, rle={}), suggested=None, editing=False)
    assert "E takes the brush" in notes(label(rle={}), suggested=masked, editing=False)
    assert "stretched" in notes(label(polygons=SQUARE), suggested=moved, editing=False)
    assert "points" in notes(label(polygons=SQUARE), suggested=moved, editing=True)
    traced = Suggestion("bbox", 0, box, SQUARE, outline="traced")
    assert notes(label(polygons=SQUARE), suggested=traced, editing=False) == ""
    assert notes(label(), suggested=Suggestion("bbox", 0, box), editing=True) == ""
    crossing = (np.array([[0.0, 0], [10, 10], [10, 0], [0, 10]]),)
    assert "R proposes it mended" in notes(label(polygons=crossing), suggested=None, editing=True)


def test_likely_classes_come_from_the_detections_first():
    seen = Detections(
        image=np.zeros(3, np.int32),
        category=np.array([2, 1, 0], np.int32),
        bbox=np.array([[10, 10, 20, 20], [10, 10, 18, 20], [200, 200, 5, 5.0]]),
        score=np.array([0.3, 0.9, 0.99]),
        row=np.arange(3, dtype=np.int32),
        masks=None,
    )
    found = likely(own=0, bbox=np.array([10, 10, 20, 20.0]), detections=seen, recent=[5], frequent=[0, 1, 7])
    assert found == [1, 2, 5, 7]
    assert likely(own=1, suggested=4, frequent=list(range(20))) == [4, 0, 2, 3, 5, 6, 7, 8, 9]


def test_frequent_classes():
    assert frequent_classes(np.array([1, 2, 3])) == [2, 1, 0]


def test_matching_prefers_beginnings_then_words_then_the_rest():
    names = ["hot dog", "dog", "doghouse", "bulldog", "cat"]
    assert matching("dog", names) == [1, 2, 0, 3]
    assert matching("", names, first=[4, 3]) == [4, 3, 1, 2, 0]
    assert matching("zebra", names) == []


def test_matching_finds_letters_in_their_order_the_closer_the_better():
    names = ["traffic light", "tall fig tree", "truck", "fire-light"]
    assert matching("tl", names) == [1, 0]
    assert matching("light", names) == [3, 0]
    assert matching("trk", names) == [2]


def test_every_kind_and_state_has_a_word_and_an_icon():
    assert set(NAME_WORDS) == set(NAME_ICONS) == set(CALLED)
    assert set(STATE_WORDS) == set(STATE_ICONS) == set(STATUSES)


def test_of_looks_that_differ_nobody_could_not_tell():
    status = STATUSES.index("ambiguous")
    assert state_of(status, Standing("ambiguous", "ambiguous", "Ada"))[0] == "cannot tell"
    assert state_of(status, Standing("ambiguous", "accepted", "Ada"))[0] == "looks differ"


def test_moments_are_shown_to_the_minute():
    assert len(when("2026-01-02T03:04:05.678+00:00")) == 16
    assert when("yesterday") == "yesterday"


def test_a_number_keeps_its_unit_at_the_end_of_a_line():
    told = with_units("58 px, 24 % of the width; 3 sides, the 2 pxyz")
    assert told.replace("\N{NO-BREAK SPACE}", "_") == "58_px, 24_% of the width; 3 sides, the 2 pxyz"
    told = with_units("Original: RBC, 116.0 × 111.0 px at 152.0, 146.0")
    assert told.replace("\N{NO-BREAK SPACE}", "_") == "Original: RBC, 116.0_×_111.0_px at_152.0,_146.0"


def test_a_picture_that_is_missing_is_of_no_class(tmp_path):
    project = make_project(tmp_path, actor=ANN)
    for image, why in enumerate((NotThere("It is not there."), BadFile("It is missing: so it is called."))):
        step = note_picture(project, image, why)
        assert step is not None
        project.apply(step, op="find")
    table = project.issues
    rows = [row for row in range(len(table)) if without_class(table, row)]
    assert [table.sentence(row) for row in rows] == ["It is not there.", "It is missing: so it is called."]
    assert [issue_word(table, row) for row in rows] == ["Picture missing", "Faulty picture"]
