"""Agreement of two people against published figures and exact fractions, and what is not defined."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmend.review.agreement import Followed, kappa, overlap
from labelmend.review.shares import paired_difference, wilson

answers = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=40)


def pairs(table):
    """The pairs of answers that a table of counts stands for."""
    return [
        (str(i), str(j)) for i, row in enumerate(table) for j, number in enumerate(row) for _ in range(number)
    ]


@pytest.mark.parametrize(
    ("table", "value", "error", "within"),
    [
        # Cohen (1960): 200 cases, proportions .44 .05 .01 / .07 .20 .03 / .09 .05 .06
        ([[88, 10, 2], [14, 40, 6], [18, 10, 12]], 0.492, None, 1e-3),
        # Fleiss, Cohen and Everitt (1969), unweighted
        ([[106, 10, 4], [22, 28, 10], [2, 12, 6]], 0.429, None, 1e-3),
        # Fleiss, Statistical Methods for Rates and Proportions: 100 subjects
        ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.676, 0.088, 1e-3),
        # the example of R's statpsych::ci.kappa
        ([[31, 12], [4, 58]], 0.6756757, 0.07344761, 1e-7),
    ],
)
def test_kappa_as_it_is_published(table, value, error, within):
    found = kappa(pairs(table))
    assert found.value == pytest.approx(value, abs=within)
    assert error is None or found.error == pytest.approx(error, abs=within)


def test_the_interval_as_it_is_published():
    assert kappa(pairs([[31, 12], [4, 58]])).interval == pytest.approx((0.5317210, 0.8196303), abs=1e-6)


@given(answers)
def test_kappa_is_the_fraction_of_its_definition(given_answers):
    n = len(given_answers)
    found = kappa(given_answers)
    assert found.n == n
    if not n:
        assert found.value is None
        return
    one, other = Counter(a for a, _ in given_answers), Counter(b for _, b in given_answers)
    agreed = Fraction(sum(a == b for a, b in given_answers), n)
    chance = sum((Fraction(one[name] * other[name], n * n) for name in "abc"), Fraction())
    assert found.observed == pytest.approx(float(agreed))
    if chance == 1:
        assert found.value is None
        assert "one and the same answer" in found.sentence
    else:
        assert found.value == pytest.approx(float((agreed - chance) / (1 - chance)))


@given(answers)
def test_who_is_named_first_is_of_no_consequence(given_answers):
    turned = kappa([(b, a) for a, b in given_answers])
    one = kappa(given_answers)
    assert (one.value is None) == (turned.value is None)
    if one.value is not None:
        assert turned.value == pytest.approx(one.value)
    assert (one.error is None) == (turned.error is None)
    if one.error is not None:
        assert turned.error == pytest.approx(one.error, abs=1e-9)


@pytest.mark.parametrize(
    ("given_answers", "told"),
    [
        ([], "no kappa: no label has an answer of both"),
        ([("x", "x")] * 5, "no kappa: both gave one and the same answer throughout"),
        ([("x", "x"), ("y", "y")], "kappa 1.00 (no interval: all answers are alike)"),
        ([("x", "x"), ("x", "y")], "kappa 0.00 (no interval: the answers are too few)"),
        (pairs([[31, 12], [4, 58]]), "kappa 0.68 (0.53 to 0.82, 95 % sure)"),
    ],
)
def test_what_is_not_defined_is_told(given_answers, told):
    assert kappa(given_answers).sentence == told


def test_overlap_is_mean_and_median():
    assert overlap([0.5, 0.9, 1.0]).mean == pytest.approx(0.8)
    assert overlap([0.5, 0.9, 1.0]).median == 0.9
    assert overlap([]).n == 0
    assert math.isnan(overlap([]).mean)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_wilsons_interval(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_a_paired_difference_as_it_is_published():
    """Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables (2017), chapter 8."""
    assert paired_difference(59, 6, 16, 80) == pytest.approx((-0.0621, -0.1186, -0.0046), abs=1e-4)


@given(*[st.integers(0, 30)] * 4)
def test_a_paired_difference_lies_in_its_interval_and_turns_round(both, first, second, neither):
    if both + first + second + neither == 0:
        return
    more, low, high = paired_difference(both, first, second, neither)
    assert -1 <= low <= more + 1e-9
    assert more - 1e-9 <= high <= 1
    assert paired_difference(both, second, first, neither) == pytest.approx((-more, -high, -low), abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 0, 0, 0), "Nobody has judged a label blind"),
        ((20, 20, 1, 9), "80 % when they saw it, with 42 % blind: +38 points"),
        ((20, 20, 1, 9), "People followed the model."),
        ((20, 1, 20, 9), "People went against the model."),
        ((20, 3, 2, 9), "That may be chance."),
    ],
)
def test_following_the_model_in_words(counts, told):
    assert told in Followed(*counts).sentence
