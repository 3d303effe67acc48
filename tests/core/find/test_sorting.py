"""Quick sorts give what stable ones give."""

import numpy as np
import pytest

from labelmend.find.sorting import by_group, by_key, by_value, count_among, groups, in_order


@pytest.mark.parametrize("most", [1, 5, 1 << 16, 1 << 40])
@pytest.mark.parametrize("n", [0, 1, 1000])
def test_keys_are_put_in_order_as_a_stable_sort_does(n, most):
    key = np.random.default_rng(n).integers(0, most, n)
    assert in_order(key).tolist() == np.argsort(key, kind="stable").tolist()


def test_small_keys_of_images_do_not_overflow():
    key = np.full(50_000, 70_000, np.int32)
    key[0] = 70_001
    assert in_order(key).tolist() == [*range(1, 50_000), 0]


def test_groups_hold_their_rows_as_they_come():
    key = np.array([2, 0, 2, 1, 0])
    assert [rows.tolist() for rows in groups(key, 4)] == [[1, 4], [3], [0, 2], []]


def test_values_are_put_in_order_within_their_groups():
    chance = np.random.default_rng(3)
    group, value = chance.integers(0, 9, 500), chance.random(500)
    assert by_group(group, value).tolist() == np.lexsort((value, group)).tolist()


def test_of_equal_values_the_tie_and_then_the_place_decides():
    chance = np.random.default_rng(4)
    value, tie = chance.integers(0, 50, 500) / 8, chance.integers(0, 3, 500) / 8
    assert by_value(value, tie.take).tolist() == np.lexsort((tie, value)).tolist()
    assert by_value(value[:0], tie.take).tolist() == []


def test_rows_by_key_are_those_of_the_keys_there_are():
    key = np.random.default_rng(6).integers(0, 20, 30) * 3
    told = [rows.tolist() for rows in by_key(key)]
    assert told == [rows.tolist() for rows in groups(key, 60) if len(rows)]
    assert by_key(key[:0]) == []


def test_keys_are_counted_among_others():
    keys = np.array([5, 7, 5, 9])
    assert count_among(np.array([5, 6, 9, 10]), keys).tolist() == [2, 0, 1, 0]
    assert count_among(keys, keys[:0]).tolist() == [0, 0, 0, 0]
