"""Verdicts teach the scores of what is left: of their sort, near their own score, and of nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmend.find.issues import (
    CODES,
    KINDS,
    LOCATION,
    MISSING,
    SPURIOUS,
    STRUCTURE,
    concatenate,
    evidence,
    issues,
)
from labelmend.find.statistics import logistic, logit
from labelmend.find.verdicts import (
    HOW_FAR,
    Verdicts,
    by_others,
    doubted,
    heed,
    sorts_of,
    taught,
    undoubted,
    verdicts,
    with_doubt,
)

shares = st.floats(0, 1)


def some(kind, score, **columns):
    return issues(kind, np.array(score), annotation=np.arange(len(score)), **columns)


def test_scores_come_to_the_share_that_was_real():
    chance = np.random.default_rng(1)
    own = chance.uniform(0.1, 0.9, 2000)
    real = chance.random(2000) < own**2  # half as often as said, at a half
    asked = np.array([0.2, 0.5, 0.8])
    np.testing.assert_allclose(taught(asked, own, real), asked**2, atol=0.05)


def test_right_scores_stay_and_few_verdicts_say_little():
    chance = np.random.default_rng(2)
    own = chance.uniform(0.02, 0.98, 3000)
    asked = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(taught(asked, own, chance.random(3000) < own), asked, atol=0.04)
    one = taught(np.array([0.9]), np.array([0.9]), np.array([False]))[0]
    assert 0.5 < one < 0.85


def test_a_verdict_says_nothing_of_scores_far_from_its_own():
    told = taught(np.array([0.0005, 0.02, 0.9]), np.full(200, 0.9), np.zeros(200, bool))
    assert told[0] == pytest.approx(0.0005, abs=2e-4)
    assert told[2] < 0.15
    assert (np.diff(told) > 0).all()


@given(
    st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=60),
    st.lists(shares, min_size=2, max_size=20, unique=True),
)
def test_order_stays_and_that_of_verdicts_does_not_matter(said, asked):
    own, real = np.array([score for score, _ in said]), np.array([real for _, real in said])
    score = np.sort(np.round(asked, 6))
    told = taught(score, own, real)
    assert ((told >= 0) & (told <= 1)).all()
    assert (np.diff(told) >= 0).all()
    assert (np.diff(told)[np.diff(score) > 0] > 0).all() or told.max() == 1
    np.testing.assert_allclose(taught(score, own[::-1], real[::-1]), told, atol=1e-9)


@given(st.lists(st.floats(1e-3, 1 - 1e-3), min_size=1, max_size=20))
def test_scores_are_the_mean_of_how_far_off_what_is_learned_may_be(learned):
    told, odds = doubted(np.array(learned)), logit(np.array(learned))
    at, weight = np.polynomial.hermite_e.hermegauss(40)
    mean = logistic(odds[:, None] + HOW_FAR * at) @ weight / weight.sum()
    np.testing.assert_allclose(told, mean, atol=0.01)
    np.testing.assert_allclose(undoubted(told), learned)
    np.testing.assert_allclose(taught(told, np.zeros(0), np.zeros(0, bool)), told, atol=2e-3)


def test_what_no_verdict_could_teach_is_not_doubted():
    found = concatenate([some(MISSING, [0.9, 0.0, 1.0]), some(STRUCTURE, [0.9])])
    assert with_doubt(found).score.tolist() == [pytest.approx(0.8655, abs=1e-3), 0.0, 1.0, 0.9]


def test_each_sort_learns_from_its_own():
    found = some(MISSING, [0.8, 0.5])
    loose, shown = some(LOCATION, [0.8]), some(LOCATION, [0.8], code=CODES.index("off_edges"))
    fault, member = some(STRUCTURE, [0.8]), some(LOCATION, [0.8], cluster=np.array([0]))
    empty = some(SPURIOUS, [0.8], code=CODES.index("no_area"))
    assert [sorts_of(one).tolist() for one in (found, loose, shown, fault, member, empty)] == [
        [MISSING, MISSING],
        [LOCATION],
        [LOCATION + len(KINDS)],
        [-1],
        [-1],
        [-1],
    ]
    said = verdicts(replace(loose.take([0] * 30), own=np.full(30, np.nan)), np.zeros(30, bool))
    assert said.sentence() == "Scores follow 30 verdicts (30 location)."
    for other in (found, shown, fault, member, empty):
        same = heed(other, said)
        assert same.score.tolist() == other.score.tolist()
        assert np.isnan(same.own).all()
    told = heed(loose, said)
    assert told.score[0] < 0.2
    assert told.own.tolist() == [0.8]
    assert len(verdicts(fault, np.ones(1, bool))) == 0
    assert verdicts(fault, np.ones(1, bool)).sentence() == ""


def test_verdicts_count_by_what_the_finder_said_itself():
    judged = heed(some(MISSING, [0.8]), Verdicts(np.zeros(9, int), np.full(9, 0.8), np.zeros(9, bool)))
    assert judged.score[0] != 0.8
    assert verdicts(judged, np.ones(1, bool)).own.tolist() == [0.8]


def test_how_likely_nothing_is_there_goes_along():
    found = some(SPURIOUS, [0.8], evidence=evidence(1, e3=np.array([0.6])))
    told = heed(found, Verdicts(np.full(40, SPURIOUS), np.full(40, 0.8), np.zeros(40, bool)))
    assert told.evidence[0, 3] == pytest.approx(0.75 * told.score[0])
    assert found.evidence[0, 3] == 0.6


def test_each_verdict_is_held_against_what_others_teach_never_against_itself():
    chance = np.random.default_rng(3)
    own = chance.uniform(0.1, 0.9, 400)
    real = chance.random(400) < own**0.25
    said = Verdicts(np.repeat([MISSING, LOCATION], [399, 1]), own, real)
    told = by_others(said)
    assert told[-1] == own[-1]  # nobody else judged its kind
    assert abs(told[:-1].sum() - real[:-1].sum()) < 12 < real[:-1].sum() - own[:-1].sum()
    for row in (0, 123):
        turned = real.copy()
        turned[row] = not real[row]
        assert by_others(Verdicts(said.sort, own, turned))[row] == told[row]
