"""Labels fitted to large pictures, whose pixels are read by tiles, and the pixels around a label."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPointF

from builders.datasets import annotation
from labelmend import large_pictures
from labelmend.errors import Refused
from labelmend.geometry.polygons import bounds
from labelmend_desktop.canvas.close_up import close_up
from labelmend_desktop.canvas.fit_verbs import FitVerbs
from labelmend_desktop.canvas.view import View
from labelmend_desktop.tasks import Tasks

WIDE, HIGH = 1700, 1300
THING = [820.0, 640, 90, 70]


@pytest.fixture
def large(desk_with, monkeypatch):
    """A desk before a picture that counts as large, with a thing on it and a loose label around that."""
    monkeypatch.setattr(large_pictures, "LARGEST", 1_000_000)
    monkeypatch.setattr(large_pictures, "COARSE", 20_000)
    desk = desk_with(size=(WIDE, HIGH), annotations=[annotation(1, 1, [814, 635, 101, 81])])
    picture = np.random.default_rng(0).normal(190, 3, (HIGH, WIDE, 3))
    picture[640:710, 820:910] = (60, 80, 70)
    cv2.imwrite(str(desk.project.image_path(0)), np.clip(picture, 0, 255).astype(np.uint8))
    desk.open_image(0)
    desk.session.select(0)
    desk.fits = FitVerbs(desk.canvas, Tasks(desk.canvas))
    return desk


def test_nothing_is_fitted_to_a_large_picture_that_is_only_there_small(desk):
    small = replace(desk.canvas.loaded, large=True)
    with pytest.raises(Refused, match="still being made ready"):
        close_up(small, np.array([40.5, 60.25, 80, 60]), longest=800)


def test_edges_of_a_large_picture_are_found_to_the_pixel(large):
    large.qtbot.waitUntil(lambda: large.canvas.loaded.pyramid is not None, timeout=30_000)
    large.fits.fit_edges()
    assert large.canvas.proposals.current.box.tolist() == pytest.approx(THING, abs=0.4)


def test_a_thing_is_cut_out_of_a_large_picture(large):
    large.qtbot.waitUntil(lambda: large.canvas.loaded.pyramid is not None, timeout=30_000)
    large.fits.cut_out()
    large.qtbot.waitUntil(lambda: large.canvas.proposals.current is not None)
    assert bounds(large.canvas.proposals.current.parts).tolist() == pytest.approx(THING, abs=1.5)


def test_a_line_follows_the_edges_of_a_large_picture(large):
    large.qtbot.waitUntil(lambda: large.canvas.loaded.pyramid is not None, timeout=30_000)
    canvas = large.canvas
    canvas.look(View(2.0, -1500.0, -1150.0))
    canvas.take_tool("wire")
    large.press(820, 640)
    large.move(820, 709)
    line = canvas.hands.draft.parts[0]
    assert np.abs(line[:, 0] - 820).max() < 2
    assert canvas.view.to_widget(*line[-1]) == QPointF(*canvas.view.to_widget(820, 709).toTuple())


def test_what_goes_into_the_pixels_around_a_label_comes_back(desk):
    desk.open_image(0)
    box = np.array([40.5, 60.25, 80, 60])
    for longest in (800.0, 50.0):
        close = close_up(desk.canvas.loaded, box, longest=longest)
        assert close.back(close.into(box)) == pytest.approx(box)
        points = np.array([[50.25, 70], [100, 110.5]])
        assert close.points_back(close.points_into(points)) == pytest.approx(points)
        x, y, w, h = close.into(box)
        assert x >= 0
        assert y >= 0
        assert x + w <= close.pixels.shape[1]
        assert y + h <= close.pixels.shape[0]
