"""The label that is suggested where one is missing, taken in hand before it is added."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from builders.bench import Bench
from builders.datasets import faulty, make_project
from labelmend.geometry import masks
from labelmend_desktop.canvas import live, verbs

K = Qt.Key


@pytest.fixture
def bench(tmp_path, open_user):
    """A person before the first issue of a missing label."""
    return opened(tmp_path, open_user)


def opened(tmp_path, open_user, **dataset):
    project = make_project(tmp_path, **dataset)
    path = project.path
    project.close()
    bench = Bench(open_user(path), tmp_path / "out.json")
    bench.user.press(K.Key_N)
    bench.issue = bench.user.go_to("missing")
    bench.suggested = bench.canvas.contents.focus.suggestion.bbox
    return bench


def side(bench, way, by=0.0):
    """The middle of a side of what is suggested, (x, y), and as far beyond it."""
    x, y, w, h = bench.suggested
    return {"e": (x + w + by, y + h / 3), "n": (x + w / 3, y - by)}[way]


def added(bench):
    """The one label that the export has and the source has not."""
    before = {one["id"] for one in json.loads(bench.before)["annotations"]}
    (new,) = [one for number, one in bench.exported().items() if number not in before]
    return new


def test_it_is_changed_first_and_added_by_enter_as_one_step(bench):
    steps = bench.steps()
    bench.press(K.Key_E)
    assert "not added yet" in bench.plate()
    bench.user.drag(side(bench, "e"), side(bench, "e", 6))
    bench.user.drag(side(bench, "n"), side(bench, "n", 4))
    assert (bench.steps(), bench.bytes()) == (steps, bench.before)
    bench.press(K.Key_Return)
    x, y, w, h = bench.suggested
    assert added(bench)["bbox"] == pytest.approx([x, y - 4, w + 6, h + 4], abs=1.0)
    assert bench.steps() == steps + 3  # and two exports
    assert bench.title() == "add a dog"
    assert bench.user.state(bench.issue) == "fixed"
    assert bench.session.issue != bench.issue  # on it goes
    assert not bench.session.editing
    bench.press(K.Key_Z)
    assert bench.session.issue == bench.issue
    assert bench.bytes() == bench.before
    assert bench.user.state(bench.issue) == "flagged"


def test_however_large_it_becomes_by_hand_it_answers_the_issue(bench):
    bench.press(K.Key_E)
    verbs.type_box(bench.canvas, np.array([0.0, 0.0, 300.0, 230.0]))
    bench.press(K.Key_Return)
    assert added(bench)["bbox"] == [0, 0, 300, 230]
    assert bench.user.state(bench.issue) == "fixed"
    assert bench.session.issue != bench.issue  # Enter again would add a second one


@pytest.mark.parametrize("key", [K.Key_T, K.Key_O, K.Key_I, K.Key_Q])
def test_what_works_on_labels_alone_says_that_it_is_not_added_yet(bench, key):
    bench.press(key)
    assert "select" in bench.window_said().lower()
    bench.press(K.Key_E, key)
    assert "is not added yet: Enter adds it" in bench.window_said()


def test_esc_leaves_it_as_if_never_begun(bench):
    steps = bench.steps()
    bench.press(K.Key_E)
    bench.user.drag(side(bench, "e"), side(bench, "e", 6))
    bench.press(K.Key_Escape)
    assert bench.canvas.contents.in_hand().box.tolist() == bench.suggested.tolist()
    assert not bench.session.editing
    assert bench.plate() == ""
    assert bench.steps() == steps
    bench.press(K.Key_A)  # as suggested
    assert added(bench)["bbox"] == pytest.approx(bench.suggested, abs=0.06)


def test_each_drag_is_taken_back_by_itself_and_done_again(bench):
    steps = bench.steps()
    bench.press(K.Key_E)
    shapes = [bench.canvas.contents.held.box.tolist()]
    for way in "en":
        bench.user.drag(side(bench, way), side(bench, way, 6))
        shapes.append(bench.canvas.contents.held.box.tolist())
    bench.press(K.Key_Z)
    assert bench.canvas.contents.held.box.tolist() == shapes[1]
    bench.press(K.Key_Z, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert bench.canvas.contents.held.box.tolist() == shapes[2]
    bench.user.window.actions_.action("undo").trigger()  # as by the mouse
    bench.press(K.Key_Z)
    assert bench.canvas.contents.held.box.tolist() == shapes[0]
    assert "not added yet" in bench.plate()
    bench.press(K.Key_Z)
    assert bench.canvas.contents.held is None
    assert (bench.steps(), bench.bytes()) == (steps, bench.before)


def test_the_line_below_names_what_undo_takes_back_first(bench):
    bench.user.go_to("spurious")
    bench.press(K.Key_X)
    bench.user.go_to("missing")
    line = bench.user.window.status_line.saved
    told = line.toolTip  # whole, whatever else is said there
    assert told() == "saved · undo: not an error"
    bench.press(K.Key_E)
    assert told() == "saved · undo: what is proposed"
    bench.user.drag(side(bench, "e"), side(bench, "e", 6))
    assert told() == line.text() == "saved · undo: resize the box"
    bench.press(K.Key_Z)
    assert told() == "saved · undo: what is proposed"
    bench.press(K.Key_Z)
    assert told() == "saved · undo: not an error"
    bench.press(K.Key_E, K.Key_Return)
    assert told().startswith("saved · undo: add a ")


def test_a_drag_of_its_side_takes_it_in_hand_and_arrows_move_it(bench):
    bench.canvas.setFocus()
    bench.user.drag(side(bench, "e"), side(bench, "e", 6))
    assert "not added yet" in bench.plate()
    held = bench.canvas.contents.held.box.copy()
    bench.canvas.hands.let_go()
    bench.press(K.Key_Right, K.Key_Down, K.Key_Down)
    assert bench.session.issue == bench.issue
    bench.press(K.Key_Return)
    assert added(bench)["bbox"] == pytest.approx(held + np.array([1, 2, 0, 0]), abs=0.06)


def test_its_size_is_told_and_typed(bench):
    fields = bench.user.window.status_line.shape.fields
    assert [field.text() for field in fields] == [""] * 4
    bench.press(K.Key_E)
    bench.user.drag(side(bench, "e"), side(bench, "e", 6))
    held = bench.canvas.contents.held.box
    assert [field.text() for field in fields] == [f"{number:.1f}" for number in held.tolist()]
    bench.press(K.Key_R, modifier=Qt.KeyboardModifier.ShiftModifier)
    bench.press(K.Key_Tab, K.Key_Tab)
    bench.user.type("30")
    bench.press(K.Key_Return)
    assert bench.canvas.contents.held.box.tolist() == [*held[:2].tolist(), 30, held[3]]
    bench.press(K.Key_Z)
    assert bench.canvas.contents.held.box.tolist() == held.tolist()
    bench.press(K.Key_Escape)
    assert [field.text() for field in fields] == [""] * 4


def test_a_click_beside_it_keeps_it_and_another_label_in_hand_does_not(bench):
    bench.press(K.Key_E)
    corner = bench.canvas.view.to_picture(QPointF(5, 5))
    bench.user.click(*corner)
    assert bench.canvas.contents.held is not None
    bench.press(K.Key_Tab)
    assert bench.session.selected is not None
    assert bench.canvas.contents.held is None


def test_a_class_adds_it_as_it_is_in_hand(bench):
    bench.press(K.Key_E)
    bench.user.drag(side(bench, "e"), side(bench, "e", 6))
    held, wanted = bench.canvas.contents.held.box.copy(), bench.user.window.panel.class_choice.likely[1]
    bench.press(K.Key_2)
    new = added(bench)
    assert new["bbox"] == pytest.approx(held, abs=0.06)
    assert new["category_id"] == bench.user.project.category_ids.id_of(wanted)


def test_of_a_suggested_outline_a_vertex_is_moved_first(tmp_path, open_user):
    given = faulty()
    for one in given["annotations"]:
        one["segmentation"] = [corners(one["bbox"])]
    for one in given["detections"]:
        counts = masks.counts([corners(one["bbox"])], height=240, width=320)
        one["segmentation"] = {"size": [240, 320], "counts": counts.decode()}
    bench = opened(tmp_path, open_user, **given)
    bench.press(K.Key_E)
    (part,) = bench.canvas.contents.held.parts
    at = int(part.sum(axis=1).argmax())
    bench.user.drag(part[at], part[at] + [5, 4])
    wanted = part.copy()
    wanted[at] += [5, 4]
    bench.press(K.Key_Return)
    assert np.abs(np.reshape(added(bench)["segmentation"][0], (-1, 2)) - wanted).max() < 0.6
    assert bench.title() == "add a dog"


@pytest.fixture
def masked(tmp_path, open_user):
    """A person before the first issue of a missing label, which the model suggests as a mask."""
    given = faulty()
    for one in (*given["annotations"], *given["detections"]):
        if one["bbox"][2]:
            counts = masks.counts([corners(one["bbox"])], height=240, width=320)
            one["segmentation"] = {"size": [240, 320], "counts": counts.decode()}
    bench = opened(tmp_path, open_user, **given)
    bench.rle = bench.canvas.contents.focus.suggestion.rle
    return bench


def pixels(rle):
    counts = masks.counts(rle, height=240, width=320)
    return masks.decode(counts, height=240, width=320) > 0


def test_a_suggested_mask_is_painted_on_and_erased_from_then_added_as_one_step(masked):
    bench, steps = masked, masked.steps()
    bench.press(K.Key_E)
    assert "not added yet" in bench.plate()
    assert bench.canvas.hands.tool_name() == "brush"
    bench.canvas.brush.radius = 3.0
    left, top, wide, _high = (round(side) for side in bench.suggested)
    bench.user.drag((left + wide, top + 10), (left + wide + 12, top + 10))
    bench.press(K.Key_E)
    bench.user.drag((left, top), (left, top + 20))
    shown = bench.canvas.contents.masks
    seen = shown.labels == shown._names[bench.canvas.contents.held_row]
    assert (bench.steps(), bench.bytes()) == (steps, bench.before)
    bench.press(K.Key_Return)
    written, suggested = pixels(added(bench)["segmentation"]), pixels(bench.rle)
    assert np.array_equal(written, seen)
    assert written[top + 10, left + wide + 12]
    assert not written[top + 10, left + 1]
    y, x = np.nonzero(written != suggested)
    assert y.max() <= top + 23
    assert ((x < left + 4) | (x >= left + wide - 4)).all()
    assert bench.title() == "add a dog"
    assert not bench.canvas.brush.in_hand
    bench.press(K.Key_Z)
    assert bench.bytes() == bench.before


def test_a_suggested_mask_in_hand_has_no_halo_and_no_box_around_it(masked, monkeypatch):
    drawn = []
    monkeypatch.setattr(live, "halo", lambda _painter, path: drawn.append(path))
    masked.user.look()
    assert drawn
    masked.press(K.Key_E)
    masked.user.look()
    drawn.clear()
    masked.user.look()
    assert not drawn


def test_a_mask_in_hand_is_not_stretched_by_numbers(masked):
    bench = masked
    bench.press(K.Key_E)
    before = dict(bench.canvas.contents.held.rle)
    assert not verbs.type_box(bench.canvas, np.array([1.0, 1, 20, 20]))
    assert "cannot be stretched" in bench.failed[-1]
    assert bench.canvas.contents.held.rle == before


def test_esc_leaves_a_suggested_mask_and_puts_the_brush_away(masked):
    bench, steps = masked, masked.steps()
    bench.press(K.Key_E)
    left, top, wide, _high = bench.suggested
    bench.user.drag((left + wide, top + 10), (left + wide + 12, top + 10))
    bench.press(K.Key_Escape)
    assert bench.plate() == ""
    assert not bench.canvas.brush.in_hand
    assert not bench.canvas.contents.masks.among(np.array([bench.canvas.contents.held_row]))
    assert bench.steps() == steps
    bench.press(K.Key_A)
    assert np.array_equal(pixels(added(bench)["segmentation"]), pixels(bench.rle))


def corners(box):
    x, y, w, h = box
    return [x, y, x + w, y, x + w, y + h, x, y + h]


def test_a_label_that_was_just_drawn_is_no_suggested_one(bench):
    bench.user.draw_box((30, 150, 40, 30))
    steps = bench.steps()
    bench.user.drag((70, 165), (80, 165))
    assert bench.plate() == ""
    assert bench.steps() == steps + 1
    assert added(bench)["bbox"] == pytest.approx([30, 150, 50, 30], abs=1.0)
