"""Labels that share their place: one thing labelled twice, or two things."""

from __future__ import annotations

import tracemalloc

import numpy as np

from builders.find_cases import World, world
from labelmend.find.issues import DUPLICATE
from labelmend.find.kinds.duplicates import of_one_thing

BOX = [100.0, 100.0, 100.0, 100.0]
BESIDE = [110.0, 100.0, 100.0, 100.0]  # IoU .82
CROWD = np.repeat([0.525, 0.575, 0.625, 0.675, 0.725, 0.775, 0.825], [160, 120, 80, 50, 30, 18, 8])


def of(iou: np.ndarray) -> np.ndarray:
    n = len(iou)
    return of_one_thing(iou, np.zeros(n), np.arange(n) % 8, np.ones(n, bool))


def doubled(scene: World) -> float:
    """How likely one of the two labels is said to be there twice."""
    found = scene.find()
    return float(found.score[(found.kind == DUPLICATE) & (found.image == scene.images - 1)].max(initial=0))


def pair() -> World:
    """A world with one more picture, that holds two labels in nearly one place."""
    scene = world()
    scene.images += 1
    scene.label(scene.images - 1, 0, BOX)
    scene.label(scene.images - 1, 0, BESIDE)
    return scene


def test_one_detection_between_two_labels_leaves_them_one_thing():
    scene = pair()
    scene.detect(scene.images - 1, 0, [105, 100, 100, 100], 0.95)
    assert doubled(scene) > 0.5


def test_a_detection_of_each_tells_two_things_apart():
    scene = pair()
    scene.detect(scene.images - 1, 0, BOX, 0.95)
    scene.detect(scene.images - 1, 0, BESIDE, 0.9)
    assert doubled(scene) < 0.2


def test_two_detections_nearer_to_the_same_label_tell_nothing():
    scene = pair()
    scene.detect(scene.images - 1, 0, BOX, 0.95)
    scene.detect(scene.images - 1, 0, [98, 100, 100, 100], 0.9)
    assert doubled(scene) > 0.5


def test_a_lone_pair_counts_by_its_overlap():
    low, high = of(np.array([0.6]))[0], of(np.array([0.9]))[0]
    assert low < 0.1
    assert high > 0.9


def test_in_a_crowd_pairs_that_overlap_much_are_two_things():
    alone, among = of(np.array([0.8]))[0], of(np.r_[CROWD, 0.8])[-1]
    assert alone > 0.6
    assert among < 0.3
    assert of(np.r_[CROWD, 0.97])[-1] > 0.9


def test_many_equal_pairs_among_few_others_are_slips():
    slips = np.repeat([0.8, 0.85, 0.9], 30)
    assert of(np.r_[CROWD[::20], slips])[-90:].min() > 0.5


def test_sizes_at_which_things_lie_on_others_speak_against_a_slip():
    iou = np.r_[CROWD, 0.85, 0.85]
    size = np.r_[np.full(len(CROWD), 7), 7, 0]
    large, small = of_one_thing(iou, np.zeros(len(iou)), size, np.ones(len(iou), bool))[-2:]
    assert small > large + 0.1


def test_classes_that_always_come_together_are_a_habit():
    scene, slip = world(), world()
    for k in range(40):  # every label of class 1 carries one of class 0
        scene.label(k % scene.images, 1, [*np.array(BOX[:2]) + 7 * k, 60, 60])
        scene.label(k % scene.images, 0, [*np.array(BOX[:2]) + 7 * k + 1, 60, 60])
    slip.label(0, 1, [300, 300, 60, 60])
    slip.label(0, 0, [301, 301, 60, 60])

    def most(scene: World) -> float:
        found = scene.find()
        return float(found.score[found.kind == DUPLICATE].max(initial=0))

    assert most(slip) > 0.8
    assert most(scene) < most(slip) - 0.1


def test_one_label_a_thousand_times_takes_no_memory_to_speak_of():
    scene = world(images=30)
    for _ in range(300):
        scene.label(3, 0, [100, 100, 200, 200])
        for score in (0.3, 0.6, 0.9):
            scene.detect(3, 0, [100, 100, 200, 200], score)
    scene.label(3, 0, [104, 100, 200, 200])
    tracemalloc.start()
    found = scene.find()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.kind == DUPLICATE).sum() >= 300
    assert peak < 1 << 29
