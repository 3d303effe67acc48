"""Masks decide where both sides have them; an executor changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from builders.find_cases import EVERYTHING, seen_row, world
from labelmend.find import blocks
from labelmend.find.blocks import Block
from labelmend.find.evidence.collecting import collect
from labelmend.find.find import find
from labelmend.find.issues import LOCATION
from labelmend.geometry.masks import Rles, counts

SIZE = 60


def masked(polygon: list[float]) -> bytes:
    return counts([polygon], height=SIZE, width=SIZE)


def block(label: bytes, detection: bytes, other: bytes) -> Block:
    """Two labels (the second without a mask) and one detection, all with the same box."""
    box = np.array([[10, 10, 40, 40.0]])
    one, zero = np.zeros(1, np.int64), np.zeros(0, np.int64)
    return Block(
        width=np.array([SIZE * 1.0]),
        height=np.array([SIZE * 1.0]),
        label=np.arange(2),
        label_image=np.zeros(2, np.int64),
        label_category=np.zeros(2, np.int64),
        label_box=np.repeat(box, 2, axis=0),
        label_masks=Rles.of([label, other]),
        crowd_image=zero,
        crowd_box=np.zeros((0, 4)),
        crowd_masks=None,
        detection=one,
        detection_image=one,
        detection_category=one,
        detection_box=box,
        detection_score=np.array([0.9]),
        detection_source=np.zeros(1, np.int64),
        detection_masks=Rles.of([detection]),
        n_categories=1,
        n_sources=1,
    )


def test_the_overlap_of_masks_counts_and_not_that_of_their_boxes():
    upper = masked([10, 10, 50, 10, 10, 50])  # the two halves of one square
    lower = masked([50, 50, 50, 10, 10, 50])
    found = collect(block(upper, lower, b""))
    assert found.annotations.near[0] < 0.1
    assert found.annotations.near[1] == 1  # without a mask its box has to do
    assert found.annotations.seen.tolist() == [-1, 0]
    assert found.twins.iou.tolist() == [1.0]


def test_two_halves_that_are_both_labelled_are_no_duplicates():
    upper, lower = masked([10, 10, 50, 10, 10, 50]), masked([50, 50, 50, 10, 10, 50])
    found = collect(block(upper, lower, lower))
    assert len(found.twins) == 0
    assert found.annotations.seen.tolist() == [-1, 0]
    assert found.annotations.iou[1] == 1


def test_a_moved_box_with_masks_is_a_location_issue():
    scene = world()
    row, found = seen_row(scene, 3)
    scene.found_score[found] = 0.97
    box = scene.label_box[row]
    scene.label_box[row] = [box[0] - 0.4 * box[2], box[1], 1.4 * box[2], box[3]]
    labels, predicted = scene.labels(), scene.predicted()
    issues = find(
        scene.sizes(),
        replace(labels, masks=squares(labels.bbox)),
        replace(predicted, masks=squares(predicted.bbox)),
        n_categories=3,
        settings=EVERYTHING,
    )
    first = np.flatnonzero(issues.kind == LOCATION)[0]
    assert issues.annotation[first] == 1000 + row


def squares(boxes: np.ndarray) -> Rles:
    out = []
    for x, y, w, h in boxes.tolist():
        out.append(counts([[x, y, x + w, y, x + w, y + h, x, y + h]], height=600, width=600))
    return Rles.of(out)


def test_an_executor_and_smaller_blocks_change_nothing(monkeypatch):
    scene = world()
    straight = scene.find()
    monkeypatch.setattr(blocks, "ROWS", 50)
    with ThreadPoolExecutor(2) as executor:
        shared = scene.find(executor=executor)
    np.testing.assert_array_equal(straight.score, shared.score)
    np.testing.assert_array_equal(straight.annotation, shared.annotation)
    np.testing.assert_array_equal(straight.evidence, shared.evidence)


def test_smaller_blocks_of_masks_change_nothing(monkeypatch):
    scene = world()
    labels, predicted = scene.labels(), scene.predicted()
    labels = replace(labels, masks=squares(labels.bbox))
    predicted = replace(predicted, masks=squares(predicted.bbox))

    def found():
        return find(scene.sizes(), labels, predicted, n_categories=3, settings=EVERYTHING)

    whole = found()
    assert len(blocks.cut(scene.sizes(), labels, predicted).ends) == 1
    monkeypatch.setattr(blocks, "MASKED_ROWS", 50)
    assert len(blocks.cut(scene.sizes(), labels, predicted).ends) > 5
    parts = found()
    np.testing.assert_array_equal(whole.score, parts.score)
    np.testing.assert_array_equal(whole.annotation, parts.annotation)
    np.testing.assert_array_equal(whole.evidence, parts.evidence)
