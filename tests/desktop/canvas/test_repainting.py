"""What is painted anew while a shape is dragged is what painting everything would show."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

SHIFT = Qt.KeyboardModifier.ShiftModifier


def on_screen(desk):
    """The pixels that the window has by now: painted in parts, by and by."""
    QApplication.processEvents()
    image = desk.canvas.screen().grabWindow(desk.canvas.winId()).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return raw[..., :3].copy()


def compare(desk):
    """That nothing is left behind, or cut off, of what was on the screen."""
    shown = on_screen(desk)
    assert shown.std() > 10, "nothing is on the screen"
    desk.painted()
    whole = on_screen(desk)
    differ = np.argwhere((shown != whole).any(axis=-1))
    assert not len(differ), f"{len(differ)} pixels, rows and columns {differ.min(0)} to {differ.max(0)}"


@pytest.mark.parametrize("names", [False, True], ids=["", "names"])
@pytest.mark.parametrize(
    ("key", "start"),
    [(0, (120.5, 120.25)), (0, (120.5, 90)), (0, (80, 90)), (1, (230, 80)), (1, (215, 50)), (1, (230, 40))],
    ids=["corner", "side", "box", "vertex", "edge", "polygon"],
)
def test_in_every_frame_of_a_drag(desk, key, start, names):
    desk.session.set_flag("show_detections", True)
    if names:
        desk.session.seeing.switch("show_names")
    desk.session.select(key)
    desk.session.set_editing(True)
    desk.hover(*start)
    desk.settle()
    compare(desk)
    desk.press(*start)
    compare(desk)
    for step in (1, 4, 12, 30, 31, 8, -20):
        desk.move(start[0] + step, start[1] + step / 2)
        compare(desk)
    desk.key(Qt.Key.Key_Escape)
    compare(desk)


def test_below_the_cursor(desk):
    desk.session.set_flag("show_detections", True)
    desk.session.select(0)
    desk.settle()
    for at in ((170, 170), (230, 40), (10, 200), (80, 90), (120.5, 120.25), (45, 62), (230, 40)):
        desk.hover(*at)
        compare(desk)


def test_of_vertices_that_are_picked(desk):
    desk.session.select(1)
    desk.session.set_editing(True)
    desk.settle()
    desk.press(230, 80)
    desk.release(230, 80)
    compare(desk)
    desk.press(200, 20, SHIFT)
    desk.release(200, 20, SHIFT)
    compare(desk)
    desk.press(200, 20)
    for step in (4, 9, 20):
        desk.move(200 + step, 20 + step)
        compare(desk)
    desk.release(220, 40)
    compare(desk)
