"""Masks as polygons: what is drawn again is the mask, with few corners; what cannot be held is refused."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.geometry import masks
from labelmend.geometry.polygons import area, flat
from labelmend.geometry.tracing import trace

SIZE = 64


def counts_of(pixels):
    changes = np.flatnonzero(np.diff(pixels.T.reshape(-1), prepend=0)) if pixels.any() else np.zeros(0, int)
    ends = np.concatenate([[0], changes, [pixels.size]])
    return masks.pack(np.diff(ends), height=pixels.shape[0], width=pixels.shape[1])


def test_a_square_is_its_four_corners():
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    pixels[10:30, 5:45] = 1
    parts = trace(counts_of(pixels), height=SIZE, width=SIZE)
    assert parts is not None
    assert sorted(parts[0].tolist()) == [[5, 10], [5, 30], [45, 10], [45, 30]]


def test_a_slanted_outline_needs_few_corners():
    mask = masks.counts([[5, 5, 60, 12, 50, 60, 8, 40]], height=SIZE, width=SIZE)
    parts = trace(mask, height=SIZE, width=SIZE)
    assert parts is not None
    assert len(parts) == 1
    assert len(parts[0]) <= 8


def test_a_small_slanted_thing_needs_few_corners_too():
    mask = masks.counts([[32, 25, 39, 32, 32, 39, 25, 32]], height=SIZE, width=SIZE)
    parts = trace(mask, height=SIZE, width=SIZE)
    assert parts is not None
    assert len(parts[0]) <= 8


def test_a_hole_cannot_be_held():
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    pixels[10:50, 10:50] = 1
    pixels[20:40, 20:40] = 0
    assert trace(counts_of(pixels), height=SIZE, width=SIZE) is None


def test_an_empty_mask_has_no_outline():
    assert trace(counts_of(np.zeros((SIZE, SIZE), np.uint8)), height=SIZE, width=SIZE) is None


def test_a_single_pixel_and_two_parts():
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    pixels[3, 7] = 1
    pixels[40:60, 20:30] = 1
    parts = trace(counts_of(pixels), height=SIZE, width=SIZE)
    assert parts is not None
    assert area(parts) == 201


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_what_is_traced_draws_the_mask_again(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(4, SIZE - 4, (int(rng.integers(3, 9)), 2))
    hull = shapely.convex_hull(shapely.MultiPoint(points))
    outline = [np.asarray(hull.exterior.coords)[:-1].reshape(-1).tolist()]
    mask = masks.counts(outline, height=SIZE, width=SIZE)
    parts = trace(mask, height=SIZE, width=SIZE)
    if parts is None:
        assert masks.area(mask, height=SIZE, width=SIZE) < 100  # slivers of a pixel's width
        return
    again = masks.counts(flat(parts), height=SIZE, width=SIZE)
    assert masks.iou([again], [mask], height=SIZE, width=SIZE, crowd=[False])[0, 0] >= 0.95
