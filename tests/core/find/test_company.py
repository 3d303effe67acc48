"""A label whose class mostly comes in company is suspect where it is alone."""

from __future__ import annotations

import numpy as np

from labelmend.find.kinds.company import AT_RANDOM, odds_of_stranger


def test_a_lone_label_of_a_class_that_comes_in_herds():
    # Ten images hold ten labels each of class 0; one label of it stands alone in an eleventh of 100 images.
    kin = np.r_[np.full(100, 9), [0]]
    odds = odds_of_stranger(kin, np.zeros(101, int), n_images=100, n_categories=2)
    # 89 of 100 images hold none of it, where one in 101 of its labels is alone: 0.5 + 0.5 x 0.89 / 0.0099.
    np.testing.assert_allclose(odds[-1], 1 - AT_RANDOM + AT_RANDOM * 0.89 / (1 / 101), rtol=0.02)
    # A tenth of the images hold ten, as nearly all of its labels see it: company speaks for a label.
    np.testing.assert_allclose(odds[0], 1 - AT_RANDOM + AT_RANDOM * 0.1 / (100 / 101), rtol=0.02)


def test_a_class_that_is_alone_everywhere_tells_little():
    odds = odds_of_stranger(np.zeros(100, int), np.zeros(100, int), n_images=100, n_categories=1)
    assert (odds <= 1).all()
