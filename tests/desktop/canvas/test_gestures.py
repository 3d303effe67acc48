import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
BOX = [40.5, 60.25, 80, 60]


def test_dragging_a_corner_changes_the_box_in_one_step(desk):
    desk.session.select(0)
    steps = desk.steps()
    desk.drag((120.5, 120.25), (140.5, 130.25))
    assert desk.bbox(0) == pytest.approx([40.5, 60.25, 100, 70])
    assert desk.bbox(0)[:2] == [40.5, 60.25]
    assert desk.steps() == steps + 1


@pytest.mark.parametrize(
    ("grip", "to", "expected"),
    [
        ((40.5, 60.25), (30.5, 50.25), [30.5, 50.25, 90, 70]),
        ((80.5, 60.25), (85.5, 50.25), [40.5, 50.25, 80, 70]),
        ((120.5, 60.25), (130.5, 70.25), [40.5, 70.25, 90, 50]),
        ((120.5, 90.25), (110.5, 95.25), [40.5, 60.25, 70, 60]),
        ((80.5, 120.25), (80.5, 110.25), [40.5, 60.25, 80, 50]),
        ((40.5, 120.25), (50.5, 130.25), [50.5, 60.25, 70, 70]),
        ((40.5, 75.25), (44.5, 79.25), [44.5, 60.25, 76, 60]),
    ],
    ids=["nw", "n", "ne", "e", "s", "sw", "a side away from its handle"],
)
def test_every_handle_leaves_the_opposite_side_alone(desk, grip, to, expected):
    desk.session.select(0)
    desk.drag(grip, to)
    assert desk.bbox(0) == pytest.approx(expected, abs=1e-9)


def test_a_drag_there_and_back_is_no_edit(desk):
    desk.session.select(0)
    steps = desk.steps()
    desk.press(120.5, 120.25)
    desk.move(150, 150)
    desk.move(120.5, 120.25)
    desk.release(120.5, 120.25)
    assert desk.bbox(0) == BOX
    assert desk.steps() == steps


def test_a_click_on_a_handle_changes_nothing(desk):
    desk.session.select(0)
    steps = desk.steps()
    desk.click(120.5, 120.25)
    assert desk.steps() == steps


def test_shift_keeps_the_ratio(desk):
    desk.session.select(0)
    desk.drag((120.5, 120.25), (160.5, 135.25), SHIFT)
    x, y, w, h = desk.bbox(0)
    assert (x, y) == (40.5, 60.25)
    assert w / h == pytest.approx(80 / 60)
    assert h == pytest.approx(84.6)  # where the cursor is nearest to the diagonal


def test_alt_keeps_the_centre(desk):
    desk.session.select(0)
    desk.drag((120.5, 120.25), (130.5, 125.25), ALT)
    assert desk.bbox(0) == pytest.approx([30.5, 55.25, 100, 70])


def test_a_resize_is_clamped_to_the_picture(desk):
    desk.session.select(0)
    desk.drag((120.5, 120.25), (400, 300))
    assert desk.bbox(0) == pytest.approx([40.5, 60.25, 279.5, 179.75])


def test_sides_may_cross(desk):
    desk.session.select(0)
    desk.drag((120.5, 90.25), (20.5, 90.25))
    assert desk.bbox(0) == pytest.approx([20.5, 60.25, 20, 60])


def test_the_inside_moves_a_box_that_is_edited_and_pans_otherwise(desk):
    desk.session.select(0)
    before = desk.canvas.view
    desk.drag((80, 90), (90, 95))
    assert desk.bbox(0) == BOX
    assert desk.canvas.view.x == before.x + 20
    desk.session.set_editing(True)
    desk.drag((80, 90), (90, 95))
    assert desk.bbox(0) == pytest.approx([50.5, 65.25, 80, 60])
    assert desk.bbox(0)[2:] == BOX[2:]


def test_a_move_is_clamped_to_the_picture(desk):
    desk.session.select(0)
    desk.session.set_editing(True)
    desk.drag((80, 90), (-200, -200))
    assert desk.bbox(0) == [0, 0, 80, 60]


def test_escape_leaves_everything_as_if_the_gesture_never_began(desk):
    desk.session.select(0)
    steps = desk.steps()
    desk.press(120.5, 120.25)
    desk.move(150, 150)
    assert desk.canvas.hands.draft is not None
    desk.key(Qt.Key.Key_Escape)
    desk.move(160, 160)
    desk.release(160, 160)
    assert desk.bbox(0) == BOX
    assert desk.steps() == steps


def test_a_vertex_is_dragged_and_the_box_follows(desk):
    desk.session.select(1)
    desk.drag((230, 80), (240, 100))
    assert np.allclose(desk.polygon(1), [[200, 20], [260, 20], [240, 100]])
    assert desk.bbox(1) == pytest.approx([200, 20, 60, 80])


def test_dragging_the_middle_of_an_edge_inserts_a_vertex(desk):
    desk.session.select(1)
    desk.drag((230, 20), (230, 10))
    assert np.allclose(desk.polygon(1), [[200, 20], [230, 10], [260, 20], [230, 80]])


def test_alt_click_and_delete_remove_a_vertex(desk):
    desk.session.select(1)
    desk.drag((230, 20), (230, 10))
    desk.click(230, 10, ALT)
    assert np.allclose(desk.polygon(1), [[200, 20], [260, 20], [230, 80]])
    desk.drag((230, 20), (230, 10))
    desk.click(230, 10)
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.polygon(1)) == 3


def test_the_last_three_vertices_stay(desk):
    desk.session.select(1)
    desk.click(230, 80, ALT)
    assert len(desk.polygon(1)) == 3
    assert any("three points" in sentence for sentence in desk.said)


def test_a_polygon_is_moved_whole(desk):
    desk.click(230, 40)
    assert (desk.session.selected, desk.session.editing) == (1, True)
    desk.drag((230, 40), (220, 50))
    assert np.allclose(desk.polygon(1), [[190, 30], [250, 30], [220, 90]])


def test_a_mask_is_selected_but_not_dragged(desk):
    desk.click(0.75, 20)
    assert desk.session.selected == 2
    steps = desk.steps()
    desk.drag((0.75, 20), (30, 40))
    assert desk.steps() == steps


def test_a_click_selects_the_smallest_shape_and_one_beside_lets_go(desk):
    desk.click(60, 80)
    assert desk.session.selected == 0
    desk.click(300, 200)
    assert desk.session.selected is None
    assert not desk.session.editing


def test_a_new_box_is_drawn(desk):
    desk.session.draw_category = 2
    desk.canvas.take_tool("box")
    desk.drag((150, 150), (180, 190))
    made = desk.project.annotation(desk.session.selected)
    assert made.category == 2
    assert made.bbox.tolist() == pytest.approx([150, 150, 30, 40])
    assert desk.canvas.hands.tool is None


def test_a_box_drawn_beyond_the_picture_is_clamped(desk):
    desk.canvas.take_tool("box")
    desk.drag((300, 200), (340, 260))
    assert desk.project.annotation(desk.session.selected).bbox.tolist() == pytest.approx([300, 200, 20, 40])


@pytest.mark.parametrize(
    ("end", "modifier", "expected"),
    [
        ((180, 190), SHIFT, [150, 150, 35, 35]),
        ((110, 150), SHIFT, [130, 150, 20, 20]),  # dragged across alone
        ((150, -50), SHIFT, [150, 75, 75, 75]),
        ((319, 239), SHIFT, [150, 150, 90, 90]),  # as far as there is room
        ((319, 239), SHIFT | ALT, [60, 60, 180, 180]),
        ((319, 160), ALT, [0, 140, 300, 20]),
    ],
)
def test_shift_draws_a_square_and_alt_from_the_middle_within_the_picture(desk, end, modifier, expected):
    desk.canvas.take_tool("box")
    desk.drag((150, 150), end, modifier)
    made = desk.project.annotation(desk.session.selected)
    assert made.bbox.tolist() == pytest.approx(expected, abs=0.01)


def test_a_slip_draws_nothing_and_keeps_the_tool(desk):
    steps = desk.steps()
    desk.canvas.take_tool("box")
    desk.drag((150, 150), (150.5, 150.5))
    assert desk.steps() == steps
    assert desk.canvas.hands.tool.name == "box"
    desk.key(Qt.Key.Key_Escape)  # the box whose other corner was to be clicked
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.hands.tool is None


def test_a_box_is_drawn_by_two_clicks_too(desk):
    desk.canvas.take_tool("box")
    desk.click(150, 150)
    desk.move(170, 160)
    assert desk.canvas.hands.draft.box.tolist() == pytest.approx([150, 150, 20, 10])
    desk.click(180, 190)
    assert desk.project.annotation(desk.session.selected).bbox.tolist() == pytest.approx([150, 150, 30, 40])
    assert desk.canvas.hands.tool is None


@pytest.mark.parametrize("end", ["enter", "first point", "double click"])
def test_a_new_polygon_is_drawn_point_by_point(desk, end):
    desk.canvas.take_tool("polygon")
    for point in ((150, 150), (190, 150), (190, 200), (100, 220)):
        desk.click(*point)
        desk.hover(*point)
    desk.key(Qt.Key.Key_Backspace)
    if end == "enter":
        desk.key(Qt.Key.Key_Return)
    elif end == "first point":
        desk.click(150.5, 150.5)
    else:
        QTest.mouseDClick(
            desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, desk.at(190, 200)
        )
    assert np.allclose(desk.polygon(desk.session.selected), [[150, 150], [190, 150], [190, 200]])
    assert desk.canvas.hands.tool is None


def test_two_points_make_no_polygon_and_escape_drops_all(desk):
    steps = desk.steps()
    desk.canvas.take_tool("polygon")
    desk.click(150, 150)
    desk.click(190, 150)
    desk.key(Qt.Key.Key_Return)
    assert desk.steps() == steps
    desk.canvas.take_tool("polygon")
    for point in ((150, 150), (190, 150), (190, 200)):
        desk.click(*point)
    desk.key(Qt.Key.Key_Escape)
    assert desk.steps() == steps
    assert (desk.canvas.hands.tool, desk.canvas.hands.draft) == (None, None)


def test_panning_while_a_polygon_is_drawn_keeps_its_points(desk):
    desk.canvas.take_tool("polygon")
    desk.click(150, 150)
    desk.click(190, 150)
    desk.drag((100, 100), (110, 110), button=Qt.MouseButton.MiddleButton)
    desk.click(190, 200)
    desk.key(Qt.Key.Key_Return)
    assert np.allclose(desk.polygon(desk.session.selected), [[150, 150], [190, 150], [190, 200]])


def test_nudges_move_the_shape_or_the_active_grip(desk):
    desk.session.select(0)
    desk.canvas.nudge(1, -10)
    assert desk.bbox(0) == [41.5, 50.25, 80, 60]
    desk.click(121.5, 110.25)
    desk.canvas.nudge(0.1, 0)
    assert desk.bbox(0) == pytest.approx([41.5, 50.25, 80.1, 60])
    desk.session.select(1)
    desk.canvas.nudge(1, 1)
    assert desk.polygon(1) == [[201, 21], [261, 21], [231, 81]]
    desk.click(231, 81)
    desk.canvas.nudge(0, 1)
    assert desk.polygon(1)[2] == [231, 82]


def test_nudging_against_the_border_is_no_step(desk):
    desk.session.select(0)
    desk.canvas.nudge(-1000, -1000)
    steps = desk.steps()
    desk.canvas.nudge(-1, 0)
    assert desk.steps() == steps
    assert desk.bbox(0) == [0, 0, 80, 60]


def test_undo_in_the_middle_of_a_drag_drops_the_drag(desk):
    desk.session.select(0)
    desk.drag((120.5, 120.25), (140.5, 130.25))
    desk.press(140.5, 130.25)
    desk.move(150, 150)
    desk.session.undo()
    assert desk.canvas.hands.draft is None
    desk.move(160, 160)
    desk.release(160, 160)
    assert desk.bbox(0) == BOX


def test_many_drags_and_undos_leave_no_drift(desk):
    desk.session.select(0)
    rng = np.random.default_rng(0)
    for _ in range(15):
        x, y, w, h = desk.bbox(0)
        desk.drag((x + w, y + h), (x + w + rng.integers(-9, 9), y + h + rng.integers(-9, 9)))
    while desk.session.undo_title is not None:
        desk.session.undo()
    assert desk.bbox(0) == BOX
    assert not desk.project.annotation(0).changed


def test_the_cursor_tells_what_a_press_would_do(desk):
    shapes = Qt.CursorShape
    desk.session.select(0)
    for point, shape in (
        ((40.5, 60.25), shapes.SizeFDiagCursor),
        ((120.5, 60.25), shapes.SizeBDiagCursor),
        ((80.5, 60.25), shapes.SizeVerCursor),
        ((120.5, 75), shapes.SizeHorCursor),
        ((80, 90), shapes.PointingHandCursor),
        ((300, 220), shapes.ArrowCursor),
    ):
        desk.hover(*point)
        assert desk.canvas.cursor().shape() == shape
    desk.session.set_editing(True)
    desk.hover(80, 90)
    assert desk.canvas.cursor().shape() == shapes.SizeAllCursor
    desk.canvas.take_tool("box")
    assert desk.canvas.cursor().shape() == shapes.CrossCursor


def test_tab_goes_to_a_shape_that_is_out_of_sight_and_stays_where_it_is_seen(desk):
    desk.canvas.look(desk.canvas.view.moved(-5000, 0))
    desk.canvas.cycle()
    desk.settle()
    found = np.array(desk.bbox(desk.session.selected))
    assert desk.canvas.rect().toRectF().contains(desk.canvas.view.rect(found))
    desk.canvas.fit_image()
    desk.settle()
    view = desk.canvas.view
    desk.canvas.cycle()
    desk.settle()
    assert desk.canvas.view == view


def test_tab_goes_through_the_shapes_from_the_nearest(desk):
    desk.canvas.cycle()
    first = desk.session.selected
    keys = {first}
    for _ in range(2):
        desk.canvas.cycle()
        keys.add(desk.session.selected)
    assert keys == {0, 1, 2}
    desk.canvas.cycle()
    assert desk.session.selected == first


def test_keys_of_a_gesture_are_kept_from_the_window(desk):
    def kept(key):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(desk.canvas, event)
        return event.isAccepted()

    assert not kept(Qt.Key.Key_Return)
    assert not kept(Qt.Key.Key_Delete)
    desk.canvas.take_tool("polygon")
    desk.click(150, 150)
    assert kept(Qt.Key.Key_Return)
    assert kept(Qt.Key.Key_Backspace)
    assert kept(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Escape)
    desk.session.select(1)
    desk.click(230, 80)
    assert kept(Qt.Key.Key_Delete)


def test_where_a_click_on_an_edge_would_add_a_vertex_is_shown(desk):
    desk.session.select(1)
    desk.session.set_editing(True)
    desk.settle()
    desk.hover(300, 200)
    before = desk.pixels()
    desk.hover(245, 21)
    assert desk.canvas.pointing.spot.tolist() == [245, 20]
    x, y = desk.at(245, 20).toTuple()
    changed = (before != desk.pixels()).any(axis=2)
    assert changed[y - 3 : y + 4, x - 3 : x + 4].any()
    desk.hover(300, 200)
    assert desk.canvas.pointing.spot is None
    assert not (before != desk.pixels()).any()
