"""Lines of outlines moved to the picture's edges: on drawn pictures whose edges are known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.fit.outlines import fit_outline
from labelmend.geometry.differences import difference
from labelmend.geometry.polygons import is_simple

QUAD = np.array([[40.0, 50], [130, 40], [150, 110], [60, 120]])


def drawn(*rings, size=(200, 160), noise=0.0):
    """Dark things on a light ground, of outlines in pixels."""
    picture = np.full((size[1], size[0]), 190, np.uint8)
    for ring in rings:
        points = np.round((ring - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(picture, [points], 60, cv2.LINE_AA, shift=4)
    return np.clip(picture + np.random.default_rng(0).normal(0, noise, picture.shape), 0, 255).astype(
        np.uint8
    )


def grown(ring, by):
    middle = ring.mean(axis=0)
    return middle + (ring - middle) * by


@pytest.mark.parametrize("by", [0.92, 1.08])
@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_a_quadrangle_too_large_or_too_small_comes_to_its_edges(by, noise):
    (part,) = fit_outline(drawn(QUAD, noise=noise), (grown(QUAD, by),))
    assert len(part) == 4
    assert np.hypot(*(part - QUAD).T).max() < 1.5


def test_lines_that_go_on_in_each_other_move_together():
    angle = np.radians(np.arange(0, 360, 15))
    circle = np.array([100, 80]) + 45 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    loose = np.array([100, 80]) + 49 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    (part,) = fit_outline(drawn(circle), (loose,))
    assert difference((circle,), (part,)).iou > 0.96


def test_a_flat_picture_moves_nothing():
    parts = (QUAD, QUAD * 0.3)
    fitted = fit_outline(np.full((160, 200, 3), 90, np.uint8), parts)
    assert all(np.array_equal(a, b) for a, b in zip(fitted, parts, strict=True))


def test_an_edge_out_of_reach_is_found_when_asked_to_look_further():
    picture, loose = drawn(QUAD), grown(QUAD, 1.25)
    near, far = (fit_outline(picture, (loose,), strength=strength)[0] for strength in (1.0, 2.8))
    assert difference((QUAD,), (far,)).iou > 0.95 > difference((QUAD,), (near,)).iou


shift = st.integers(-25, 25)


@settings(max_examples=20)
@given(shift, shift)
def test_a_picture_and_outline_that_are_shifted_give_the_same_shifted(dx, dy):
    size = (280, 240)
    by, loose = np.array([dx, dy]), grown(QUAD, 1.06)
    (here,) = fit_outline(drawn(QUAD + 40, size=size), (loose + 40,))
    (there,) = fit_outline(drawn(QUAD + 40 + by, size=size), (loose + 40 + by,))
    assert there - by == pytest.approx(here, abs=1e-3)


points = st.lists(st.tuples(st.floats(-30, 230), st.floats(-30, 190)), min_size=3, max_size=12)


@settings(max_examples=60)
@given(points, st.integers(0, 5))
def test_nothing_leaves_the_picture_crosses_itself_or_changes_its_number_of_vertices(corners, seed):
    coarse = np.random.default_rng(seed).integers(0, 255, (20, 25), np.uint8)
    picture = cv2.resize(coarse, (200, 160), interpolation=cv2.INTER_NEAREST)
    part = np.array(corners)
    (new,) = fit_outline(picture, (part,), strength=2.0)
    assert new.shape == part.shape
    assert (new >= np.minimum(part, 0)).all()
    assert (new <= np.maximum(part, [200, 160])).all()
    assert is_simple(new) or not is_simple(part)
