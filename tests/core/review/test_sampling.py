"""The sample is exact in size, fair, and can be drawn again."""

import numpy as np
import pytest

from labelmend.errors import Refused
from labelmend.review.sampling import draw

FRAME = np.arange(100, 200)


@pytest.mark.parametrize(
    ("n", "rate", "count"),
    [(100, 0.0, 0), (100, 1.0, 100), (100, 0.1, 10), (30, 0.1, 3), (7, 0.5, 4), (1, 0.01, 1)],
)
def test_size(n, rate, count):
    assert len(draw(np.arange(n), rate=rate, seed=1)) == count


def test_the_same_seed_draws_the_same_from_the_same_set():
    shuffled = np.random.default_rng(5).permutation(FRAME)
    assert (draw(FRAME, rate=0.3, seed=7) == draw(shuffled, rate=0.3, seed=7)).all()
    assert set(draw(FRAME, rate=0.3, seed=7)) != set(draw(FRAME, rate=0.3, seed=8))
    assert draw(FRAME, rate=0.05, seed=3).tolist() == [128, 131, 152, 170, 193]


def test_every_label_is_as_likely_as_any_other():
    times = np.zeros(100)
    for seed in range(2000):
        times[draw(FRAME, rate=0.2, seed=seed) - 100] += 1
    spread = np.sqrt(2000 * 0.2 * 0.8)
    assert abs(times - 400).max() < 4.5 * spread


@pytest.mark.parametrize(("rate", "seed"), [(-0.1, 1), (1.1, 1), (0.5, -1)])
def test_senseless_settings_are_refused(rate, seed):
    with pytest.raises(Refused):
        draw(FRAME, rate=rate, seed=seed)
