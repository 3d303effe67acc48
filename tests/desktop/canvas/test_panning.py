"""A pan moves no pixels: what is drawn then is what would be painted anew, wherever it leads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from builders.datasets import annotation
from labelmend_desktop.canvas.roll import Roll
from labelmend_desktop.decoding import image_over, pixels_of

WAYS = [(-30, -17), (-210, 40), (5, 190), (333, -3), (-1, -1), (260, 260)]
"""In widget pixels, of 800 x 600 in all: some of them lead round the roll's ends."""


def pan(desk, by):
    desk.canvas.look(desk.canvas.view.moved(*by))
    assert desk.painted()


def anew(desk):
    """The pixels when nothing is kept from the frames before."""
    desk.canvas.ground.drop()
    desk.canvas.overlay.drop()
    layers = [desk.canvas.ground] + [desk.canvas.overlay] * (not desk.session.bare)
    desk.qtbot.waitUntil(lambda: desk.painted() and all(layer.settled for layer in layers))
    return desk.pixels()


@pytest.mark.parametrize("bare", [False, True])
def test_a_dragged_picture_looks_as_if_painted_anew(desk, bare):
    desk.session.edits.delete(2)  # masks lie between picture and shapes
    desk.settle()
    desk.session.set_flag("bare", bare)
    for way in WAYS:
        pan(desk, way)
        shown = desk.pixels()
        assert desk.canvas.ground.settled
        assert np.array_equal(shown, anew(desk))
        pan(desk, (-way[0], -way[1]))


def test_what_changes_during_a_pan_is_seen_at_once(desk_with):
    desk = desk_with(annotations=[annotation(1, 1, [20, 20, 60, 60]), annotation(2, 1, [90, 90, 60, 60])])
    desk.open_image(0)
    for number, way in enumerate(WAYS):
        pan(desk, way)
        desk.session.edits.set_box(0, [20 + 5 * number, 30, 50, 40])
        desk.canvas.look(desk.canvas.view.moved(-way[0], -way[1]))
        shown = desk.pixels()
        assert np.array_equal(shown, anew(desk))
        desk.session.set_flag("bare", not desk.session.bare)
        pan(desk, (7, 3))
        assert np.array_equal(desk.pixels(), anew(desk))


@settings(max_examples=60)
@given(
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
    st.lists(st.tuples(st.integers(-60, 60), st.integers(-60, 60)), min_size=1, max_size=8),
)
def test_a_roll_shows_what_was_painted_on_it_where_it_was_moved_to(dpr, ways):
    size = QSize(41, 29)
    roll, at = Roll(size, dpr, QImage.Format.Format_RGB32), np.zeros(2, int)
    roll.paint(roll.rect, lambda painter, by, _part: pattern(painter, by, at, dpr))
    for way in ways:
        at = at + way
        for strip in roll.shift(*way):
            roll.paint(strip, lambda painter, by, _part, at=at: pattern(painter, by, at, dpr))
        assert np.array_equal(shown(roll), expected(roll, at))
    straight = roll.unroll(Roll(size, dpr, roll.image.format()))
    assert np.array_equal(pixels_of(straight.image)[..., 0], shown(roll))


def pattern(painter, by, at, dpr):
    """Every device pixel in a grey that tells where it is of what is drawn, which was moved to ``at``."""
    y, x = np.mgrid[: painter.device().height(), : painter.device().width()]
    grey = np.repeat(grey_at(x - at[0], y - at[1])[..., None], 4, axis=2).astype(np.uint8)
    image = image_over(np.ascontiguousarray(grey))
    image.setDevicePixelRatio(dpr)
    painter.drawImage(by, image)


def grey_at(x, y):
    return (x * 31 + y * 57) % 251


def expected(roll, at):
    high, wide = roll.image.height(), roll.image.width()
    y, x = np.mgrid[:high, :wide]
    return grey_at(x - at[0], y - at[1])


def shown(roll):
    image = QImage(roll.image.width(), roll.image.height(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    roll.copy(painter, QRectF(roll.rect))
    painter.end()
    return pixels_of(image)[..., 0].copy()


@pytest.mark.parametrize("key", [0, 1])
def test_a_drag_leaves_nothing_behind_where_it_was(desk, key):
    desk.session.select(key)
    desk.session.set_editing(True)
    desk.settle()
    corner = [(40.5, 60.25), (200, 20)][key]
    desk.press(*corner)
    for by in ((30, 10), (-20, 60), (40, -10), (90, 120), (5, 5)):
        desk.move(corner[0] + by[0], corner[1] + by[1])
        QApplication.processEvents()
        assert desk.canvas.hands.draft is not None
        after = on_screen(desk)
        assert desk.painted()
        assert np.array_equal(after, on_screen(desk))
    desk.release(*corner)


def on_screen(desk):
    """What was painted into the window; not painted for the sake of asking, as `grab` does."""
    image = desk.canvas.screen().grabWindow(desk.canvas.winId()).toImage()
    return pixels_of(image).copy()
