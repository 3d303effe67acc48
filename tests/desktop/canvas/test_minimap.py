import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest

from builders.datasets import faulty, issue_of
from labelmend_desktop.canvas.minimap import GAP, corner, corners_of
from labelmend_desktop.canvas.view import View

ROOM, SIZE = QRectF(0, 0, 800, 600), QSizeF(176, 132)
RECTS = st.builds(QRectF, *[st.floats(-100, 900)] * 2, *[st.floats(1, 700)] * 2)


def hidden(rect, avoid):
    return sum((both := rect.intersected(other)).width() * both.height() for other in avoid)


@given(st.lists(RECTS, max_size=4), st.integers(0, 3))
def test_no_other_corner_hides_less(avoid, stay):
    rects = corners_of(SIZE, ROOM)
    chosen = corner(SIZE, ROOM, avoid=avoid, stay=stay)
    assert hidden(rects[chosen], avoid) == min(hidden(rect, avoid) for rect in rects)


@given(st.lists(RECTS, max_size=4))
def test_it_does_not_wander_between_corners_that_hide_the_same(avoid):
    first = corner(SIZE, ROOM, avoid=avoid)
    assert corner(SIZE, ROOM, avoid=avoid, stay=first) == first


def test_corners_lie_in_the_room():
    assert all(ROOM.contains(rect) for rect in corners_of(SIZE, ROOM))
    assert corners_of(SIZE, ROOM)[0].bottomRight().toTuple() == (800 - GAP, 600 - GAP)


@pytest.fixture
def zoomed(desk):
    """Image 1, 320 x 240, at 400 %: a part of it is in sight."""
    desk.canvas.look(View(4.0, -100.0, -60.0))
    desk.settle()
    return desk


def test_it_is_there_while_the_picture_is_zoomed_and_while_it_is_wanted(desk):
    minimap = desk.canvas.aids.minimap
    assert not minimap.isVisible()
    desk.canvas.look(View(4.0, -100.0, -60.0))
    assert minimap.isVisible()
    desk.session.seeing.switch("show_minimap")
    assert not minimap.isVisible()
    desk.session.seeing.switch("show_minimap")
    assert minimap.isVisible()
    desk.canvas.fit_image()
    assert not minimap.isVisible()


def test_it_shows_what_is_in_sight(zoomed):
    minimap = zoomed.canvas.aids.minimap
    grow = minimap.width() / 320
    assert minimap.in_sight().x() == pytest.approx(25 * grow, abs=0.01)
    assert minimap.in_sight().width() == pytest.approx(200 * grow, abs=0.01)


def test_a_press_looks_there_and_a_drag_looks_along(zoomed):
    canvas, minimap = zoomed.canvas, zoomed.canvas.aids.minimap
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() // 2, 66))
    middle = canvas.view.to_picture(canvas.rect().toRectF().center())
    assert np.allclose(middle, (160, 120), atol=2)
    assert canvas.view.scale == 4.0
    QTest.mouseMove(minimap, QPoint(minimap.width() - 1, 66))
    assert canvas.view.to_picture(canvas.rect().toRectF().topRight())[0] == pytest.approx(320, abs=5)
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() - 1, 66))
    assert zoomed.steps() == 1  # the import; looking is no step


def test_a_look_by_it_shifts_what_is_painted(zoomed):
    minimap = zoomed.canvas.aids.minimap
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=QPoint(80, 60))
    assert zoomed.painted()
    assert zoomed.canvas.overlay.settled


def test_it_makes_way_for_the_shape_in_hand(zoomed):
    canvas, minimap = zoomed.canvas, zoomed.canvas.aids.minimap
    home = minimap.geometry()
    zoomed.session.select(0)
    canvas.look(View(4.0, 800 - 4 * 110, 600 - 4 * 110))  # the cat's corner is in the lower right
    shape = canvas.view.rect(zoomed.bbox(0))
    assert shape.intersects(QRectF(home))
    assert not shape.intersects(QRectF(minimap.geometry()))


def test_it_does_not_hide_the_tag_of_the_suspect(desk_with):
    desk = desk_with(find=True, **faulty())
    desk.session.set_issue(issue_of(desk.project, "spurious"))
    desk.qtbot.waitUntil(lambda: desk.canvas.loaded is not None)
    canvas, minimap = desk.canvas, desk.canvas.aids.minimap
    x, y, w, h = canvas.contents.focus.area(canvas.contents.scene).tolist()
    for bottom in range(380, 600, 10):  # it goes down into the corner, its tag before it or behind
        canvas.look(View(4.0, 780 - 4 * (x + w), bottom - 4 * (y + h)))
        desk.settle()
        (tag,) = canvas.shapes.tags
        assert not tag.intersects(QRectF(minimap.geometry()))


def test_a_frame_below_it_is_the_same_as_without_it(zoomed):
    """What lies on the canvas cuts its region into pieces, which are painted one by one."""
    minimap, area = zoomed.canvas.aids.minimap, zoomed.canvas.aids.minimap.geometry()
    with_it = zoomed.pixels()
    minimap.hide()
    without = zoomed.pixels()
    ys, xs = slice(area.top(), area.bottom() + 1), slice(area.left(), area.right() + 1)
    assert not np.array_equal(with_it[ys, xs], without[ys, xs])
    with_it[ys, xs] = without[ys, xs]
    assert np.array_equal(with_it, without)
