"""Every grip of a box and of a polygon taken by the mouse in the window; what is asserted is the export."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.bench import BOX, NEXT, SQUARE, bench_on, one_step
from builders.datasets import annotation
from builders.mask_labels import drawn, mask_label, pixels_of

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
K = Qt.Key
LEFT, TOP, WIDE, HIGH = 20.5, 140.25, 80, 60
MIDDLE = np.array([LEFT + WIDE / 2, TOP + HIGH / 2])


@pytest.mark.parametrize("handle", ["nw", "n", "ne", "e", "se", "s", "sw", "w"])
def test_a_handle_is_dragged_and_the_opposite_side_stays(bench, handle):
    bench.edit(BOX)
    way = np.array([("e" in handle) - ("w" in handle), ("s" in handle) - ("n" in handle)])
    grip = MIDDLE + way * (WIDE / 2, HIGH / 2)
    bench.user.drag(grip, np.add(grip, (12, -8)))
    x, y, w, h = bench.bbox(BOX)
    right, bottom = x + w, y + h
    assert x == (LEFT + 12 if "w" in handle else LEFT)
    assert right == (LEFT + WIDE + 12 if "e" in handle else LEFT + WIDE)
    assert y == (TOP - 8 if "n" in handle else TOP)
    assert bottom == (TOP + HIGH - 8 if "s" in handle else TOP + HIGH)
    one_step(bench, "resize the box")


@pytest.mark.parametrize("along", [0.2, 0.35, 0.7, 0.9])
def test_a_side_is_dragged_anywhere_along_its_length(bench, along):
    bench.edit(BOX)
    x, y = LEFT + WIDE * along, TOP + HIGH * along
    bench.user.drag((LEFT, y), (LEFT - 10, y))
    bench.user.drag((LEFT + WIDE, y), (LEFT + WIDE + 10, y))
    bench.user.drag((x, TOP), (x, TOP + 5))
    bench.user.drag((x, TOP + HIGH), (x, TOP + HIGH + 5))
    assert bench.bbox(BOX) == [LEFT - 10, TOP + 5, WIDE + 20, HIGH]


@pytest.mark.parametrize(
    ("modifier", "expected"),
    [
        (SHIFT, [LEFT, TOP, WIDE - 17.6, HIGH - 13.2]),
        (ALT, [LEFT + 20, TOP + 10, WIDE - 40, HIGH - 20]),
        (SHIFT | ALT, [LEFT + 17.6, TOP + 13.2, WIDE - 35.2, HIGH - 26.4]),
    ],
    ids=["the ratio", "the centre", "both"],
)
def test_modifiers_keep_the_ratio_and_the_centre(bench, modifier, expected):
    bench.edit(BOX)
    corner = np.array([LEFT + WIDE, TOP + HIGH])
    bench.user.drag(corner, np.add(corner, (-20, -10)), modifier=modifier)
    assert bench.bbox(BOX) == pytest.approx(expected, abs=0.01)
    one_step(bench, "resize the box")


def test_the_inside_moves_a_box_and_stops_at_the_pictures_side(bench):
    bench.edit(BOX)
    bench.user.drag(MIDDLE, np.add(MIDDLE, (10, -10)))
    assert bench.bbox(BOX) == [LEFT + 10, TOP - 10, WIDE, HIGH]
    one_step(bench, "move the box")
    bench.user.drag(np.add(MIDDLE, (10, -10)), np.add(MIDDLE, (-200, 300)))
    assert bench.bbox(BOX) == [0, 240 - HIGH, WIDE, HIGH]


def test_escape_in_the_middle_of_a_drag_leaves_the_source(bench):
    for number, grip in ((BOX, (LEFT, TOP)), (BOX, MIDDLE), (SQUARE, (100, 100)), (SQUARE, (60, 20))):
        bench.edit(number)
        bench.user.drag_to(grip, np.add(grip, 15))
        assert bench.canvas.hands.draft is not None
        bench.press(K.Key_Escape)
        bench.user.let_go(*np.add(grip, 15))
        assert bench.bytes() == bench.before


def test_a_vertex_is_dragged_added_and_removed(bench):
    bench.edit(SQUARE)
    bench.user.drag((100, 100), (120, 110))
    assert bench.polygon(SQUARE) == [[20, 20], [100, 20], [120, 110], [20, 100]]
    assert bench.bbox(SQUARE) == [20, 20, 100, 90]
    one_step(bench, "move a vertex")
    bench.user.drag((60, 20), (60, 5))  # the middle of the upper edge
    assert bench.polygon(SQUARE) == [[20, 20], [60, 5], [100, 20], [120, 110], [20, 100]]
    assert bench.title() == "add a vertex"
    bench.user.click(60, 5, modifier=ALT)
    assert bench.polygon(SQUARE) == [[20, 20], [100, 20], [120, 110], [20, 100]]
    assert bench.title() == "remove a vertex"


def test_a_vertex_dragged_out_of_the_picture_stops_at_its_side(bench):
    bench.edit(SQUARE)
    bench.user.drag((20, 20), (-60, 10))
    assert bench.polygon(SQUARE)[0] == [0, 10]


def test_a_polygon_is_moved_whole_and_stretched_by_its_box(bench):
    bench.edit(NEXT)
    bench.user.drag((180, 40), (190, 50))
    assert bench.polygon(NEXT) == [[170, 30], [230.25, 30], [170, 110]]
    one_step(bench, "move the polygon")
    bench.press(K.Key_E)
    bench.canvas.look(bench.view)
    bench.user.drag((230, 110), (290, 110))
    assert bench.polygon(NEXT) == [[170, 30], [290.25, 30], [170, 110]]


def test_a_box_and_a_polygon_are_drawn_and_clamped(bench):
    bench.user.draw_box((250, 180, 100, 100))
    bench.user.draw_polygon([(240, 120), (300, 120), (270, 160)])
    added = [one for number, one in bench.exported().items() if number > NEXT]
    assert [one["bbox"] for one in added] == [[250, 180, 70, 60], [240, 120, 60, 40]]
    assert added[1]["segmentation"] == [[240, 120, 300, 120, 270, 160]]


def test_a_polygon_moved_by_half_a_pixel_keeps_its_form_in_a_file_of_whole_numbers(tmp_path, open_user):
    sides = [[20, 20], [101, 20], [101, 100], [61, 121], [20, 100]]
    label = annotation(1, 1, [20, 20, 81, 101], segmentation=[np.ravel(sides).tolist()])
    bench = bench_on(tmp_path, open_user, [label])
    bench.edit(1)
    bench.user.drag((60, 60), (61.5, 58.5))
    moved = np.array(bench.polygon(1)) - sides
    assert (moved == moved[0]).all()
    assert moved[0].tolist() == [2, -1]


def test_e_takes_the_brush_for_a_mask_and_arrows_move_it_within_the_picture(tmp_path, open_user):
    labels = [mask_label(5, (100, 2, 30, 40), (104, 10, -5, 5))]
    bench = bench_on(tmp_path, open_user, labels)
    bench.session.select(0)
    bench.press(K.Key_E)
    assert bench.canvas.hands.tool_name() == "brush"
    bench.press(K.Key_Right, K.Key_Right, K.Key_Up)
    bench.press(K.Key_Up, modifier=SHIFT)  # the picture ends there
    assert np.array_equal(pixels_of(bench.exported()[5]), drawn((102, 0, 30, 40), (106, 8, -5, 5)))
    assert bench.title() == "nudge the mask"
    bench.press(K.Key_Left, modifier=Qt.KeyboardModifier.ControlModifier)
    assert "whole pixels" in bench.window_said()
    bench.press(*[K.Key_Z] * 4)
    assert bench.bytes() == bench.before
