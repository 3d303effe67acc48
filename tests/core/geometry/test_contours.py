"""Outlines of masks, and points spread along outlines."""

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from labelmend.geometry import contours as outlines
from labelmend.geometry import masks
from labelmend.geometry.contours import borders, borders_of_each, contours, spread

SQUARE = np.array([[10.0, 20], [50, 20], [50, 60], [10, 60]])


def test_the_outline_of_a_mask_runs_through_the_middles_of_its_border():
    pixels = np.zeros((40, 30), np.uint8)
    pixels[5:15, 10:22] = 1
    edges = np.flatnonzero(np.diff(pixels.T.reshape(-1), prepend=0, append=0)) if pixels.any() else []
    counts = masks.pack(np.diff(np.r_[0, edges, pixels.size]), height=40, width=30)
    (outline,) = contours(counts, height=40, width=30)
    assert outline.min(axis=0).tolist() == [10.5, 5.5]
    assert outline.max(axis=0).tolist() == [21.5, 14.5]


def test_an_empty_mask_has_none():
    assert contours(masks.pack([1200], height=40, width=30), height=40, width=30) == ()


def test_borders_run_along_the_edges_of_pixels_and_of_holes():
    pixels = np.zeros((40, 30), np.uint8)
    pixels[5:15, 10:22] = 1
    pixels[8:10, 12:20] = 0
    flat = np.diff(pixels.T.reshape(-1).astype(int), prepend=0, append=0)
    counts = masks.pack(np.diff(np.r_[0, np.flatnonzero(flat), pixels.size]), height=40, width=30)
    rings = sorted(borders(counts, height=40, width=30), key=len)
    boxes = sorted((*ring.min(axis=0), *ring.max(axis=0)) for ring in rings)
    assert np.allclose(boxes, [[10, 5, 22, 15], [12, 8, 20, 10]], atol=0.26)
    assert borders(masks.pack([1200], height=40, width=30), height=40, width=30) == ()


@pytest.mark.parametrize("seed", range(8))
def test_the_borders_of_many_are_those_of_each(seed, monkeypatch):
    """Small and large ones, some of so many runs that they are outlined by themselves, some of none."""
    rng, size = np.random.default_rng(seed), {"height": 60, "width": 50}
    monkeypatch.setattr(outlines, "_MUCH", 400)
    monkeypatch.setattr(outlines, "_LONG", 120)
    monkeypatch.setattr(outlines, "_TOGETHER", 5)
    every = []
    for number in range(24):
        pixels, (y, x), reach = np.zeros((60, 50), np.uint8), rng.integers(0, 50, 2), rng.integers(1, 40)
        pixels[y : y + reach, x : x + reach] = rng.random((60, 50))[:reach, :reach][: 60 - y, : 50 - x] < 0.7
        every.append(coco_mask.encode(np.asfortranarray(pixels))["counts"] if number % 7 else b"")
    every[3] = masks.pack([3000], **size)
    told = []
    found = borders_of_each(
        masks.Rles.of(every), **size, progress=lambda done, total: told.append((done, total))
    )
    for mask, parts in zip(every, found, strict=True):
        wanted = borders(mask, **size) if mask else ()
        assert len(parts) == len(wanted)
        assert all(map(np.array_equal, parts, wanted))
    assert told == sorted(told)
    assert all(done < total == 24 for done, total in told)


@pytest.mark.parametrize("ring", [SQUARE, SQUARE[::-1]])
def test_points_are_even_and_their_directions_lead_out(ring):
    point, outward = spread([ring], 64)
    assert len(point) == 64
    assert np.hypot(*outward.T) == pytest.approx(1)
    middle = np.array([30.0, 40])
    assert (((point - middle) * outward).sum(axis=1) > 0).all()
    gaps = np.hypot(*np.diff(point, axis=0).T)
    assert gaps.max() <= 2.6


def test_parts_share_the_points_by_length_and_points_alone_have_no_outline():
    small = SQUARE * 0.25
    point, _ = spread([SQUARE, small, np.array([[1.0, 1]])], 50)
    assert len(point) == 50
    assert spread([np.array([[1.0, 1]])], 50)[0].shape == (0, 2)
    assert spread([], 50)[0].shape == (0, 2)
