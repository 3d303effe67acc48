"""Outlines mended, simplified and smoothed in the window; what is asserted is what the export says."""

import json
import re

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.bench import BOX, NEXT, SQUARE, bench_on, labels, one_step
from builders.datasets import annotation
from labelmend.geometry.differences import difference
from labelmend.geometry.polygons import area, is_simple

SHIFT = Qt.KeyboardModifier.ShiftModifier
K = Qt.Key
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
    assert "crosses itself where it is marked: move it clear, or mend it (R)" in bench.plate()
    bench.user.let_go(60, 140)
    assert bench.bytes() == bench.before
    assert "Your change is in it" in bench.plate()
    assert "IoU 1.000 with what was drawn" in bench.plate()
    assert np.allclose(bench.user.proposed.moved, [[60, 140]], atol=0.3)
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
    assert "crosses itself has one part" in bench.plate()
    bench.press(K.Key_Return)
    assert len(bench.exported()[SQUARE]["segmentation"]) == 1
    assert bench.title() == "mend the outline"


def test_of_a_mended_outline_only_vertices_that_it_has_are_shown_as_moved(bench):
    bench.edit(SQUARE)
    bench.user.drag((100, 20), (60, 110))
    assert np.allclose(bench.user.proposed.moved, [[60, 110]], atol=0.3)
    bench.press(K.Key_BracketRight)  # without the smaller part, which it is a vertex of
    assert "has one part" in bench.plate()
    assert bench.user.proposed.moved.tolist() == []


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
    found = re.search(r"([\d,]+) → ([\d,]+) vertices, IoU ([\d.]+)", bench.plate())
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
