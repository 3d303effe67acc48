"""Things cut out of drawn pictures whose outlines are known."""

import cv2
import numpy as np
import pytest

from labelmend.errors import Refused
from labelmend.fit.cut import cut_out
from labelmend.geometry.differences import difference
from labelmend.geometry.polygons import bounds

BOX = np.array([60.0, 40, 81, 81])


def scene(*, shift=(0, 0)):
    """A red disc on a green ground, both with noise."""
    rng = np.random.default_rng(1)
    picture = np.full((200, 240, 3), (80, 150, 90), np.float64)
    disc = np.zeros((200, 240), np.uint8)
    cv2.circle(disc, (100 + shift[0], 80 + shift[1]), 40, 1, -1)
    picture[disc == 1] = (60, 70, 190)
    return np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8), disc


def ring(disc):
    (line,), _ = cv2.findContours(disc, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return (line.reshape(-1, 2) + 0.5,)


def test_a_disc_is_cut_out_of_its_box():
    picture, disc = scene()
    parts = cut_out(picture, BOX)
    assert len(parts) == 1
    assert difference(ring(disc), parts).iou > 0.95
    assert len(parts[0]) < 60


def test_it_lies_within_its_box_and_its_picture():
    for at in ([60.0, 40, 70, 60], [-20.0, -10, 160, 130]):
        x, y, w, h = bounds(cut_out(scene()[0], np.array(at)))
        assert x >= max(at[0], 0)
        assert y >= max(at[1], 0)
        assert x + w <= at[0] + at[2]
        assert y + h <= at[1] + at[3]


def test_the_same_box_gives_the_same_cut_and_a_shifted_one_the_same_shifted():
    picture, _ = scene()
    first, again = cut_out(picture, BOX), cut_out(picture, BOX)
    assert np.array_equal(first[0], again[0])
    away = cut_out(np.roll(picture, (7, 5), axis=(0, 1)), BOX + np.array([5, 7, 0, 0]))
    assert away[0] - [5, 7] == pytest.approx(first[0])


def test_a_large_box_is_cut_at_a_smaller_size():
    picture, disc = scene()
    large = cv2.resize(picture, None, fx=6, fy=6, interpolation=cv2.INTER_LINEAR)
    parts = cut_out(large, BOX * 6)
    assert difference((ring(disc)[0] * 6,), parts).iou > 0.95


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ([5.0, 5, 30, 30], "of one colour"),
        ([60.0, 40, 4, 40], "too small"),
        ([500.0, 500, 50, 50], "outside of its picture"),
        ([0.0, 0, 240, 200], "fills its picture"),
        ([np.nan, 0, 5, 5], "too small"),
    ],
)
def test_what_cannot_be_cut_is_said_in_a_sentence(box, words):
    picture, _ = scene()
    picture[:60, :50] = 90
    with pytest.raises(Refused, match=words):
        cut_out(picture, np.array(box))
