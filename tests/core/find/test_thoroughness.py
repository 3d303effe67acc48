"""How carelessly images were labelled, and what that changes of what is told as missing."""

from __future__ import annotations

import numpy as np
import pytest

from builders.seen import N, detector, nothing, objects
from labelmend.find.kinds.missing import missing
from labelmend.find.kinds.thoroughness import carelessness

AN_IMAGE = 12
IMAGE = np.arange(N) // AN_IMAGE


def test_where_images_differ_by_chance_alone_nothing_is_said():
    rng = np.random.default_rng(5)
    has_label = rng.random(N) >= 0.1
    assert carelessness(objects(np.full(N, 0.9), has_label), IMAGE, sure=0.5) is None
    assert carelessness(objects(np.full(N, 0.9), np.ones(N, bool)), IMAGE, sure=0.5) is None
    assert carelessness(objects(np.full(N, 0.3), has_label), IMAGE, sure=0.5) is None


def test_an_object_is_judged_by_the_others_of_its_image_alone():
    rng = np.random.default_rng(5)
    careless = IMAGE % 4 == 0
    has_label = rng.random(N) >= np.where(careless, 0.9, 0.05)
    odds = carelessness(objects(np.full(N, 0.9), has_label), IMAGE, sure=0.5)
    assert odds is not None
    assert odds[careless].min() > odds[~careless].max()
    has_label[0] = ~has_label[0]
    changed = carelessness(objects(np.full(N, 0.9), has_label), IMAGE, sure=0.5)
    assert changed is not None
    assert changed[0] == pytest.approx(odds[0], abs=0.02)
    assert abs(changed[1] - odds[1]) > 0.1


def test_objects_of_images_that_hardly_anybody_looked_at_are_as_real_as_others():
    rng = np.random.default_rng(7)
    score, real, _ = detector(rng)
    careless = IMAGE % 4 == 0
    has_label = real & (rng.random(N) >= np.where(careless, 0.97, 0.02))
    free = careless & ~has_label
    seen = objects(score, has_label)
    said = missing(seen, IMAGE, n_categories=1, tick=nothing).probability
    at_random = missing(seen, rng.permutation(IMAGE), n_categories=1, tick=nothing).probability
    off = [abs(p[free].sum() - real[free].sum()) for p in (said, at_random)]
    assert off[0] < 0.6 * off[1]


def test_the_order_of_images_changes_no_bit():
    """What grows from these odds asks whether they lie beyond one another."""
    rng = np.random.default_rng(5)
    image = np.sort(rng.integers(0, N // AN_IMAGE, N))
    has_label = rng.random(N) >= np.where(image % 4 == 0, 0.6, 0.05)
    seen = objects(np.full(N, 0.9), has_label)
    odds = carelessness(seen, image, sure=0.5)
    assert odds is not None
    for _ in range(8):
        numbers = rng.permutation(N // AN_IMAGE)
        np.testing.assert_array_equal(carelessness(seen, numbers[image], sure=0.5), odds)
