"""What pictures alone say of labels: drawn objects, labels moved by hand, pictures that are not there."""

from __future__ import annotations

import json
import weakref
from dataclasses import replace

import cv2
import numpy as np
import pytest

from labelmend.errors import Cancelled, LabelmendError, NotThere
from labelmend.find.inputs import Labels
from labelmend.find.issues import CODES, LOCATION, NO_FIX, SET_BBOX, SPURIOUS
from labelmend.find.pictures.edges import CELLS, REACH, cut_off, measure
from labelmend.find.pictures.look import Grey, look
from labelmend.find.reasons.sentences import sentence, short

IMAGES, WIDTH, HEIGHT = 40, 330, 240


@pytest.fixture(scope="module")
def drawn() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Noisy pictures of six light rectangles each; the boxes (n, 4) and their images (n,)."""
    rng, pictures, boxes, image = np.random.default_rng(0), [], [], []
    for n in range(IMAGES):
        grey = rng.normal(90, 4, (HEIGHT, WIDTH))
        for place in range(6):
            size = rng.uniform(36, 70, 2).round()
            x, y = np.array([place % 3 * 110, place // 3 * 120]) + rng.uniform(15, 35, 2).round()
            w, h = size
            grey[int(y) : int(y + h), int(x) : int(x + w)] += 70
            boxes.append([x, y, w, h])
            image.append(n)
        pictures.append(cv2.GaussianBlur(grey.clip(0, 255).astype(np.uint8), (3, 3), 0))
    return pictures, np.array(boxes, float), np.array(image, np.int32)


def labels_of(box: np.ndarray, image: np.ndarray) -> Labels:
    n = len(box)
    return Labels(np.arange(n), image, np.zeros(n, np.int32), box, np.zeros(n, bool))


def reader(pictures: list[np.ndarray]):
    def read(image: int, reduce: int) -> Grey:
        assert reduce in (1, 2, 4, 8)
        if image in (3, 4):
            raise LabelmendError("The picture is missing.")
        return pictures[image], WIDTH, HEIGHT

    return read


def run(drawn, box: np.ndarray, **options):
    return look(labels_of(box, drawn[2]), reader(drawn[0]), n_categories=1, **options)


def test_a_profile_peaks_at_the_side(drawn):
    pictures, box, image = drawn
    profile = measure(pictures[0], box[image == 0])
    assert profile.shape == (6, 4, 2 * REACH + 1, 3)
    assert (np.abs(profile[..., 0].astype(float).argmax(axis=2) - REACH) <= 1).all()


def test_profiles_do_not_depend_on_the_size_of_the_picture(drawn):
    pictures, box, image = drawn
    twice = cv2.resize(pictures[0], None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    large = measure(twice, 2 * box[image == 0])[..., 0].astype(float).argmax(axis=2)
    assert (np.abs(large - REACH) <= 1).all()


def test_a_label_off_its_edges_leads_and_the_fix_moves_the_side_there(drawn):
    box = drawn[1].copy()
    row = 60
    x, y, w, h = box[row]
    box[row] = [x - 12, y, w + 12, h]
    found = run(drawn, box).issues
    assert found.annotation[0] == row
    assert (found.kind[0], CODES[found.code[0]], found.fix[0]) == (LOCATION, "off_edges", SET_BBOX)
    assert found.fix_bbox[0] == pytest.approx([x, y, w, h], abs=2.5)
    assert found.evidence[0, 0] == 1
    assert found.evidence[0, 1] == pytest.approx(12, abs=2.5)
    text = sentence(found, 0, categories=["box"])
    assert text.startswith(
        "From the picture alone: the left side lies on no edge and the nearest clear one is 1"
    )
    assert "px inside" in text
    assert text.endswith("sit closer on edges; no model was asked.")
    assert short(found, 0, categories=["box"]).startswith("left edge 1")
    assert found.score.max() <= 0.5


def test_labels_that_never_follow_edges_are_no_issues(drawn):
    rng = np.random.default_rng(1)
    shift = rng.uniform(-0.5, 0.5, (len(drawn[1]), 2)) * drawn[1][:, 2:]
    box = drawn[1].copy()
    box[:, :2] = np.clip(box[:, :2] + shift, 0, [200, 150])
    found = run(drawn, box).issues
    assert len(found.take(found.kind == LOCATION)) < 0.02 * len(box)
    assert found.score.max(initial=0) < 0.2


def test_a_label_on_nothing(drawn):
    pictures, box = list(drawn[0]), drawn[1].copy()
    pictures[7] = np.full((HEIGHT, WIDTH), 90, np.uint8)
    pictures[7][:60] = np.random.default_rng(0).integers(0, 255, (60, WIDTH))
    row = 6 * 7 + 5
    image = drawn[2].copy()
    image[6 * 7 : row] = 0
    box[row] = [150, 150, 40, 40]
    found = look(labels_of(box, image), reader(pictures), n_categories=1).issues
    blank = found.take(found.kind == SPURIOUS)
    assert blank.annotation.tolist() == [row]
    assert blank.fix[0] == NO_FIX
    assert sentence(blank, 0, categories=["box"]).startswith("The picture is uniform inside and around")


def test_threads_and_the_order_of_records_change_nothing(drawn):
    rng = np.random.default_rng(2)
    box = drawn[1] + rng.normal(0, 2, drawn[1].shape) * (rng.random((len(drawn[1]), 1)) < 0.2)
    one, three = run(drawn, box, threads=1).issues, run(drawn, box, threads=3).issues
    assert len(one)
    for name in ("annotation", "score", "fix_bbox", "evidence"):
        np.testing.assert_array_equal(getattr(one, name), getattr(three, name))
    order = rng.permutation(len(box))
    labels = labels_of(box, drawn[2])
    columns = ("key", "image", "category", "bbox", "crowd")
    mixed = replace(labels, **{name: getattr(labels, name)[order] for name in columns})
    again = look(mixed, reader(drawn[0]), n_categories=1).issues
    by_key, other = np.argsort(one.annotation), np.argsort(again.annotation)
    np.testing.assert_array_equal(one.annotation[by_key], again.annotation[other])
    np.testing.assert_allclose(one.score[by_key], again.score[other], rtol=1e-6)


def test_pictures_that_are_not_there_are_counted(drawn):
    looked = run(drawn, drawn[1])
    assert (looked.seen, looked.unseen) == (IMAGES - 2, 2)
    assert looked.sentence() == (
        "38 pictures were looked at for labels that lie on no edge; 2 are missing or cannot be read."
    )
    assert not np.isin(looked.issues.image, (3, 4)).any()


def test_no_pictures_at_all_is_no_error(drawn):
    def read(image: int, reduce: int) -> Grey:
        raise LabelmendError("gone")

    looked = look(labels_of(drawn[1], drawn[2]), read, n_categories=1)
    assert (len(looked.issues), looked.seen) == (0, 0)
    nobody = labels_of(np.zeros((0, 4)), np.zeros(0, np.int32))
    assert len(look(nobody, read, n_categories=1).issues) == 0


def test_why_a_picture_cannot_be_seen_holds_on_to_nothing_of_it(drawn):
    """Thousands may be broken, and the bytes of each were read."""
    held = []

    def read(image: int, reduce: int) -> Grey:
        what_was_read = np.zeros(9)
        held.append(weakref.ref(what_was_read))
        raise NotThere("gone")

    looked = look(labels_of(drawn[1], drawn[2]), read, n_categories=1)
    assert [type(why) for why in looked.missing.values()] == [NotThere] * IMAGES
    assert [one() for one in held] == [None] * IMAGES


def test_cancel_stops_the_pass(drawn):
    asked = []

    def stop(done: int, total: int) -> None:
        if done > 100:
            raise Cancelled

    def read(image: int, reduce: int) -> Grey:
        asked.append(image)
        return drawn[0][image], WIDTH, HEIGHT

    with pytest.raises(Cancelled):
        look(labels_of(drawn[1], drawn[2]), read, n_categories=1, threads=2, progress=stop)
    assert len(asked) < IMAGES


def test_sides_on_the_border_say_nothing():
    box = np.array([[1.0, 40, 50, 50], [60, 40, 268.5, 50]])
    assert cut_off(box, width=WIDTH, height=HEIGHT).tolist() == [
        [True] + [False] * 3,
        [False, False, True, False],
    ]
    assert CELLS == 2 * REACH


def test_an_outline_is_judged_along_its_normals():
    rng, pictures, records, boxes, image = np.random.default_rng(5), [], [], [], []
    for n in range(IMAGES):
        grey = rng.normal(90, 3, (HEIGHT, WIDTH)).clip(0, 255).astype(np.uint8)
        for place in range(6):
            centre = np.array([55 + place % 3 * 110, 60 + place // 3 * 120]) + rng.uniform(-8, 8, 2)
            radii, angle = rng.uniform(18, 34, 2), np.linspace(0, 2 * np.pi, 40, endpoint=False)
            ring = centre + radii * np.stack([np.cos(angle), np.sin(angle)], axis=1)
            cv2.fillPoly(grey, [ring.round().astype(np.int32)], 165)
            if n == 10 and place == 2:
                ring = ring + np.array([13, 0])
            low = ring.min(axis=0)
            boxes.append([*low, *(ring.max(axis=0) - low)])
            records.append(json.dumps({"segmentation": [ring.reshape(-1).tolist()]}).encode())
            image.append(n)
        pictures.append(cv2.GaussianBlur(grey, (3, 3), 0))
    labels = labels_of(np.array(boxes), np.array(image, np.int32))
    found = look(labels, reader(pictures), record=lambda row: records[row], n_categories=1).issues
    assert found.annotation[0] == 62
    moved = found.fix_bbox[0] - labels.bbox[62]
    assert -17 < moved[0] < -5
    assert found.score[0] > 3 * found.score[1:].max(initial=0.01)
