"""A polygon taken by its box: E swaps vertices and box, the polygon follows what is done to the box."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from builders.datasets import annotation, make_project
from labelmend_desktop.canvas.hit import HANDLES

E = Qt.Key.Key_E


@pytest.fixture
def whole(desk):
    """The triangle (200, 20), (260, 20), (230, 80) in hand by its box."""
    desk.session.select(1)
    desk.session.set_editing(True)
    assert desk.canvas.swap_grips()
    desk.told = []
    desk.session.said.connect(lambda word: desk.told.append(word) if word else None)
    return desk


def grips(canvas):
    """What the shape in hand offers: "box", "vertices", or "" while nothing is edited."""
    in_hand = canvas.contents.in_hand()
    if in_hand is None or not canvas.session.editing:
        return ""
    return "box" if in_hand.box is not None else "vertices"


def test_a_corner_of_the_box_stretches_the_polygon_in_one_step(whole):
    steps = whole.steps()
    whole.drag((260, 80), (290, 110))
    assert whole.bbox(1) == pytest.approx([200, 20, 90, 90])
    assert np.allclose(whole.polygon(1), [[200, 20], [290, 20], [245, 110]])
    assert whole.steps() == steps + 1
    assert whole.told == ["The polygon was stretched too."]
    whole.session.undo()
    assert whole.polygon(1) == [[200, 20], [260, 20], [230, 80]]


@pytest.mark.parametrize("handle", HANDLES)
def test_every_handle_of_the_box_can_be_taken(whole, handle):
    start = np.array([230.0, 50.0])
    way = np.array([("e" in handle) - ("w" in handle), ("s" in handle) - ("n" in handle)])
    whole.drag(start + 30 * way, start + 20 * way)
    assert whole.bbox(1)[2:] == pytest.approx((60 - 10 * np.abs(way)).tolist())
    part = np.array(whole.polygon(1))
    assert [*part.min(axis=0), *np.ptp(part, axis=0)] == pytest.approx(whole.bbox(1))


def test_the_polygon_is_seen_to_follow_while_the_box_is_dragged(whole):
    before = whole.pixels()
    whole.press(260, 80)
    whole.move(290, 110)
    QApplication.processEvents()
    seen = whole.pixels()
    spot = whole.at(267.5, 65)  # on the stretched triangle's right edge, off the box and its old outline
    area = np.s_[spot.y() - 4 : spot.y() + 5, spot.x() - 4 : spot.x() + 5]
    assert (before[area] != seen[area]).any()
    whole.key(Qt.Key.Key_Escape)
    whole.release(290, 110)
    assert whole.polygon(1) == [[200, 20], [260, 20], [230, 80]]


@pytest.mark.parametrize("start", [(230, 40), (208, 66)], ids=["in the outline", "in the box beside it"])
def test_the_inside_moves_the_polygon(whole, start):
    steps = whole.steps()
    whole.drag(start, (start[0] - 10, start[1] + 10))
    assert whole.polygon(1) == [[190, 30], [250, 30], [220, 90]]
    assert whole.bbox(1) == [190, 30, 60, 60]
    assert whole.steps() == steps + 1
    assert whole.told == []


def test_nudges_move_the_polygon_or_the_side_that_was_taken(whole):
    whole.canvas.nudge(1, 1)
    assert whole.polygon(1) == [[201, 21], [261, 21], [231, 81]]
    whole.click(261, 51)
    whole.canvas.nudge(10, 0)
    assert whole.bbox(1) == pytest.approx([201, 21, 70, 60])
    assert np.allclose(whole.polygon(1), [[201, 21], [271, 21], [236, 81]])


def test_vertices_come_back_with_another_shape_and_with_the_end_of_editing(whole):
    canvas, session = whole.canvas, whole.session
    session.select(0)
    session.select(1)
    assert grips(canvas) == "vertices"
    canvas.swap_grips()
    canvas.cancel()
    session.select(1)
    session.set_editing(True)
    assert grips(canvas) == "vertices"
    canvas.swap_grips()
    session.set_image(1)
    session.set_image(0)
    session.select(1)
    session.set_editing(True)
    assert grips(canvas) == "vertices"


def test_a_box_has_nothing_to_swap_and_a_mask_brush_and_eraser(desk):
    for key, tools in ((None, [""]), (0, [""]), (2, ["brush", "eraser", "brush"])):
        desk.session.select(key)
        desk.session.set_editing(True)
        for tool in tools:
            assert desk.canvas.swap_grips() == bool(tool)
            assert desk.canvas.hands.tool_name() == tool


def test_e_swaps_the_grips_of_a_polygon_and_ends_the_editing_of_a_box(tmp_path, open_window):
    labels = [
        annotation(1, 1, [40, 60, 80, 60]),
        annotation(2, 1, [200, 20, 60, 60], segmentation=[[200.0, 20, 260, 20, 230, 80]]),
    ]
    project = make_project(tmp_path, annotations=labels, images=3, find=False)
    path = project.path
    project.close()
    hands = open_window(path)
    canvas, session = hands.window.canvas, hands.session
    session.set_image(0)
    canvas.setFocus()
    for key, expected in ((1, ["vertices", "box", "vertices", "box"]), (0, ["box", "", "box", ""])):
        session.set_editing(False)
        session.select(key)
        seen = []
        for _ in expected:
            hands.press(E)
            seen.append(grips(canvas))
        assert seen == expected
