"""Groups: which card stays, and what joined neighbours look like."""

from __future__ import annotations

import numpy as np

from labelmend.find.evidence.joined import neighbours
from labelmend.find.evidence.parts import Groups, Spans, candidates
from labelmend.find.kinds.groups import likely_by_score, louder
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
        unlabelled = np.array([True, False, True])
        box, both, shared = louder(
            group(), np.array([probability]), one, np.array([0.6]), unlabelled, right=np.ones(3)
        )
        assert (box[0], both[0]) == ((0.0, 0.6) if stays else (0.6, 0.0))
        np.testing.assert_allclose(shared.probability, [probability, 0, 0])
        assert shared.annotation.tolist() == [0, -1, -1]


def test_an_object_is_as_likely_there_as_such_scores_carry_a_label_where_they_stand_alone():
    score = np.repeat([0.2, 0.6, 0.9], 200)
    has_label = np.r_[np.arange(200) % 4 == 0, np.arange(200) % 2 == 0, np.ones(200, bool)]
    case = np.arange(600) % 10 > 0
    found = likely_by_score(score, case, has_label & case)
    np.testing.assert_allclose(found[[0, 599]], [has_label[:200][case[:200]].mean(), 1])
    assert (np.diff(found) >= 0).all()
    assert likely_by_score(score, case & (np.arange(600) < 20), has_label).tolist() == [1] * 600


def test_only_sound_neighbours_of_one_class_that_nearly_touch_are_joined():
    image, category = np.zeros(3, np.int64), np.zeros(3, np.int64)
    made = neighbours(image, category, BOX, np.full(3, 0.9), share=1.0)
    assert (made.first.tolist(), made.second.tolist()) == ([0], [1])
    np.testing.assert_array_equal(made.box, [[0, 0, 82, 40]])
    assert len(neighbours(image, np.array([0, 1, 0]), BOX, np.full(3, 0.9), share=1.0)) == 0
    assert len(neighbours(image, category, BOX, np.array([0.9, 0.3, 0.9]), share=1.0)) == 0
