"""Outlines simplified and smoothed: near what they were, and never crossing themselves."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.geometry import polygons
from labelmend.geometry.differences import difference
from labelmend.geometry.smoothing import simplified, smoothed

BOW = np.array([[0.0, 0], [10, 10], [10, 0], [0, 10]])
SQUARE = np.array([[0.0, 0], [50, 0.2], [100, 0], [100, 100], [0, 100]])


def circle(n, *, radius=50.0, jag=0.0):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    far = radius + jag * (np.arange(n) % 2)
    return np.column_stack([100 + far * np.cos(angle), 100 + far * np.sin(angle)])


def test_what_lies_on_a_straight_line_goes_first_and_what_is_near_it_next():
    assert simplified((SQUARE,), 0.1)[0] is SQUARE
    assert simplified((SQUARE,), 0.3)[0].tolist() == [[0, 0], [100, 0], [100, 100], [0, 100]]


def test_a_staircase_is_smoothed_to_a_circle_of_its_size():
    jagged = circle(200, jag=2.0)
    (smooth,) = smoothed((jagged,), 4.0)
    away = np.hypot(*(smooth - 100).T)
    assert np.ptp(away) < 0.2
    assert away.mean() == pytest.approx(51, abs=0.2)
    assert len(smooth) < len(jagged)


def test_smoothing_hardly_shrinks():
    assert polygons.area(smoothed((circle(100),), 5.0)) == pytest.approx(
        polygons.area((circle(100),)), rel=4e-3
    )


def test_what_crosses_itself_is_left_alone():
    assert simplified((BOW,), 5.0)[0] is BOW
    assert smoothed((BOW,), 5.0)[0] is BOW


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.floats(0.1, 30))
def test_sound_outlines_stay_sound_and_near(seed, strength):
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 60))))
    part = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(20, 100, (len(angle), 1)) + 150
    part = part if polygons.is_simple(part) else circle(12)
    for new in (simplified((part,), strength), smoothed((part,), strength)):
        assert polygons.is_simple(new[0])
        assert difference((part,), (part,)).iou >= difference((part,), new).iou
    (thin,) = simplified((part,), strength)
    line = shapely.LinearRing(thin)
    assert len(thin) <= len(part)
    assert max(line.distance(shapely.Point(point)) for point in part) <= 2 * strength + 1e-9
