"""Golden cases: what the instructions let pass is no issue, and what they do not let pass says so."""

from __future__ import annotations

import numpy as np

from builders.find_cases import EVERYTHING, SIDE, World, seen_row, world
from labelmend.find.find import Settings, find
from labelmend.find.inputs import Tolerance
from labelmend.find.issues import CLASS, GROUP, LEFT, LOCATION, MISSING, SPURIOUS, Issues
from labelmend.find.reasons.sentences import sentence
from labelmend.find.tolerance import kept

NAMES = ["apple", "pear", "nut"]


def tolerance(**given: float) -> Tolerance:
    names = ("pixels", "share", "margin", "margin_share", "least_side")
    return Tolerance(*(np.full(3, given.get(name, 0.0)) for name in names))


def look(scene: World, **given: float) -> Issues:
    settings = Settings(floor=0.0, plenty=np.inf, tolerance=tolerance(**given))
    return scene.find(settings=settings)


def located(issues: Issues) -> set[int]:
    by_sides = (issues.kind == LOCATION) & ~(issues.evidence[:, 0] == GROUP)
    return set(issues.annotation[by_sides].tolist())


def one_side_off(pixels: float) -> tuple[World, int]:
    """A world in which the left side of one label lies so many pixels outside its detection."""
    scene = world()
    row, found = seen_row(scene, 3)
    box = scene.label_box[row]
    scene.found_box[found], scene.found_score[found] = list(box), 0.97
    scene.label_box[row] = [box[0] - pixels, box[1], box[2] + pixels, box[3]]
    return scene, 1000 + row


def test_instructions_that_say_nothing_change_nothing():
    scene, _ = one_side_off(30)
    plain, told = scene.find(settings=EVERYTHING), look(scene)
    np.testing.assert_array_equal(plain.score, told.score)
    np.testing.assert_array_equal(plain.annotation, told.annotation)
    assert np.isnan(told.tolerance).all()


def test_a_side_within_the_tolerance_is_no_issue_and_one_beyond_it_is():
    scene, key = one_side_off(30)
    assert key in located(look(scene))
    assert key in located(look(scene, pixels=29.5))
    assert key not in located(look(scene, pixels=30.5))


def test_pixels_and_share_apply_whichever_is_more():
    scene, key = one_side_off(30)
    width = scene.label_box[key - 1000][2]
    assert key not in located(look(scene, pixels=2, share=31 / width))
    assert key in located(look(scene, pixels=2, share=29 / width))
    assert key not in located(look(scene, pixels=31, share=0.001))


def test_the_sentence_of_a_location_issue_names_the_tolerance():
    scene, key = one_side_off(60)
    issues = look(scene, pixels=4)
    i = int(np.flatnonzero((issues.kind == LOCATION) & (issues.annotation == key))[0])
    name = NAMES[issues.category[i]]
    assert sentence(issues, i, categories=NAMES).endswith(f"; tolerance for {name}: 4 px.")
    plain = scene.find()
    assert "tolerance" not in sentence(plain, 0, categories=NAMES)


def widened(by: float) -> World:
    """A world whose labels keep a margin of so many pixels."""
    scene = world()
    for row, (x, y, w, h) in enumerate(scene.label_box):
        scene.label_box[row] = [x - by, y - by, w + 2 * by, h + 2 * by]
    return scene


def test_a_label_without_the_margin_that_its_class_keeps_is_the_one_that_is_off():
    scene = widened(12)
    row, found = seen_row_wide(scene, 5)
    scene.found_score[found] = 0.97
    scene.label_box[row] = list(scene.found_box[found])
    issues = look(scene, margin=12, pixels=8)
    assert 1000 + row in located(issues)
    i = int(np.flatnonzero((issues.kind == LOCATION) & (issues.annotation == 1000 + row))[0])
    x, y, w, h = scene.found_box[found]
    fix = np.clip([x - 12, y - 12, x + w + 12, y + h + 12], 0, SIDE)
    wanted = np.r_[fix[:2], fix[2:] - fix[:2]]
    moved = [k for k, bit in enumerate((1, 2, 4, 8)) if int(issues.evidence[i, 0]) & bit]
    assert moved
    if len(moved) > 2:
        np.testing.assert_allclose(issues.fix_bbox[i], wanted)
    others = located(issues) - {1000 + row}
    assert others < located(look(scene))  # with the margin known, fewer boxes are off


def seen_row_wide(scene: World, image: int) -> tuple[int, int]:
    for row, (at, box) in enumerate(zip(scene.label_image, scene.label_box, strict=True)):
        for found, other in enumerate(scene.found_box):
            near = np.abs(np.subtract(other, box)).max() < 40
            if at == image and near and scene.found_image[found] == image:
                return row, found
    raise AssertionError("no object of this image is seen")


def test_the_suggestion_for_a_missing_label_keeps_the_margin():
    scene = widened(12)
    row, found = seen_row_wide(scene, 7)
    scene.found_score[found] = 0.99
    scene.unlabel(row)
    issues = look(scene, margin=12)
    i = int(np.flatnonzero((issues.kind == MISSING) & (issues.detection == found))[0])
    x, y, w, h = scene.found_box[found]
    fix = np.clip([x - 12, y - 12, x + w + 12, y + h + 12], 0, SIDE)
    np.testing.assert_allclose(issues.fix_bbox[i], np.r_[fix[:2], fix[2:] - fix[:2]])


def test_a_margin_ends_at_the_border_of_the_image():
    box = np.array([[2.0, 5, 50, 50], [-3, 40, 30, 30], [70, 60, 28, 39]])
    out = kept(
        box,
        np.zeros(3, np.int64),
        tolerance(margin=4, margin_share=0.1),
        width=np.full(3, 100.0),
        height=np.array([100.0, np.nan, 100.0]),
    )
    np.testing.assert_allclose(out, [[0, 0, 57, 60], [-3, 36, 34, 38], [66, 56, 34, 44]])


def test_objects_below_the_smallest_size_are_neither_missing_nor_wrong():
    scene = world()
    row, found = seen_row(scene, 7)
    scene.found_score[found] = 0.99
    scene.unlabel(row)
    other, seen = seen_row(scene, 11)
    scene.found_score[seen] = 0.98
    scene.label_class[other] = (scene.found_class[seen] + 1) % 3
    plain, told = look(scene), look(scene, least_side=1000)
    assert found in plain.detection[plain.kind == MISSING]
    assert 1000 + other in plain.annotation[plain.kind == CLASS]
    assert not np.isin(told.kind, (MISSING, CLASS, LOCATION)).any()
    assert (told.kind == SPURIOUS).sum() == (plain.kind == SPURIOUS).sum()


def test_the_tolerance_of_a_class_is_that_class_s_own():
    scene, key = one_side_off(30)
    category = scene.label_class[key - 1000]
    pixels = np.full(3, 100.0)
    pixels[category] = 0.0
    zero = np.zeros(3)
    only_others = Tolerance(pixels, zero, zero, zero, zero)
    issues = find(
        scene.sizes(),
        scene.labels(),
        scene.predicted(),
        n_categories=3,
        settings=Settings(floor=0.0, plenty=np.inf, tolerance=only_others),
    )
    assert key in located(issues)
    i = int(np.flatnonzero((issues.kind == LOCATION) & (issues.annotation == key))[0])
    assert int(issues.evidence[i, 0]) & LEFT
    assert np.isnan(issues.tolerance[i])
