"""Masks of labels are drawn by outlines, of hundreds in a picture too, which are made together."""

import numpy as np

from builders.mask_labels import mask_label
from labelmend_desktop.canvas import scene as scenes
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.scene import MASK, contours
from labelmend_desktop.canvas.view import View

MANY = 150


def masks(count):
    """Labels of 8 by 6 pixels with a hole, in rows."""
    corners = [(4 + 12 * (n % 25), 4 + 12 * (n // 25)) for n in range(count)]
    return [mask_label(n + 1, (x, y, 8, 6), (x + 3, y + 2, -2, 2)) for n, (x, y) in enumerate(corners)]


def test_among_many_masks_the_pixels_within_a_border_are_seen(desk_with):
    desk = desk_with(annotations=masks(MANY))
    desk.open_image(0)
    desk.canvas.look(View(16.0, 0.0, 0.0))
    desk.settle()
    left, top = (round(side) for side in desk.canvas.view.to_widget(4.0, 4.0).toTuple())
    border = desk.pixels()[top + 24 : top + 72, left + 5 : left + 11, 2::-1].astype(int)  # amid its pixels
    assert np.abs(border - colour_of(0).getRgb()[:3]).sum(axis=-1).min() > 100  # a tint, no wall


def test_masks_are_outlined_together_as_they_are_one_by_one(desk_with, monkeypatch):
    desk = desk_with(annotations=masks(40))
    monkeypatch.setattr(scenes, "contours", lambda _rle: ())
    desk.open_image(0)
    desk.canvas.fit_image()
    desk.settle()
    scene = desk.canvas.contents.scene
    rows = np.flatnonzero(scene.kind == MASK).tolist()
    assert len(rows) == 40
    for row in rows:
        alone = contours(scene.annotations[row].rle)
        assert len(alone) == 2
        assert [part.tolist() for part in scene.outline(row)] == [part.tolist() for part in alone]
