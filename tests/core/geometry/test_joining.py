"""Outlines joined, cut and divided: areas as shapely has them, and nobody else's part is touched."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.errors import Refused
from labelmend.geometry import masks
from labelmend.geometry.joining import divided, joined, without
from labelmend.geometry.polygons import area, is_simple

SQUARE = np.array([[10.0, 10], [20, 10], [20, 20], [10, 20]])
FAR = SQUARE + 100
U_SHAPE = np.array([[0.0, 0], [10, 0], [10, 30], [20, 30], [20, 0], [30, 0], [30, 40], [0, 40]])
ACROSS = np.array([[-5.0, 10], [35, 10]])


def box(x, y, w, h):
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float)


def test_parts_that_meet_become_one_and_the_others_stay_themselves():
    found = joined((FAR, SQUARE, SQUARE + 5))
    assert found.held
    assert found.parts[0] is FAR
    assert len(found.parts) == 2
    assert area(found.parts) == 275
    touching = joined((SQUARE, box(20, 10, 10, 10)))
    assert len(touching.parts) == 1


def test_a_ring_of_parts_has_a_hole():
    lid = box(0, -10, 30, 15)
    found = joined((U_SHAPE, lid))
    assert not found.held
    assert [area((hole,)) for hole in found.holes[0]] == [10 * 25]
    mask = found.mask(height=50, width=50)
    pixels = masks.decode(mask, height=50, width=50)
    assert pixels[15, 15] == 0
    assert pixels[15, 5] == pixels[2, 15] == 1


def test_a_bite_is_held_and_a_hole_is_not():
    bitten = without((SQUARE, FAR), box(15, 5, 10, 10))
    assert bitten.held
    assert bitten.parts[0] is FAR
    assert area(bitten.parts[1:]) == 75
    holed = without((SQUARE,), box(13, 13, 4, 4))
    assert not holed.held
    assert area(holed.holes[0]) == 16


def test_a_cut_may_part_in_two_and_an_island_stays_in_its_hole():
    assert len(without((SQUARE,), box(14, 0, 2, 30)).parts) == 2
    large = box(0, 0, 40, 40)
    ring = without((large,), box(10, 10, 20, 20))
    island = joined((*ring.parts, box(15, 15, 5, 5)))
    assert len(island.parts) == 1  # as polygons the large part covers its island
    ring = without((large, box(60, 0, 10, 10)), box(10, 10, 20, 20))
    pixels = masks.decode(ring.mask(height=50, width=80), height=50, width=80)
    assert pixels[5, 65] == 1
    assert pixels.sum() == 40 * 40 - 20 * 20 + 100


def test_a_cut_that_takes_nothing_or_all_is_refused():
    with pytest.raises(Refused, match="encloses nothing"):
        without((SQUARE,), FAR)
    with pytest.raises(Refused, match="Nothing would be left"):
        without((SQUARE,), box(0, 0, 40, 40))


def test_a_line_divides_what_it_meets_by_its_sides():
    first, second = divided((U_SHAPE, FAR), ACROSS)
    above, below = (first, second) if len(first) == 2 else (second, first)
    assert area(above) == 2 * 100
    assert area(below) == pytest.approx(900 - 200 + 100)
    assert any(part is FAR for part in below)


def test_a_line_between_parts_parts_them_and_one_that_ends_within_goes_on():
    first, second = divided((SQUARE, FAR), np.array([[60.0, 0], [60, 200]]))
    assert {id(first[0]), id(second[0])} == {id(SQUARE), id(FAR)}
    half, other = divided((SQUARE,), np.array([[14.0, 15], [16, 15]]))
    assert area(half) == area(other) == 50


def test_a_bent_line_divides_along_its_bends():
    corner = np.array([[15.0, 0], [15, 15], [40, 15]])
    assert sorted(area(side) for side in divided((SQUARE,), corner)) == [25, 75]


@pytest.mark.parametrize(
    "line",
    [[[100, 0], [100, 50]], [[0, 15], [30, 15], [30, 18], [12, 12], [12, 40]]],
    ids=["aside", "a loop"],
)
def test_a_line_that_divides_nothing_is_refused(line):
    with pytest.raises(Refused):
        divided((SQUARE,), np.array(line, float))


def stars(seed, count):
    """Random outlines of one picture, some of them overlapping."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 12))))
        far = rng.uniform(5, 40, (len(angle), 1))
        yield np.column_stack([np.cos(angle), np.sin(angle)]) * far + rng.uniform(0, 100, 2)


def solid(part):
    return shapely.make_valid(shapely.Polygon(part))


@settings(max_examples=80)
@given(st.integers(0, 100_000), st.integers(1, 4))
def test_areas_are_those_of_the_regions(seed, count):
    cutter, *parts = stars(seed, count + 1)
    whole = shapely.union_all([solid(part) for part in parts])
    found = joined(parts)
    holes = sum(area(ring) for ring in found.holes)
    assert area(found.parts) - holes == pytest.approx(whole.area, abs=0.02)
    try:
        rest = without(parts, cutter)
    except Refused:
        left = whole.difference(solid(cutter)).area
        assert left == pytest.approx(whole.area, abs=0.01) or left == pytest.approx(0, abs=0.01)
    else:
        covered = shapely.union_all(
            [
                solid(part).difference(shapely.union_all([solid(ring) for ring in rings]))
                for part, rings in zip(rest.parts, rest.holes, strict=True)
            ]
        )
        assert covered.area == pytest.approx(whole.difference(solid(cutter)).area, abs=0.02)


@settings(max_examples=80)
@given(st.integers(0, 100_000), st.floats(0, 100), st.floats(0, 100), st.floats(0, 6.28))
def test_what_is_divided_is_all_there_once(seed, x, y, angle):
    (part,) = stars(seed, 1)
    middle, along = np.array([x, y]), np.array([np.cos(angle), np.sin(angle)]) * 200
    try:
        first, second = divided((part,), np.stack([middle - along, middle + along]))
    except Refused:
        return
    assert area(first) + area(second) == pytest.approx(area((part,)), abs=0.02)
    assert area((*first, *second)) == pytest.approx(area((part,)), abs=0.02)
    assert all(map(is_simple, (*first, *second)))


def test_of_a_u_whose_one_arm_is_crossed_the_other_stays_whole():
    u = np.array([[0.0, 0], [10, 0], [10, 30], [30, 30], [30, 0], [40, 0], [40, 40], [0, 40]])
    first, second = divided((u,), np.array([[-5.0, 20], [15, 20]]))
    assert sorted([area(first), area(second)]) == pytest.approx([200, area((u,)) - 200])
    inside, rest = divided((u,), np.array([[4.0, 20], [6, 20]]))
    assert sorted([area(inside), area(rest)]) == pytest.approx([200, area((u,)) - 200])
