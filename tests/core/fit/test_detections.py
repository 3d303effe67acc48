"""Which detection fits a label: near, sure, of its class; each is given once."""

import numpy as np

from labelmend.fit.detections import best_each, fitting, ranked
from labelmend.geometry.boxes import iou

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
    boxes = np.array([[100.0, 100, 50, 50], [104, 100, 50, 50], [300, 300, 20, 20]])
    detected, seen = np.array([[101.0, 100, 50, 50], [112, 100, 50, 50]]), np.array([CAT, CAT])
    given = {"detected": detected, "seen": seen, "score": np.array([0.9, 0.9])}
    assert best_each(boxes, np.array([CAT] * 3), **given, least=0.5).tolist() == [0, 1, -1]
    assert best_each(boxes, np.array([CAT] * 3), **given, least=0.9).tolist() == [0, -1, -1]


def test_no_detections_fit_nobody():
    none = {"detected": np.zeros((0, 4)), "seen": np.zeros(0, int), "score": np.zeros(0)}
    assert ranked(fitting(BOX, np.array([CAT]), **none)[0]).tolist() == []
    assert best_each(BOX, np.array([CAT]), **none, least=0.5).tolist() == [-1]


def test_of_thousands_each_gets_the_one_that_the_table_of_all_with_all_gives_it():
    rng = np.random.default_rng(0)
    box = np.hstack([rng.uniform(0, 2000, (1500, 2)), rng.uniform(10, 60, (1500, 2))])
    detected = box[rng.permutation(1500)] + rng.normal(0, 3, (1500, 4))
    category, seen, score = rng.integers(0, 3, 1500), rng.integers(0, 3, 1500), rng.uniform(0, 1, 1500)
    given = {"detected": detected, "seen": seen, "score": score}
    value = np.where(iou(box, detected) >= 0.5, fitting(box, category, **given), 0.0)
    expected = np.full(1500, -1)
    for place in np.argsort(-value, axis=None, kind="stable").tolist():
        label, found = divmod(place, 1500)
        if value[label, found] <= 0:
            break
        if expected[label] < 0 and found not in expected:
            expected[label] = found
    assert best_each(box, category, **given, least=0.5).tolist() == expected.tolist()
