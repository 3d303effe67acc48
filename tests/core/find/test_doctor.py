"""Pairs of files that do not belong together, one fault each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from builders.find_cases import World, world
from labelmend.find.doctor import Checkup, examine
from labelmend.find.inputs import Predicted

NAMES = ["cat", "dog", "person"]


@pytest.fixture(scope="module")
def scene() -> World:
    return world()


def look(scene: World, predicted: Predicted) -> Checkup:
    return examine(scene.sizes(), scene.labels(), predicted, categories=NAMES)


def test_a_sound_pair(scene):
    found = look(scene, scene.predicted())
    assert found.fit == ""
    assert found.sentences == (
        "100 % of the sure detections in annotated images lie on an annotation (IoU 0.5).",
    )


def test_corners_for_sizes(scene):
    good = scene.predicted()
    box = good.bbox.copy()
    box[:, 2:] += box[:, :2]
    found = look(scene, replace(good, bbox=box))
    assert found.fit == "corners"
    assert "x1, y1, x2, y2" in found.sentences[1]


def test_shares_for_pixels(scene):
    good = scene.predicted()
    assert look(scene, replace(good, bbox=good.bbox / 600)).fit == "shares"


def test_classes_off_by_one(scene):
    good = scene.predicted()
    found = look(scene, replace(good, category=((good.category + 1) % 3).astype(np.int32)))
    assert found.fit == "classes"
    assert found.class_of == (2, 0, 1)


def test_another_split(scene):
    good, labels = scene.predicted(), scene.labels()
    few = labels.image < 6
    labels = replace(
        labels,
        **{name: getattr(labels, name)[few] for name in ("key", "image", "category", "bbox", "crowd")},
    )
    found = examine(scene.sizes(), labels, good, categories=NAMES)
    assert "another split" in found.sentences[0]


def test_scaled_and_moved():
    scene = world(each=1, seen=1.0)
    good = scene.predicted()
    found = look(scene, replace(good, bbox=good.bbox * 2 + [30, 50, 0, 0]))
    assert found.fit == "scale"
    assert found.scale == pytest.approx(0.5, rel=0.05)
    assert found.offset == pytest.approx((-15, -25), abs=5)


def test_too_good_to_be_true(scene):
    labels = scene.labels()
    same = Predicted(labels.image, labels.category, labels.bbox, np.full(len(labels), 0.9))
    assert "too good to be true" in look(scene, same).sentences[0]


def test_nothing_to_compare(scene):
    good = scene.predicted()
    assert "Too few" in look(scene, replace(good, score=good.score * 0.1)).sentences[0]
