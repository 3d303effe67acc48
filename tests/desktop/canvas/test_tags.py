"""Names of all shapes: where they go, how clear they are, when they are there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont

from builders.datasets import annotation, detection
from labelmend_desktop.canvas.name_tag import tag_rect
from labelmend_desktop.canvas.tags import CLEAR_FROM, FAINT_FROM, MOST, opacity, place
from labelmend_desktop.canvas.view import View

ROOM = np.array([0.0, 0, 800, 600])
NONE = np.zeros((0, 4))
SPOTS = st.tuples(st.floats(-100, 850), st.floats(-100, 650), st.floats(0, 500), st.floats(0, 400))
TAGS = st.lists(st.tuples(st.tuples(st.floats(20, 150), st.just(18.0)), SPOTS), max_size=25)


def corners(spots):
    return np.array([[x, y, x + w, y + h] for x, y, w, h in spots]).reshape(-1, 4)


def overlap(first, second):
    return bool((first[:2] < second[2:]).all() and (first[2:] > second[:2]).all())


@given(TAGS, st.lists(SPOTS, max_size=3))
def test_no_two_tags_overlap_and_all_stay_in_the_window(tags, spots):
    sizes, avoid = np.array([size for size, _ in tags]).reshape(-1, 2), corners(spots)
    abouts = corners([spot for _, spot in tags])
    found = place(sizes, abouts, room=ROOM, avoid=avoid)
    placed = found[np.isfinite(found[:, 0])]
    assert (placed[:, :2] >= ROOM[:2]).all()
    assert (placed[:, 2:] <= ROOM[2:]).all()
    everything = [*placed, *avoid]
    for at, one in enumerate(placed):
        assert not any(overlap(one, other) for other in everything[at + 1 :])
    kept = np.isfinite(found[:, 0])
    assert np.allclose(found[kept, 2:] - found[kept, :2], sizes[kept])


@given(SPOTS)
def test_a_tag_lies_beside_its_shape(spot):
    about = corners([spot])
    (found,) = place(np.array([[40.0, 18]]), about, room=ROOM, avoid=NONE)
    if np.isfinite(found[0]):
        assert not overlap(found, about[0])
        apart = np.maximum(about[0, :2] - found[2:], found[:2] - about[0, 2:]).max()
        assert apart <= 7.0 + 1e-9


def test_the_more_important_come_first_and_what_finds_no_place_is_left_out():
    about = np.array([[100.0, 100, 110, 110]] * 9)
    found = place(np.full((9, 2), [200.0, 180]), about, room=ROOM, avoid=NONE)
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[-1]).all()


def test_names_fade_with_their_shapes():
    sides = np.array([0.0, FAINT_FROM, (FAINT_FROM + CLEAR_FROM) / 2, CLEAR_FROM, 900])
    assert opacity(sides).tolist() == [0, 0, 0.5, 1, 1]


# ---- on the canvas


@pytest.fixture
def named(desk):
    desk.session.set_flag("show_detections", True)
    desk.session.seeing.switch("show_names")
    desk.painted()
    return desk


def shown(desk):
    assert desk.canvas.aids.tags.placed is not None
    return {one.row for one in desk.canvas.aids.tags.placed}


def test_every_shape_in_sight_has_its_name_when_it_is_wanted(named):
    scene = named.canvas.contents.scene
    large = (scene.boxes[:, 2:] - scene.boxes[:, :2]).max(axis=1) * 2 > FAINT_FROM
    assert shown(named) == set(np.flatnonzero(large & scene_here(named)).tolist())
    before = named.pixels()
    named.session.seeing.switch("show_names")
    named.painted()
    assert not np.array_equal(before, named.pixels())
    assert not named.canvas.aids.tags.names(0)


def scene_here(desk):
    here = np.zeros(len(desk.canvas.contents.scene), bool)
    here[desk.canvas.contents.rows] = True
    return here


def test_names_shift_with_a_pan_and_find_new_places_afterwards(named):
    tags = named.canvas.aids.tags
    row, before = tags.placed[0].row, tags.placed[0].rect
    named.drag((300, 220), (290, 215), button=Qt.MouseButton.MiddleButton)
    named.painted()
    assert tags.placed[0].rect == before  # as it was placed; drawn aside
    named.qtbot.waitUntil(lambda: named.painted() and tags.view == named.canvas.view)
    after = next(one.rect for one in tags.placed if one.row == row)
    assert after.topLeft().toTuple() == pytest.approx((before.x() - 20, before.y() - 10), abs=1.5)


def test_names_are_hidden_during_a_zoom_and_come_back(named):
    tags = named.canvas.aids.tags
    named.wheel(80, 90, 1)
    named.painted()
    assert tags.placed is not None
    assert tags.view.scale != named.canvas.view.scale
    named.qtbot.waitUntil(lambda: named.painted() and tags.view == named.canvas.view)


def test_names_make_way_for_the_shape_in_hand_and_its_tag(named):
    named.session.select(0)
    named.painted()
    tags = named.canvas.aids.tags
    assert not tags.names(0)
    for one in tags.placed:
        assert QRectF(named.canvas.rect()).contains(one.rect)


def test_a_shape_with_its_name_is_not_named_again_below_the_cursor(named):
    named.hover(170, 170)
    assert named.canvas.pointing.hovered is not None
    assert named.canvas.aids.tags.names(named.canvas.pointing.hovered)
    with_names = named.pixels()
    named.canvas.pointing.left()
    named.painted()
    assert np.array_equal(with_names, named.pixels())


def test_of_thousands_only_the_largest_are_named(desk_with):
    rng = np.random.default_rng(0)
    boxes = np.hstack([rng.uniform(0, 200, (3000, 2)), rng.uniform(10, 40, (3000, 2))])
    desk = desk_with(
        annotations=[annotation(n + 1, 1, box) for n, box in enumerate(boxes.tolist())],
        detections=[detection(1, [44, 61, 70, 58])],
    )
    desk.open_image(0)
    desk.session.seeing.switch("show_names")
    desk.painted()
    assert 1 <= len(shown(desk)) <= MOST
    scene = desk.canvas.contents.scene
    least = min((scene.boxes[row, 2:] - scene.boxes[row, :2]).max() for row in shown(desk))
    assert least > 35
    desk.canvas.look(View(0.3, 0, 0))
    desk.settle()
    desk.qtbot.waitUntil(lambda: desk.painted() and shown(desk) == set())


def test_a_tag_hides_as_little_of_other_shapes_as_may_be(qapp):
    shape, room = QRectF(100, 100, 80, 60), QRectF(0, 0, 400, 400)
    above, large = [100, 70, 140, 98], [0, 0, 400, 400]
    free = tag_rect("cat", QFont(), shape, room=room, avoid=[shape])
    assert free.bottom() < shape.top()
    beside = np.array([above, large], np.float64)
    other = tag_rect("cat", QFont(), shape, room=room, avoid=[shape], beside=beside)
    assert other.top() > shape.bottom()
    assert tag_rect("cat", QFont(), shape, room=room, avoid=[shape], beside=beside[1:]) == free


@pytest.mark.parametrize(
    "about", [(0, 0, 400, 300), (-50, -50, 600, 500), (0, 0, 400, 10), (380, 280, 20, 20)]
)
def test_a_tag_is_never_cut_off_by_the_edge_of_the_canvas(qapp, about):
    room, shape = QRectF(0, 0, 400, 300), QRectF(*about)
    rect = tag_rect("cat 0.85 · a model's file.json", QFont(), shape, room=room, avoid=[shape])
    assert room.contains(rect)
