"""What labels look like, learned from pictures: drawn rings on noise, labels on them and on nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from builders.datasets import write_dataset
from labelmend.errors import Cancelled
from labelmend.find.find import find
from labelmend.find.inputs import ImageSizes, Labels, Predicted
from labelmend.find.issues import CODES, FROM_PICTURE, MISSING, SPURIOUS, Issues
from labelmend.find.pictures.likeness import Likeness
from labelmend.find.pictures.look import Grey, look
from labelmend.find.pictures.views import WIDTH as NUMBERS
from labelmend.find.pictures.views import views
from labelmend.find.reasons.sentences import sentence
from labelmend.find.run import run_find, with_looks
from labelmend.project.finding import find_inputs
from labelmend.project.project import Project

IMAGES, WIDTH, HEIGHT = 80, 420, 240


@dataclass(frozen=True)
class Drawn:
    """Pictures of eight places, rings on seven of them, nothing on one; boxes (n, 4) of all places."""

    pictures: list[np.ndarray]
    box: np.ndarray
    image: np.ndarray
    ring: np.ndarray

    def read(self, image: int, reduce: int) -> Grey:
        return self.pictures[image], WIDTH, HEIGHT


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    rng, pictures, boxes, rings = np.random.default_rng(0), [], [], []
    for _ in range(IMAGES):
        grey = rng.normal(90, 12, (HEIGHT, WIDTH)).clip(0, 255).astype(np.uint8)
        nothing = int(rng.integers(8))
        for place in range(8):
            centre = np.array([55 + place % 4 * 105, 60 + place // 4 * 120]) + rng.integers(-12, 13, 2)
            radius = int(rng.integers(14, 26))
            if place != nothing:
                cv2.circle(grey, centre.tolist(), radius, 130, 5)
            boxes.append([*(centre - radius - 3), 2 * radius + 6, 2 * radius + 6])
            rings.append(place != nothing)
        pictures.append(grey)
    image = np.repeat(np.arange(IMAGES), 8).astype(np.int32)
    return Drawn(pictures, np.array(boxes, float), image, np.array(rings))


def labels_of(drawn: Drawn, row: np.ndarray) -> Labels:
    n = len(row)
    image, box = drawn.image[row], drawn.box[row]
    return Labels(np.arange(n), image, np.zeros(n, np.int32), box, np.zeros(n, bool))


def predicted_of(drawn: Drawn, row: np.ndarray, score: float | np.ndarray = 0.8) -> Predicted:
    box = drawn.box[row] + np.random.default_rng(1).normal(0, 1, (len(row), 4))
    score = np.broadcast_to(score, len(row)).astype(float)
    return Predicted(drawn.image[row], np.zeros(len(row), np.int32), box, score)


def likeness_of(drawn: Drawn, labels: Labels, predicted: Predicted, **options) -> Likeness:
    learned = look(labels, drawn.read, n_categories=1, predicted=predicted, **options).likeness
    assert learned is not None
    return learned


def test_a_view_is_the_same_at_twice_the_size(drawn):
    box, picture = drawn.box[:8], drawn.pictures[0]
    once, twice = views(picture, box), views(cv2.resize(picture, None, fx=2, fy=2), 2 * box)
    assert once.shape == (8, NUMBERS)
    assert np.abs(once.astype(float) - twice).mean() < 5


def test_rings_look_like_labels_and_nothing_does_not(drawn):
    places = np.arange(len(drawn.box))
    labels = labels_of(drawn, places[drawn.ring & (places % 5 > 0)])
    odds = likeness_of(drawn, labels, predicted_of(drawn, places)).odds
    assert np.quantile(odds[drawn.ring], 0.05) > np.quantile(odds[~drawn.ring], 0.95)


def test_a_label_on_nothing_looks_like_nothing(drawn):
    on = drawn.ring | (np.arange(len(drawn.box)) < 160)
    labels = labels_of(drawn, np.flatnonzero(on))
    nothing = likeness_of(drawn, labels, predicted_of(drawn, np.flatnonzero(drawn.ring))).nothing
    ring = drawn.ring[on]
    assert np.median(nothing[~ring]) > 5
    assert np.quantile(nothing[ring], 0.95) < 0.5


def test_labels_do_not_teach_how_they_look_themselves():
    """Labels on noise look like anything, though so many numbers know by heart those that they learned."""
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 255, (HEIGHT, WIDTH)).astype(np.uint8) for _ in range(IMAGES)]
    image = np.repeat(np.arange(IMAGES), 8).astype(np.int32)
    box = np.full((len(image), 4), 40.0)
    box[:, :2] = rng.uniform(0, [370, 190], (len(image), 2))
    noise = Drawn(pictures, box, image, np.ones(len(image), bool))
    seen = Predicted(image, 0 * image, box, np.full(len(box), 0.5))
    odds = likeness_of(noise, labels_of(noise, np.arange(0, len(box), 2)), seen).odds
    above = (odds[::2][:, None] > odds[1::2][None]).mean()
    assert above == pytest.approx(0.5, abs=0.06)


def test_threads_and_the_order_of_records_change_nothing(drawn):
    labels = labels_of(drawn, np.flatnonzero(drawn.ring))
    predicted = predicted_of(drawn, np.arange(len(drawn.box)))
    one, three = (likeness_of(drawn, labels, predicted, threads=n) for n in (1, 3))
    np.testing.assert_array_equal(one.nothing, three.nothing)
    np.testing.assert_array_equal(one.odds, three.odds)
    rng = np.random.default_rng(2)
    order, other = rng.permutation(len(labels)), rng.permutation(len(predicted))
    names = ("key", "image", "category", "bbox", "crowd"), ("image", "category", "bbox", "score")
    mixed = replace(labels, **{name: getattr(labels, name)[order] for name in names[0]})
    turned = replace(predicted, **{name: getattr(predicted, name)[other] for name in names[1]})
    again = likeness_of(drawn, mixed, turned)
    np.testing.assert_allclose(again.nothing, one.nothing[order], rtol=1e-6)
    np.testing.assert_allclose(again.odds, one.odds[other], rtol=1e-6, atol=1e-9)


def test_few_labels_teach_nothing(drawn):
    few = labels_of(drawn, np.flatnonzero(drawn.ring)[:200])
    assert (
        look(few, drawn.read, n_categories=1, predicted=predicted_of(drawn, np.arange(80))).likeness is None
    )


def test_pictures_without_labels_are_looked_at_for_their_detections(drawn):
    labels = labels_of(drawn, np.flatnonzero(drawn.ring & (drawn.image < 70)))
    looked = look(
        labels, drawn.read, n_categories=1, predicted=predicted_of(drawn, np.arange(len(drawn.box)))
    )
    assert looked.seen == IMAGES
    assert looked.likeness is not None
    late = drawn.image >= 70
    assert looked.likeness.odds[late & drawn.ring].min() > looked.likeness.odds[late & ~drawn.ring].max()
    assert looked.sentence() == (
        "80 pictures were looked at for labels that lie on no edge and for what labels look like."
    )


def test_the_learning_can_be_cancelled(drawn):
    def stop(done: int, total: int) -> None:
        if done > 0.92 * total:
            raise Cancelled

    labels, predicted = labels_of(drawn, np.flatnonzero(drawn.ring)), predicted_of(drawn, np.arange(80))
    with pytest.raises(Cancelled):
        look(labels, drawn.read, n_categories=1, predicted=predicted, progress=stop)


def found(labels: Labels, predicted: Predicted) -> Issues:
    sizes = ImageSizes(np.full(IMAGES, float(WIDTH)), np.full(IMAGES, float(HEIGHT)))
    return find(sizes, labels, predicted, n_categories=1)


def test_what_labels_look_like_tells_labels_on_nothing_and_missing_ones(drawn):
    """The model overlooks as many rings as there are labels on nothing, and is as sure of it as of rings."""
    place, rng = np.arange(len(drawn.box)), np.random.default_rng(4)
    forgotten = drawn.ring & (rng.random(len(place)) < 0.06)
    on_nothing = ~drawn.ring & (rng.random(len(place)) < 0.4)
    overlooked = drawn.ring & ~forgotten & (rng.random(len(place)) < 0.06)
    alarm = ~drawn.ring & ~on_nothing
    row = place[(drawn.ring & ~forgotten) | on_nothing]
    shown = place[(drawn.ring & ~overlooked) | alarm]
    labels, predicted = labels_of(drawn, row), predicted_of(drawn, shown, rng.uniform(0.4, 0.9, len(shown)))
    with_pictures = with_looks(labels, predicted, likeness_of(drawn, labels, predicted))
    for issues, least in ((found(labels, predicted), 0.0), (found(*with_pictures), 0.9)):
        of = issues.take(issues.kind == SPURIOUS)
        spurious = _first_are(on_nothing[row[of.annotation]], int(on_nothing.sum()))
        of = issues.take(issues.kind == MISSING)
        missing = _first_are(forgotten[shown[of.detection]], int(forgotten.sum()))
        assert min(spurious, missing) >= least
        assert least or max(spurious, missing) < 0.7  # the files alone do not tell
    first = issues.take(issues.kind == SPURIOUS)
    assert "Places with nothing on them look like it" in sentence(first, 0, categories=["ring"])
    assert "Yet labels look like it" in sentence(first, len(first) - 1, categories=["ring"])


def _first_are(right: np.ndarray, n: int) -> float:
    return float(right[:n].mean())


def test_where_nothing_is_learned_of_looks_the_files_say_the_same(tmp_path):
    annotations, pictures, detections = write_dataset(tmp_path)
    Project.create(tmp_path / "a.labelmend", annotations=annotations, images=pictures, detections=detections)
    project = Project.open(tmp_path / "a.labelmend")
    without, looked = (run_find(find_inputs(project, pictures=on)).issues for on in (False, True))
    looked = looked.take(~np.isin(looked.code, [CODES.index(code) for code in FROM_PICTURE]))
    assert len(without)
    for name in ("kind", "annotation", "score", "evidence"):
        np.testing.assert_array_equal(getattr(looked, name), getattr(without, name))
    project.close()
