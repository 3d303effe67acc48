import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from labelmend.coco.record import polygons_of
from labelmend.errors import Refused
from labelmend.geometry import polygons

SQUARE = np.array([[10.0, 10], [20, 10], [20, 20], [10, 20]])
FAR = SQUARE + 100
BOW = np.array([[0.0, 0], [10, 10], [10, 0], [0, 10]])


def test_bounds_hold_all_parts():
    assert polygons.bounds([SQUARE, FAR]).tolist() == [10, 10, 110, 110]
    assert polygons.bounds([]).tolist() == [0, 0, 0, 0]


def test_rings_are_the_parts_of_all_that_have_three_points():
    square, triangle = SQUARE.ravel().tolist(), [0, 0, 4.5, 0, 0, 3]
    points, count, owner = polygons.rings([[square, [1, 2, 3, 4]], [], [triangle, [1, 2, 3, 4, 5, 6, 7]]])
    assert points.tolist() == [*SQUARE.tolist(), [0, 0], [4.5, 0], [0, 3]]
    assert count.tolist() == [4, 3]
    assert owner.tolist() == [0, 2]
    assert [len(column) for column in polygons.rings([[], [[1, 2]]])] == [0, 0, 0]


def test_area_is_of_the_union():
    assert polygons.area([SQUARE]) == 100
    assert polygons.area([SQUARE, FAR]) == 200
    assert polygons.area([SQUARE, SQUARE + 5]) == pytest.approx(175)
    assert polygons.area([BOW]) == pytest.approx(50)
    assert polygons.area([]) == 0


def test_simple_means_not_crossing_itself():
    assert polygons.is_simple(SQUARE)
    assert not polygons.is_simple(BOW)
    assert not polygons.is_simple(SQUARE[:2])
    assert not polygons.is_simple(SQUARE * np.nan)


def test_scaled_follows_its_box():
    (part,) = polygons.scaled([SQUARE], [10, 10, 10, 10], [0, 20, 20, 5])
    assert part.tolist() == [[0, 20], [20, 20], [20, 25], [0, 25]]


def test_a_moved_box_moves_its_polygon_without_stretching():
    (part,) = polygons.scaled([SQUARE], [10, 10, 10, 10], [10.25, 9, 10, 10])
    assert part.tolist() == (SQUARE + np.array([0.25, -1])).tolist()


def test_a_flat_box_is_moved_not_stretched():
    flat = np.array([[5.0, 5], [5, 9], [5, 7]])
    (part,) = polygons.scaled([flat], [5, 5, 0, 4], [6, 5, 3, 8])
    assert part.tolist() == [[6, 5], [6, 13], [6, 9]]


def test_vertices_are_moved_inserted_and_removed_without_touching_the_original():
    parts = (SQUARE, FAR)
    more = polygons.insert_vertex(parts, part=0, edge=3, at=(10, 15))
    assert more[0].tolist()[-1] == [10, 15]
    assert len(more[0]) == 5
    assert more[1] is FAR
    back = polygons.remove_vertices(more, [(0, 4)])
    assert np.array_equal(back[0], SQUARE)
    chosen = [(1, 0), (0, 2), (1, 3)]
    assert polygons.points_of(parts, chosen).tolist() == [[110, 110], [20, 20], [110, 120]]
    moved = polygons.set_vertices(parts, chosen, [(1, 2), (3, 4), (5, 6)])
    assert moved[0].tolist() == [[10, 10], [20, 10], [3, 4], [10, 20]]
    assert moved[1].tolist() == [[1, 2], [120, 110], [120, 120], [5, 6]]
    assert FAR[0].tolist() == [110, 110]
    assert polygons.set_vertices(parts, [(1, 0)], [(1, 2)])[0] is SQUARE


def test_removing_a_triangles_vertex_removes_the_part_but_never_the_last():
    triangle = SQUARE[:3]
    assert polygons.remove_vertices((triangle, FAR), [(0, 1)])[0] is FAR
    (left,) = polygons.remove_vertices((SQUARE, FAR), [(1, 0), (0, 0), (1, 3)])
    assert left.tolist() == SQUARE[1:].tolist()
    for chosen in ([(0, 1)], [(0, 0), (0, 1), (0, 2)]):
        with pytest.raises(Refused, match="three points"):
            polygons.remove_vertices((triangle,), chosen)


def test_coco_lists_come_and_go_unchanged():
    lists = [[1.5, 2, 3, 4, 5, 6.25], [0, 0, 9, 0, 9, 9]]
    assert polygons.flat(polygons_of(lists)) == lists


sides = st.floats(0.5, 500)
corners = st.floats(-500, 500)


@given(corners, corners, sides, sides, corners, corners, sides, sides)
def test_bounds_of_the_scaled_polygon_are_the_new_box(x, y, w, h, x2, y2, w2, h2):
    part = np.array([[x, y + h / 2], [x + w, y], [x + w / 3, y + h]])
    scaled = polygons.scaled((part,), polygons.bounds((part,)), [x2, y2, w2, h2])
    assert np.allclose(polygons.bounds(scaled), [x2, y2, w2, h2], atol=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_area_bounds_and_crossing_are_those_of_shapely(seed):
    rng = np.random.default_rng(seed)
    part = rng.uniform(-50, 200, (int(rng.integers(3, 9)), 2))
    ring, shape = shapely.LinearRing(part), shapely.Polygon(part)
    assert polygons.is_simple(part) == ring.is_simple
    np.testing.assert_allclose(polygons.area([part]), shapely.make_valid(shape).area, rtol=1e-9)
    low_x, low_y, high_x, high_y = shape.bounds
    np.testing.assert_allclose(polygons.bounds([part]), [low_x, low_y, high_x - low_x, high_y - low_y])
    other = part + rng.uniform(-100, 100, 2)
    both = shapely.union(shapely.make_valid(shape), shapely.make_valid(shapely.Polygon(other)))
    np.testing.assert_allclose(polygons.area([part, other]), both.area, rtol=1e-9)


@pytest.mark.parametrize(
    ("points", "upright"),
    [
        ([[0, 0], [4, 0], [4, 3], [0, 3]], True),
        ([[0, 3], [0, 0], [4, 0], [4, 3]], True),
        ([[0, 0], [4, 0.1], [4, 3], [0, 3]], False),
        ([[0, 0], [4, 0], [4, 3]], False),
        ([[0, 0], [2, 0], [4, 0], [0, 3]], False),
        ([[0, 0], [0, 0], [4, 0], [4, 3]], False),
    ],
)
def test_a_box_written_as_a_polygon_is_known(points, upright):
    assert polygons.is_upright((np.array(points, float),)) is upright
    assert not polygons.is_upright((np.array(points, float),) * 2)
