"""Which detection fits a label: near, sure, of its class; each is given once."""

import numpy as np

from labelmend.fit.detections import best_each, fitting, ranked

BOX = np.array([[100.0, 100, 50, 50]])
CAT, DOG = 0, 1


def fit(detected, *, box=BOX, category=(CAT,), seen=None, score=None):
    detected = np.array(detected, float)
    seen = np.array(seen if seen is not None else [CAT] * len(detected))
    score = np.array(score if score is not None else [0.9] * len(detected))
    return fitting(np.array(box), np.array(category), detected=detected, seen=seen, score=score)


def test_a_sure_one_further_off_fits_better_than_an_unsure_one_at_hand():
    assert ranked(fit([[101, 100, 50, 50], [110, 100, 50, 50]], score=[0.05, 0.95])[0]).tolist() == [1, 0]


def test_its_own_class_goes_first():
    assert ranked(fit([[100, 100, 50, 50], [105, 100, 50, 50]], seen=[DOG, CAT])[0]).tolist() == [1, 0]


def test_what_hardly_touches_does_not_count():
    assert ranked(fit([[145, 145, 50, 50], [300, 300, 50, 50]])[0]).tolist() == []


def test_two_labels_do_not_get_one_detection():
    boxes = [[100.0, 100, 50, 50], [104, 100, 50, 50], [300, 300, 20, 20]]
    given = fit([[101, 100, 50, 50], [112, 100, 50, 50]], box=boxes, category=[CAT] * 3)
    assert best_each(given).tolist() == [0, 1, -1]


def test_no_detections_fit_nobody():
    empty = fitting(BOX, np.array([CAT]), detected=np.zeros((0, 4)), seen=np.zeros(0, int), score=np.zeros(0))
    assert ranked(empty[0]).tolist() == []
    assert best_each(empty).tolist() == [-1]
