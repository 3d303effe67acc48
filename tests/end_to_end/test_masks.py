"""Masks mended by brush, eraser and keys, by a person at the window; looked at in the exported file."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.bench import bench_on
from builders.datasets import annotation, faulty, make_project
from builders.mask_labels import drawn, mask_label, pixels_of
from labelmend.project import regrouping
from labelmend_desktop.canvas import mask_proposals, mask_verbs

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
TRIANGLE = [200.0, 20, 260, 20, 230, 80]


@pytest.fixture
def work(tmp_path, open_user):
    """Ann before a picture with these records."""
    return lambda *records: bench_on(tmp_path, open_user, list(records))


def within(pixels, middle, radius):
    """Pixels whose middle is within a radius of the segment between two points of the picture."""
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]] + 0.5
    (ax, ay), (bx, by) = middle
    length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
    along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
    return np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= radius


def test_the_brush_adds_to_the_mask_and_the_eraser_takes_away(work):
    bench = work(mask_label(1, (40, 40, 60, 60)), mask_label(2, (200, 100, 30, 30), listed=True))
    steps = bench.steps()
    bench.user.click(70, 70)
    bench.press(Qt.Key.Key_W)
    bench.canvas.brush.radius = 6.0
    bench.user.drag((95, 70), (140, 70))
    bench.press(Qt.Key.Key_W, modifier=SHIFT)
    bench.user.drag((45, 30), (45, 110))
    assert bench.steps() == steps + 2
    assert bench.title() == "erase from the mask"
    told = bench.exported()
    before = drawn((40, 40, 60, 60))
    painted = within(before, ((95, 70), (140, 70)), 6.0)
    erased = within(before, ((45, 30), (45, 110)), 6.0)
    assert np.array_equal(pixels_of(told[1]), (before | painted) & ~erased)
    assert isinstance(told[1]["segmentation"]["counts"], str)
    assert told[2] == mask_label(2, (200, 100, 30, 30), listed=True)
    bench.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    assert bench.bytes() == bench.before


def test_a_mask_of_listed_runs_stays_one(work):
    bench = work(mask_label(1, (40, 40, 60, 60), listed=True, order=("counts", "size")))
    bench.user.click(70, 70)
    bench.press(Qt.Key.Key_W)
    bench.user.drag((95, 70), (140, 70))
    told = bench.exported()[1]
    assert list(told["segmentation"]) == ["counts", "size"]
    assert all(type(run) is int for run in told["segmentation"]["counts"])
    assert pixels_of(told).sum() > 3600


def test_a_brush_without_a_label_in_hand_begins_a_new_mask(work):
    bench = work(mask_label(1, (40, 40, 60, 60)))
    bench.session.draw_category = 1
    bench.press(Qt.Key.Key_W)
    bench.canvas.brush.radius = 5.0
    bench.user.drag((150, 150), (180, 150))
    bench.user.drag((180, 150), (180, 180))  # goes on with the same one
    told = bench.exported()
    assert set(told) == {1, 2}
    assert (told[2]["category_id"], told[2]["iscrowd"]) == (2, 0)
    assert pixels_of(told[2])[150, 152:178].all()
    assert pixels_of(told[2])[152:178, 180].all()
    assert bench.title() == "paint the mask"


def test_undo_and_redo_leave_brush_label_and_view_in_hand(work):
    bench = work(mask_label(1, (40, 40, 60, 60)))
    bench.press(Qt.Key.Key_W)
    bench.canvas.brush.radius = 5.0
    view, hands = bench.canvas.view, bench.canvas.hands
    bench.user.drag((150, 150), (180, 150))
    bench.user.drag((180, 150), (180, 180))
    made, whole = bench.session.selected, bench.bytes()
    bench.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    assert bench.bytes() == bench.before
    assert (bench.session.selected, hands.tool.name, bench.canvas.view) == (None, "brush", view)
    bench.press(Qt.Key.Key_Z, Qt.Key.Key_Z, modifier=SHIFT)
    assert bench.bytes() == whole
    assert (bench.session.selected, hands.tool.name, bench.canvas.view) == (made, "brush", view)
    bench.user.drag((180, 180), (200, 180))
    assert set(bench.exported()) == {1, 2}
    bench.press(Qt.Key.Key_Escape)
    assert (hands.tool, bench.session.editing) == (None, False)


def test_escape_in_the_middle_of_a_stroke_leaves_all_as_it_was(work):
    bench = work(mask_label(1, (40, 40, 60, 60)))
    canvas, steps = bench.canvas, bench.steps()
    bench.user.click(70, 70)
    bench.press(Qt.Key.Key_W)
    labels = canvas.contents.masks.labels.copy()
    image = canvas.contents.masks.image.copy()
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, bench.user.at(95, 70))
    QTest.mouseMove(canvas, bench.user.at(150, 90))
    assert (canvas.contents.masks.labels != labels).any()
    bench.press(Qt.Key.Key_Escape)
    assert (canvas.contents.masks.labels == labels).all()
    assert canvas.contents.masks.image == image
    QTest.mouseMove(canvas, bench.user.at(160, 90))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, bench.user.at(160, 90))
    assert (canvas.contents.masks.labels == labels).all()
    assert bench.steps() == steps
    assert canvas.hands.tool.name == "brush"
    bench.press(Qt.Key.Key_Escape)
    assert canvas.hands.tool is None


def test_a_stroke_off_the_picture_ends_at_its_edge(work):
    bench = work(mask_label(1, (40, 40, 60, 60)))
    bench.user.click(70, 70)
    bench.press(Qt.Key.Key_W)
    bench.canvas.brush.radius = 8.0
    bench.user.drag((310, 120), (330, 120))
    told = bench.exported()[1]
    assert told["bbox"] == [40, 40, 280, told["bbox"][3]]
    assert pixels_of(told)[120, 305:].all()


def test_erasing_all_of_a_mask_is_refused_in_words(work):
    bench = work(mask_label(1, (40, 40, 20, 20)))
    steps = bench.steps()
    bench.user.click(50, 50)
    bench.press(Qt.Key.Key_W, modifier=SHIFT)
    bench.canvas.brush.radius = 40.0
    bench.user.drag((50, 50), (52, 52))
    assert bench.window_said() == "Nothing would be left of this mask: to remove the label, delete it (Del)."
    assert bench.steps() == steps
    assert bench.canvas.contents.masks.labels.sum() == 400


def test_a_polygon_is_painted_on_only_once_it_is_a_mask_and_that_is_asked(work):
    bench = work(annotation(1, 1, [200, 20, 60, 60], segmentation=[TRIANGLE]))
    canvas = bench.canvas
    bench.user.click(230, 40)
    bench.press(Qt.Key.Key_W)
    bench.user.drag((230, 40), (240, 100))
    assert "This label is a polygon" in bench.plate()
    assert bench.bytes() == bench.before
    canvas.setFocus()
    bench.press(Qt.Key.Key_Return)
    area = pixels_of(bench.exported()[1]).sum()
    assert area == pytest.approx(1800, rel=0.05)
    bench.user.drag((230, 40), (240, 100))
    assert pixels_of(bench.exported()[1])[95, 239]
    bench.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    assert bench.bytes() == bench.before


def test_the_size_changes_by_keys_and_by_the_wheel_and_control_takes_another_mask(work):
    bench = work(mask_label(1, (40, 40, 60, 60)), mask_label(2, (200, 100, 30, 30)))
    brush, canvas = bench.canvas.brush, bench.canvas
    bench.user.click(70, 70)
    bench.press(Qt.Key.Key_W)
    first = brush.radius
    assert first * canvas.view.scale == pytest.approx(14)
    bench.press(Qt.Key.Key_BracketRight, Qt.Key.Key_BracketRight, modifier=CTRL)
    bench.press(Qt.Key.Key_BracketLeft, modifier=CTRL)
    assert brush.radius == pytest.approx(first * 1.2)
    scale = canvas.view.scale
    bench.user.wheel(100, 100, notches=-1, modifier=Qt.KeyboardModifier.AltModifier)
    assert brush.radius == pytest.approx(first)
    assert canvas.view.scale == scale
    bench.user.click(215, 115, modifier=CTRL)
    brush.radius = 3.0
    bench.user.drag((225, 115), (240, 115))
    told = bench.exported()
    assert told[1] == mask_label(1, (40, 40, 60, 60))
    assert told[2]["bbox"][2] > 30


HOLED = ((40, 40, 60, 60), (50, 50, -4, 4), (70, 70, -1, 1))
SPECKED = ((40, 40, 60, 60), (120, 40, 2, 2), (130, 60, 5, 1), (150, 40, 20, 20))


def test_holes_are_filled_once_that_is_taken(work):
    bench = work(mask_label(1, *HOLED), mask_label(2, (200, 100, 30, 30)))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_H, modifier=SHIFT)
    assert bench.user.proposed.words == "Fills 2 holes of up to 16, 17 pixels in all."
    assert bench.bytes() == bench.before
    bench.press(Qt.Key.Key_BracketLeft)  # gentler: the small one only
    assert bench.user.proposed.words == "Fills 1 hole of 1 pixel."
    bench.press(Qt.Key.Key_BracketLeft)  # and no gentler than that
    assert bench.user.proposed.words == "Fills 1 hole of 1 pixel."
    bench.press(Qt.Key.Key_BracketRight, Qt.Key.Key_Return)
    assert (pixels_of(bench.exported()[1]) == drawn((40, 40, 60, 60))).all()
    bench.press(Qt.Key.Key_H, modifier=SHIFT)
    assert bench.window_said() == "This mask has no holes to fill."


def test_specks_are_dropped_once_that_is_taken(work):
    bench = work(mask_label(1, *SPECKED))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    assert bench.user.proposed.words == "Drops 2 pieces of up to 5, 9 pixels in all."
    bench.press(Qt.Key.Key_Escape)
    assert bench.user.proposed is None
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    bench.press(Qt.Key.Key_Return)
    assert (pixels_of(bench.exported()[1]) == drawn((40, 40, 60, 60), (150, 40, 20, 20))).all()
    assert bench.title() == "drop specks of the mask"
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    bench.press(Qt.Key.Key_Return)
    assert (pixels_of(bench.exported()[1]) == drawn((40, 40, 60, 60))).all()
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    assert bench.window_said() == "This mask is one piece: there are no specks to drop."


def test_pieces_of_one_size_are_no_specks(work):
    bench = work(mask_label(1, (40, 40, 20, 20), (80, 40, 20, 20)))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    assert "all of one size" in bench.window_said()
    assert bench.user.proposed is None


def test_a_mask_grows_and_shrinks_by_pixels(work):
    bench = work(mask_label(1, (40, 40, 60, 60)))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_BracketRight, modifier=CTRL)
    assert "Grows by 1 pixel: 3,600 pixels become 3,840." in bench.user.proposed.words
    bench.press(Qt.Key.Key_BracketLeft)
    assert bench.user.proposed.words.startswith("Shrinks by 1 pixel:")
    bench.press(Qt.Key.Key_BracketLeft)
    bench.press(Qt.Key.Key_Return)
    assert (pixels_of(bench.exported()[1]) == drawn((42, 42, 56, 56))).all()
    assert bench.title() == "shrink the mask by 2 pixels"


def test_a_mask_becomes_a_polygon_and_back_when_that_is_taken(work):
    bench = work(mask_label(1, (40, 40, 60, 60), (60, 60, -3, 3)), mask_label(2, (200, 100, 30, 30)))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_P, modifier=SHIFT)
    assert "a polygon of 4 points, IoU 0.998" in bench.user.proposed.words
    assert "the one would be filled" in bench.user.proposed.words
    bench.press(Qt.Key.Key_Return)
    told = bench.exported()[1]
    assert len(told["segmentation"]) == 1
    assert sorted(zip(*[iter(told["segmentation"][0])] * 2, strict=True)) == [
        (40, 40), (40, 100), (100, 40), (100, 100)
    ]  # fmt: skip
    assert (told["bbox"], told["area"]) == ([40, 40, 60, 60], 3600)
    bench.press(Qt.Key.Key_P, modifier=SHIFT)
    assert "it would become a mask of 3,600 pixels" in bench.user.proposed.words
    bench.press(Qt.Key.Key_Return)
    assert (pixels_of(bench.exported()[1]) == drawn((40, 40, 60, 60))).all()


def test_a_crowd_is_split_and_labels_are_joined_into_one(work):
    crowd = ((40, 40, 30, 60), (100, 40, 20, 20), (150, 40, 20, 20))
    bench = work(mask_label(1, *crowd, iscrowd=1, listed=True), mask_label(2, (200, 100, 30, 30)))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_P, modifier=SHIFT)
    assert "A crowd is kept as a mask" in bench.window_said()
    bench.press(Qt.Key.Key_G, modifier=SHIFT)
    assert "3 labels instead of one, of 1,800, 400 and 400 px." in bench.user.proposed.words
    assert bench.bytes() == bench.before
    bench.press(Qt.Key.Key_Return)
    told = bench.exported()
    assert sorted(pixels_of(one).sum() for one in told.values()) == [400, 400, 900, 1800]
    assert {one["iscrowd"] for one in told.values()} == {0}
    assert bench.title() == "split the crowd into 3 labels"
    bench.user.click(110, 50)
    bench.user.click(160, 50, modifier=CTRL)
    bench.press(Qt.Key.Key_G, modifier=SHIFT)
    assert bench.user.proposed.words == "One crowd instead of 2 labels: a mask of 800 px."
    bench.press(Qt.Key.Key_Return)
    told = bench.exported()
    joined = [one for one in told.values() if one["iscrowd"]]
    assert [one["area"] for one in joined] == [800]
    assert bench.title() == "join 2 labels into a crowd"
    bench.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    assert bench.bytes() == bench.before


def test_a_large_mask_is_worked_on_by_a_thread(work, monkeypatch):
    monkeypatch.setattr(mask_verbs, "_SMALL", 100)
    bench = work(mask_label(1, *SPECKED))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    bench.user.wait(lambda: bench.user.proposed is not None)
    bench.press(Qt.Key.Key_BracketRight)
    bench.user.wait(lambda: "400" in bench.user.proposed.words)
    bench.press(Qt.Key.Key_Return)
    assert (pixels_of(bench.exported()[1]) == drawn((40, 40, 60, 60))).all()
    bench.press(Qt.Key.Key_H, modifier=SHIFT)
    bench.user.wait(lambda: bench.window_said() == "This mask has no holes to fill.")


@pytest.fixture
def gate(monkeypatch):
    """Opens for the thread that splits a mask or looks for its specks; every mask is a large one."""
    opened = threading.Event()

    def waiting(work):
        def waits(*args, **options):
            assert opened.wait(10)
            return work(*args, **options)

        return waits

    monkeypatch.setattr(mask_verbs, "_SMALL", 100)
    for module, name in ((regrouping, "split"), (mask_proposals, "drop_specks")):
        monkeypatch.setattr(module, name, waiting(getattr(module, name)))
    return opened


def test_nothing_is_proposed_for_a_mask_that_was_painted_on_meanwhile(work, gate):
    bench = work(mask_label(1, *SPECKED))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_K, modifier=SHIFT)
    bench.press(Qt.Key.Key_W)
    bench.user.drag((95, 70), (140, 70))
    assert bench.title() == "paint the mask"
    gate.set()
    bench.user.wait(lambda: not bench.user.window.tasks.busy)
    assert bench.user.proposed is None


def test_a_large_crowd_is_split_by_a_thread(work, gate):
    bench = work(mask_label(1, (40, 40, 30, 60), (100, 40, 20, 20), iscrowd=1))
    steps = bench.steps()
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_G, modifier=SHIFT)
    assert bench.steps() == steps
    gate.set()
    bench.user.wait(lambda: bench.user.proposed is not None)
    assert bench.steps() == steps
    bench.press(Qt.Key.Key_Return)
    assert bench.title() == "split the crowd into 2 labels"
    assert sorted(pixels_of(one).sum() for one in bench.exported().values()) == [400, 1800]
    bench.press(Qt.Key.Key_G, modifier=SHIFT)
    bench.user.wait(lambda: "This mask is one piece" in bench.window_said())
    bench.press(Qt.Key.Key_Z)
    assert bench.bytes() == bench.before


def test_a_large_crowd_that_was_changed_meanwhile_is_not_split(work, gate):
    bench = work(mask_label(1, (40, 40, 30, 60), (100, 40, 20, 20), iscrowd=1))
    bench.user.click(45, 45)
    bench.press(Qt.Key.Key_G, modifier=SHIFT)
    bench.press(Qt.Key.Key_Delete)
    gate.set()
    bench.user.wait(lambda: not bench.user.window.tasks.busy)
    assert "changed or let go meanwhile" in bench.window_said()
    assert bench.title() == "delete the label"
    bench.press(Qt.Key.Key_Z)
    assert bench.bytes() == bench.before


def test_painting_the_suspect_fixes_its_issue_and_enter_goes_on(tmp_path, open_user):
    given = faulty()
    loose = given["annotations"][0]
    x, y, w, h = map(int, loose["bbox"])
    given["annotations"][0] = mask_label(loose["id"], (x, y, w, h), category=loose["category_id"])
    project = make_project(tmp_path, **given)
    path = project.path
    project.close()
    user = open_user(path)
    issue = user.go_to("location", lambda suspect: suspect is not None and suspect.rle is not None)
    user.press(Qt.Key.Key_W, modifier=SHIFT)
    user.window.canvas.brush.radius = 6.0
    user.drag((x + w - 4, y), (x + w - 4, y + h))
    assert user.state(issue) == "fixed"
    assert user.suspect().bbox[2] == w - 10
    assert user.issue == issue
    user.press(Qt.Key.Key_Return)
    assert user.issue != issue
    assert user.window.canvas.hands.tool is None


def test_without_a_mask_in_hand_the_keys_say_so(work):
    bench = work(annotation(1, 1, [200, 20, 60, 60], segmentation=[TRIANGLE]))
    bench.press(Qt.Key.Key_H, modifier=SHIFT)
    assert "No label is selected" in bench.window_said()
    bench.user.click(230, 40)
    for key, modifier in ((Qt.Key.Key_K, SHIFT), (Qt.Key.Key_BracketRight, CTRL)):
        bench.press(key, modifier=modifier)
        assert bench.window_said() == "This label has no mask: Shift+P makes one of it."
