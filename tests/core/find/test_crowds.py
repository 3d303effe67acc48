"""Crowd and ignore regions: by mask where there is one, by the share of what lies inside."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.datasets import annotation, write_dataset
from builders.find_cases import EVERYTHING, World, seen_row, world
from labelmend.coco.columns import read_dataset
from labelmend.coco.source import read_source
from labelmend.find.evidence.crowds import Crowds
from labelmend.find.find import find
from labelmend.find.issues import MISSING, SPURIOUS, Issues
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles

SIDE = 600


def drawn(corners: list[float], size: int = SIDE) -> bytes:
    return masks.counts([corners], height=size, width=size)


def run(scene: World, crowd_mask: bytes) -> Issues:
    labels = scene.labels()
    blobs = [crowd_mask if crowd else b"" for crowd in labels.crowd.tolist()]
    labels = replace(labels, masks=Rles.of(blobs))
    return find(scene.sizes(), labels, scene.predicted(), n_categories=3, settings=EVERYTHING)


def test_a_detection_in_the_box_of_a_crowd_but_not_in_its_mask_can_be_missing():
    scene = world()
    row, found = seen_row(scene, 7)
    x, y, w, h = scene.unlabel(row)
    scene.label(7, 0, [x - 30, y - 30, w + 60, h + 60], crowd=True)
    beside = drawn([x - 30, y - 30, x - 10, y - 30, x - 10, y + h + 30, x - 30, y + h + 30])
    over = drawn([x - 30, y - 30, x + w + 30, y - 30, x + w + 30, y + h + 30, x - 30, y + h + 30])
    issues = run(scene, beside)
    assert found in issues.detection[issues.kind == MISSING]
    issues = run(scene, over)
    assert found not in issues.detection[issues.kind == MISSING]


def test_a_label_inside_a_crowd_is_not_spurious():
    scene = world(each=5, seen=1.0)
    key = scene.label(4, 1, [2, 2, 5, 5])
    issues = scene.find()
    assert key in issues.annotation[issues.kind == SPURIOUS]
    scene.label(4, 1, [0, 0, 8, 8], crowd=True)
    issues = scene.find()
    assert key not in issues.annotation[issues.kind == SPURIOUS]


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_shares_are_those_of_pycocotools(seed):
    rng = np.random.default_rng(seed)
    size, n = 48, 12
    region = drawn(rng.uniform(0, size, 2 * int(rng.integers(3, 8))).tolist(), size)
    low = rng.integers(0, size - 2, (n, 2))
    box = np.c_[low, np.minimum(rng.integers(1, 20, (n, 2)), size - low)].astype(float)
    things = [drawn([x, y, x + w, y, x + w, y + h, x, y + h], size) for x, y, w, h in box.tolist()]
    share = masks.iou(things, [region], height=size, width=size, crowd=[True])[:, 0]
    sides, zeros = np.array([float(size)]), np.zeros(n, np.int64)
    crowds = Crowds(zeros[:1], np.array([[0, 0, size, size]], float), Rles.of([region]), sides, sides)
    by_box, by_mask = crowds.hold(zeros, box, None), crowds.hold(zeros, box, Rles.of(things))
    np.testing.assert_array_equal(by_mask, share > 0.5)
    sure = np.abs(share - 0.5) > 1e-9
    np.testing.assert_array_equal(by_box[sure], (share > 0.5)[sure])


def test_rectangles_cover_the_mask_once():
    pixels = np.zeros((9, 7), np.uint8)
    pixels[2:, 1], pixels[:, 2], pixels[:4, 3], pixels[8, 6] = 1, 1, 1, 1
    changes = np.flatnonzero(np.diff(pixels.T.reshape(-1), prepend=0))
    runs = np.diff(np.concatenate([[0], changes, [pixels.size]]))
    again = np.zeros_like(pixels)
    mask = masks.pack(runs, height=9, width=7)
    found, begin = masks.rectangles(Rles.of([mask, b"", mask]), [9, 9, 9])
    assert begin.tolist() == [0, len(found) // 2, len(found) // 2, len(found)]
    np.testing.assert_array_equal(found[: begin[1]], found[begin[2] :])
    for x, y, w, h in found[: begin[1]].astype(int).tolist():
        again[y : y + h, x : x + w] += 1
    np.testing.assert_array_equal(again, pixels)


def test_ignore_flags_mark_regions_too(tmp_path):
    records = [
        annotation(1, 1, [0, 0, 5, 5]),
        annotation(2, 1, [9, 0, 5, 5], ignore=1),
        annotation(3, 1, [18, 0, 5, 5], iscrowd=1),
        annotation(4, 1, [27, 0, 5, 5], ignore=True, id="four"),
    ]
    path, *_ = write_dataset(tmp_path, annotations=records)
    assert json.loads(path.read_text())["annotations"][1]["ignore"] == 1
    assert read_dataset(read_source(path)).annotations.crowd.tolist() == [False, True, True, True]


def test_a_region_that_lies_as_near_as_the_nearest_annotation_is_told():
    scene = world(each=9, seen=1.0)
    rows = [seen_row(scene, image) for image in (7, 8, 9)]
    for (row, _), aside in zip(rows, (3, 150, None), strict=True):
        x, y, w, h = scene.unlabel(row)
        if aside is not None:
            scene.label(scene.found_image[rows[0][1]], 0, [x + w + aside, y, 20, h], crowd=True)
    scene.label_image[-2:] = [7, 8]
    found = scene.find()
    told = found.take(found.kind == MISSING)
    lies_near = dict(zip(told.detection.tolist(), told.evidence[:, 5].tolist(), strict=True))
    assert [lies_near[row] for _, row in rows] == [1, 0, 0]
