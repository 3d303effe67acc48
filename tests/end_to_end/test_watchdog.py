"""Issues in a row, a new theme, a crowded picture: nothing on the UI thread may take over 50 milliseconds."""

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from builders.datasets import annotation, detection, make_project
from builders.watchdog import watched
from labelmend_desktop import theme

PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def work(user, home):
    """The sample, opened from the menu, with its issues found."""
    user.choose("open_sample")
    user.wait(lambda: len(user.project.issues) > 0 and not user.window.tasks.busy)
    user.look()
    return user


def test_fifty_issues_are_judged_the_dashboard_comes_and_the_theme_changes_without_a_hitch(work, monkeypatch):
    user = work
    monkeypatch.delenv("LABELMEND_THEME")
    before = set(user.window.session.waiting_rows().tolist())
    with watched() as dog:
        for number in range(50):
            user.look()
            user.press((Qt.Key.Key_Return, Qt.Key.Key_X, Qt.Key.Key_U, Qt.Key.Key_Down)[number % 4])
        user.press(Qt.Key.Key_F2)
        board = user.window.dashboard
        user.wait(lambda: bool(board.areas["kinds"].spots))
        user.wait(lambda: all(plot.settled for plot in board.plots.values()))
        for choice, tokens in (("theme_dark", theme.DARK), ("theme_light", theme.LIGHT)):
            QTimer.singleShot(0, user.window.actions_.action(choice).trigger)
            user.wait(lambda now=tokens: theme.tokens() is now and not dressing().isActive())
            user.look()
    judged = before - set(user.window.session.waiting_rows().tolist())
    assert len(judged) >= 37
    assert dog.events > 500


def dressing():
    """The timer that dresses who is not in sight."""
    return QApplication.instance().findChild(QObject, "redressing").findChild(QTimer)


@pytest.fixture
def crowded(tmp_path, open_user):
    """A picture of 1600 x 1200 with 2,000 polygons of 30 vertices, and as many detections."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    middle, reach = rng.uniform(40, [1560, 1160], (2000, 2)), rng.uniform(8, 30, (2000, 1))
    points = middle[:, None] + reach[..., None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    points += rng.uniform(-0.5, 0.5, points.shape)
    boxes = np.hstack([points.min(1), np.ptp(points, axis=1)])
    annotations = [
        annotation(n + 1, 1, box, category=1 + n % 3, segmentation=[part.ravel().tolist()])
        for n, (box, part) in enumerate(zip(boxes.tolist(), points, strict=True))
    ]
    moved = boxes + rng.normal(0, 1, boxes.shape)
    detections = [detection(1, box, category=1 + n % 3) for n, box in enumerate(moved.tolist())]
    project = make_project(
        tmp_path,
        annotations=annotations,
        detections=detections,
        images=1,
        size=(1600, 1200),
        find=False,
    )
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.look()
    user.points = points
    return user


def test_a_crowded_picture_is_looked_at_and_mended_without_a_hitch(crowded):
    user, canvas = crowded, crowded.window.canvas
    with watched() as dog:
        for key, modifier in ((Qt.Key.Key_D, PLAIN), (Qt.Key.Key_F, SHIFT), (Qt.Key.Key_N, SHIFT)):
            user.press(key, modifier=modifier)
            user.rest()
        for notches in (1, 1, 1, 1, -1, 1):
            wheel(user, notches)
            user.look()
        user.rest()
        user.drag((800, 600), (760, 580))
        key = int(np.abs(user.points.mean(1) - [800, 600]).sum(1).argmin())
        user.click(*user.points[key].mean(0))
        assert user.window.session.selected is not None
        user.rest()
        part = user.points[user.window.session.selected]
        user.drag(part[7], part[7] + 0.4 * (part[7] - part.mean(0)))
        user.rest()
        assert user.project.annotation(user.window.session.selected).changed
        user.press(Qt.Key.Key_Z)
        user.rest()
    assert len(canvas.aids.ties.labels) > 1000
    assert dog.events > 100


def wheel(user, notches):
    canvas = user.window.canvas
    at = QPointF(canvas.rect().center())
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        PLAIN,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


@pytest.fixture
def masked(tmp_path, open_user):
    """A picture of 1200 x 900 with 300 masks, and one over all of it."""
    height, width = 900, 1200
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    drawn = [np.sin(x / 90) + np.cos(y / 70) > 0.2]
    for cx, cy, reach in rng.integers([40, 40, 10], [1160, 860, 40], (300, 3)).tolist():
        drawn.append(cv2.circle(np.zeros((height, width), np.uint8), (cx, cy), reach, 1, -1))
    records = []
    for number, pixels in enumerate(drawn):
        rle = coco_mask.encode(np.asfortranarray(pixels, np.uint8))
        told = {"size": [height, width], "counts": rle["counts"].decode()}
        box = coco_mask.toBbox(rle).tolist()
        records.append(annotation(number + 1, 1, box, category=1 + number % 3, segmentation=told))
    project = make_project(tmp_path, annotations=records, images=1, size=(width, height), find=False)
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.look()
    return user


def test_masks_are_painted_and_mended_without_a_hitch(masked):
    user, steps = masked, len(masked.project.store.history())
    user.window.session.select(0)
    user.look()
    with watched() as dog:
        for modifier in (PLAIN, SHIFT):
            user.press(Qt.Key.Key_W, modifier=modifier)
            for place in range(5):
                user.drag((200 + 150 * place, 200), (300 + 150 * place, 600))
        user.press(*[Qt.Key.Key_Z] * 4)
        user.press(Qt.Key.Key_Escape)
        for key in (Qt.Key.Key_BracketRight, Qt.Key.Key_BracketLeft):
            user.press(key, modifier=CONTROL)
            user.wait(lambda: user.proposed is not None)
            user.press(Qt.Key.Key_Return)
    assert len(user.project.store.history()) >= steps + 14
    assert dog.events > 100


def test_two_thousand_labels_are_changed_at_once_without_a_hitch(crowded):
    user, session = crowded, crowded.window.session
    labels = len(user.points)
    with watched() as dog:
        user.press(Qt.Key.Key_A, modifier=CONTROL)
        for act, title in (
            (lambda: user.press(Qt.Key.Key_Right, modifier=SHIFT), f"move {labels:,} labels"),
            (lambda: session.edits.set_category_of_several(1), "change the class of"),
            (lambda: user.press(Qt.Key.Key_C, modifier=CONTROL), "change the class of"),
            (lambda: user.press(Qt.Key.Key_V, modifier=CONTROL), f"paste {labels:,} labels"),
            (lambda: user.press(Qt.Key.Key_Delete), f"delete {labels:,} labels"),
        ):
            act()
            user.rest()
            assert user.project.undo_title().startswith(title)
        for key, modifier in ((Qt.Key.Key_Z, PLAIN), (Qt.Key.Key_Z, PLAIN), (Qt.Key.Key_Z, SHIFT)):
            user.press(key, modifier=modifier)
            user.rest()
    assert user.project.undo_title() == f"paste {labels:,} labels"
    assert len(user.project.annotations_of(0)) == 2 * labels
    assert dog.events > 100


def test_five_thousand_labels_are_pasted_without_a_hitch(tmp_path, open_user):
    rng, many = np.random.default_rng(0), 5_000
    boxes = np.hstack([rng.uniform(0, 900, (many, 2)), rng.uniform(5, 60, (many, 2))]).round(1).tolist()
    records = [annotation(n + 1, 1, box, category=1 + n % 3) for n, box in enumerate(boxes)]
    project = make_project(tmp_path, annotations=records, images=2, size=(1000, 1000), find=False)
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.rest()
    user.press(Qt.Key.Key_A, Qt.Key.Key_C, modifier=CONTROL)
    user.window.session.set_image(1)
    user.rest()
    with watched() as dog:
        user.press(Qt.Key.Key_V, modifier=CONTROL)
        user.rest()
        assert len(user.window.session.selection.keys) == many
        user.press(Qt.Key.Key_Z)
        user.rest()
        user.press(Qt.Key.Key_Z, modifier=SHIFT)
        user.rest()
    assert user.project.undo_title() == f"paste {many:,} labels"
    assert len(user.project.annotations_of(1)) == many
    assert dog.events > 20


def test_two_thousand_labels_are_aligned_to_their_detections_without_a_hitch(crowded):
    user, labels = crowded, len(crowded.points)
    with watched() as dog:
        user.press(Qt.Key.Key_A, modifier=CONTROL)
        user.press(Qt.Key.Key_D, modifier=CONTROL)
        user.rest()
        assert f"{labels:,} labels as the detections have them" in user.window.canvas.proposals.words
        user.press(Qt.Key.Key_Return)
        user.rest()
    assert user.project.undo_title() == f"align {labels:,} labels to the detections"
    assert dog.events > 20


def test_a_mask_over_all_of_a_large_picture_is_shown_and_mended_without_a_hitch(tmp_path, open_user):
    height, width = 3000, 4000
    y, x = np.ogrid[:height, :width]
    records = []
    for number, reach in enumerate((1490, 1400)):
        pixels = ((x - 2000) / 1.3) ** 2 + (y - 1500) ** 2 <= reach**2
        rle = coco_mask.encode(np.asfortranarray(pixels, np.uint8))
        told = {"size": [height, width], "counts": rle["counts"].decode()}
        records.append(annotation(number + 1, 1, coco_mask.toBbox(rle).tolist(), segmentation=told))
    project = make_project(tmp_path, annotations=records, images=1, size=(width, height), find=False)
    path = project.path
    project.close()
    user = open_user(path)
    with watched() as dog:
        user.window.session.set_image(0)
        user.rest()
        user.window.session.select(1)
        for key, modifier in ((Qt.Key.Key_W, PLAIN), (Qt.Key.Key_Escape, PLAIN)):
            user.press(key, modifier=modifier)
            user.rest()
        user.press(Qt.Key.Key_W)
        user.drag((1000, 200), (3000, 2800))
        user.rest()
        user.press(Qt.Key.Key_Escape)
        user.press(Qt.Key.Key_Delete)
        user.rest()
        user.press(Qt.Key.Key_Z)
        user.rest()
        for key in (Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_Z):
            user.press(key, modifier=PLAIN if key == Qt.Key.Key_Z else CONTROL)
            user.rest()
    assert "paste 1 label" in [row.title for row in user.project.store.history()]
    masks = user.window.canvas.contents.masks
    assert masks.labels[1500, 1990:2010].tolist() == [2] * 20
    assert masks.labels[1500, 60] == 0
    assert dog.events > 50


def test_a_brush_that_leaps_across_a_mask_of_8000_pixels_paints_without_a_hitch(tmp_path, open_user):
    side = 8200
    y, x = np.ogrid[:side, :side]
    rle = coco_mask.encode(np.asfortranarray((x - 4100) ** 2 + (y - 4100) ** 2 <= 4000**2, np.uint8))
    told = {"size": [side, side], "counts": rle["counts"].decode()}
    record = annotation(1, 1, coco_mask.toBbox(rle).tolist(), segmentation=told)
    project = make_project(tmp_path, annotations=[record], images=1, size=(side, side), find=False)
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.rest()
    user.window.session.select(0)
    with watched() as dog:
        user.press(Qt.Key.Key_W, modifier=SHIFT)
        user.press(*[Qt.Key.Key_BracketRight] * 8)
        user.rest()
        for start, end in (((2500, 2500), (6600, 6600)), ((6000, 2500), (2500, 6000))):
            user.point(*start)
            QTest.mousePress(user.window.canvas, Qt.MouseButton.LeftButton, PLAIN, user.at(*start))
            user.let_go(*end)
            user.rest()
    titles = [row.title for row in user.project.store.history()]
    assert titles[1:] == ["erase from the mask"] * 2
    assert dog.events > 20


def test_a_suggested_mask_that_is_traced_for_a_file_of_polygons_comes_without_a_hitch(tmp_path, open_user):
    height = width = 2000
    y, x = np.mgrid[:height, :width] - height / 2
    turn, records, seen = np.arctan2(y, x), [], []
    for image in range(1, 9):
        pixels = np.hypot(x, y) < 800 * (1 + 0.05 * np.sin((30 + image) * turn) + 0.01 * np.sin(400 * turn))
        rle = coco_mask.encode(np.asfortranarray(pixels, np.uint8))
        told = {"size": [height, width], "counts": rle["counts"].decode()}
        seen.append(detection(image, coco_mask.toBbox(rle).tolist(), score=0.97) | {"segmentation": told})
        for place in range(20):
            left, top = 10 + 45 * (place % 5), 10 + 45 * (place // 5)
            outline = [left, top, left + 40, top, left + 40, top + 40, left, top + 40]
            number = len(records) + 1
            records.append(annotation(number, image, [left, top, 40, 40], segmentation=[outline]))
            seen.append(detection(image, [left, top, 40, 40]))
    project = make_project(tmp_path, annotations=records, detections=seen, images=8, size=(width, height))
    path = project.path
    project.close()
    user = open_user(path)
    session = user.window.session
    user.show_only("missing")
    user.rest()
    assert len(session.order) == 8
    with watched() as dog:
        for row in (7, 5):  # what lies so far in the list is not traced ahead
            view = user.window.issues.view
            view.scrollToBottom()
            place = view.visualRect(view.model().index(row, 0)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, PLAIN, place)
            user.rest()
            assert session.issue == session.order[row]
            assert session.suggestion().outline == "traced"
    assert dog.events > 20


def test_an_intricate_mask_of_a_large_picture_is_shown_and_mended_without_a_hitch(tmp_path, open_user):
    height, width = 3000, 4000
    noise = np.random.default_rng(0).normal(0, 1, (height // 4, width // 4)).astype(np.float32)
    pixels = cv2.resize(cv2.GaussianBlur(noise, (0, 0), 1.35), (width, height)) > 0
    rle = coco_mask.encode(np.asfortranarray(pixels, np.uint8))
    told = {"size": [height, width], "counts": rle["counts"].decode()}
    records = [annotation(1, 1, coco_mask.toBbox(rle).tolist(), segmentation=told)]
    project = make_project(tmp_path, annotations=records, images=1, size=(width, height), find=False)
    path = project.path
    project.close()
    user = open_user(path)
    scene = user.window.canvas.contents.scene
    with watched() as dog:
        user.window.session.set_image(0)
        scene = user.window.canvas.contents.scene
        assert [len(part) for part in scene.drawn(0)] == [4]
        user.wait(lambda: len(scene.drawn(0)) > 1000)
        user.rest()
        user.window.session.select(0)
        for notches in (3, -1):
            wheel(user, notches)
            user.rest()
        user.drag((2000, 1500), (1950, 1480))
        user.rest()
        assert sum(map(len, scene.drawn(0))) > 300_000
        user.press(Qt.Key.Key_W)
        user.drag((2000, 1500), (2100, 1600))
        user.rest()
        user.press(Qt.Key.Key_Z)
        user.rest()
        user.press(Qt.Key.Key_Escape)
        user.press(Qt.Key.Key_BracketRight, modifier=CONTROL)
        user.wait(lambda: user.proposed is not None)
        user.rest()
        user.press(Qt.Key.Key_Return)
        user.rest()
        user.press(Qt.Key.Key_Delete)
        user.rest()
    titles = ["paint the mask", "paint the mask", "grow the mask by 1 pixel", "delete the label"]
    assert [row.title for row in user.project.store.history()][1:] == titles
    assert dog.events > 20
