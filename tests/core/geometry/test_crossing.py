"""Outlines that cross themselves: where, and what they are when mended."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.geometry import crossing, polygons

SQUARE = np.array([[10.0, 10], [20, 10], [20, 20], [10, 20]])
BOW = np.array([[0.0, 0], [10, 10], [10, 0], [0, 10]])
SPIKE = np.array([[0.0, 0], [10, 0], [20, 0], [10, 0], [10, 10], [0, 10]])
TOUCHING = np.array([[0.0, 0], [10, 0], [5, 5], [10, 10], [0, 10], [5, 5]])


def test_crossings_are_found_where_they_are():
    assert crossing.crossings(SQUARE).tolist() == []
    assert crossing.crossings(BOW).tolist() == [[5, 5]]
    assert crossing.crossings(SPIKE).tolist() == [[10, 0]]
    assert crossing.crossings(TOUCHING).tolist() == [[5, 5]]


def test_a_line_that_is_still_open_crosses_only_where_it_is_drawn():
    assert crossing.crossings(BOW[:3], closed=False).tolist() == []
    assert crossing.crossings(BOW, closed=False).tolist() == [[5, 5]]
    assert crossing.crossings(BOW[:1], closed=False).tolist() == []
    assert crossing.crossings(np.array([[1.0, 1], [1, 1]]), closed=False).tolist() == []


def test_what_is_no_outline_has_no_crossings():
    assert crossing.crossings(BOW[:2]).tolist() == []
    assert crossing.crossings(BOW * np.nan).tolist() == []


def test_a_bow_falls_into_two_triangles_and_the_sound_part_stays_itself():
    sound, first, second = crossing.mended((BOW, SQUARE))
    assert sound is SQUARE
    assert polygons.area([first]) == polygons.area([second]) == 25
    assert len(crossing.mended((BOW,), least=5)) == 1
    assert crossing.mended((BOW, SQUARE), least=9) == (SQUARE,)


def test_a_spike_goes_and_what_has_no_area_is_nothing():
    (part,) = crossing.mended((SPIKE,))
    assert polygons.area([part]) == 100
    assert crossing.mended((np.array([[0.0, 0], [1, 1], [2, 2]]),)) == ()


def test_a_spike_on_what_falls_into_pieces_takes_none_of_them_along():
    bow = np.array([[0.0, 0], [10, 10], [10, 0], [0, 10], [0, 20], [0, 10]])
    assert sorted(polygons.area([part]) for part in crossing.mended((bow,))) == [25, 25]


@settings(max_examples=80)
@given(st.integers(0, 10_000))
def test_mended_outlines_are_sound_and_cover_what_was_drawn(seed):
    rng = np.random.default_rng(seed)
    part = np.round(rng.uniform(0, 100, (int(rng.integers(4, 12)), 2)), int(rng.integers(0, 3)))
    places = crossing.crossings(part)
    assert bool(len(places)) == (not polygons.is_simple(part))
    new = crossing.mended((part,))
    assert all(map(polygons.is_simple, new))
    drawn = shapely.make_valid(shapely.Polygon(part))
    filled = shapely.union_all([shapely.Polygon(one) for one in new])
    assert drawn.difference(filled).area == pytest.approx(0, abs=1e-6)
    holes = [shapely.Polygon(ring) for one in crossing.pieces(drawn) for ring in one.interiors]
    assert filled.area == pytest.approx(shapely.union_all([drawn, *holes]).area)
