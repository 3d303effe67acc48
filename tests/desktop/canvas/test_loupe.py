import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from labelmend_desktop.canvas.gestures.story import Draft
from labelmend_desktop.canvas.hit import NOTHING, Hit
from labelmend_desktop.canvas.loupe import AWAY, NEAR, beside, held_point, stays
from labelmend_desktop.canvas.pixel_grid import GRID_FROM, grid_lines, paint_grid
from labelmend_desktop.canvas.view import View


@given(st.floats(0, 900), st.floats(0, 600))
def test_it_lies_in_the_room_and_off_the_cursor(x, y):
    rect = beside(QPointF(x, y), QRectF(0, 0, 900, 600))
    assert QRectF(0, 0, 900, 600).contains(rect)
    assert not rect.adjusted(1 - AWAY, 1 - AWAY, AWAY - 1, AWAY - 1).contains(QPointF(x, y))


def test_it_lies_off_the_tags_where_there_is_such_a_place():
    room, cursor = QRectF(0, 0, 900, 600), QPointF(450, 300)
    first = beside(cursor, room)
    other = beside(cursor, room, avoid=[first.adjusted(0, 120, 0, 0)])
    assert not other.intersects(first)
    assert beside(cursor, room, avoid=[room]) == first


def test_where_there_is_no_room_there_is_none():
    assert beside(QPointF(100, 80), QRectF(0, 0, 200, 160)) is None


def test_it_hides_the_least_of_what_is_drawn():
    room = QRectF(0, 0, 900, 600)
    below = beside(QPointF(850, 400), room, shape=QRectF(600, 200, 250, 200))  # no room is right of it
    assert below is not None
    assert below.top() > 400
    assert beside(QPointF(400, 300), room, shape=QRectF(300, 200, 100, 100)).bottomLeft() == QPointF(436, 264)


@pytest.mark.parametrize(
    ("handle", "cursor", "expected"),
    [
        ("se", (29, 38), (30, 40)),
        ("nw", (11, 22), (10, 20)),
        ("n", (17, 18), (17, 20)),
        ("e", (33, 27), (30, 27)),
        ("e", (9, 27), (10, 27)),  # dragged across the other side
    ],
)
def test_the_side_that_is_held_is_in_the_middle(handle, cursor, expected):
    draft = Draft(5, box=np.array([10.0, 20, 20, 20]))
    assert held_point(draft, Hit("handle", 5, handle), cursor).tolist() == list(expected)


def test_a_vertex_is_in_the_middle_and_another_shape_is_not():
    draft = Draft(5, parts=(np.array([[1.0, 2], [3, 4], [5, 0]]),))
    assert held_point(draft, Hit("vertex", 5, "", 0, 1), (9, 9)).tolist() == [3, 4]
    assert held_point(draft, Hit("vertex", 6, "", 0, 1), (9, 9)) is None
    assert held_point(draft, Hit("inside", 5), (9, 9)) is None


def test_of_a_new_box_the_corner_at_the_cursor_is_in_the_middle_of_a_band_none():
    box = np.array([10.0, 20, 20, 20])
    assert held_point(Draft(None, box=box), NOTHING, (29, 21)).tolist() == [30, 20]
    assert held_point(Draft(None, box=box, band=True), NOTHING, (29, 21)) is None
    assert held_point(Draft(None, box=box, by=np.ones(2)), NOTHING, (29, 21)) is None


def test_it_is_there_while_a_box_is_drawn(desk):
    desk.canvas.take_tool("box")
    desk.press(150, 150)
    desk.move(170, 175)
    assert desk.canvas.aids.loupe.place is not None
    assert desk.canvas.aids.loupe.point == pytest.approx([170, 175], abs=0.5)
    desk.release(170, 175)
    assert desk.canvas.aids.loupe.place is None


def test_it_is_there_while_a_corner_is_dragged(desk):
    loupe = desk.canvas.aids.loupe
    desk.session.select(0)
    desk.press(120.5, 120.25)
    assert loupe.place is None
    desk.move(130, 130)
    assert loupe.place is not None
    assert loupe.point == pytest.approx([130, 130], abs=0.5)
    middle = loupe.view().to_picture(QRectF(loupe.place).center())
    assert middle == pytest.approx(loupe.point)
    cursor = desk.at(130, 130)
    assert not loupe.place.contains(cursor)
    desk.release(130, 130)
    assert loupe.place is None


@pytest.mark.parametrize("key", [0, 1], ids=["a corner", "a vertex"])
def test_escape_puts_it_away_and_the_size_is_that_of_the_label_again(desk, key):
    told = []
    desk.canvas.shape_changed.connect(told.append)
    desk.session.select(key)
    x, y = (120.5, 120.25) if key == 0 else (230, 80)
    desk.press(x, y)
    desk.move(x + 12, y + 10)
    assert desk.canvas.aids.loupe.place is not None
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.aids.loupe.place is None
    assert list(told[-1]) == desk.bbox(key)


def test_it_can_be_switched_off(desk):
    desk.session.seeing.switch("show_loupe")
    desk.session.select(0)
    desk.press(120.5, 120.25)
    desk.move(130, 130)
    assert desk.canvas.aids.loupe.place is None
    desk.release(130, 130)


def test_where_pixels_are_large_it_is_not_needed(desk):
    desk.canvas.look(View(GRID_FROM, -700, -700))
    desk.session.select(0)
    desk.press(120.5, 120.25)
    desk.move(130, 130)
    assert desk.canvas.hands.draft is not None
    assert desk.canvas.aids.loupe.place is None
    desk.release(130, 130)


def test_the_grid_lies_between_the_pixels():
    view, frame = View(10, 3, 5), QRectF(3, 5, 400, 300)
    upright, lying = grid_lines(view, frame, QRectF(0, 0, 200, 100))
    assert upright == [3 + 10 * n for n in range(20)]
    assert lying == [5 + 10 * n for n in range(10)]


@pytest.mark.parametrize("dpr", [1.0, 1.5, 2.0])
def test_its_lines_are_one_device_pixel_wide_and_end_with_the_picture(dpr):
    image = QImage(round(200 * dpr), round(100 * dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(0)
    view = View(10.5, 3, -5)
    painter = QPainter(image)
    paint_grid(painter, view, view.rect((0, 0, 16, 8)), QRectF(0, 0, 200, 100), dpr)
    painter.end()
    wide, high = image.width(), image.height()
    painted = np.frombuffer(image.constBits(), np.uint8).reshape(high, wide, 4)[..., 0] > 0
    wanted = np.zeros_like(painted)
    end, bottom = math.floor((3 + 16 * 10.5) * dpr), math.floor((-5 + 8 * 10.5) * dpr)
    for column in range(17):
        wanted[: bottom + 1, math.floor((3 + column * 10.5) * dpr)] = True
    for row in range(1, 9):
        wanted[math.floor((-5 + row * 10.5) * dpr), math.floor(3 * dpr) : end + 1] = True
    assert np.array_equal(painted, wanted)


def test_the_grid_is_there_from_800_percent_on(desk):
    def shown(scale):
        desk.canvas.look(View(scale, 0, 0))
        desk.session.set_flag("bare", True)
        desk.settle()
        return desk.pixels()[..., :3].astype(int)

    on, off = shown(GRID_FROM), shown(GRID_FROM - 1)
    column = int(40 * GRID_FROM)
    assert (np.abs(on[:, column] - on[:, column + 3]).sum(-1) > 0).mean() > 0.9
    assert (np.abs(off[:, 40 * 7] - off[:, 40 * 7 + 3]).sum(-1) > 0).mean() < 0.1


def test_the_grid_shifts_with_the_picture(desk):
    desk.canvas.look(View(12.0, -30, -20))
    desk.session.set_flag("bare", True)
    desk.settle()
    desk.drag((20, 20), (26, 24), button=Qt.MouseButton.MiddleButton)
    desk.painted()
    shifted = desk.pixels()
    desk.canvas.ground.drop()
    desk.settle()
    assert np.array_equal(shifted, desk.pixels())


@given(st.floats(0, 900), st.floats(0, 600), st.floats(-30, 30), st.floats(-30, 30))
def test_it_stays_while_the_cursor_moves_a_little(x, y, dx, dy):
    rect = beside(QPointF(x, y), QRectF(0, 0, 900, 600))
    assert stays(QPointF(x, y), rect)
    assert not stays(rect.center(), rect)
    if max(abs(dx), abs(dy)) < AWAY - NEAR:
        assert stays(QPointF(x + dx, y + dy), rect)


def test_it_makes_way_when_the_cursor_comes(desk):
    loupe = desk.canvas.aids.loupe
    desk.session.select(0)
    desk.press(120.5, 120.25)
    desk.move(130, 130)
    before = loupe.place
    desk.move(132, 131)
    assert loupe.place == before
    over = desk.canvas.view.to_picture(before.center().toPointF())
    desk.move(*over)
    assert loupe.place != before
    assert not loupe.place.contains(desk.at(*over))
    desk.release(*over)
