"""Masks mended by brush, eraser and keys, by a person at the window; looked at in the exported file."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import annotation, write_dataset
from builders.mask_labels import drawn, mask_label, pixels_of, records_of
from labelmend.project.project import Project
from labelmend_desktop.canvas import mask_verbs
from labelmend_desktop.dialogs import ExportChoice

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
TRIANGLE = [200.0, 20, 260, 20, 230, 80]


@pytest.fixture
def work(tmp_path, open_user):
    """Ann before image 1 of these records; `export()` gives the records of what she exports."""

    def begin(*records):
        annotations, pictures, _ = write_dataset(tmp_path, annotations=records, images=1)
        path = tmp_path / "test.labelmend"
        Project.create(path, annotations=annotations, images=pictures)
        user = open_user(path)
        user.window.session.set_image(0)
        user.look()
        user.failed = []
        for signal in (user.window.session.failed, user.window.actions_.failed):
            signal.connect(user.failed.append)

        def export():
            out = tmp_path / "out.json"
            user.export(out, ExportChoice(out, every_fix=True))
            return records_of(out)

        user.source, user.exported = annotations, export
        return user

    return begin


def within(pixels, middle, radius):
    """Pixels whose middle is within a radius of the segment between two points of the picture."""
    y, x = np.mgrid[: pixels.shape[0], : pixels.shape[1]] + 0.5
    (ax, ay), (bx, by) = middle
    length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
    along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
    return np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= radius


def test_the_brush_adds_to_the_mask_and_the_eraser_takes_away(work):
    user = work(mask_label(1, (40, 40, 60, 60)), mask_label(2, (200, 100, 30, 30), listed=True))
    steps = len(user.project.store.history())
    user.click(70, 70)
    user.press(Qt.Key.Key_W)
    user.window.canvas.brush.radius = 6.0
    user.drag((95, 70), (140, 70))
    user.press(Qt.Key.Key_W, modifier=SHIFT)
    user.drag((45, 30), (45, 110))
    assert len(user.project.store.history()) == steps + 2
    assert user.project.undo_title() == "erase from the mask"
    told = user.exported()
    before = drawn((40, 40, 60, 60))
    painted = within(before, ((95, 70), (140, 70)), 6.0)
    erased = within(before, ((45, 30), (45, 110)), 6.0)
    off = pixels_of(told[1]) != ((before | painted) & ~erased)
    assert off.sum() <= 12  # the mouse sets whole pixels of the screen
    assert 140 <= told[1]["bbox"][0] + told[1]["bbox"][2] <= 147
    assert isinstance(told[1]["segmentation"]["counts"], str)
    assert told[2] == records_of(user.source)[2]
    user.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    user.exported()
    assert (user.source.parent / "out.json").read_bytes() == user.source.read_bytes()


def test_a_mask_of_listed_runs_stays_one(work):
    user = work(mask_label(1, (40, 40, 60, 60), listed=True, order=("counts", "size")))
    user.click(70, 70)
    user.press(Qt.Key.Key_W)
    user.drag((95, 70), (140, 70))
    told = user.exported()[1]
    assert list(told["segmentation"]) == ["counts", "size"]
    assert all(type(run) is int for run in told["segmentation"]["counts"])
    assert pixels_of(told).sum() > 3600


def test_a_brush_without_a_label_in_hand_begins_a_new_mask(work):
    user = work(mask_label(1, (40, 40, 60, 60)))
    user.window.session.draw_category = 1
    user.press(Qt.Key.Key_W)
    user.window.canvas.brush.radius = 5.0
    user.drag((150, 150), (180, 150))
    user.drag((180, 150), (180, 180))  # goes on with the same one
    told = user.exported()
    assert set(told) == {1, 2}
    assert (told[2]["category_id"], told[2]["iscrowd"]) == (2, 0)
    assert pixels_of(told[2])[150, 152:178].all()
    assert pixels_of(told[2])[152:178, 180].all()
    assert user.project.undo_title() == "paint the mask"


def test_escape_in_the_middle_of_a_stroke_leaves_all_as_it_was(work):
    user = work(mask_label(1, (40, 40, 60, 60)))
    canvas, steps = user.window.canvas, len(user.project.store.history())
    user.click(70, 70)
    user.press(Qt.Key.Key_W)
    labels = canvas.contents.masks.labels.copy()
    image = canvas.contents.masks.image.copy()
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, user.at(95, 70))
    QTest.mouseMove(canvas, user.at(150, 90))
    assert (canvas.contents.masks.labels != labels).any()
    user.press(Qt.Key.Key_Escape)
    assert (canvas.contents.masks.labels == labels).all()
    assert canvas.contents.masks.image == image
    QTest.mouseMove(canvas, user.at(160, 90))
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, user.at(160, 90))
    assert (canvas.contents.masks.labels == labels).all()
    assert len(user.project.store.history()) == steps
    assert canvas.hands.tool.name == "brush"
    user.press(Qt.Key.Key_Escape)
    assert canvas.hands.tool is None


def test_a_stroke_off_the_picture_ends_at_its_edge(work):
    user = work(mask_label(1, (40, 40, 60, 60)))
    user.click(70, 70)
    user.press(Qt.Key.Key_W)
    user.window.canvas.brush.radius = 8.0
    user.drag((310, 120), (330, 120))
    told = user.exported()[1]
    assert told["bbox"] == [40, 40, 280, told["bbox"][3]]
    assert pixels_of(told)[120, 305:].all()


def test_erasing_all_of_a_mask_is_refused_in_words(work):
    user = work(mask_label(1, (40, 40, 20, 20)))
    steps = len(user.project.store.history())
    user.click(50, 50)
    user.press(Qt.Key.Key_W, modifier=SHIFT)
    user.window.canvas.brush.radius = 40.0
    user.drag((50, 50), (52, 52))
    assert user.failed == ["Nothing would be left of this mask: to remove the label, delete it (Del)."]
    assert len(user.project.store.history()) == steps
    assert user.window.canvas.contents.masks.labels.sum() == 400


def test_a_polygon_is_painted_on_only_once_it_is_a_mask_and_that_is_asked(work):
    user = work(annotation(1, 1, [200, 20, 60, 60], segmentation=[TRIANGLE]))
    said, canvas = [], user.window.canvas
    user.window.session.said.connect(said.append)
    user.click(230, 40)
    user.press(Qt.Key.Key_W)
    user.drag((230, 40), (240, 100))
    assert "This label is a polygon" in said[-1]
    assert user.exported() == records_of(user.source)
    canvas.setFocus()
    user.press(Qt.Key.Key_Return)
    area = pixels_of(user.exported()[1]).sum()
    assert area == pytest.approx(1800, rel=0.05)
    user.drag((230, 40), (240, 100))
    assert pixels_of(user.exported()[1])[95, 239]
    user.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    assert user.exported() == records_of(user.source)


def test_the_size_changes_by_keys_and_by_the_wheel_and_control_takes_another_mask(work):
    user = work(mask_label(1, (40, 40, 60, 60)), mask_label(2, (200, 100, 30, 30)))
    brush, canvas = user.window.canvas.brush, user.window.canvas
    user.click(70, 70)
    user.press(Qt.Key.Key_W)
    first = brush.radius
    assert first * canvas.view.scale == pytest.approx(14)
    user.press(Qt.Key.Key_BracketRight, Qt.Key.Key_BracketRight, modifier=CTRL)
    user.press(Qt.Key.Key_BracketLeft, modifier=CTRL)
    assert brush.radius == pytest.approx(first * 1.2)
    scale = canvas.view.scale
    user.wheel(100, 100, notches=-1, modifier=Qt.KeyboardModifier.AltModifier)
    assert brush.radius == pytest.approx(first)
    assert canvas.view.scale == scale
    user.click(215, 115, modifier=CTRL)
    brush.radius = 3.0
    user.drag((225, 115), (240, 115))
    told = user.exported()
    assert told[1] == records_of(user.source)[1]
    assert told[2]["bbox"][2] > 30


HOLED = ((40, 40, 60, 60), (50, 50, -4, 4), (70, 70, -1, 1))
SPECKED = ((40, 40, 60, 60), (120, 40, 2, 2), (130, 60, 5, 1), (150, 40, 20, 20))


def test_holes_are_filled_once_that_is_taken(work):
    user = work(mask_label(1, *HOLED), mask_label(2, (200, 100, 30, 30)))
    user.click(45, 45)
    user.press(Qt.Key.Key_H, modifier=SHIFT)
    assert user.proposed.words == "Fills 2 holes of up to 16, 17 pixels in all."
    assert user.exported() == records_of(user.source)
    user.press(Qt.Key.Key_BracketLeft)  # gentler: the small one only
    assert user.proposed.words == "Fills 1 hole of 1 pixel."
    user.press(Qt.Key.Key_BracketLeft)  # and no gentler than that
    assert user.proposed.words == "Fills 1 hole of 1 pixel."
    user.press(Qt.Key.Key_BracketRight, Qt.Key.Key_Return)
    assert (pixels_of(user.exported()[1]) == drawn((40, 40, 60, 60))).all()
    user.press(Qt.Key.Key_H, modifier=SHIFT)
    assert user.failed == ["This mask has no holes to fill."]


def test_specks_are_dropped_once_that_is_taken(work):
    user = work(mask_label(1, *SPECKED))
    user.click(45, 45)
    user.press(Qt.Key.Key_K, modifier=SHIFT)
    assert user.proposed.words == "Drops 2 pieces of up to 5, 9 pixels in all."
    user.press(Qt.Key.Key_Escape)
    assert user.proposed is None
    user.press(Qt.Key.Key_K, modifier=SHIFT)
    user.press(Qt.Key.Key_Return)
    assert (pixels_of(user.exported()[1]) == drawn((40, 40, 60, 60), (150, 40, 20, 20))).all()
    assert user.project.undo_title() == "drop specks of the mask"
    user.press(Qt.Key.Key_K, modifier=SHIFT)
    user.press(Qt.Key.Key_Return)
    assert (pixels_of(user.exported()[1]) == drawn((40, 40, 60, 60))).all()
    user.press(Qt.Key.Key_K, modifier=SHIFT)
    assert user.failed == ["This mask is one piece: there are no specks to drop."]


def test_a_mask_grows_and_shrinks_by_pixels(work):
    user = work(mask_label(1, (40, 40, 60, 60)))
    user.click(45, 45)
    user.press(Qt.Key.Key_BracketRight, modifier=CTRL)
    assert "Grows by 1 pixel: 3,600 pixels become 3,840." in user.proposed.words
    user.press(Qt.Key.Key_BracketLeft)
    assert user.proposed.words.startswith("Shrinks by 1 pixel:")
    user.press(Qt.Key.Key_BracketLeft)
    user.press(Qt.Key.Key_Return)
    assert (pixels_of(user.exported()[1]) == drawn((42, 42, 56, 56))).all()
    assert user.project.undo_title() == "shrink the mask by 2 pixels"


def test_a_mask_becomes_a_polygon_and_back_when_that_is_taken(work):
    user = work(mask_label(1, (40, 40, 60, 60), (60, 60, -3, 3)), mask_label(2, (200, 100, 30, 30)))
    user.click(45, 45)
    user.press(Qt.Key.Key_P, modifier=SHIFT)
    assert "a polygon of 4 points, IoU 0.998" in user.proposed.words
    assert "the one would be filled" in user.proposed.words
    user.press(Qt.Key.Key_Return)
    told = user.exported()[1]
    assert len(told["segmentation"]) == 1
    assert sorted(zip(*[iter(told["segmentation"][0])] * 2, strict=True)) == [
        (40, 40), (40, 100), (100, 40), (100, 100)
    ]  # fmt: skip
    assert (told["bbox"], told["area"]) == ([40, 40, 60, 60], 3600)
    user.press(Qt.Key.Key_P, modifier=SHIFT)
    assert "it would become a mask of 3,600 pixels" in user.proposed.words
    user.press(Qt.Key.Key_Return)
    assert (pixels_of(user.exported()[1]) == drawn((40, 40, 60, 60))).all()


def test_a_crowd_is_split_and_labels_are_joined_into_one(work):
    crowd = ((40, 40, 30, 60), (100, 40, 20, 20), (150, 40, 20, 20))
    user = work(mask_label(1, *crowd, iscrowd=1, listed=True), mask_label(2, (200, 100, 30, 30)))
    user.click(45, 45)
    user.press(Qt.Key.Key_P, modifier=SHIFT)
    assert "A crowd is kept as a mask" in user.failed[-1]
    user.press(Qt.Key.Key_G, modifier=SHIFT)
    told = user.exported()
    assert sorted(pixels_of(one).sum() for one in told.values()) == [400, 400, 900, 1800]
    assert {one["iscrowd"] for one in told.values()} == {0}
    assert user.project.undo_title() == "split the crowd into 3 labels"
    user.click(110, 50)
    user.click(160, 50, modifier=CTRL)
    user.press(Qt.Key.Key_G, modifier=SHIFT)
    told = user.exported()
    joined = [one for one in told.values() if one["iscrowd"]]
    assert [one["area"] for one in joined] == [800]
    assert user.project.undo_title() == "join 2 labels into a crowd"
    user.press(Qt.Key.Key_Z, Qt.Key.Key_Z)
    user.exported()
    assert (user.source.parent / "out.json").read_bytes() == user.source.read_bytes()


def test_a_large_mask_is_worked_on_by_a_thread(work, monkeypatch):
    monkeypatch.setattr(mask_verbs, "_SMALL", 100)
    user = work(mask_label(1, *SPECKED))
    user.click(45, 45)
    user.press(Qt.Key.Key_K, modifier=SHIFT)
    user.wait(lambda: user.proposed is not None)
    user.press(Qt.Key.Key_BracketRight)
    user.wait(lambda: "400" in user.proposed.words)
    user.press(Qt.Key.Key_Return)
    assert (pixels_of(user.exported()[1]) == drawn((40, 40, 60, 60))).all()
    user.press(Qt.Key.Key_H, modifier=SHIFT)
    user.wait(lambda: user.failed == ["This mask has no holes to fill."])


def test_without_a_mask_in_hand_the_keys_say_so(work):
    user = work(annotation(1, 1, [200, 20, 60, 60], segmentation=[TRIANGLE]))
    user.press(Qt.Key.Key_H, modifier=SHIFT)
    assert "There is no label in hand" in user.failed[-1]
    user.click(230, 40)
    for key, modifier in ((Qt.Key.Key_K, SHIFT), (Qt.Key.Key_BracketRight, CTRL)):
        user.press(key, modifier=modifier)
        assert user.failed[-1] == "This label has no mask: Shift+P makes one of it."
