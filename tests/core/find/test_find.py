"""Golden cases: one error put into a clean world is the first of its kind, with its fix."""

from __future__ import annotations

import numpy as np
import pytest

from builders.find_cases import EVERYTHING, World, seen_row, world
from labelmend.errors import Cancelled
from labelmend.find.find import Settings, find
from labelmend.find.inputs import ImageSizes, Labels, Predicted
from labelmend.find.issues import (
    CLASS,
    CREATE,
    DELETE,
    DUPLICATE,
    FIXES,
    GROUP,
    KINDS,
    LEFT,
    LOCATION,
    MISSING,
    NO_KEY,
    SET_BBOX,
    SET_CATEGORY,
    SPURIOUS,
    Issues,
)
from labelmend.workers import side_by_side


def worst(issues: Issues, kind: int) -> int:
    return int(np.flatnonzero(issues.kind == kind)[0])


def test_a_label_taken_away_is_the_first_missing_one():
    scene = world()
    row, found = seen_row(scene, 7)
    scene.found_score[found] = 0.99
    scene.unlabel(row)
    issues = scene.find()
    i = worst(issues, MISSING)
    assert issues.image[i] == 7
    assert issues.detection[i] == found
    assert issues.annotation[i] == NO_KEY
    assert issues.fix[i] == CREATE
    assert issues.category[i] == issues.fix_category[i] == scene.found_class[found]
    np.testing.assert_allclose(issues.fix_bbox[i], scene.found_box[found])
    assert issues.evidence[i, 0] == pytest.approx(0.99)


def test_a_label_over_nothing_is_a_spurious_one():
    scene = world(each=5, seen=1.0)
    key = scene.label(4, 1, free_cell(scene, 4))
    issues = scene.find()
    i = worst(issues, SPURIOUS)
    assert issues.annotation[i] == key
    assert issues.fix[i] == DELETE
    assert 0.5 < issues.evidence[i, 0] <= 1


def free_cell(scene: World, image: int) -> list[float]:
    boxes = [b for at, b in zip(scene.label_image, scene.label_box, strict=True) if at == image]
    boxes += [b for at, b in zip(scene.found_image, scene.found_box, strict=True) if at == image]
    for cell in range(9):
        x, y = 200 * (cell % 3) + 40, 200 * (cell // 3) + 40
        if all(b[0] > x + 100 or b[0] + b[2] < x or b[1] > y + 100 or b[1] + b[3] < y for b in boxes):
            return [x, y, 100.0, 100.0]
    raise AssertionError("no free cell")


def test_another_class_is_the_first_class_issue():
    scene = world()
    row, found = seen_row(scene, 11)
    scene.found_score[found] = 0.98
    true = scene.found_class[found]
    scene.label_class[row] = (true + 1) % 3
    issues = scene.find()
    i = worst(issues, CLASS)
    assert issues.annotation[i] == 1000 + row
    assert issues.fix[i] == SET_CATEGORY
    assert issues.fix_category[i] == true
    assert issues.evidence[i, 0] == pytest.approx(0.98)


def test_a_moved_side_is_the_first_location_issue_and_only_that_side_is_moved_back():
    scene = world()
    row, found = seen_row(scene, 3)
    box = scene.label_box[row]
    scene.found_box[found] = list(box)
    scene.found_score[found] = 0.97
    scene.label_box[row] = [box[0] - 0.5 * box[2], box[1], 1.5 * box[2], box[3]]
    issues = scene.find()
    i = worst(issues, LOCATION)
    assert issues.annotation[i] == 1000 + row
    assert issues.evidence[i, 0] == LEFT
    assert issues.evidence[i, 1] == pytest.approx(0.5 * box[2])
    assert issues.fix[i] == SET_BBOX
    np.testing.assert_allclose(issues.fix_bbox[i], box)


def test_a_second_label_on_one_object_is_a_duplicate():
    scene = world()
    row, _ = seen_row(scene, 9)
    box = scene.label_box[row]
    key = scene.label(9, scene.label_class[row], np.add(box, [2, 2, 1, 1]))
    issues = scene.find()
    i = worst(issues, DUPLICATE)
    assert {int(issues.annotation[i]), int(issues.other[i])} == {1000 + row, key}
    assert issues.annotation[i] == key
    assert issues.fix[i] == DELETE
    assert issues.score[i] > 0.5


def test_one_label_over_two_objects_is_one_location_issue():
    scene = world(each=4)
    scene.label(2, 0, [205, 205, 190, 80])
    for row in range(len(scene.label_image) - 1):
        if scene.label_image[row] == 2:
            scene.unlabel(row)
    scene.detect(2, 0, [205, 205, 92, 80], 0.97)
    scene.detect(2, 0, [303, 205, 92, 80], 0.95)
    issues = scene.find()
    rows = np.flatnonzero((issues.kind == LOCATION) & (issues.image == 2))
    i = rows[0]
    assert issues.annotation[i] == 999 + len(scene.label_image)
    assert issues.evidence[i, 0] == GROUP
    np.testing.assert_allclose(issues.evidence[i, 1:3], [0.97, 0.95])
    absent = issues.take((issues.kind == MISSING) & (issues.other == issues.annotation[i]))
    np.testing.assert_allclose(absent.fix_bbox, [scene.found_box[-1]])  # the surer one keeps the label
    assert absent.detection[0] == len(scene.found_box) - 1
    assert absent.score[0] > 0.5


def test_an_object_inside_a_crowd_region_is_not_missing():
    scene = world()
    row, found = seen_row(scene, 7)
    box = scene.unlabel(row)
    scene.label(7, scene.found_class[found], np.add(box, [-30, -30, 60, 60]), crowd=True)
    issues = scene.find()
    assert found not in issues.detection[issues.kind == MISSING]


def test_scores_are_probabilities_and_fall():
    issues = world().find()
    assert len(issues)
    assert (issues.score >= 0).all()
    assert (issues.score <= 1).all()
    assert (np.diff(issues.score) <= 0).all()
    assert set(issues.kind) <= set(range(len(KINDS)))
    assert (issues.fix < len(FIXES)).all()


def test_one_issue_of_a_kind_at_most_for_an_annotation():
    issues = world().find()
    named = issues.take(issues.annotation != NO_KEY)
    pairs = np.stack([named.kind.astype(np.int64), named.annotation], 1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_the_order_of_the_records_changes_nothing():
    scene = disturbed()
    labels, predicted = scene.labels(), scene.predicted()
    rng = np.random.default_rng(5)
    a, p = rng.permutation(len(labels)), rng.permutation(len(predicted))
    turned = find(
        scene.sizes(),
        Labels(labels.key[a], labels.image[a], labels.category[a], labels.bbox[a], labels.crowd[a]),
        Predicted(predicted.image[p], predicted.category[p], predicted.bbox[p], predicted.score[p]),
        n_categories=3,
        settings=EVERYTHING,
    )
    straight = scene.find()
    assert as_rows(straight, np.arange(len(predicted))) == as_rows(turned, p)


def as_rows(issues: Issues, detection: np.ndarray) -> dict[tuple[int, int, int, int], float]:
    """Scores, rounded, by what each issue is about."""
    named = np.where(issues.detection >= 0, detection[issues.detection], -1)
    about = zip(issues.kind, issues.image, issues.annotation, named, strict=True)
    return dict(zip([tuple(map(int, k)) for k in about], np.round(issues.score, 6).tolist(), strict=True))


def disturbed() -> World:
    """A world with an error of every kind."""
    scene = world(seed=3)
    for image in (1, 5, 9):
        row, _ = seen_row(scene, image)
        scene.unlabel(row)
        row, found = seen_row(scene, image + 1)
        scene.label_class[row] = (scene.found_class[found] + 1) % 3
        row, _ = seen_row(scene, image + 2)
        scene.label_box[row] = list(np.add(scene.label_box[row], [25, 10, 20, 0]))
        row, _ = seen_row(scene, image + 3)
        scene.label(image + 3, scene.label_class[row], np.add(scene.label_box[row], 4))
    return scene


@pytest.mark.parametrize("scale", [0.25, 4.0])
def test_scaling_all_coordinates_changes_no_score(scale):
    scene = disturbed()
    scaled = find(
        scene.sizes(scale),
        scene.labels(scale),
        scene.predicted(scale),
        n_categories=3,
        settings=EVERYTHING,
    )
    here = as_rows(scene.find(), np.arange(len(scene.found_box)))
    there = as_rows(scaled, np.arange(len(scene.found_box)))
    assert here.keys() == there.keys()
    np.testing.assert_allclose([here[k] for k in here], [there[k] for k in here], atol=1e-4)


def test_twice_the_same():
    first, second = disturbed().find(), disturbed().find()
    np.testing.assert_array_equal(first.score, second.score)
    np.testing.assert_array_equal(first.annotation, second.annotation)


def test_the_floor_keeps_the_rest_out():
    scene = disturbed()
    everything, kept = scene.find(), scene.find(settings=Settings(0.2))
    assert len(kept) == int((everything.score >= 0.2).sum())


def test_without_detections_duplicates_and_structure_remain():
    scene = disturbed()
    key = scene.label(0, 1, [10, 10, 0, 50])
    scene.label(0, 1, [np.nan] * 4)
    for predicted in (None, Predicted(*(np.zeros(0, np.int32),) * 2, np.zeros((0, 4)), np.zeros(0))):
        issues = find(scene.sizes(), scene.labels(), predicted, n_categories=3)
        assert {KINDS[k] for k in issues.kind} == {"duplicate", "structure"}
        assert key in issues.annotation


def test_few_records_are_no_reason_to_stop():
    scene = World(2, 1)
    scene.label(0, 0, [10, 10, 50, 50])
    scene.detect(0, 0, [10, 10, 50, 50], 0.9)
    assert len(scene.find()) == 0


def test_an_empty_dataset():
    assert len(World(0, 0).find()) == 0
    assert len(World(3, 2).find()) == 0


def test_one_class():
    scene = world(classes=1)
    scene.unlabel(seen_row(scene, 7)[0])
    issues = scene.find()
    assert CLASS not in issues.kind
    assert issues.image[worst(issues, MISSING)] == 7


def test_images_without_a_declared_size():
    scene = disturbed()
    unknown = ImageSizes(np.full(60, np.nan), np.full(60, np.nan))
    assert len(find(unknown, scene.labels(), scene.predicted(), n_categories=3)) > 5


def test_cancel_stops_it(monkeypatch):
    monkeypatch.setattr(side_by_side, "LOOK", 1e-4)  # so little work would be over before the second look
    calls = []

    def progress(done: int, total: int) -> None:
        calls.append(done / total)
        if len(calls) > 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        disturbed().find(progress=progress)
    assert calls == sorted(calls)


def test_an_image_the_model_was_not_run_on_says_nothing_about_its_labels():
    scene = world()
    for row in range(len(scene.found_image)):
        if scene.found_image[row] < 20:
            scene.found_score[row] = np.nan
    issues = scene.find()
    assert (issues.image[issues.kind == SPURIOUS] >= 20).all()
