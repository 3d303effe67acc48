"""Several labels selected on the canvas: by band, by click, all; moved, nudged, let go of."""

import json

import pytest
from PySide6.QtCore import Qt

from builders.datasets import annotation
from labelmend.errors import Refused
from labelmend_desktop.canvas.many_verbs import ManyVerbs

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
BOX = [40.5, 60.25, 80, 60]


@pytest.fixture
def selection(desk):
    return desk.session.selection


def test_a_band_selects_what_lies_wholly_within(desk, selection):
    view = desk.canvas.view
    desk.drag((30, 15), (300, 140), SHIFT)
    assert set(selection.keys) == {0, 1}
    assert desk.session.selected is None
    assert desk.canvas.view == view
    desk.drag((30, 15), (300, 70), SHIFT)  # the box reaches beyond it
    assert selection.keys == ()


def test_the_name_below_the_cursor_goes_while_a_band_is_drawn(desk):
    desk.move(45, 62, button=Qt.MouseButton.NoButton)
    assert desk.canvas.pointing.hovered is not None
    desk.press(45, 62, SHIFT)
    desk.move(90, 100, SHIFT)
    assert desk.canvas.pointing.hovered is None


def test_a_band_may_be_drawn_backwards_and_may_add(desk, selection):
    desk.drag((300, 140), (190, 15), SHIFT)
    assert selection.keys == (1,)
    assert desk.session.selected == 1
    desk.drag((30, 50), (125, 130), SHIFT | CTRL)
    assert set(selection.keys) == {0, 1}


def test_a_click_with_control_takes_one_more_and_one_less(desk, selection):
    desk.click(50, 70)
    assert selection.keys == (0,)
    desk.click(230, 40, CTRL)
    assert selection.keys == (0, 1)
    desk.click(50, 70, CTRL)
    assert selection.keys == (1,)
    desk.click(230, 40, SHIFT)
    assert selection.keys == ()


def test_a_click_takes_one_in_hand_and_lets_go_of_the_others(desk, selection):
    ManyVerbs(desk.canvas).select_all()
    assert selection.keys == (0, 1, 2)
    desk.click(50, 70)
    assert selection.keys == (0,)
    assert desk.session.editing
    ManyVerbs(desk.canvas).select_all()
    assert not desk.session.editing
    desk.click(150, 200)
    assert selection.keys == ()


def test_escape_leaves_the_band_then_the_selection(desk, selection):
    ManyVerbs(desk.canvas).select_all()
    desk.press(30, 15, SHIFT)
    desk.move(100, 140, SHIFT)
    desk.key(Qt.Key.Key_Escape)
    desk.release(100, 140, SHIFT)
    assert len(selection.keys) == 3
    desk.canvas.cancel()
    assert selection.keys == ()


def test_a_drag_moves_all_in_one_step_with_a_mask_by_whole_pixels(desk, selection):
    ManyVerbs(desk.canvas).select_all()
    steps = desk.steps()
    desk.drag((80, 90), (90.5, 95))
    assert desk.bbox(0) == [50.5, 65.25, 80, 60]
    assert desk.polygon(1) == [[210, 25], [270, 25], [240, 85]]
    assert desk.bbox(2) == [10, 15, 2, 20]
    assert desk.steps() == steps + 1
    assert desk.session.undo_title == "move 3 labels"
    assert selection.keys == (0, 1, 2)


def test_a_group_stays_within_the_picture_as_one(desk):
    ManyVerbs(desk.canvas).select_all()
    desk.drag((80, 90), (300, 90))
    assert desk.bbox(0) == [100.5, 60.25, 80, 60]  # the polygon has come to the edge
    assert desk.bbox(1) == [260, 20, 60, 60]
    steps = desk.steps()
    desk.canvas.nudge(10, 0)
    assert desk.steps() == steps


def test_a_drag_there_and_back_is_no_step_and_no_click(desk, selection):
    ManyVerbs(desk.canvas).select_all()
    steps = desk.steps()
    desk.press(80, 90)
    desk.move(120, 90)
    desk.move(80, 90)
    desk.release(80, 90)
    assert desk.steps() == steps
    assert len(selection.keys) == 3


def test_a_drag_beside_the_selected_ones_pans(desk, selection):
    desk.drag((30, 50), (125, 130), SHIFT)
    desk.click(1, 15, CTRL)
    assert selection.keys == (0, 2)
    view, steps = desk.canvas.view, desk.steps()
    desk.drag((150, 200), (160, 200))
    assert desk.canvas.view.x == view.x + 20
    desk.drag((230, 40), (240, 40))
    assert desk.canvas.view.x == view.x + 40
    assert desk.steps() == steps


def test_arrows_move_all(desk):
    ManyVerbs(desk.canvas).select_all()
    desk.canvas.nudge(0, 1)
    assert desk.bbox(0) == [40.5, 61.25, 80, 60]
    assert desk.polygon(1)[0] == [200, 21]


def test_masks_move_together_by_whole_pixels_and_keep_within(desk_with):
    runs = [10, 20, 320 * 240 - 30]
    desk = desk_with(
        annotations=[
            annotation(n, 1, [0, 10, 1, 20], segmentation={"size": [240, 320], "counts": runs})
            for n in (1, 2)
        ]
    )
    desk.open_image(0)
    ManyVerbs(desk.canvas).select_all()
    steps = desk.steps()
    desk.canvas.nudge(3, 2)
    moved = {"size": [240, 320], "counts": [3 * 240 + 12, 20, 320 * 240 - 32 - 3 * 240]}
    records = [desk.project.record(key) for key in (0, 1)]
    assert [json.loads(record)["segmentation"] for record in records] == [moved, moved]
    desk.drag((3.5, 15), (7.8, 15.3))
    assert desk.bbox(0) == desk.bbox(1) == [7, 12, 1, 20]
    with pytest.raises(Refused, match="whole pixels"):
        desk.canvas.nudge(0.1, 0)
    desk.canvas.nudge(-10, -20)
    assert desk.bbox(0) == desk.bbox(1) == [0, 0, 1, 20]
    assert desk.steps() == steps + 3
    for _ in range(3):
        desk.session.undo()
    assert desk.project.record(0) == desk.project.original(0)


def test_what_can_no_longer_be_seen_is_let_go_of(desk, selection):
    ManyVerbs(desk.canvas).select_all()
    desk.session.draw_category = 1
    desk.session.set_flag("show_others", False)
    assert selection.keys == (1,)


def test_what_is_deleted_is_let_go_of_and_undo_brings_it_back(desk, selection):
    ManyVerbs(desk.canvas).select_all()
    desk.session.edits.delete(1)
    assert selection.keys == (0, 2)
    desk.session.edits.delete_several()
    assert selection.keys == ()
    assert desk.session.annotations() == []
    desk.session.undo()
    desk.session.undo()
    assert len(desk.session.annotations()) == 3


def test_the_selected_ones_are_painted_and_follow_the_drag(desk):
    desk.settle()
    plain = desk.pixels()
    ManyVerbs(desk.canvas).select_all()
    desk.settle()
    chosen = desk.pixels()
    at = desk.at(40.5, 100)
    assert (chosen[at.y(), at.x() - 3 : at.x() + 4, :3] > 240).all(axis=-1).any()
    assert not (plain[at.y(), at.x() - 3 : at.x() + 4, :3] > 240).all(axis=-1).any()
    desk.press(80, 90)
    desk.move(100, 90)
    desk.settle()
    moved = desk.pixels()
    at = desk.at(60.5, 100)
    assert (moved[at.y(), at.x() - 3 : at.x() + 4, :3] > 240).all(axis=-1).any()
    desk.release(80, 90)
