"""Groups: which card stays, and what joined neighbours look like."""

from __future__ import annotations

import numpy as np

from labelmend.find.groups import believed, louder
from labelmend.find.joined import neighbours
from labelmend.find.parts import Groups, Spans, candidates
from labelmend.geometry.boxes import iou_pairs

BOX = np.array([[0, 0, 40, 40], [42, 0, 40, 40], [0, 300, 90, 40.0]])


def spans(box: np.ndarray) -> Spans:
    """One label around the first two of these objects, the third lies elsewhere."""
    n = np.zeros(2, np.int64)
    return Spans(
        label=n,
        object=np.arange(2),
        cover_object=np.ones(2),
        cover_label=np.array([0.45, 0.44]),
        iou=np.array([0.45, 0.44]),
        free=np.ones(2, bool),
        own=np.array([False, True]),
        support=np.array([0.9, 0.8]),
    )


SURE = np.array([0.9, 0.8, 0.99])


def group() -> Groups:
    return candidates(
        spans(BOX),
        score=SURE,
        overlap=lambda a, b: iou_pairs(BOX[a], BOX[b]),
        bulk=np.zeros(1),
    )


def test_the_objects_apart_in_a_label_are_its_parts_and_its_own_match_keeps_it():
    found = group()
    assert (found.first[0], found.second[0], found.third[0]) == (0, 1, -1)
    assert found.keeps[0] == 1
    assert found.filled[0] == 0.89
    assert found.agreement[0] == 1


def test_a_likely_group_is_told_as_such_even_where_its_box_is_more_suspect():
    one = np.zeros(1, np.int64)
    for probability, stays in ((0.3, True), (0.1, False)):
        box, both, shared = louder(
            group(), np.array([probability]), one, np.array([0.6]), np.array([True, False, True]), score=SURE
        )
        assert (box[0], both[0]) == ((0.0, 0.6) if stays else (0.6, 0.0))
        np.testing.assert_allclose(shared.probability, [probability, 0, 0])
        assert shared.annotation.tolist() == [0, -1, -1]


def test_what_is_equally_likely_by_all_else_is_less_so_where_the_model_is_less_sure():
    np.testing.assert_allclose(believed(np.array([0.0, 1.0, 2.0])), [0.7, 0.85, 1])
    assert believed(np.array([1.5, 1.5])).tolist() == [1, 1]
    assert believed(np.zeros(0)).tolist() == []


def test_only_sound_neighbours_of_one_class_that_nearly_touch_are_joined():
    image, category = np.zeros(3, np.int64), np.zeros(3, np.int64)
    made = neighbours(image, category, BOX, np.full(3, 0.9), share=1.0)
    assert (made.first.tolist(), made.second.tolist()) == ([0], [1])
    np.testing.assert_array_equal(made.box, [[0, 0, 82, 40]])
    assert len(neighbours(image, np.array([0, 1, 0]), BOX, np.full(3, 0.9), share=1.0)) == 0
    assert len(neighbours(image, category, BOX, np.array([0.9, 0.3, 0.9]), share=1.0)) == 0
