"""Acceptance plans against exact fractions, published sample sizes and every sample that can be drawn."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmend.errors import Refused
from labelmend.review.acceptance import PASSES, interval, passing, plan


def exactly(size, wrong, sample, most):
    ways = sum(comb(wrong, x) * comb(size - wrong, sample - x) for x in range(min(most, sample) + 1))
    return Fraction(ways, comb(size, sample))


@given(st.integers(1, 300), st.data())
def test_the_probability_is_the_hypergeometric_one(size, data):
    wrong, sample = data.draw(st.integers(0, size)), data.draw(st.integers(0, size))
    most = data.draw(st.integers(0, size))
    told = passing(size, wrong, sample, most)
    assert told == pytest.approx(float(exactly(size, wrong, sample, most)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("limit", "sample"), [(0.01, 299), (0.02, 149), (0.05, 59), (0.1, 29)])
def test_of_a_huge_batch_none_wrong_needs_the_samples_of_the_tables(limit, sample):
    # The published (binomial) sizes for 95 % certainty and no wrong one.
    huge = 10_000_000
    wrong = int(huge * limit)
    assert passing(huge, wrong, sample, 0) <= 0.05 < passing(huge, wrong, sample - 1, 0)


@pytest.mark.parametrize(("size", "limit", "sure"), [(1240, 0.02, 0.95), (500, 0.05, 0.9), (60, 0.02, 0.95)])
def test_a_plan_keeps_what_it_promises_and_no_smaller_one_does(size, limit, sure):
    made = plan(size, limit=limit, sure=sure)
    bad = int(size * limit) + 1
    assert exactly(size, bad, made.sample, made.most) <= 1 - Fraction(str(sure)) + Fraction(1, 10**9)
    if made.sample < size:
        assert exactly(size, bad, made.sample - 1, made.most) > 1 - Fraction(str(sure))
        assert exactly(size, int(size * limit / 4), made.sample, made.most) >= PASSES


def test_a_small_batch_is_reviewed_whole():
    made = plan(19, limit=0.02, sure=0.95)
    assert (made.sample, made.most) == (19, 0)


@given(st.integers(1, 120), st.data())
def test_the_interval_holds_the_numbers_that_would_have_given_this(size, data):
    sample = data.draw(st.integers(1, size))
    found = data.draw(st.integers(0, sample))
    low, high = interval(size, sample, found, sure=0.9)
    possible = [
        wrong
        for wrong in range(found, size - (sample - found) + 1)
        if exactly(size, wrong, sample, found) > Fraction(1, 20)
        and (found == 0 or 1 - exactly(size, wrong, sample, found - 1) > Fraction(1, 20))
    ]
    assert (low, high) == (possible[0], possible[-1])


def test_the_interval_covers_the_truth_as_often_as_it_says():
    size, wrong, sample = 400, 37, 60
    found = np.random.default_rng(3).hypergeometric(wrong, size - wrong, sample, 2000)
    ends = {x: interval(size, sample, x) for x in set(found.tolist())}
    covered = np.mean([ends[x][0] <= wrong <= ends[x][1] for x in found.tolist()])
    assert covered >= 0.94


@pytest.mark.parametrize(("size", "limit", "sure"), [(0, 0.02, 0.95), (10, 0, 0.95), (10, 0.02, 1.0)])
def test_what_cannot_be_planned_is_refused(size, limit, sure):
    with pytest.raises(Refused, match="A plan needs"):
        plan(size, limit=limit, sure=sure)
