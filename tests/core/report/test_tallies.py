"""The columns that everything is counted from: rows of issues, and what sorts them apart."""

import numpy as np

from labelmend.project.issue_table import GONE
from labelmend.report.tallies import Standings, among, split
from labelmend.review.states import STATUS_INDEX

FAR = 7 * 10**12


def standings(ids, status):
    n = len(ids)
    return Standings(
        np.array(ids, np.int64),
        np.array(status, np.uint8),
        *np.zeros((2, n), np.int32),
        np.zeros(n),
        np.zeros(n, np.uint8),
        np.zeros(n, bool),
        np.zeros(0, np.int64),
        ("cat",),
    )


def test_issues_are_found_wherever_their_ids_lie():
    told = standings([3, 1, 5, FAR, FAR + 2, 2], [0, 1, GONE, 0, 4, 0])
    near = np.array([1, 2, 3, 4, 5, 0])
    assert told.rows_of(near).tolist() == [1, 5, 0, -1, -1, -1]
    far = np.array([FAR + 2, 3, FAR, FAR + 1, -9, 5])
    assert told.rows_of(far).tolist() == [4, 0, 3, -1, -1, -1]
    assert told.rows_of(near[:0]).tolist() == []
    assert standings([], []).rows_of(near).tolist() == [-1] * 6


def test_states_are_told_apart():
    told = standings(range(4), [0, STATUS_INDEX["done"], STATUS_INDEX["fixed"], GONE])
    assert told.in_states("fixed", "done").tolist() == [False, True, True, False]
    assert among(np.array([2, 7], np.uint8), []).tolist() == [False, False]


def test_values_are_split_in_their_order():
    parts = split(np.array([9, 8, 7, 6, 5]), np.array([2, 0, 2, 0, 2]), 4)
    assert [part.tolist() for part in parts] == [[8, 6], [], [9, 7, 5], []]
