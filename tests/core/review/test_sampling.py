"""The sample is exact in size, fair, and can be drawn again."""

import hashlib

import numpy as np
import pytest

from labelmend.errors import Refused
from labelmend.review.sampling import Finished, Rates, draw, draw_again, draw_strata, rate_of

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


def test_what_was_drawn_from_a_large_frame_once_is_drawn_for_ever():
    """Draws are in the histories of projects: the same seed has to give the same in every version."""
    frame = np.r_[np.arange(0, 60000, 3), -np.arange(1, 500), np.arange(0, 600, 6)]  # some of them twice
    drawn = [draw(frame, rate=0.07, seed=11, what=what) for what in ("", "second review:")]
    assert [hashlib.sha256(one.tobytes()).hexdigest()[:16] for one in drawn] == [
        "31973ac21e65759e",
        "db0ee0758d957063",
    ]


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


LABELS = [Finished(n, ("cat", "dog")[n % 2], "shape" if n % 3 else "added", "Ann") for n in range(60)]


def test_the_most_demanding_rate_holds():
    rates = Rates(0.1, classes={"dog": 0.5}, changes={"added": 0.3}, annotators={"Bea": 1.0})
    assert rate_of(Finished(1, "dog", "added", "Ann"), rates) == ("class dog", 0.5)
    assert rate_of(Finished(1, "cat", "added", "Ann"), rates) == ("change added", 0.3)
    assert rate_of(Finished(1, "cat", "shape", "Ann"), rates) == ("all labels", 0.1)
    assert rate_of(Finished(1, "dog", "added", "Bea"), rates) == ("annotator Bea", 1.0)


def test_each_rate_is_kept_in_its_own_labels():
    strata = draw_strata(LABELS, Rates(0.1, classes={"dog": 0.5}), 7)
    assert [(one.title, len(one.frame), len(one.drawn)) for one in strata] == [
        ("all labels", 30, 3),
        ("class dog", 30, 15),
    ]
    for one in strata:
        again = draw(np.array(one.frame), rate=one.rate, seed=7)
        assert tuple(again.tolist()) == one.drawn


def test_an_unknown_change_is_refused():
    with pytest.raises(Refused, match="no kind of change 'moved'"):
        draw_strata(LABELS, Rates(0.1, changes={"moved": 1.0}), 7)


def test_what_is_judged_twice_is_as_likely_among_the_drawn_as_among_the_others():
    """Draws by one seed for two purposes do not go together: half of the half that is drawn is a quarter."""
    hits = np.zeros(len(FRAME))
    both = 0
    for seed in range(400):
        first = draw(FRAME, rate=0.5, seed=seed)
        again = draw_again(tuple(FRAME.tolist()), rate=0.5, seed=seed, what="blind second look")
        hits[np.array(again.drawn) - FRAME[0]] += 1
        both += len(set(first.tolist()) & set(again.drawn))
    assert abs(both / 400 - 25) < 1  # standard deviation of the mean: 0.13
    assert abs(hits / 400 - 0.5).max() < 0.1  # four standard deviations


def test_no_share_is_no_draw():
    assert draw_again((1, 2, 3), rate=0.0, seed=1, what="second review") is None
    assert draw_again((), rate=0.5, seed=1, what="second review") is None
