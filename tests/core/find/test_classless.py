"""A model that tells no classes apart is compared by its boxes; one that knows one class is believed."""

from __future__ import annotations

import numpy as np
import pytest

from builders.find_cases import World, seen_row, world
from labelmend.errors import Cancelled
from labelmend.find import mapping
from labelmend.find.classless import says_nothing, with_classes
from labelmend.find.issues import CLASS, LOCATION, MISSING


@pytest.fixture
def scene() -> World:
    """All detections are of class 1, whatever they lie on."""
    out = world(images=80)
    out.found_class = [1] * len(out.found_class)
    return out


def on(place: tuple[int, list[float]], seen: tuple[int, list[float]]) -> bool:
    """Whether what is seen, in an image, is what is at the place."""
    return place[0] == seen[0] and np.abs(np.subtract(place[1], seen[1])).max() < 20


def test_a_model_that_tells_no_classes_apart_finds_no_wrong_class(scene):
    row, _ = seen_row(scene, 5)
    lost = scene.unlabel(row)
    moved, _ = seen_row(scene, 9)
    scene.label_box[moved][0] += 25
    found = scene.find()
    assert not (found.kind == CLASS).any()
    place, lack = found.take(found.kind == LOCATION), found.take(found.kind == MISSING)
    assert 1000 + moved in place.annotation[:2]
    np.testing.assert_allclose(lack.bbox[0], lost, atol=12)


def test_each_detection_is_of_the_class_it_lies_on_or_of_the_label_of_that_size(scene):
    row, found = seen_row(scene, 7)
    alone = scene.detect(7, 1, [598, 598, 2, 2], 0.01)
    here = [k for k, image in enumerate(scene.label_image) if image == 7]
    least = min(here, key=lambda k: scene.label_box[k][2] * scene.label_box[k][3])
    scene.label_class[row], scene.label_class[least] = 0, 2
    known = with_classes(scene.labels(), scene.predicted(), n_images=scene.images, tick=lambda: None)
    assert row != least
    assert (known.category[found], known.category[alone]) == (0, 2)


def test_it_can_be_cancelled_half_way(scene, monkeypatch):
    monkeypatch.setattr(mapping, "_PAIRS", 100)
    told: list[int] = []

    def tick() -> None:
        told.append(len(told))
        if len(told) == 9:
            raise Cancelled

    with pytest.raises(Cancelled):
        with_classes(scene.labels(), scene.predicted(), n_images=scene.images, tick=tick)


def test_the_guess_does_not_tell_what_has_a_label():
    """Were all that have none of one class, no other class would seem to lack any."""

    def expected(*, classes_told: bool) -> float:
        scene = world(images=80)
        for k in np.random.default_rng(4).permutation(len(scene.label_box))[:80].tolist():
            scene.unlabel(k)
        if not classes_told:
            scene.found_class = [1] * len(scene.found_class)
        found = scene.find()
        return float(found.score[found.kind == MISSING].sum())

    assert expected(classes_told=False) > 0.9 * expected(classes_told=True)


def test_a_model_of_one_class_is_believed(scene):
    """It sees things of its class only: that one of them is labelled otherwise is an error."""
    own = [k for k, of in enumerate(scene.label_class) if of == 1]
    places = [(scene.label_image[k], scene.label_box[k]) for k in own]
    kept = [
        k
        for k, seen in enumerate(zip(scene.found_image, scene.found_box, strict=True))
        if any(on(place, seen) for place in places)
    ]
    for name in ("found_image", "found_class", "found_box", "found_score"):
        setattr(scene, name, [getattr(scene, name)[k] for k in kept])
    first = scene.found_image[0], scene.found_box[0]
    swapped = next(
        k for k, at in enumerate(zip(scene.label_image, scene.label_box, strict=True)) if on(at, first)
    )
    scene.label_class[swapped] = 2
    predicted = scene.predicted()
    assert with_classes(scene.labels(), predicted, n_images=scene.images, tick=lambda: None) is predicted
    found = scene.find()
    assert found.annotation[found.kind == CLASS].tolist() == [1000 + swapped]


def test_of_a_file_of_one_class_nothing_is_doubted():
    given, same = np.ones(50, np.int64), np.ones(100, np.int64)
    assert not says_nothing(given, same, same)
    assert says_nothing(given, np.arange(100) % 3, np.arange(300) % 3)


def test_labels_of_no_known_class_and_images_without_labels_are_let_be(scene):
    scene.label_class[0] = -1
    scene.images += 1
    scene.detect(scene.images - 1, 1, [10, 10, 50, 50], 0.9)
    known = with_classes(scene.labels(), scene.predicted(), n_images=scene.images, tick=lambda: None)
    assert (known.category >= 0).all()
