"""Masks mended by brush, eraser and keys, by a person at the window; looked at in the exported file."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import annotation, write_dataset
from builders.mask_labels import drawn, mask_label, pixels_of, records_of
from labelmend.project.project import Project
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
        user.window.session.failed.connect(user.failed.append)

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
