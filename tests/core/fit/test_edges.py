"""Sides moved to the picture's edges: on drawn pictures whose edges are known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.fit.edges import fit_edges
from labelmend.fit.sides import ends

DARK, LIGHT = 60, 180


def drawn(x, y, w, h, *, size=(200, 160), noise=0.0):
    """A dark thing on a light ground; its borders may lie between pixels."""
    fine = np.full((size[1] * 8, size[0] * 8), LIGHT, np.float32)
    fine[round(y * 8) : round((y + h) * 8), round(x * 8) : round((x + w) * 8)] = DARK
    picture = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    picture += np.random.default_rng(0).normal(0, noise, picture.shape) if noise else 0
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("noise", [0.0, 6.0])
@pytest.mark.parametrize("off", [(-4, 3, 5, -4), (5, 5, -5, -5), (0, 0, 0, 0)])
def test_the_sides_move_to_the_edges_and_between_pixels(noise, off):
    true = np.array([60.25, 50.5, 70, 60.25])
    given = true + np.array([off[0], off[1], off[2] - off[0], off[3] - off[1]])
    fitted = fit_edges(drawn(*true, noise=noise), given)
    assert ends(fitted.box) == pytest.approx(ends(true), abs=0.2)


def test_colours_of_one_lightness_have_edges_too():
    picture = np.full((160, 200, 3), (150, 90, 90), np.uint8)
    picture[50:110, 60:130] = (90, 90, 150)
    assert ends(fit_edges(picture, np.array([56.0, 47, 79, 66])).box) == pytest.approx(
        [60, 50, 130, 110], abs=0.1
    )


def test_of_a_round_thing_the_outermost_places_are_found():
    picture = np.full((200, 200), LIGHT, np.uint8)
    cv2.circle(picture, (100, 100), 40, DARK, -1, cv2.LINE_AA)
    fitted = fit_edges(picture, np.array([55.0, 64, 82, 81]))
    assert ends(fitted.box) == pytest.approx([59.5, 59.5, 141, 141], abs=1.6)


def test_a_flat_picture_moves_nothing():
    box = np.array([40.3, 30, 50, 60.7])
    fitted = fit_edges(np.full((160, 200), 127, np.uint8), box)
    assert not fitted.moved.any()
    assert fitted.box.tolist() == box.tolist()


def test_an_edge_out_of_reach_is_found_when_asked_to_look_further():
    picture, box = drawn(60, 50, 70, 60), np.array([44.0, 50, 86, 60])
    assert not fit_edges(picture, box).moved[0]
    assert ends(fit_edges(picture, box, strength=1.7).box)[0] == pytest.approx(60, abs=0.2)


shift = st.integers(-30, 30)


@settings(max_examples=30)
@given(shift, shift, st.floats(-5, 5), st.floats(-5, 5))
def test_a_picture_and_box_that_are_shifted_give_the_same_shifted(dx, dy, left, top):
    box = np.array([60.0 + left, 50 + top, 72, 63])
    size = (260, 220)
    here = fit_edges(drawn(60, 50, 70, 60, size=size), box).box
    there = fit_edges(drawn(60 + dx, 50 + dy, 70, 60, size=size), box + np.array([dx, dy, 0, 0])).box
    assert there - [dx, dy, 0, 0] == pytest.approx(here, abs=1e-6)


@settings(max_examples=60)
@given(st.floats(-20, 190), st.floats(-20, 150), st.floats(0.5, 220), st.floats(0.5, 180), st.integers(0, 5))
def test_nothing_leaves_the_picture_or_turns_inside_out(x, y, w, h, seed):
    picture = np.random.default_rng(seed).integers(0, 255, (20, 25), np.uint8)
    picture = cv2.resize(picture, (200, 160), interpolation=cv2.INTER_NEAREST)
    fitted = fit_edges(picture, np.array([x, y, w, h]), strength=2.0)
    new = ends(fitted.box)
    assert (fitted.box[2:] > 0).all()
    limits = np.array([200, 160, 200, 160])
    assert ((new >= 0) & (new <= limits))[fitted.moved].all()
    assert new[~fitted.moved] == pytest.approx(ends(np.array([x, y, w, h]))[~fitted.moved], abs=1e-9)
