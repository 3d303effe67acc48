"""Wrong classes: slips made on purpose, their number, and pairs that the model itself confuses."""

from __future__ import annotations

import numpy as np
import pytest

from builders.find_cases import World, seen_row, world
from labelmend.find.issues import CLASS
from labelmend.find.kinds.classes import _adding_up, _class_pairs, _slipped


def class_scores(scene: World) -> dict[int, float]:
    issues = scene.find()
    of = issues.take(issues.kind == CLASS)
    return dict(zip(of.annotation.tolist(), of.score.tolist(), strict=True))


def test_slips_fall_as_their_shares_say():
    slips = np.array([[0, 0.75, 0.25], [0.5, 0, 0.5], [0, 1.0, 0]])
    number = (np.arange(1000) + 0.5) / 1000
    for category, shares in enumerate(slips):
        wrong = _slipped(slips, np.full(1000, category), number, np.array([2, 0, 1]))
        np.testing.assert_allclose(np.bincount(wrong, minlength=3) / 1000, shares, atol=0.002)


@pytest.mark.parametrize("share", [0.001, 0.2, 0.9])
def test_probabilities_add_up_and_keep_their_order(share):
    odds = np.random.default_rng(0).normal(0, 3, 500)
    p = _adding_up(odds, share)
    assert p.mean() == pytest.approx(share, rel=1e-6)
    np.testing.assert_array_equal(np.argsort(p), np.argsort(odds))


def test_a_pair_that_the_model_always_confuses_is_weak_evidence():
    here = np.r_[np.zeros(100, int), np.ones(100, int), np.zeros(40, int), [2] * 100]
    there = np.r_[np.zeros(100, int), np.ones(100, int), np.ones(40, int), [2] * 100]
    _, ratio, confusion = _class_pairs(here, there, 3)
    assert ratio[1, 0] < 1 < ratio[1, 2]
    assert confusion[200] == pytest.approx(40 / 140)


def test_of_two_disagreements_the_one_that_is_no_habit_is_the_slip():
    scene = world(images=80, classes=4, seen=1.0)
    rng = np.random.default_rng(5)
    for row, category in enumerate(scene.label_class):  # this model says 1 at a third of the 0s
        if category == 0 and rng.random() < 0.33:
            for found in range(len(scene.found_box)):
                near = np.abs(np.subtract(scene.found_box[found], scene.label_box[row])).max() < 20
                if scene.found_image[found] == scene.label_image[row] and near:
                    scene.found_class[found] = 1
    row, found = seen_row(scene, 3)
    scene.label_class[row], scene.found_class[found], scene.found_score[found] = 2, 3, 0.9
    scores = class_scores(scene)
    assert max(scores, key=lambda key: scores[key]) == 1000 + row
    assert scores[1000 + row] > 0.5


@pytest.mark.parametrize("weak", [0, 2, 5])
def test_what_is_hardly_seen_at_all_is_the_last_to_be_of_another_class(weak):
    """No label of this model's is seen so weakly: there may be nothing."""
    scene = world(images=40, classes=4)
    rows = [seen_row(scene, image) for image in (3, 9, 15, 20, 30, 37)]
    for n, (row, found) in enumerate(rows):
        scene.label_class[row] = (scene.found_class[found] + 1) % 4
        scene.found_score[found] = 0.02 if n == weak else 0.9
    scores = class_scores(scene)
    told = [scores[1000 + row] for row, _ in rows]
    assert told.pop(weak) < 0.7 * min(told)


def test_what_the_model_says_of_a_label_is_told_though_its_neighbour_has_it():
    """Two labels much over each other: their detections are gathered as one object, which goes to one."""
    scene = world(images=80)
    for image in (5, 6, 7, 8):
        scene.label(image, 0, [90, 100, 200, 200])
        beside = scene.label(image, 0, [130, 100, 200, 200])
        scene.detect(image, 0, [90, 100, 200, 200], 0.95)
        scene.detect(image, 0, [131, 100, 200, 200], 0.6)
        scene.detect(image, 1, [130, 135, 200, 200], 0.9)
    found = scene.find()
    told = found.take((found.kind == CLASS) & (found.annotation == beside))
    assert told.evidence[:, 2].tolist() == [0.6]


@pytest.mark.parametrize("classes", [2, 18, 300])
def test_few_or_many_classes_of_few_labels(classes):
    scene = world(images=40, classes=classes)
    row, found = seen_row(scene, 9)
    scene.found_score[found] = 0.97
    scene.label_class[row] = (scene.found_class[found] + 1) % classes
    scores = class_scores(scene)
    assert max(scores, key=lambda key: scores[key]) == 1000 + row


def test_one_class_has_no_wrong_ones():
    assert not class_scores(world(classes=1))


def test_the_numbers_of_the_classes_do_not_matter():
    scene, other = world(classes=5), world(classes=5)
    for row in range(0, 60, 7):
        scene.label_class[row] = other.label_class[row] = (scene.label_class[row] + 1) % 5
    new = [3, 0, 4, 1, 2]
    other.label_class = [new[c] for c in other.label_class]
    other.found_class = [new[c] for c in other.found_class]
    one, two = class_scores(scene), class_scores(other)
    assert sorted(one, key=lambda k: (-one[k], k))[:9] == sorted(two, key=lambda k: (-two[k], k))[:9]
