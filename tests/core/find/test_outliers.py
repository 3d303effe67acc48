"""Odd boxes without a model."""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import ImageSizes, Labels
from labelmend.find.issues import CODES, STRUCTURE, Issues
from labelmend.find.kinds.outliers import MOST, outliers
from labelmend.find.reasons.sentences import sentence, short

SIZES = ImageSizes(np.array([1000.0]), np.array([1000.0]))


def found(*odd: list[float]) -> Issues:
    rng = np.random.default_rng(0)
    usual = np.c_[rng.uniform(10, 500, (100, 2)), rng.uniform(45, 55, (100, 2))]
    box = np.r_[usual, np.array(odd, float).reshape(-1, 4)]
    n = len(box)
    rows = np.zeros(n, np.int32)
    return outliers(SIZES, Labels(np.arange(n), rows, rows, box, np.zeros(n, bool)))


def test_boxes_alike_are_not_odd():
    assert len(found()) == 0


def test_a_giant_and_a_stripe():
    issues = found([10, 10, 400, 400], [10, 10, 200, 12])
    assert issues.annotation.tolist() == [100, 101]
    assert [CODES[c] for c in issues.code] == ["odd_size", "odd_shape"]
    assert (issues.kind == STRUCTURE).all()
    assert (issues.score < MOST).all()
    assert sentence(issues, 0, categories=["cell"]).startswith("Its sides are 8.")
    assert sentence(issues, 1, categories=["cell"]).startswith(
        "Its width is 16.7 times its height, where 1.0"
    )
    assert short(issues, 1, categories=["cell"]) == "odd shape for its class"


def test_what_the_border_cuts_off_is_not_odd():
    assert len(found([0, 300, 6, 50], [994, 300, 6, 50], [300, 0, 50, 6], [300, 994, 50, 6])) == 0


def test_at_the_border_too_a_label_may_be_too_large():
    issues = found([0, 0, 400, 400], [0, 300, 300, 50], [300, 994, 6, 6], [300, 0, 6, 50])
    assert issues.annotation.tolist() == [100, 101, 103]


def test_few_labels_have_no_usual_size():
    rows = np.zeros(5, np.int32)
    box = np.array([[0, 0, 10, 10]] * 4 + [[0, 0, 900, 900]], float)
    assert len(outliers(SIZES, Labels(np.arange(5), rows, rows, box, np.zeros(5, bool)))) == 0
