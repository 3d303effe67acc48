"""Boxes and polygons reshaped by hand in the window; what is asserted is what the export says."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.bench import BOX, NEXT, SQUARE, bench_on, one_step
from builders.datasets import annotation

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
K = Qt.Key


def test_a_box_is_nudged_by_one_ten_and_a_tenth(bench):
    bench.edit(BOX)
    bench.press(K.Key_Right)
    assert bench.bbox(BOX) == [21.5, 140.25, 80, 60]
    one_step(bench, "nudge the box")
    bench.press(K.Key_Up, modifier=SHIFT)
    bench.press(K.Key_Left, K.Key_Left, modifier=CTRL)
    assert bench.bbox(BOX) == [21.3, 130.25, 80, 60]
    bench.user.click(101.5, 160.25)  # the right side
    bench.press(K.Key_Right, modifier=CTRL)
    assert bench.bbox(BOX) == [21.3, 130.25, 80.1, 60]
    assert bench.title() == "nudge a side"


def test_a_click_on_an_edge_adds_a_vertex_where_the_edge_is(bench):
    bench.edit(SQUARE)
    bench.user.click(82, 21)
    assert bench.polygon(SQUARE) == [[20, 20], [82, 20], [100, 20], [100, 100], [20, 100]]
    assert bench.bbox(SQUARE) == [20, 20, 80, 80]
    one_step(bench, "add a vertex")


def test_an_edge_is_dragged_with_both_its_ends_and_stops_at_the_pictures_side(bench):
    bench.edit(SQUARE)
    bench.user.drag((80, 20), (85, 10))
    assert bench.polygon(SQUARE) == [[25, 10], [105, 10], [100, 100], [20, 100]]
    one_step(bench, "move an edge")
    bench.user.drag((80, 10), (80, -30))
    assert bench.polygon(SQUARE)[:2] == [[25, 0], [105, 0]]


def test_vertices_in_a_rubber_band_are_moved_nudged_and_deleted_together(bench):
    bench.edit(SQUARE)
    bench.user.drag((90, 10), (110, 110), modifier=SHIFT)
    assert bench.bytes() == bench.before
    bench.user.drag((100, 100), (120, 105))
    assert bench.polygon(SQUARE) == [[20, 20], [120, 25], [120, 105], [20, 100]]
    one_step(bench, "move 2 vertices")
    bench.press(K.Key_Right, modifier=SHIFT)
    assert bench.polygon(SQUARE) == [[20, 20], [130, 25], [130, 105], [20, 100]]
    assert bench.title() == "nudge 2 vertices"
    bench.user.click(20, 20, modifier=CTRL)  # a third one
    bench.press(K.Key_Delete)
    assert "three points" in bench.failed[-1]
    bench.user.click(60, 22.5)
    bench.user.click(20, 20, modifier=SHIFT)
    assert len(bench.polygon(SQUARE)) == 5
    bench.press(K.Key_Delete)
    assert bench.polygon(SQUARE) == [[130, 25], [130, 105], [20, 100]]
    assert bench.title() == "remove 2 vertices"


def test_vertices_that_would_leave_the_picture_stop_together(bench):
    bench.edit(NEXT)
    bench.user.click(160, 20, modifier=CTRL)
    bench.user.click(220.25, 20, modifier=CTRL)
    bench.user.drag((220, 20), (400, -50))
    assert bench.polygon(NEXT) == [[259.75, 0], [320, 0], [160, 100]]


def test_a_band_that_is_left_picks_nothing_and_escape_lets_go_of_what_was_picked(bench):
    bench.edit(SQUARE)
    bench.user.drag((90, 10), (110, 110), modifier=SHIFT)
    bench.press(K.Key_Escape)
    assert bench.session.editing
    bench.press(K.Key_Right)
    assert bench.title() == "nudge the polygon"
    assert bench.polygon(SQUARE) == [[21, 20], [101, 20], [101, 100], [21, 100]]


def test_a_click_on_one_of_several_picks_it_alone(bench):
    bench.edit(SQUARE)
    bench.user.drag((90, 10), (110, 110), modifier=SHIFT)
    bench.user.click(100, 20)
    bench.press(K.Key_Down)
    assert bench.polygon(SQUARE) == [[20, 20], [100, 21], [100, 100], [20, 100]]


def test_what_was_picked_before_an_undo_is_not_mistaken_for_other_vertices(bench):
    bench.edit(SQUARE)
    bench.user.click(82, 20)
    bench.press(K.Key_Z)
    bench.press(K.Key_Down)
    assert bench.polygon(SQUARE) == [[20, 21], [100, 21], [100, 101], [20, 101]]


def fields(bench):
    return bench.user.window.status_line.shape.fields


def test_numbers_typed_in_the_status_line_are_one_step(bench):
    bench.edit(BOX)
    assert [field.text() for field in fields(bench)] == ["20.5", "140.2", "80.0", "60.0"]
    bench.press(K.Key_R, modifier=SHIFT)
    assert fields(bench)[0].hasFocus()
    bench.user.type("30.25")
    bench.press(K.Key_Tab, K.Key_Tab)
    bench.user.type("90,5")
    bench.press(K.Key_Return)
    assert bench.bbox(BOX) == [30.25, 140.25, 90.5, 60]
    assert bench.canvas.hasFocus()
    one_step(bench, "type the box")


def test_a_polygon_is_stretched_to_the_box_that_is_typed(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_R, modifier=SHIFT)
    bench.press(K.Key_Tab, K.Key_Tab)
    bench.user.type("40")
    bench.press(K.Key_Return)
    assert bench.polygon(SQUARE) == [[20, 20], [60, 20], [60, 100], [20, 100]]


def test_escape_leaves_what_was_typed_and_keys_belong_to_the_field_meanwhile(bench):
    bench.edit(BOX)
    bench.press(K.Key_R, modifier=SHIFT)
    bench.user.type("7xbg")
    bench.press(K.Key_Down, K.Key_Right, K.Key_Backspace, K.Key_Delete)
    bench.press(K.Key_Right, modifier=CTRL)
    assert fields(bench)[0].text() == "7xb"
    bench.press(K.Key_Escape)
    assert fields(bench)[0].text() == "20.5"
    assert bench.canvas.hasFocus()
    assert bench.session.editing
    assert bench.canvas.hands.tool is None
    assert bench.bytes() == bench.before
    bench.press(K.Key_Right)
    assert bench.bbox(BOX) == [21.5, 140.25, 80, 60]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a lot", "left side of the box must be a number of pixels, such as 120.5; “a lot” is none."),
        ("inf", "must be a number"),
        ("", "must be a number"),
        ("300", "would leave the picture, which is 320 × 240 px"),
        ("-1", "would leave the picture"),
    ],
)
def test_what_cannot_be_a_box_is_refused_in_a_sentence_and_can_be_mended(bench, text, sentence):
    bench.edit(BOX)
    bench.press(K.Key_R, modifier=SHIFT)
    bench.press(K.Key_Backspace)
    bench.user.type(text)
    bench.press(K.Key_Return)
    assert sentence in bench.failed[-1]
    assert bench.bytes() == bench.before
    assert fields(bench)[0].hasFocus()
    fields(bench)[0].selectAll()
    bench.user.type("22")
    bench.press(K.Key_Return)
    assert bench.bbox(BOX)[0] == 22


def test_a_box_needs_a_width_above_zero(bench):
    bench.edit(BOX)
    bench.press(K.Key_R, modifier=SHIFT)
    bench.press(K.Key_Tab, K.Key_Tab)
    bench.user.type("0")
    bench.press(K.Key_Return)
    assert "above zero" in bench.failed[-1]
    assert bench.bytes() == bench.before


def test_the_numbers_follow_a_drag(bench):
    bench.edit(BOX)
    corner = np.array([100.5, 200.25])
    bench.user.drag(corner, corner + 10)
    assert [field.text() for field in fields(bench)] == ["20.5", "140.2", "90.0", "70.0"]
    bench.session.select(None)
    assert not fields(bench)[0].isEnabled()


def test_a_change_too_small_for_the_file_is_refused_with_how_fine_it_is(tmp_path, open_user):
    sides = [20, 20, 100, 20, 100, 100, 20, 100]
    whole = [annotation(1, 1, [150, 20, 40, 40]), annotation(2, 1, [20, 20, 80, 80], segmentation=[sides])]
    bench = bench_on(tmp_path, open_user, whole)
    for number in (1, 2):
        bench.edit(number)
        bench.press(K.Key_Right, modifier=CTRL)
        assert "The file has whole numbers here" in bench.failed[-1]
        assert bench.bytes() == bench.before


def test_undo_takes_back_first_what_is_not_done_yet(bench):
    bench.edit(SQUARE)
    bench.user.click(82, 21)
    made = bench.bytes()
    bench.press(K.Key_S, modifier=SHIFT)
    assert bench.plate().startswith("Simplified")
    bench.press(K.Key_Z)
    assert bench.plate() == ""
    assert "nothing has changed" in bench.said[-1]
    bench.press(K.Key_G)
    for x, y in ((130, 130), (160, 130), (150, 160), (130, 160)):
        bench.user.click(x, y)
    bench.press(K.Key_Z, modifier=CTRL)
    assert bench.bytes() == made
    bench.press(K.Key_Return)
    assert len(bench.exported()[4]["segmentation"][0]) == 6
    bench.press(K.Key_Z, K.Key_Z)
    assert bench.bytes() == bench.before


def test_the_label_in_hand_is_dragged_where_a_smaller_one_lies_over_it(tmp_path, open_user):
    large, small = [20, 20, 100, 80], [60, 40, 20, 20]
    bench = bench_on(tmp_path, open_user, [annotation(1, 1, large), annotation(2, 1, small)])
    bench.edit(1)
    bench.user.drag((70, 50), (80, 55))
    assert (bench.bbox(1), bench.bbox(2)) == ([30, 25, 100, 80], small)
    one_step(bench, "move the box")
    bench.user.click(70, 50)
    assert bench.session.selected == 1
