"""Paths along the edges of drawn pictures."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.fit.wire import Wire, is_tangled, outline
from labelmend.geometry.polygons import is_simple


def disc(radius=60, *, size=(300, 260), at=(150, 130)):
    picture = np.full((size[1], size[0], 4), 200, np.uint8)
    cv2.circle(picture, at, radius, (40, 60, 90, 255), -1)
    return picture


def levels(picture, n=3):
    out = [picture]
    for _ in range(n - 1):
        out.append(cv2.resize(out[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return out


def on_circle(angle, radius=60.5, at=(150.5, 130.5)):
    return np.array(at) + radius * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])


def test_a_path_follows_the_edge_between_two_points_on_it():
    wire = Wire(levels(disc()), width=300)
    wire.start(on_circle(0))
    path = wire.path(on_circle(80))
    fine = np.concatenate([np.linspace(a, b, 10) for a, b in pairwise(path)])
    away = np.abs(np.hypot(*(fine - [150.5, 130.5]).T) - 60.5)
    assert away.max() < 1.6
    assert np.array_equal(path[0], on_circle(0))
    assert np.array_equal(path[-1], on_circle(80))
    assert len(path) < 25


def test_further_than_the_reach_it_follows_the_edge_in_a_smaller_picture():
    big = cv2.resize(disc(), None, fx=6, fy=6, interpolation=cv2.INTER_LINEAR)
    wire = Wire(levels(big, 5), width=1800)
    wire.start(on_circle(0) * 6)
    path = wire.path(on_circle(80) * 6)
    away = np.abs(np.hypot(*(path - np.array([150.5, 130.5]) * 6).T) - 60.5 * 6)
    assert away.max() < 8


def test_without_a_picture_it_is_a_straight_line():
    wire = Wire([], width=300)
    wire.start([10, 20])
    assert wire.path([50, 60]).tolist() == [[10, 20], [50, 60]]


@settings(max_examples=25)
@given(
    st.tuples(st.floats(-40, 340), st.floats(-40, 300)), st.tuples(st.floats(-40, 340), st.floats(-40, 300))
)
def test_a_path_leads_from_end_to_end_and_stays_in_the_picture_between(start, end):
    wire = Wire(levels(disc()), width=300)
    wire.start(start)
    path = wire.path(end)
    assert path[0].tolist() == list(start)
    assert path[-1].tolist() == list(end)
    assert ((path[1:-1] >= 0) & (path[1:-1] <= [300, 260])).all()


def test_paths_become_one_outline_without_repeated_points():
    square = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]])
    paths = [square[[k, (k + 1) % 4]] for k in range(4)]
    assert outline(paths).tolist() == square.tolist()
    assert outline(paths[:1]).tolist() == []


def test_paths_that_run_back_along_themselves_leave_what_they_enclose():
    ring = np.array([[0.0, 0], [10, 0], [10, 10], [10, 20], [10, 10], [0, 10], [0, 0]])
    part = outline([ring])
    assert is_simple(part)
    assert part.min(axis=0).tolist() == [0, 0]
    assert part.max(axis=0).tolist() == pytest.approx([10, 10])


def test_what_crosses_itself_stays_as_it_was_drawn():
    eight = np.array([[0.0, 0], [10, 10], [10, 0], [0, 10], [0, 0]])
    assert outline([eight]).tolist() == eight[:-1].tolist()


def test_a_line_that_ran_back_along_itself_is_not_tangled_one_that_crosses_is():
    spike = np.array([[0.0, 0], [100, 0], [100, 40], [101, 12], [101, 100], [0, 100]])
    back = np.array([[0.0, 0], [100, 0], [60, 0.5], [100, 1], [60, -0.5], [60, 80]])
    loop = np.array([[0.0, 0], [100, 0], [100, 60], [40, 60], [40, -30]])
    along = np.array([[0.0, 0], [600, 0], [600, 300], [590, 100], [620, 100], [620, 500]])
    assert [is_tangled(line) for line in (spike, back, loop, along)] == [False, False, True, True]
    assert not any(is_tangled(loop[:count]) for count in range(5))
