"""What would be added and what would go are told apart, and not by colour alone."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from labelmend.geometry import masks
from labelmend.geometry.polygons import flat
from labelmend_desktop.canvas.change import paint_change
from labelmend_desktop.canvas.pixel_change import paint_pixels, pixel_change
from labelmend_desktop.canvas.scene import corners
from labelmend_desktop.canvas.view import View
from labelmend_desktop.decoding import pixels_of

SMALL, LARGE = np.array([100.0, 20, 100, 160]), np.array([20.0, 20, 180, 160])
STRIP = (slice(30, 170), slice(22, 98))  # what LARGE has and SMALL has not


def painted(before, after):
    image = QImage(220, 200, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    painter = QPainter(image)
    paint_change(painter, (corners(before),), (corners(after),), View(1, 0, 0), QRectF(image.rect()))
    painter.end()
    return pixels_of(image)[..., :3].astype(int)


def painted_by_pixels(before, after):
    """The same, as it is done for masks too intricate for outlines."""
    told = [masks.counts(flat((corners(one),)), height=200, width=220) for one in (before, after)]
    image = QImage(220, 200, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    painter = QPainter(image)
    change = pixel_change(*told, height=200, width=220)
    paint_pixels(painter, change, View(1, 0, 0), QRectF(image.rect()), 1.0)
    painter.end()
    return pixels_of(image)[..., :3].astype(int)


def lean(pixels):
    """Above 0 where bright lines rise to the right, below where they fall."""
    bright = np.abs(pixels - 128).max(axis=2)
    rising = (bright[1:, :-1] * bright[:-1, 1:]).sum()
    falling = (bright[:-1, :-1] * bright[1:, 1:]).sum()
    return (rising - falling) / (rising + falling)


@pytest.mark.parametrize("painted", [painted, painted_by_pixels])
def test_the_hatching_rises_where_it_is_added_and_falls_where_it_goes(painted):
    added, removed = painted(SMALL, LARGE), painted(LARGE, SMALL)
    assert lean(added[STRIP]) > 0.1
    assert lean(removed[STRIP]) < -0.1


def test_only_the_difference_is_painted():
    for pixels in (painted(SMALL, LARGE), painted(LARGE, SMALL)):
        assert (pixels[STRIP] != 128).any()
        assert (pixels[30:170, 104:196] == 128).all()


def test_each_piece_carries_its_sign():
    added, removed = painted(SMALL, LARGE), painted(LARGE, SMALL)
    y, x = 100, 60  # the middle of the piece
    assert (added[y, x - 3 : x + 4] > 200).all()
    assert (added[y - 3 : y + 4, x] > 200).all()
    assert (removed[y, x - 3 : x + 4] > 200).all()
    assert (removed[y - 4, x] < 100).all()


@pytest.mark.parametrize("same", [SMALL, LARGE])
def test_no_change_paints_nothing(same):
    assert (painted(same, same) == 128).all()
