"""Overlaps of masks against counting pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.find.evidence.overlaps import mask_areas, mask_shares, outline_iou, sharing_place
from labelmend.find.evidence.pairs import Pairs, crossing_within
from labelmend.find.inputs import Labels
from labelmend.geometry import masks
from labelmend.geometry.boxes import area, intersection_pairs
from labelmend.geometry.masks import Rles
from labelmend.geometry.polygon_pairs import regions

SIZE = 32


def drawn(rng: np.random.Generator) -> bytes:
    corners = rng.uniform(0, SIZE, 2 * int(rng.integers(3, 7))).tolist()
    return masks.counts([corners], height=SIZE, width=SIZE)


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_iou_and_shares_of_masks_are_those_of_their_pixels(seed):
    rng = np.random.default_rng(seed)
    a, b = [[drawn(rng) for _ in range(4)] for _ in range(2)]
    a[1] = b""  # without a mask the boxes have to do
    i, j = (x.ravel() for x in np.meshgrid(np.arange(4), np.arange(4), indexing="ij"))
    box = np.c_[rng.uniform(0, 16, (8, 2)), rng.uniform(4, 16, (8, 2))]
    shared = intersection_pairs(box[i], box[4 + j])
    areas = area(box)
    by_box = shared / (areas[i] + areas[4 + j] - shared)
    side = np.array([float(SIZE)])
    iou, of_second, of_first = mask_shares(
        Pairs(i, j, shared),
        by_box,
        np.zeros(4, np.int64),
        Rles.of(a),
        Rles.of(b),
        size=(side, side),
        area_label=areas[:4],
        area_object=areas[4:],
    )
    pixels = [masks.decode(one, height=SIZE, width=SIZE) if one else None for one in [*a, *b]]
    np.testing.assert_array_equal(mask_areas(Rles.of(b)), [p.sum() for p in pixels[4:]])
    for k, (m, n) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
        first, second = pixels[m], pixels[4 + n]
        if first is None:
            expected = (by_box[k], shared[k] / areas[4 + n], shared[k] / areas[m])
        else:
            both = float((first & second).sum())
            union = max(float((first | second).sum()), 1.0)
            expected = (both / union, both / max(second.sum(), 1), both / max(first.sum(), 1))
        np.testing.assert_allclose((iou[k], of_second[k], of_first[k]), expected, atol=1e-9)


def test_labels_share_their_place_by_their_boxes():
    box = np.array(
        [[10, 10, 40, 40], [12, 11, 40, 40], [10, 10, 40, 40], [200, 10, 40, 40], [300, 10, 9, 9]], float
    )
    labels = Labels(
        key=np.arange(5),
        image=np.array([0, 0, 1, 0, 0], np.int32),
        category=np.array([0, 1, 0, 0, 0], np.int32),
        bbox=box,
        crowd=np.array([False, False, False, False, True]),
        outline=box,
    )
    assert sharing_place(labels).tolist() == [True, True, False, False, False]
    assert not sharing_place(replace(labels, outline=None)).any()


def test_regions_go_before_masks_and_both_before_boxes():
    of, pairs = np.zeros(3, np.int64), crossing_within(np.zeros(3, np.int64), np.full((3, 4), 4.0))
    region = regions([[[4, 4, 8, 4, 4, 8]], [[4, 4, 8, 4, 8, 8, 4, 8]], []])
    mask = masks.counts([[4, 4, 6, 4, 6, 8, 4, 8]], height=50, width=50)

    def iou(*drawn):
        by_box, size = np.full(3, 0.9), (np.array([50.0]), np.array([50.0]))
        found = outline_iou(pairs, by_box, of, Rles.of(drawn), region, size=size)
        return dict(zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), found, strict=True))

    assert iou(mask, mask, b"") == {(0, 1): 0.5, (0, 2): 0.9, (1, 2): 0.9}
    assert iou(mask, mask, mask) == {(0, 1): 0.5, (0, 2): 1.0, (1, 2): 1.0}
