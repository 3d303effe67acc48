import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from builders.datasets import annotation, faulty, issue_of
from labelmend_desktop.canvas import mask_image
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.mask_image import MaskPicture
from labelmend_desktop.canvas.scene import contours
from labelmend_desktop.canvas.strokes import INTRICATE, hatch, path_of, stroke
from labelmend_desktop.canvas.view import View


def fresh(desk):
    """The pixels of an overlay built from nothing."""
    desk.canvas.overlay.drop()
    desk.settle()
    return desk.pixels()


def forget_pointer(desk):
    desk.canvas.pointing.left()


@pytest.mark.parametrize("step", ["pan", "select", "delete", "edit", "undo", "create", "class"])
def test_a_patched_overlay_is_a_freshly_built_one(desk, step):
    session = desk.session
    if step == "pan":
        desk.drag((300, 220), (270, 205))
        desk.drag((270, 205), (290, 235), button=Qt.MouseButton.MiddleButton)
    elif step == "select":
        session.select(0)
        session.select(1)
    elif step == "delete":
        session.edits.delete(0)
    elif step == "edit":
        session.select(1)
        session.edits.set_box(0, [30, 50, 90, 70])
    elif step == "undo":
        session.edits.set_box(0, [30, 50, 90, 70])
        session.undo()
    elif step == "create":
        session.edits.create(1, bbox=[140, 100, 30, 30])
        session.select(None)
    elif step == "class":
        session.edits.set_category(0, 2)
    forget_pointer(desk)
    assert desk.canvas.overlay.settled or step == "undo"
    desk.painted()
    before = desk.pixels()
    assert np.array_equal(before, fresh(desk))


def test_a_zoom_is_shown_at_once_and_sharpened_later(desk):
    desk.wheel(80, 90, 3)
    desk.painted()
    assert not desk.canvas.overlay.settled
    desk.settle()
    after = desk.pixels()
    assert np.array_equal(after, fresh(desk))


def test_the_wheel_keeps_the_picture_point_below_the_cursor(desk):
    at = desk.canvas.view.to_widget(80, 90).toPoint()
    desk.wheel(80, 90, 2)
    x, y = desk.canvas.view.to_picture(at.toPointF())
    assert abs(x - 80) < 0.6
    assert abs(y - 90) < 0.6
    assert desk.canvas.view.scale == pytest.approx(2 * 1.44)


def test_a_label_is_drawn_where_its_numbers_say(desk):
    desk.canvas.look(View(4.0, 10.0, -200.0))
    desk.settle()
    pixels = desk.pixels().astype(int)
    colour = np.array([colour_of(0).blue(), colour_of(0).green(), colour_of(0).red()])
    near = np.abs(pixels[..., :3] - colour).sum(-1) < 170  # antialiased
    columns = np.flatnonzero(near[100:250].mean(axis=0) > 0.8)
    left, right = 10 + 40.5 * 4, 10 + 120.5 * 4
    assert np.abs(columns[:, None] - [left, right]).min(axis=1).max() <= 1.5


def test_the_bare_picture_shows_no_shape(desk):
    desk.session.select(0)
    desk.session.set_flag("bare", True)
    bare = desk.pixels()
    desk.session.set_flag("bare", False)
    assert not np.array_equal(bare, desk.pixels())
    colours = {colour_of(row).rgb() for row in range(3)}
    seen = bare[..., 2].astype(np.uint32) << 16 | bare[..., 1].astype(np.uint32) << 8 | bare[..., 0]
    assert not any((seen == (rgb & 0xFFFFFF)).any() for rgb in colours)


def test_detections_come_and_go(desk):
    without = desk.pixels()
    desk.session.set_flag("show_detections", True)
    desk.settle()
    assert not np.array_equal(without, desk.pixels())
    desk.session.set_flag("show_detections", False)
    desk.settle()
    assert np.array_equal(without, desk.pixels())


def test_other_classes_come_and_go(desk):
    desk.session.select(0)
    desk.settle()
    shown = desk.canvas.contents.rows.tolist()
    desk.session.set_flag("show_others", False)
    assert shown == [1, 2]
    assert desk.canvas.contents.rows.tolist() == []
    desk.settle()


def test_masks_are_painted_from_their_runs(desk):
    masks = desk.canvas.contents.masks
    assert masks.labels[10:30, :2].all()
    assert masks.labels.sum() == 40
    desk.session.edits.delete(2)
    assert not masks.labels.any()
    assert masks.image.pixelColor(1, 15).alpha() == 0
    desk.session.undo()
    assert masks.labels.sum() == 40


def picture_of(*pixels, edges=False):
    """Masks of these pixels in the colours of the first classes."""
    height, width = pixels[0].shape
    picture = MaskPicture(width, height, edges=edges)
    picture.load({row: rle_of(one) for row, one in enumerate(pixels)})
    picture.colour({row: colour_of(row) for row in range(len(pixels))})
    return picture


def rle_of(pixels):
    rle = coco_mask.encode(np.asfortranarray(pixels, np.uint8))
    return {"size": list(pixels.shape), "counts": rle["counts"].decode()}


def test_an_outline_of_very_many_points_is_drawn_with_thin_lines_and_filled():
    comb = np.array([(x, 20 + 60 * (x % 2)) for x in range(200)], float)
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    for parts, most in (((comb[::10],), 5), ((comb,) * 6, 4), ((comb,) * 21, 2)):
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        path = path_of((*parts, np.array([[10.0, 90], [190, 90], [190, 95]])), View(1, 0, 0))
        assert (path.elementCount() > INTRICATE) == (len(parts) > 6)
        stroke(painter, path, QColor("red"), width=2.5)
        painter.end()
        reds = [y for y in range(84, 94) if image.pixelColor(20, y).red() > 100]
        assert 1 <= len(reds) <= most
    for falling in (True, False):
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        whole = np.array([[0.0, 0], [200, 0], [200, 100], [0, 100]])
        path = path_of((whole, *(comb / 100 + (50, 50),) * 25), View(1, 0, 0))
        hatch(painter, path, QColor("red"), room=QRectF(image.rect()), falling=falling)
        painter.end()
        reds = sum(image.pixelColor(x, 10).red() > 100 for x in range(200))
        assert 0 < reds < 100


def test_later_masks_lie_on_top_and_bad_ones_are_left_out():
    size = [4, 5]
    first = {"size": size, "counts": [0, 20]}
    second = {"size": size, "counts": [4, 8, 8]}
    broken = {"size": [9, 9], "counts": [81]}
    damaged = {"size": size, "counts": "zz"}
    picture = MaskPicture(5, 4, edges=True)
    picture.load(dict(enumerate([first, broken, second, damaged])))
    assert picture.labels[0].tolist() == [1, 2, 2, 1, 1]
    picture.colour({0: colour_of(0), 2: colour_of(0)})
    assert picture.image.pixelColor(0, 0).alpha() > picture.image.pixelColor(4, 3).alpha() - 1
    assert picture_of(np.zeros((4, 5))).labels.sum() == 0


@settings(max_examples=60)
@given(st.integers(0, 1000), st.booleans(), st.sampled_from([None, 0, 1, 2]), st.sampled_from([0, 50, 10**6]))
def test_masks_mended_are_those_painted_afresh(seed, edges, lit, large):
    cased = bool(seed % 2)
    rng = np.random.default_rng(seed)
    pixels = [rng.random((9, 12)) < share for share in rng.random(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mask_image, "_LARGE_MASK", large)
        picture = picture_of(*pixels, edges=edges)
        picture.light(0, cased=True)
        picture.light(lit, cased=cased)
        for _ in range(4):
            row, share = int(rng.integers(3)), rng.random()
            pixels[row] = pixels[row] & (rng.random((9, 12)) < 0.7) | (rng.random((9, 12)) < share / 2)
            picture.set(row, rle_of(pixels[row]))
        patch.undo()
        fresh = picture_of(*pixels, edges=edges)
    fresh.light(lit, cased=cased)
    assert np.array_equal(picture.labels, fresh.labels)
    assert picture.image == fresh.image
    for row in range(3):
        picture.set(row, None)
    assert not picture.labels.any()
    assert picture.image.pixelColor(5, 5).alpha() == 0


def test_contours_follow_the_pixels_borders():
    (part,) = contours({"size": [20, 20], "counts": [2 * 20 + 2, 4, 16, 4, 400 - 66]})
    assert part.min(axis=0) == pytest.approx([2, 2], abs=0.26)
    assert part.max(axis=0) == pytest.approx([4, 6], abs=0.26)
    assert contours({"size": [20, 20], "counts": [400]}) == ()
    assert contours({}) == ()


# ---- arrival, focus, pictures that are not there


@pytest.fixture
def found(desk_with):
    return desk_with(find=True, **faulty())


@pytest.mark.parametrize("kind", ["missing", "spurious", "class", "location", "duplicate", "structure"])
def test_every_kind_of_issue_is_arrived_at_and_painted(found, kind):
    found.session.set_issue(issue_of(found.project, kind))
    found.qtbot.waitUntil(lambda: found.canvas.loaded is not None)
    found.settle()
    focus = found.canvas.contents.focus
    assert focus.kind == kind
    shown = found.canvas.view.rect(focus.area(found.canvas.contents.scene))
    assert found.canvas.rect().toRectF().contains(shown.center())
    found.session.set_flag("flip", True)
    assert found.painted()
    found.session.set_flag("flip", False)
    found.session.set_editing(True)
    assert found.painted()


def test_where_an_outline_would_be_stretched_the_sides_that_are_meant_are_shown(desk_with):
    given = faulty()
    x, y, w, h = given["annotations"][0]["bbox"]
    given["annotations"][0]["segmentation"] = [[x, y, x + w, y + h / 2, x, y + h]]
    desk = desk_with(find=True, **given)
    desk.session.set_issue(issue_of(desk.project, "location", annotation=0))
    desk.qtbot.waitUntil(lambda: desk.canvas.loaded is not None)
    desk.settle()
    box = desk.canvas.contents.focus.suggestion.bbox
    place = desk.at(box[0] + box[2], box[1] + box[3] - 6)  # far from the outline
    near = desk.pixels()[place.y() - 20 : place.y() + 5, place.x() - 2 : place.x() + 3, :3].astype(int)
    blue = (near[..., 0] - near[..., 2] > 100).any(axis=1)  # the accent, in dashes
    assert blue.any()
    assert not blue.all()


def test_accepting_shows_the_next_issue(found):
    ids = [issue_of(found.project, "location"), issue_of(found.project, "class")]
    found.session.set_order(np.array(ids))
    found.session.set_issue(ids[0])
    found.session.accept()
    assert found.canvas.contents.focus.issue == ids[1]
    assert found.session.image == found.canvas.contents.image


def test_on_the_same_picture_the_view_travels_within_120_ms(found):
    table = found.project.issues
    image = int(np.bincount(table.image[table.image >= 0]).argmax())
    ids = table.id[table.image == image][:2]
    assert len(ids) == 2
    found.canvas.camera.animated = True
    found.session.set_issue(int(ids[0]))
    found.session.set_issue(int(ids[1]))
    found.qtbot.waitUntil(lambda: found.canvas.view == found.canvas.camera.target, timeout=500)


@pytest.mark.parametrize("content", [None, b"", b"rubbish"], ids=["missing", "empty", "broken"])
def test_a_picture_that_is_not_there_is_a_sentence_on_an_empty_frame(desk_with, content):
    desk = desk_with()
    path = desk.project.image_path(1)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    desk.open_image(1)
    assert "002.png" in desk.canvas.words
    assert desk.canvas.loaded is None
    assert desk.canvas.picture_size() == (320, 240)
    desk.session.select(3)
    desk.drag((60, 60), (70, 70))
    assert desk.bbox(3) == pytest.approx([20, 20, 50, 50])
    issues = desk.project.issues
    desk.session.set_issue(int(issues.id[issues.image == 1][0]))  # it was noted
    assert desk.canvas.contents.focus.area(desk.canvas.contents.scene).tolist() == [0, 0, 320, 240]


def test_a_cut_picture_shows_what_is_left_with_a_word_and_its_labels_can_be_mended(desk_with):
    desk = desk_with()
    path = desk.project.image_path(1)
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    cv2.imwrite(str(path), noise)
    path.write_bytes(path.read_bytes()[:120_000])
    desk.open_image(1)
    assert "ends early" in desk.canvas.words
    assert desk.canvas.loaded is not None
    desk.session.select(3)
    desk.drag((60, 60), (70, 70))
    assert desk.bbox(3) == pytest.approx([20, 20, 50, 50])


def test_a_picture_of_another_size_says_so_and_labels_stay_where_coco_says(desk_with):
    desk = desk_with()
    cv2.imwrite(str(desk.project.image_path(1)), np.full((120, 160, 3), 90, np.uint8))
    desk.open_image(1)
    assert "320 × 240" in desk.canvas.words
    desk.canvas.fit_image()  # what is drawn beyond the picture comes into sight too
    assert QRectF(desk.canvas.rect()).contains(desk.canvas.view.rect((0, 0, 320, 240)))
    assert desk.canvas.picture_size() == (160, 120)
    assert desk.canvas.limits() == (320, 240)


def test_closing_the_project_empties_the_canvas(desk):
    desk.session.select(0)
    desk.session.close()
    assert not desk.canvas.has_picture
    assert desk.painted()
    desk.hover(10, 10)
    desk.click(10, 10)


def test_an_image_without_labels_and_labels_without_an_area(desk_with):
    desk = desk_with(annotations=[annotation(1, 2, [5, 5, 0, 0])])
    desk.open_image(0)
    desk.canvas.cycle()
    desk.open_image(1)
    desk.canvas.cycle()
    assert desk.painted()


def test_a_suspect_without_area_gets_a_ring(desk_with):
    desk = desk_with(annotations=[annotation(1, 1, [100, 90, 0, 0])], find=True)
    desk.session.set_issue(issue_of(desk.project, "structure"))
    desk.qtbot.waitUntil(lambda: desk.canvas.loaded is not None)
    desk.settle()
    middle = desk.canvas.view.to_widget(100, 90).toPoint()
    pixels = desk.pixels().astype(int)
    assert (
        pixels[middle.y(), middle.x() + 14, 0] > pixels[middle.y(), middle.x() + 14, 2] + 60
    )  # the blue accent


def test_a_box_that_is_not_four_numbers_is_no_crash(desk_with):
    desk = desk_with(annotations=[annotation(1, 1, [5, 5, 9, 9]) | {"bbox": [5, 5, None, 9]}], find=True)
    desk.session.set_issue(int(desk.project.issues.id[0]))
    desk.session.select(0)
    assert np.isnan(desk.project.annotation(0).bbox).all()
    desk.settle()
    desk.click(5, 5)
    desk.canvas.nudge(1, 1)
    assert desk.painted()


def test_painting_at_a_device_pixel_ratio_of_two():
    """In a process of its own: the ratio is fixed when the application starts."""
    code = (
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "from PySide6.QtCore import QRectF\n"
        "from PySide6.QtGui import QImage, QPainter, QColor\n"
        "app = QApplication([])\n"
        "from labelmend_desktop.canvas.layer import Layer\n"
        "from labelmend_desktop.canvas.view import View\n"
        "def paint(painter, view, rect):\n"
        "    painter.fillRect(view.rect((10, 10, 20, 20)), QColor('red'))\n"
        "    yield\n"
        "w = QWidget(); w.resize(100, 80); assert w.devicePixelRatioF() == 2\n"
        "o = Layer(paint, w.update)\n"
        "def shown(view):\n"
        "    image = QImage(200, 160, QImage.Format.Format_RGB32)\n"
        "    image.setDevicePixelRatio(2); image.fill(0)\n"
        "    o.follow(view, w.size(), 2.0)\n"
        "    p = QPainter(image); o.draw(p, w.rect()); p.end(); return image\n"
        "first = shown(View(1, 0, 0))\n"
        "assert [first.pixelColor(x, 20).red() for x in (19, 20)] == [0, 255]\n"
        "moved = shown(View(1, 5.5, 0))\n"
        "assert [moved.pixelColor(x, 20).red() for x in (30, 31)] == [0, 255]\n"
        "o.drop(); assert shown(View(1, 5.5, 0)) == moved\n"
    )
    settings = os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
