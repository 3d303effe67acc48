"""Faults of the records themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from labelmend.find.inputs import ImageSizes, Labels
from labelmend.find.issues import CODES, DELETE, SET_BBOX, SPURIOUS, concatenate
from labelmend.find.kinds.structure import empty, inside, structure, told_twice
from labelmend.find.reasons.sentences import sentence, short

SIZES = ImageSizes(np.array([100.0, np.nan]), np.array([80.0, np.nan]))


def labels(*boxes: list[float], image: int = 0, category: int = 0) -> Labels:
    n = len(boxes)
    return Labels(
        np.arange(n),
        np.full(n, image, np.int32),
        np.full(n, category, np.int32),
        np.array(boxes, float).reshape(-1, 4),
        np.zeros(n, bool),
    )


def codes(given: Labels) -> list[str]:
    return [CODES[c] for c in structure(SIZES, given).code]


def test_a_sound_box_has_none():
    assert codes(labels([0, 0, 100, 80], [-0.5, 10, 20, 20])) == []


def test_each_fault_of_a_box():
    assert codes(labels([np.nan] * 4)) == ["not_numbers"]
    assert codes(labels([1, 1, 0, 5])) == ["no_area"]
    assert codes(labels([1, 1, -4, 5])) == ["no_area"]
    assert codes(labels([100, 1, 20, 5])) == ["outside"]
    assert codes(labels([90, 1, 20, 5])) == ["partly_outside"]


def test_a_box_that_reaches_out_is_cut_at_the_border():
    found = structure(SIZES, labels([90, -5, 20, 15]))
    assert found.fix.tolist() == [SET_BBOX]
    np.testing.assert_allclose(found.fix_bbox, [[90, 0, 10, 10]])
    np.testing.assert_allclose(found.evidence[0, :4], [0, 5, 10, 0])


def test_a_box_without_area_is_to_be_deleted():
    found = structure(SIZES, labels([1, 1, 0, 5]))
    assert found.fix.tolist() == [DELETE]
    assert found.score[0] > 0.9


def test_an_image_without_a_size_has_no_outside():
    assert codes(labels([5000, 1, 20, 5], image=1)) == []


def test_unknown_image_and_category():
    assert codes(labels([1, 1, 5, 5], image=-1)) == ["unknown_image"]
    assert codes(labels([1, 1, 5, 5], category=-1)) == ["unknown_category"]


def test_a_box_that_is_not_its_outlines():
    given = labels([10, 10, 20, 20], [10, 10, 20, 20], [10, 10, 20, 20])
    outline = np.array([[10, 10, 20, 26.0], [11, 10, 19, 20], [np.nan] * 4])
    given = replace(given, outline=outline, crossing=np.array([False, False, True]))
    found = structure(SIZES, given)
    assert [CODES[c] for c in found.code] == ["outline", "crossing"]
    np.testing.assert_allclose(found.fix_bbox[0], outline[0])
    np.testing.assert_allclose(found.evidence[0, :4], [0, 0, 0, -6])


def test_of_what_is_wrong_with_a_box_one_fault_is_told():
    """It is given the bounds of its own outline where that is sound: what was drawn is there."""
    sound = [10.0, 10, 20, 20]
    given = labels([10, 10, 0, 20], [100, 1, 20, 20], [10, 10, 95, 20], [1, 1, 0, 5], [100, 1, 20, 5])
    own = np.array([sound, sound, sound, [1, 1, 0, 30], [100, 1, 20, 50]], float)
    found = structure(SIZES, replace(given, outline=own))
    assert found.annotation.tolist() == [0, 3, 1, 4, 2]
    assert [CODES[c] for c in found.code] == ["no_area", "no_area", "outside", "outside", "outline"]
    assert found.fix.tolist() == [SET_BBOX, DELETE, SET_BBOX, DELETE, SET_BBOX]
    np.testing.assert_allclose(found.fix_bbox[[0, 2, 4]], [sound] * 3)
    assert sentence(found, 0, categories=["cell"]) == (
        "The box is 0 by 20 px: it has no area; its own outline has one."
    )
    assert sentence(found, 2, categories=["cell"]) == (
        "The whole box lies outside the image; its own outline does not."
    )
    assert empty(found).annotation.tolist() == [3, 4], "an outline shows something"


def test_what_most_labels_have_is_a_habit():
    at_border, reaching = [80.0, 10, 20, 20], [90.0, 10, 20, 20]

    def score(reach: int, stay: int, inside: int = 0) -> float:
        boxes = [reaching] * reach + [at_border] * stay + [[30.0, 30, 20, 20]] * inside
        return float(structure(SIZES, labels(*boxes)).score[0])

    rare, usual = score(2, 400), score(300, 100)
    assert rare > 0.45
    assert usual < 0.05
    assert score(300, 100, inside=5000) == usual, "whoever stays inside could not reach out"
    assert score(1, 0) > 0.35, "one label is no habit"
    crossed = replace(labels(at_border), outline=np.array([at_border]), crossing=np.array([True]))
    assert 0.25 < structure(SIZES, crossed).score[0] < 0.4


def test_a_box_that_can_hold_nothing_is_spurious_too():
    found = empty(structure(SIZES, labels([1, 1, 0, 5], [100, 1, 20, 5], [90, 1, 20, 5], [1, 1, 5, 5])))
    assert found.annotation.tolist() == [0, 1]
    assert (found.kind == SPURIOUS).all()
    assert (found.fix == DELETE).all()
    assert sentence(found, 0, categories=["cell"]) == (
        "The box is 0 by 5 px: it has no area, so no object can be in it."
    )
    assert short(found, 1, categories=["cell"]) == "outside the image"
    faults = structure(SIZES, labels([1, 1, 0, 5]))
    both = concatenate([faults, empty(faults)])
    assert told_twice(both).tolist() == [False, True]


def test_a_fix_ends_at_the_border_of_the_picture():
    seen = labels([90, -5, 20, 15], [10, 10, 5, 5], [200, 1, 5, 5])
    fixes = replace(structure(SIZES, labels(*[[90.0, 1, 20, 5]] * 3)), fix_bbox=seen.bbox)
    kept = labels([80, 10, 20, 20])
    np.testing.assert_array_equal(
        inside(fixes, SIZES, kept).fix_bbox, [[90, 0, 10, 10], [10, 10, 5, 5], [200, 1, 5, 5]]
    )
    amodal = labels(*[[90.0, 10, 20, 20]] * 40)
    assert inside(fixes, SIZES, amodal) is fixes, "whoever labels what lies beyond the border means it"
