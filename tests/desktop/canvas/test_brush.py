"""Brush and eraser on the canvas: what they show, what they refuse, and that nothing drifts."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from PySide6.QtCore import Qt

from builders.datasets import annotation, faulty, issue_of
from builders.mask_labels import drawn, mask_label, rle_of
from labelmend.geometry import masks, repainting
from labelmend.project.export import export
from labelmend_desktop.canvas import mask_image
from labelmend_desktop.canvas.view import View

CTRL = Qt.KeyboardModifier.ControlModifier
MASK = 2


def pixels(desk, key=MASK):
    rle = desk.project.annotation(key).rle
    counts = masks.counts(rle, height=240, width=320)
    return masks.decode(counts, height=240, width=320)


def take(desk, tool="brush", radius=4.0, key=MASK):
    desk.session.select(key)
    desk.canvas.take_tool(tool)
    desk.canvas.brush.radius = radius


def test_what_is_shown_while_painting_is_what_is_written(desk):
    take(desk)
    shown = desk.canvas.contents.masks
    desk.press(10, 20)
    desk.move(40, 30)
    name = shown.labels[15, 1]
    seen = shown.labels == name
    desk.release(40, 30)
    assert np.array_equal(seen, pixels(desk) > 0)
    assert np.array_equal(shown.labels == name, seen)
    assert desk.project.annotation(MASK).bbox.tolist() == [0, 10, 44, 24]


def test_flipped_the_mask_as_it_is_now_is_not_shown(desk_with):
    given = faulty()
    x, y, w, h = box = [int(side) for side in given["annotations"][0]["bbox"]]
    given["annotations"][0]["segmentation"] = rle_of(drawn(box))
    desk = desk_with(find=True, **given)
    desk.session.set_issue(issue_of(desk.project, "location", annotation=0))
    image = desk.canvas.contents.masks.image
    for flip in (False, True, False):
        desk.session.set_flag("flip", flip)
        assert (image.pixelColor(x + w // 2, y + h // 2).alpha() == 0) == flip


def test_only_the_stroke_is_painted_anew(desk):
    take(desk)
    desk.settle()
    before = desk.pixels()
    desk.press(100, 150)
    desk.move(110, 150)
    changed = np.argwhere((before != desk.pixels()).any(axis=2))
    low, high = changed.min(axis=0), changed.max(axis=0)
    (left, top), (right, bottom) = desk.at(100, 150).toTuple(), desk.at(110, 150).toTuple()
    reach = 4 * 2 + 4
    assert (low >= [top - reach, left - reach]).all()
    assert (high <= [bottom + reach, right + reach]).all()
    desk.key(Qt.Key.Key_Escape)


def test_undo_in_the_middle_of_a_stroke_drops_it(desk):
    take(desk)
    desk.drag((10, 20), (40, 30))
    before = pixels(desk).copy()
    desk.press(60, 60)
    desk.move(90, 60)
    desk.session.undo()
    desk.move(120, 60)
    desk.release(120, 60)
    assert pixels(desk).sum() == 40
    desk.session.redo()
    assert np.array_equal(pixels(desk), before)
    assert np.array_equal(desk.canvas.contents.masks.labels > 0, before > 0)


def test_a_stroke_over_what_is_there_is_no_step_and_that_is_said(desk):
    take(desk, radius=0.5)
    steps, told = desk.steps(), []
    desk.session.said.connect(told.append)
    desk.drag((0.5, 15.5), (0.5, 20.5))
    assert told[-1] == "Nothing is painted: the mask has all of that already."
    take(desk, "eraser")
    desk.drag((100, 100), (120, 100))
    assert told[-1] == "Nothing is erased: the mask has none of that."
    assert desk.steps() == steps
    assert not desk.said


def test_the_ring_follows_the_cursor_and_goes_with_the_tool(desk):
    take(desk, radius=10.0)
    desk.settle()
    seen, middles = [], [desk.at(x, 150).toTuple() for x in (200, 260)]
    for x in (200, 260):
        desk.hover(x, 150)
        desk.painted()
        seen.append(desk.pixels())
    y, x = np.nonzero((seen[0] != seen[1]).any(axis=2))
    away = np.min([np.hypot(x + 0.5 - mx, y + 0.5 - my) for mx, my in middles], axis=0)
    assert abs(away - 10 * desk.canvas.view.scale).max() < 4
    assert len(x) > 200
    desk.key(Qt.Key.Key_Escape)
    assert (seen[1] != desk.pixels()).any()
    assert not desk.canvas.brush.in_hand


def test_the_size_keeps_within_bounds(desk):
    take(desk, radius=0.5)
    desk.canvas.brush.resize(-1)
    assert desk.canvas.brush.radius == 0.5
    desk.canvas.brush.radius = 500.0
    desk.canvas.brush.resize(1)
    assert desk.canvas.brush.radius == 500.0
    desk.click(10, 200)
    assert pixels(desk).all()


def test_the_wheel_without_alt_zooms_as_ever(desk):
    take(desk)
    scale = desk.canvas.view.scale
    desk.wheel(100, 100, 1)
    assert desk.canvas.view.scale > scale
    assert desk.canvas.brush.radius == 4.0


def test_control_and_a_click_beside_all_labels_begins_a_new_mask(desk):
    take(desk)
    desk.click(300, 220, CTRL)
    assert desk.session.selected is None
    desk.session.draw_category = 1
    desk.drag((150, 200), (170, 200))
    made = desk.project.annotation(desk.session.selected)
    assert made.category == 1
    assert pixels(desk, made.key)[200, 150:170].all()
    assert pixels(desk).sum() == 40


@pytest.mark.parametrize(
    ("prepare", "tool", "words"),
    [
        (lambda desk: desk.session.select(None), "eraser", "no mask to erase from"),
        (lambda desk: desk.session.selection.take([0, 1]), "brush", "Several labels"),
    ],
)
def test_what_cannot_be_painted_on_says_why(desk, prepare, tool, words):
    steps = desk.steps()
    desk.canvas.take_tool(tool)
    prepare(desk)
    desk.drag((150, 200), (170, 200))
    assert words in desk.said[-1]
    assert desk.steps() == steps
    desk.canvas.hands.put_tool_back()


def test_a_mask_of_another_size_says_so(desk_with):
    odd = {"size": [9, 9], "counts": [40, 41]}
    records = [mask_label(1, (0, 10, 2, 20)), annotation(2, 1, [0, 0, 9, 9], segmentation=odd)]
    desk = desk_with(annotations=records, images=2)
    desk.open_image(0)
    take(desk, key=1)
    desk.drag((150, 200), (170, 200))
    assert "its mask is of 9 x 9 pixels, its picture of 320 x 240" in desk.said[-1]


@pytest.fixture(params=[1, 4], ids=["near", "from afar"])
def large(desk, monkeypatch, request):
    """A desk whose picture counts as too large for an image of all masks; each so manieth pixel is seen."""
    monkeypatch.setattr(mask_image, "LARGEST", 100)
    monkeypatch.setattr(mask_image, "WINDOW", 80_000 if request.param == 1 else 12_000)
    monkeypatch.setattr(mask_image, "_MARGIN", 6)
    desk.open_image(1)
    desk.open_image(0)
    desk.step = request.param
    return desk


def seen(desk, written):
    """Those of the picture's pixels that the window shows."""
    picture = desk.canvas.contents.masks
    left, top, right, bottom = picture.place
    return written[top : bottom : picture.step, left : right : picture.step] > 0


def shown(desk, key=MASK):
    """Whose pixels the window shows as a mask's."""
    picture = desk.canvas.contents.masks
    return picture.labels == picture._names[desk.canvas.contents.scene.row_of[key]]


def near(start, end, radius=4.0):
    """The pixels (240, 320) whose middle is within the radius of a line, and the one below its end."""
    a, b = np.array(start, float), np.array(end, float)
    y, x = np.mgrid[:240, :320]
    middle = np.stack([x, y], -1) + 0.5
    along = np.clip(((middle - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)[..., None]
    found = np.hypot(*np.moveaxis(middle - a - along * (b - a), -1, 0)) <= radius
    found[int(b[1]), int(b[0])] = True
    return found


def test_in_a_large_picture_a_mask_is_painted_where_it_is_seen(large):
    picture = large.canvas.contents.masks
    assert picture.image is None
    take(large)
    before = pixels(large) > 0
    assert picture.step == large.step
    assert np.array_equal(shown(large), seen(large, before))
    large.press(10, 20)
    large.move(40, 30)
    under = shown(large)
    large.release(40, 30)
    assert np.array_equal(pixels(large) > 0, before | near((10, 20), (40, 30)))
    assert np.array_equal(under, seen(large, pixels(large)))
    rle = coco_mask.encode(np.asfortranarray(pixels(large)))
    assert masks.counts(large.project.annotation(MASK).rle, height=240, width=320) == rle["counts"]
    before = pixels(large) > 0
    take(large, "eraser")
    large.drag((40, 30), (60, 90))
    assert np.array_equal(pixels(large) > 0, before & ~near((40, 30), (60, 90)))
    large.canvas.look(View(16.0, -400.0, -200.0))
    assert picture.step == 1
    assert np.array_equal(shown(large), seen(large, pixels(large)))
    large.session.undo()
    assert np.array_equal(pixels(large) > 0, before)
    assert np.array_equal(shown(large), seen(large, before))
    large.key(Qt.Key.Key_Escape)
    assert picture.image is None


def test_in_a_large_picture_a_new_mask_is_painted_all_over_it(large):
    steps = large.steps()
    large.session.draw_category = 1
    take(large, key=None)
    before = large.canvas.contents.masks.labels.copy()
    large.press(150, 100)
    large.move(170, 100)
    assert not np.array_equal(large.canvas.contents.masks.labels, before)
    large.key(Qt.Key.Key_Escape)
    assert large.steps() == steps
    assert np.array_equal(large.canvas.contents.masks.labels, before)
    large.canvas.take_tool("brush")
    large.drag((20, 20), (300, 220))
    key = large.session.selected
    assert np.array_equal(pixels(large, key) > 0, near((20, 20), (300, 220)))
    assert np.array_equal(shown(large, key), seen(large, pixels(large, key)))


def test_a_window_that_is_closed_leaves_nothing_to_be_painted(large, monkeypatch):
    monkeypatch.setattr(mask_image, "_AT_ONCE", 10)
    picture = large.canvas.contents.masks
    take(large)
    picture.mend(picture.place)
    assert picture.behind
    large.key(Qt.Key.Key_Escape)
    assert not picture.behind
    picture.go_on(1.0, near=0.0)


def test_a_box_becomes_a_mask_only_when_that_is_taken(desk):
    take(desk, key=0)
    desk.drag((80, 90), (90, 90))
    assert desk.project.annotation(0).rle is None
    desk.key(Qt.Key.Key_Return)
    assert pixels(desk, 0).sum() == 80 * 60
    assert desk.project.annotation(0).area == 80 * 60


STROKES = st.lists(
    st.tuples(
        st.booleans(),
        st.floats(0.5, 30),
        st.lists(st.tuples(st.integers(-20, 340), st.integers(-20, 260)), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STROKES)
def test_strokes_are_exact_and_undone_to_the_byte_and_done_again(desk, tmp_path, strokes):
    path = tmp_path / "out.json"
    before, area = desk.steps(), pixels(desk).copy()
    for erase, radius, points in strokes:
        take(desk, "eraser" if erase else "brush", radius)
        covered = np.zeros((240, 320), np.uint8)
        desk.press(*points[0])
        last = told(desk, points[0])
        for point in points:
            desk.move(*point)
            here = told(desk, point)
            cut = repainting.stroke(last, here, radius=radius, height=240, width=320)
            last = here
            if cut is not None:
                covered[cut.top : cut.bottom, cut.left : cut.right] |= cut.pixels
        desk.release(*points[-1])
        after = area & ~covered & 1 if erase else area | covered
        area = after if after.any() else area
        assert np.array_equal(pixels(desk), area)
    done = desk.steps() - before
    export(desk.project, path, every_fix=True, overwrite=True)
    written = path.read_bytes()
    for _ in range(done):
        desk.session.undo()
    export(desk.project, path, every_fix=True, overwrite=True)
    assert path.read_bytes() == (tmp_path / "annotations.json").read_bytes()
    for _ in range(done):
        desk.session.redo()
    export(desk.project, path, every_fix=True, overwrite=True)
    assert path.read_bytes() == written
    for _ in range(done):
        desk.session.undo()


def told(desk, point):
    """Where in the picture the mouse is when it is sent to a point: whole pixels of the screen."""
    return desk.canvas.view.to_picture(desk.at(*point).toPointF())
