"""Labels over nothing: their rate, from what the model sees and from the company that labels have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from builders.find_cases import world
from labelmend.find.evidence.columns import Annotations
from labelmend.find.issues import SPURIOUS
from labelmend.find.kinds.spurious import rate_of_spurious, spurious, wrong
from labelmend.find.lots import lot
from labelmend.find.rates import rate_of_the_surest

N = 20_000

SCORES = np.full(N, 0.5)
"""Scores of which the lowest tell nothing of those below."""


def annotations(seen: Any, **columns: Any) -> Annotations:
    """Annotations of which the model sees some, alone in their images."""
    n = len(seen)
    sides = np.exp(np.random.default_rng(1).normal(4, 0.4, (n, 2)))
    given: dict[str, Any] = {
        name: np.zeros(n, bool if name in ("edge", "crowd") else float)
        for name in Annotations.__dataclass_fields__
    }
    given |= {
        "category": np.zeros(n, np.int64),
        "box": np.c_[np.zeros((n, 2)), sides],
        "seen": np.where(seen, np.arange(n), -1),
        "covered": np.ones(n, bool),
    }
    return Annotations(**(given | columns))


def labels(rate: float, overlooked: float, *, seed: int = 0) -> tuple[Any, Any, Any]:
    """Which labels are over nothing, which are seen, and the odds of the company they are in.

    One right label in ten is in odd company (ten times as likely over nothing), of those over nothing all.
    """
    rng = np.random.default_rng(seed)
    nothing = rng.random(N) < rate
    seen = ~nothing & (rng.random(N) >= overlooked)
    odd = nothing | (rng.random(N) < 0.1)
    return nothing, seen, np.where(odd, 10.0, 1e-3)


@pytest.mark.parametrize("rate", [0.003, 0.02, 0.1])
def test_company_tells_how_many_of_the_unseen_labels_are_over_nothing(rate):
    nothing, seen, stranger = labels(rate, overlooked=0.3)
    a, u = annotations(seen), np.full(N, 0.3 + 0.7 * rate)
    found = rate_of_spurious(a, SCORES, u, stranger, [0.02])
    assert found == pytest.approx(nothing.mean(), rel=0.35)
    probability = spurious(a, u, found, stranger)
    assert probability.sum() == pytest.approx(nothing.sum(), rel=0.4)
    assert (probability[seen] == 0).all()


def test_where_the_model_sees_everything_the_unseen_bound_the_rate():
    nothing, seen, _ = labels(0.001, overlooked=0.0)
    rate = rate_of_spurious(annotations(seen), SCORES, np.full(N, 0.001), np.ones(N), [0.1, 0.1])
    assert rate < 2 * nothing.mean()


def test_with_nothing_to_go_by_the_rate_is_that_of_the_other_kinds():
    _, seen, _ = labels(0.0, overlooked=0.5)
    rate = rate_of_spurious(annotations(seen), SCORES, np.full(N, 0.5), np.ones(N), [0.01, 0.04])
    assert rate == pytest.approx(0.02, rel=0.2)


SMALL = np.arange(N) % 10 < 7
"""Labels that are not the easiest to see."""


def unsure(mean: float) -> Any:
    """Scores of all labels, and which are seen: the large ones, and those whose score is .02 or more."""
    score = 1 / (1 + np.exp(-np.random.default_rng(2).normal(mean, 1.5, N)))
    score = np.where(SMALL, score, 0.99)
    return score, score >= 0.02


def test_unseen_where_scores_thin_out_labels_are_over_nothing_though_the_easiest_are_all_seen():
    score, kept = unsure(1.5)
    nothing = SMALL & (np.random.default_rng(3).random(N) < 0.03)
    a, u, stranger = annotations(kept & ~nothing), np.where(SMALL, 0.035, 0.001), np.ones(N)
    assert rate_of_spurious(a, SCORES, u, stranger, [0.02, 0.02]) < 0.002
    found = rate_of_spurious(a, score, u, stranger, [0.02, 0.02])
    assert found == pytest.approx(nothing.mean(), rel=0.5)
    # Without another kind that tells what is usual they may be a habit of the model.
    assert rate_of_spurious(a, score, u, stranger, [0.0, 0.0]) < 0.002


def test_unseen_by_a_model_whose_scores_run_on_below_the_file_labels_are_sound():
    score, kept = unsure(-2.5)
    assert (~kept).mean() > 0.05
    assert rate_of_spurious(annotations(kept), score, np.where(SMALL, 0.2, 0.001), np.ones(N), [0.02]) < 0.002


def test_labels_that_something_else_is_seen_at_are_not_counted_as_over_nothing():
    score, kept = unsure(1.5)
    hidden = SMALL & (np.random.default_rng(3).random(N) < 0.03)
    u = np.where(SMALL, 0.035, 0.001)
    rates = [
        rate_of_spurious(annotations(kept & ~hidden, near_weight=near), score, u, np.ones(N), [0.02])
        for near in (np.zeros(N), np.where(hidden, 0.6, 0.0))
    ]
    assert rates[1] < 0.2 * rates[0]


def test_a_label_near_a_detection_is_suspected_less():
    seen = np.arange(100) % 2 == 0
    near = np.where(np.arange(100) < 50, 0.6, 0.0)
    p = spurious(annotations(seen, near_weight=near), np.full(100, 0.2), 0.02, np.ones(100))
    assert 0 < p[49] < 0.3 * p[51]


def test_the_surest_cases_tell_the_rate_as_far_down_as_they_are_alike():
    doubt = np.arange(1000) / 1000
    happened = np.arange(1000) % 50 == 0  # one of fifty
    happened[150:] |= doubt[150:] > 0.15  # from there on the model errs
    rate = rate_of_the_surest(doubt, happened, doubt.take, own_fault=0.0)
    assert rate == pytest.approx(0.02, abs=0.004)
    assert rate_of_the_surest(doubt, happened, doubt.take, own_fault=0.02) == pytest.approx(rate / 2, rel=0.2)


def test_of_few_cases_most_are_not_the_surest():
    doubt = np.arange(30) / 30
    happened = doubt > 0.3  # where the model knows nothing
    assert rate_of_the_surest(doubt, happened, doubt.take, own_fault=0.0) < 0.2


def test_a_lot_knows_neither_order_nor_scale():
    rng = np.random.default_rng(2)
    box, other = rng.random((500, 4)) + 0.1, rng.random((3, 500))
    order = rng.permutation(500)
    first = lot(box, *other)
    assert 0 <= first.min() < 0.1 < 0.9 < first.max() < 1
    np.testing.assert_array_equal(lot(box[order] * 3.7, *other[:, order]), first[order])


def test_what_is_not_seen_may_be_wrong_in_other_ways_too():
    bad = wrong(np.array([0.0, 0.1, 1.0]), (0.05, 0.02))
    np.testing.assert_allclose(bad, [0, 1 - 0.9 * 0.95 * 0.98, 1])
    np.testing.assert_allclose(wrong(np.array([0.3]), (0.0, 0.0)), [0.3])
    by_label = wrong(np.array([0.1, 0.1]), (0.05, np.array([0.0, 0.4])))
    np.testing.assert_allclose(by_label, [1 - 0.9 * 0.95, 1 - 0.9 * 0.95 * 0.6])


def test_of_a_label_that_no_object_is_left_for_the_nearest_detection_is_told():
    """Two labels much over each other: their detections are gathered as one object, which goes to one."""
    scene = world()
    scene.label(3, 0, [90, 100, 200, 200])
    beside = scene.label(3, 0, [130, 100, 200, 200])
    scene.detect(3, 0, [90, 100, 200, 200], 0.95)
    scene.detect(3, 0, [130, 100, 190, 200], 0.6)
    found = scene.find()
    told = found.evidence[(found.kind == SPURIOUS) & (found.annotation == beside), 1:3]
    np.testing.assert_allclose(told, [[0.95, 0.6]])


def test_cases_that_are_next_to_nothing_say_nothing_of_the_surest():
    rng = np.random.default_rng(0)
    doubt, happened = rng.uniform(0, 1, 1000), np.arange(1000) % 50 == 0
    rate = rate_of_the_surest(doubt, happened, doubt.take, own_fault=0.0)
    more = np.r_[doubt, rng.uniform(5, 9, 60_000)]
    with_more = rate_of_the_surest(more, np.r_[happened, np.ones(60_000, bool)], more.take, own_fault=0.0)
    assert with_more == pytest.approx(rate, abs=0.02)
