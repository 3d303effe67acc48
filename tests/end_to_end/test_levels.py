"""Bringing out what is dark or faint, by keys and mouse: the screen changes, the file does not."""

import cv2
import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from builders.datasets import annotation, detection, make_project
from builders.watchdog import watched
from labelmend_desktop.dialogs import ExportChoice

SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
SIZE = (320, 240)
FIELD = (slice(100, 200), slice(20, 120))


@pytest.fixture
def every_move(monkeypatch):
    """Moves of the mouse count however soon they follow one another."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)


@pytest.fixture
def looking(tmp_path, open_user):
    """Two pictures of 16 bits: faint cells of 1,300 on a ground of 1,000, and one hot pixel."""
    annotations = [annotation(n, n, [20, 100, 100, 100]) for n in (1, 2)]
    annotations += [annotation(n + 2, n, [200, 100, 60, 60]) for n in (1, 2)]
    detections = [detection(n, [40, 110, 60, 60]) for n in (1, 2)]
    detections += [detection(n, [200, 100, 60, 60]) for n in (1, 2)]
    project = make_project(tmp_path, annotations=annotations, detections=detections, images=2, find=False)
    for image in (0, 1):
        pixels = np.full(SIZE[::-1], 1000, np.uint16)
        pixels[FIELD] = 1300 + 200 * image
        pixels[210:, :] = 2000
        pixels[0, 0] = 65535
        cv2.imwrite(str(project.image_path(image)), pixels)
    path = project.path
    project.close()
    user = open_user(path)
    user.source = (tmp_path / "annotations.json").read_bytes()
    see(user, 0)
    return user


def see(user, image):
    user.window.session.set_image(image)
    user.look()
    user.press(Qt.Key.Key_0)
    user.window.session.set_flag("bare", True)


def greys(user):
    """What is on the screen of the ground, the cell and the bright strip."""
    canvas = user.window.canvas
    settled(user)
    image = canvas.grab().toImage()
    colours = [image.pixelColor(user.at(x, y)) for x, y in ((180, 60), (70, 150), (180, 225))]
    assert all(colour.red() == colour.green() == colour.blue() for colour in colours)
    return [colour.red() for colour in colours]


def settled(user):
    user.wait(lambda: user._painted() and user.window.canvas.ground.settled)


def popup():
    return QApplication.activePopupWidget()


def test_a_deep_picture_is_seen_at_first_sight_and_levels_bring_out_more(looking, every_move, tmp_path):
    user = looking
    assert greys(user) == [0, 76, 255]
    user.press(Qt.Key.Key_B, modifier=SHIFT)
    user.wait(lambda: popup() is not None)
    panel = popup()
    drag_white_to(panel, 1400)
    ground, cell, strip = greys(user)
    assert (ground, strip) == (0, 255)
    assert 170 < cell < 215
    panel.gamma.setFocus()
    QTest.keyClick(panel.gamma, Qt.Key.Key_PageUp)
    assert greys(user)[1] > cell
    user.press(Qt.Key.Key_Escape)
    assert popup() is None
    words = user.window.status_line.levels
    assert words.isVisible()
    assert "gamma 1.26" in words.text()
    see(user, 1)
    assert greys(user)[1] == 255  # kept: the cell of 1,500 is beyond white
    user.press(Qt.Key.Key_0, modifier=SHIFT)
    assert greys(user) == [0, 128, 255]
    assert not words.isVisible()
    unchanged(user, tmp_path)


def drag_white_to(panel, value):
    """Drag the right edge of the region with the mouse to where the plot has ``value``."""
    view = panel.histogram._plot
    box = view.getPlotItem().getViewBox()
    QApplication.processEvents()
    where = [view.mapFromScene(box.mapViewToScene(QPointF(x, 0.5))) for x in (2000, value)]
    start, end = (QPoint(round(point.x()), 40) for point in where)
    for step in range(6):
        at = start + (end - start) * (step / 5)
        if step == 0:
            QTest.mouseMove(view.viewport(), at)
            QTest.mousePress(view.viewport(), LEFT, pos=at)
        else:
            move(view.viewport(), at)
    QTest.mouseRelease(view.viewport(), LEFT, pos=end)
    QApplication.processEvents()


def move(widget, at):
    """A move with the button held, which pyqtgraph needs to see."""
    place = QPointF(widget.mapToGlobal(at))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), place, none, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def test_inverted_and_one_colour_by_key(looking, tmp_path):
    user = looking
    pixels = np.full((*SIZE[::-1], 3), (10, 120, 240), np.uint8)
    cv2.imwrite(str(user.project.image_path(1)), pixels)
    see(user, 1)
    user.press(Qt.Key.Key_C, modifier=SHIFT)
    assert greys(user) == [240] * 3
    user.press(Qt.Key.Key_C, modifier=SHIFT)
    assert greys(user) == [120] * 3
    user.press(Qt.Key.Key_I, modifier=SHIFT)
    assert greys(user) == [135] * 3
    assert user.window.status_line.levels.text() == "inverted, only green"
    user.press(Qt.Key.Key_C, modifier=SHIFT)
    assert greys(user) == [245] * 3
    user.press(Qt.Key.Key_I, modifier=SHIFT)
    user.press(Qt.Key.Key_C, modifier=SHIFT)
    assert user.window.session.seeing.levels.plain
    unchanged(user, tmp_path)


def unchanged(user, tmp_path):
    steps = len(user.project.store.history())
    out = tmp_path / "seen.json"
    user.export(out, ExportChoice(out, every_fix=True))
    assert out.read_bytes() == user.source
    assert [row.op for row in user.project.store.history()[steps:]] == ["export"]


def test_levels_of_a_picture_of_twelve_megapixels_without_a_hitch(looking):
    user = looking
    pixels = np.random.default_rng(0).integers(900, 1400, (3000, 4000)).astype(np.uint16)
    cv2.imwrite(str(user.project.image_path(1)), pixels)
    with watched():
        see(user, 1)
        settled(user)
        for key in (Qt.Key.Key_I, Qt.Key.Key_C, Qt.Key.Key_C):
            user.press(key, modifier=SHIFT)
            settled(user)
        user.press(Qt.Key.Key_B, modifier=SHIFT)
        user.wait(lambda: popup() is not None)
        gamma = popup().gamma
        gamma.setFocus()
        for _ in range(8):
            QTest.keyClick(gamma, Qt.Key.Key_PageUp)
            user._painted()
        settled(user)
        user.press(Qt.Key.Key_Escape)
    assert "gamma 6.31, inverted, only green" in user.window.status_line.levels.text()
