"""Parts added, cut out, joined and split in the window; what is asserted is what the export says."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.bench import BOX, NEXT, SQUARE, bench_on, one_step
from builders.datasets import annotation
from builders.mask_labels import mask_label
from labelmend.geometry import masks
from labelmend.geometry.polygons import area

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
K = Qt.Key
SIDES = [[20, 20], [100, 20], [100, 100], [20, 100]]


def draw(bench, *points):
    for point in points:
        bench.user.click(*point)
    bench.press(K.Key_Return)


def around(x, y, w, h):
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def covered(record):
    """The pixels of an exported label, (240, 320)."""
    counts = masks.counts(record["segmentation"], height=240, width=320)
    return masks.decode(counts, height=240, width=320)


def corners(record, part=0):
    return sorted(map(tuple, np.reshape(record["segmentation"][part], (-1, 2)).tolist()))


def test_a_part_is_added_beside_and_the_first_one_stays_as_it_was(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_I)
    draw(bench, *around(120, 30, 20, 20))
    record = bench.exported()[SQUARE]
    assert bench.polygon(SQUARE) == SIDES
    assert corners(record, 1) == sorted(around(120, 30, 20, 20))
    assert record["bbox"] == [20, 20, 120, 80]
    assert record["area"] == 6800
    one_step(bench, "add a part")


def test_a_part_that_overlaps_becomes_one_with_what_it_meets(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_I)
    draw(bench, *around(80, 40, 40, 20))
    record = bench.exported()[SQUARE]
    assert len(record["segmentation"]) == 1
    assert record["area"] == 6400 + 20 * 20


def test_a_bite_is_cut_out_at_once(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_Q)
    draw(bench, *around(80, 80, 40, 40))
    record = bench.exported()[SQUARE]
    assert corners(record) == [(20, 20), (20, 100), (80, 80), (80, 100), (100, 20), (100, 80)]
    assert record["area"] == 6000
    one_step(bench, "cut out a part")


def test_a_hole_is_written_as_a_mask_after_it_was_said(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_Q)
    draw(bench, *around(40, 40, 20, 20))
    assert bench.bytes() == bench.before
    assert "polygons cannot hold a hole: a mask (RLE) of 6,000 px will be written" in bench.plate()
    bench.press(K.Key_Return)
    record = bench.exported()[SQUARE]
    assert record["area"] == 6000
    assert record["bbox"] == [20, 20, 80, 80]
    pixels = covered(record)
    assert pixels.sum() == 6000
    assert not pixels[40:60, 40:60].any()
    one_step(bench, "cut out a part")
    bench.press(K.Key_Q)
    draw(bench, *around(20, 20, 80, 30))
    assert covered(bench.exported()[SQUARE]).sum() == 50 * 80 - 20 * 10


def test_a_hole_that_is_left_leaves_no_trace(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_Q)
    draw(bench, *around(40, 40, 20, 20))
    bench.press(K.Key_Escape)
    assert bench.bytes() == bench.before
    bench.press(K.Key_Q)
    bench.user.click(40, 40)
    bench.user.click(60, 40)
    bench.press(K.Key_Escape)
    assert bench.canvas.hands.tool is None
    assert bench.bytes() == bench.before


@pytest.mark.parametrize(
    ("outline", "sentence"),
    [(around(200, 150, 20, 20), "encloses nothing"), (around(0, 0, 120, 120), "Nothing would be left")],
)
def test_a_cut_of_nothing_and_of_all_is_refused(bench, outline, sentence):
    bench.edit(SQUARE)
    bench.press(K.Key_Q)
    draw(bench, *outline)
    assert sentence in bench.failed[-1]
    assert bench.bytes() == bench.before


def test_a_box_has_no_parts(bench):
    bench.edit(BOX)
    bench.press(K.Key_I)
    assert "A box has no parts" in bench.window_said()
    assert bench.canvas.hands.tool is None


def test_a_polygon_is_split_along_a_line_into_two_labels(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_J, modifier=SHIFT)
    draw(bench, (50, 10), (50, 110))
    exported = bench.exported()
    assert corners(exported[SQUARE]) == [(50, 20), (50, 100), (100, 20), (100, 100)]
    (new,) = [one for number, one in exported.items() if number > NEXT]
    assert corners(new) == [(20, 20), (20, 100), (50, 20), (50, 100)]
    assert new["category_id"] == exported[SQUARE]["category_id"]
    assert new["area"] == 2400
    assert "4,000 and 2,400 px" in bench.said[-1]
    one_step(bench, "split the polygon into 2 labels")


def test_the_parts_of_a_polygon_become_labels_of_their_own(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_I)
    draw(bench, *around(120, 30, 20, 20))
    bench.press(K.Key_J, K.Key_J, modifier=SHIFT)
    assert "Each part becomes a label: 6,400 and 400 px." in bench.plate()
    assert len(bench.exported()) == 3
    bench.press(K.Key_Return)
    exported = bench.exported()
    assert bench.polygon(SQUARE) == SIDES
    (new,) = [one for number, one in exported.items() if number > NEXT]
    assert corners(new) == sorted(around(120, 30, 20, 20))


def test_a_mask_over_two_things_is_split_as_the_key_for_lines_says(tmp_path, open_user):
    bench = bench_on(tmp_path, open_user, [mask_label(1, (40, 40, 60, 60))])
    bench.user.click(70, 70)
    bench.press(K.Key_J, modifier=SHIFT)
    assert "erase a line across it (Shift+W), then split it (Shift+G)" in bench.window_said()
    bench.press(K.Key_W, modifier=SHIFT)
    bench.canvas.brush.radius = 2.0
    bench.user.drag((70, 35), (70, 105))
    bench.press(K.Key_G, modifier=SHIFT)
    bench.press(K.Key_Return)
    assert len(bench.exported()) == 2


def test_a_line_that_misses_is_refused(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_J, modifier=SHIFT)
    draw(bench, (120, 10), (120, 110))
    assert "divides nothing" in bench.failed[-1]
    assert bench.bytes() == bench.before


def test_labels_are_joined_into_the_one_that_was_selected_first(bench):
    bench.user.click(60, 60)
    bench.user.click(180, 40, modifier=CTRL)
    bench.press(K.Key_J, K.Key_Escape)
    assert bench.bytes() == bench.before
    bench.press(K.Key_J)
    assert "The 2 labels become one, of 2 parts." in bench.plate()
    assert bench.bytes() == bench.before
    bench.press(K.Key_Return)
    exported = bench.exported()
    assert NEXT not in exported
    assert len(exported[SQUARE]["segmentation"]) == 2
    assert bench.polygon(SQUARE) == SIDES
    assert bench.session.selected == SQUARE - 1
    one_step(bench, "join 2 labels")


def test_boxes_are_joined_into_the_box_around_them_and_other_classes_not_at_all(tmp_path, open_user):
    two = [annotation(1, 1, [20, 20, 40, 40]), annotation(2, 1, [50.5, 40, 40, 40])]
    bench = bench_on(tmp_path, open_user, [*two, annotation(3, 1, [150, 20, 40, 40], category=2)])
    bench.user.click(25, 25)
    bench.user.click(155, 25, modifier=CTRL)
    bench.press(K.Key_J)
    assert "different classes" in bench.window_said()
    assert bench.bytes() == bench.before
    bench.user.click(155, 25, modifier=CTRL)
    bench.user.click(80, 75, modifier=CTRL)
    bench.press(K.Key_J)
    assert "the box around them, 70 × 60 px" in bench.plate()
    bench.press(K.Key_Return)
    assert bench.bbox(1) == [20, 20, 70.5, 60]
    assert set(bench.exported()) == {1, 3}


def test_labels_that_enclose_a_hole_are_joined_into_a_mask_after_it_was_said(tmp_path, open_user):
    u_shape = [20, 20, 40, 20, 40, 80, 80, 80, 80, 20, 100, 20, 100, 100, 20, 100]
    lid = [20, 10, 100, 10, 100, 30, 20, 30]
    labels = [
        annotation(1, 1, [20, 20, 80, 80], segmentation=[u_shape]),
        annotation(2, 1, [20, 10, 80, 20], segmentation=[lid]),
    ]
    bench = bench_on(tmp_path, open_user, labels)
    bench.press(K.Key_A, modifier=CTRL)
    bench.press(K.Key_J)
    assert "a mask (RLE) of" in bench.plate()
    assert bench.bytes() == bench.before
    bench.press(K.Key_Return)
    (record,) = bench.exported().values()
    pixels = covered(record)
    assert pixels.sum() == 80 * 90 - 40 * 50
    assert not pixels[30:80, 40:80].any()
    one_step(bench, "join 2 labels")
    bench.press(K.Key_J)
    assert "a mask is one already" in bench.window_said()


def test_a_single_part_is_not_joined_with_itself(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_J)
    assert "Select two labels or more" in bench.window_said()


def test_parts_of_the_source_that_overlap_become_one(tmp_path, open_user):
    first, second = np.ravel(SIDES).tolist(), [80, 80, 120, 80, 120, 120, 80, 120]
    label = annotation(SQUARE, 1, [20, 20, 100, 100], segmentation=[first, second])
    bench = bench_on(tmp_path, open_user, [annotation(BOX, 1, [1, 1, 9, 9]), label])
    bench.edit(SQUARE)
    bench.press(K.Key_J, K.Key_Return)
    (part,) = bench.exported()[SQUARE]["segmentation"]
    assert area((np.reshape(part, (-1, 2)),)) == 6400 + 1600 - 400
    one_step(bench, "join the parts")


def test_a_crossing_part_does_not_become_a_label_of_its_own_before_it_is_mended(tmp_path, open_user):
    bow = [160, 120, 200, 160, 200, 120, 160, 160]
    label = annotation(1, 1, [20, 20, 180, 140], segmentation=[np.ravel(SIDES).tolist(), bow])
    bench = bench_on(tmp_path, open_user, [label])
    bench.edit(1)
    bench.press(K.Key_J, K.Key_J, modifier=SHIFT)
    assert "mend it (R)" in bench.window_said()
    assert bench.bytes() == bench.before
    bench.press(K.Key_R, K.Key_Return)
    bench.press(K.Key_J, K.Key_J, modifier=SHIFT)
    bench.press(K.Key_Return)
    assert len(bench.exported()) == 3
