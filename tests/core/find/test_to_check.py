"""What is judged first lies spread over kinds and scores, and teaches scores that the top alone cannot."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labelmend.find.issues import CODES, LOCATION, MISSING, STRUCTURE, issues
from labelmend.find.to_check import FIFTY, LEAST, to_check
from labelmend.find.verdicts import heed, verdicts


def some(score, kind=MISSING, **columns):
    return issues(kind, np.asarray(score, float), annotation=np.arange(len(score)), **columns)


def all_of(found):
    return np.arange(len(found))


def test_some_of_every_kind_and_score():
    found = some(np.tile(np.linspace(1, 0, 2000), 2))
    found.kind[2000:] = LOCATION
    rows = to_check(found, all_of(found))
    assert len(rows) == FIFTY
    assert found.score[rows].min() >= LEAST
    for kind in (MISSING, LOCATION):
        score = found.score[rows][found.kind[rows] == kind]
        assert 24 <= len(score) <= 26
        assert np.histogram(score, [LEAST, 0.25, 0.5, 0.75, 1])[0].min() >= 2
        assert np.median(score) > 0.5  # more of the high ones than of the low ones, which are as many


def test_what_teaches_nothing_is_left_out():
    cluster = np.array([-1, -1, 4])
    codes = np.array([CODES.index("no_area"), 0, 0], np.uint8)
    found = some([0.9, 0.8, 0.7], kind=np.array([STRUCTURE, MISSING, MISSING]), code=codes, cluster=cluster)
    assert to_check(found, all_of(found)).tolist() == [1]
    assert not len(to_check(found, np.zeros(0, np.int64)))


def test_only_of_what_is_offered():
    found = some(np.linspace(0.9, 0.1, 300))
    offered = np.arange(100, 300, 2)
    assert set(to_check(found, offered).tolist()) <= set(offered.tolist())


@given(arrays(float, st.integers(0, 200), elements=st.floats(0, 1)), st.integers(1, 60))
def test_never_one_twice_nor_more_than_asked_for(score, number):
    found = some(score)
    rows = to_check(found, all_of(found), number=number)
    assert len(np.unique(rows)) == len(rows) <= number
    of_use = (score >= LEAST).sum()
    assert len(rows) == of_use if of_use <= number else len(rows) > 0


def test_fifty_of_them_set_right_what_the_top_fifty_cannot():
    chance = np.random.default_rng(7)
    score = np.sort(chance.uniform(0.05, 0.95, 1500))[::-1]
    real = chance.random(1500) < score**0.25  # far too shy below

    def off(judged):
        told = heed(found, verdicts(found.take(judged), real[judged])).score
        left = np.setdiff1d(all_of(found), judged)
        band = (told[left] * 10).astype(int)
        return np.abs(np.bincount(band, told[left]) - np.bincount(band, real[left])).sum() / len(left)

    found = some(score)
    assert off(np.arange(FIFTY)) > 0.25
    assert off(to_check(found, all_of(found))) < 0.1
