"""Boxes and polygons reshaped by hand in the window; what is asserted is what the export says."""

import json
import re

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.datasets import annotation, make_project
from labelmend.geometry.differences import difference
from labelmend.geometry.polygons import area, is_simple
from labelmend.project.export import export
from labelmend_desktop.canvas.view import View

SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
K = Qt.Key
BOX, SQUARE, NEXT = 1, 2, 3
"""Ids of the labels: a box, a square polygon, and a triangle that shares a side's line with it."""


SIDES = [20.0, 20, 100, 20, 100, 100, 20, 100]


def labels():
    return [
        annotation(BOX, 1, [20.5, 140.25, 80, 60]),
        annotation(SQUARE, 1, [20, 20, 80, 80], category=2, segmentation=[SIDES]),
        annotation(NEXT, 1, [160, 20, 60.25, 80], category=2, segmentation=[[160, 20, 220.25, 20, 160, 100]]),
    ]


class Bench:
    """A user before one picture at two screen pixels a pixel; labels are called by their ids."""

    def __init__(self, user, path):
        self.user, self.path = user, path
        self.session, self.canvas = user.window.session, user.window.canvas
        self.said, self.failed = [], []
        self.session.said.connect(self.said.append)
        self.session.failed.connect(self.failed.append)
        self.session.set_image(0)
        user.look()
        self.canvas.look(View(2.0, 40.0, 30.0))
        self.before = self.bytes()

    def edit(self, number):
        """Take a label in hand, with its handles."""
        self.session.select(number - 1)
        self.session.set_editing(True)
        self.canvas.setFocus()

    def press(self, *keys, modifier=Qt.KeyboardModifier.NoModifier):
        self.user.press(*keys, modifier=modifier)

    def bytes(self):
        export(self.user.project, self.path, overwrite=True)
        return self.path.read_bytes()

    def exported(self):
        """The exported labels by their ids."""
        return {one["id"]: one for one in json.loads(self.bytes())["annotations"]}

    def bbox(self, number):
        return self.exported()[number]["bbox"]

    def polygon(self, number, part=0):
        return np.array(self.exported()[number]["segmentation"][part]).reshape(-1, 2).tolist()

    def steps(self):
        return len(self.user.project.store.history())

    def window_said(self):
        """The sentence in the bar above the picture."""
        return self.user.window.error_bar.text.text()

    def title(self):
        return self.user.project.undo_title()


def bench_on(tmp_path, open_user, annotations):
    """A bench with these labels."""
    project = make_project(tmp_path, annotations=annotations, images=1, find=False)
    path = project.path
    project.close()
    return Bench(open_user(path), tmp_path / "out.json")


@pytest.fixture
def bench(tmp_path, open_user):
    return bench_on(tmp_path, open_user, labels())


def one_step(bench, title):
    """The last gesture was one step of that name, and undone it is as if it never began."""
    assert bench.title() == title
    after = bench.bytes()
    bench.press(K.Key_Z)
    assert bench.bytes() == bench.before
    bench.press(K.Key_Z, modifier=SHIFT)
    assert bench.bytes() == after


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


BOW = [160, 120, 200, 160, 200, 120, 160, 160]


def marks(bench):
    """Where the canvas marks a crossing just now."""
    return bench.canvas.mending.marks.tolist()


def drag_across(bench):
    """Drag the square's right upper corner across its lower side; stop before the release."""
    bench.edit(SQUARE)
    bench.user.drag_to((100, 20), (60, 140))


def test_an_outline_that_crosses_itself_is_marked_while_it_is_dragged_and_written_mended_only(bench):
    drag_across(bench)
    assert np.allclose(marks(bench), [[20 + 80 / 3, 100]])
    assert "crosses itself where it is marked" in bench.said[-1]
    bench.user.let_go(60, 140)
    assert bench.bytes() == bench.before
    assert "IoU 1.000 with what was drawn" in bench.said[-1]
    bench.press(K.Key_Return)
    parts = [np.reshape(part, (-1, 2)) for part in bench.exported()[SQUARE]["segmentation"]]
    assert len(parts) == 2
    assert all(map(is_simple, parts))
    assert bench.exported()[SQUARE]["area"] == pytest.approx(area(parts), abs=0.01)
    one_step(bench, "move a vertex")


def test_escape_leaves_the_mended_outline_and_the_label_is_as_it_was(bench):
    drag_across(bench)
    bench.user.let_go(60, 140)
    bench.press(K.Key_Escape)
    assert bench.canvas.proposals.current is None
    assert bench.bytes() == bench.before


def test_r_mends_in_the_middle_of_a_drag_and_stronger_leaves_out_the_smallest_part(bench):
    drag_across(bench)
    bench.press(K.Key_R)
    assert bench.canvas.hands.draft is None
    bench.press(K.Key_BracketRight)
    assert "Mended it has one part" in bench.said[-1]
    bench.press(K.Key_Return)
    assert len(bench.exported()[SQUARE]["segmentation"]) == 1
    assert bench.title() == "mend the outline"


def test_a_crossing_outline_that_is_drawn_is_added_mended(bench):
    bench.user.draw_polygon(np.reshape(BOW, (-1, 2)))
    assert bench.bytes() == bench.before
    bench.press(K.Key_Return)
    (new,) = [one for number, one in bench.exported().items() if number > NEXT]
    assert sorted(map(len, new["segmentation"])) == [6, 6]
    one_step(bench, "add a cat")


def test_the_sources_crossing_outline_keeps_its_bytes_until_it_is_mended(tmp_path, open_user):
    crossing = annotation(BOX, 1, [160, 120, 40, 40], segmentation=[BOW])
    bench = bench_on(tmp_path, open_user, [crossing, *labels()[1:]])
    source = (tmp_path / "annotations.json").read_bytes()
    bench.edit(SQUARE)
    bench.press(K.Key_Right)
    assert json.dumps(crossing).encode() in bench.bytes()
    bench.press(K.Key_Z)
    assert bench.bytes() == source
    bench.edit(BOX)
    bench.press(K.Key_R)
    bench.press(K.Key_Return)
    parts = [np.reshape(part, (-1, 2)).tolist() for part in bench.exported()[BOX]["segmentation"]]
    assert sorted(map(sorted, parts)) == [
        [[160, 120], [160, 160], [180, 140]],
        [[180, 140], [200, 120], [200, 160]],
    ]


def test_what_does_not_cross_itself_is_not_mended(bench):
    bench.edit(SQUARE)
    bench.press(K.Key_R)
    assert "No outline that crosses itself" in bench.window_said()
    assert bench.canvas.proposals.current is None


def test_an_outline_that_would_cross_itself_only_as_the_file_writes_it_is_refused(tmp_path, open_user):
    whole = annotation(BOX, 1, [0, 0, 100, 100], segmentation=[[0, 0, 100, 0, 100, 100, 0, 100]])
    bench = bench_on(tmp_path, open_user, [whole])
    bench.edit(BOX)
    bench.user.click(50, 0)
    bench.user.drag((50, 0), (50, 99.5))
    assert "would cross itself" in bench.failed[-1]
    assert len(bench.polygon(BOX)) == 5


def jagged():
    """A circle of sixty vertices, every other one further out."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    far = 50 + 3 * (np.arange(60) % 2)
    return np.round(np.column_stack([160 + far * np.cos(angle), 120 + far * np.sin(angle)]), 2)


@pytest.fixture
def jagged_bench(tmp_path, open_user):
    part = jagged()
    label = annotation(BOX, 1, [107, 67, 106, 106], segmentation=[part.ravel().tolist()])
    bench = bench_on(tmp_path, open_user, [label])
    bench.edit(BOX)
    return bench


def told(bench):
    """Vertices before and after, and the IoU, as the words of a proposal have them."""
    found = re.search(r"([\d,]+) → ([\d,]+) vertices, IoU ([\d.]+)", bench.said[-1])
    return int(found[1]), int(found[2]), float(found[3])


@pytest.mark.parametrize(
    ("key", "title"), [(K.Key_S, "simplify the polygon"), (K.Key_M, "smooth the polygon")]
)
def test_an_outline_is_proposed_simpler_or_smoother_and_written_as_it_was_shown(jagged_bench, key, title):
    bench = jagged_bench
    bench.press(key, modifier=SHIFT)
    seen = [told(bench)]
    for _ in range(4):
        bench.press(K.Key_BracketRight)
        seen.append(told(bench))
    assert all(before == 60 for before, _, _ in seen)
    assert [iou for _, _, iou in seen] == sorted((iou for _, _, iou in seen), reverse=True)
    assert seen[-1] != seen[0]
    bench.press(K.Key_BracketLeft)
    assert told(bench) == seen[-2]
    assert bench.bytes() == bench.before
    bench.press(K.Key_Return)
    written = np.array(bench.polygon(BOX))
    assert len(written) == seen[-2][1]
    iou = difference((jagged(),), (written,)).iou
    assert iou == pytest.approx(seen[-2][2], abs=1e-3)
    one_step(bench, title)


def test_a_simpler_outline_that_is_left_leaves_no_trace(jagged_bench):
    jagged_bench.press(K.Key_S, modifier=SHIFT)
    jagged_bench.press(K.Key_BracketRight, K.Key_Escape)
    assert jagged_bench.bytes() == jagged_bench.before


def test_only_a_polygon_is_simplified(bench):
    bench.edit(BOX)
    bench.press(K.Key_S, modifier=SHIFT)
    assert "Only a polygon" in bench.window_said()
    bench.edit(NEXT)
    bench.press(K.Key_S, modifier=SHIFT)
    assert "cannot be simplified" in bench.window_said()
