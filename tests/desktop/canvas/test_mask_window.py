"""The mask in hand among the others; in a picture too large for an image of all, in a window around it."""

import numpy as np
from pycocotools import mask as coco_mask
from PySide6.QtGui import QColor

from labelmend_desktop.canvas import mask_image
from labelmend_desktop.canvas.mask_image import MaskPicture


def test_the_mask_that_is_taken_in_hand_lies_on_top_at_once(monkeypatch):
    monkeypatch.setattr(mask_image, "LARGEST", 100)
    monkeypatch.setattr(mask_image, "WINDOW", 2_000)
    pixels = np.zeros((2, 60, 50), np.uint8)
    pixels[0, 20:30, 20:30], pixels[1, 25:35, 25:35] = 1, 1
    picture = MaskPicture(50, 60)
    picture.load({row: coco_mask.encode(np.asfortranarray(one)) for row, one in enumerate(pixels)})
    for scale, step in ((1.0, 1), (0.4, 2), (1.0, 1)):
        picture.see((10, 10, 40, 40), scale)
        for row in (1, 0, 1):
            picture.light(row)
            left, top, right, bottom = picture.place
            shown = picture.labels == picture._names[row]
            assert np.array_equal(shown, pixels[row, top:bottom:step, left:right:step] > 0)


def test_the_mask_under_the_brush_has_a_light_edge_within_a_dark_one():
    pixels = np.zeros((2, 9, 12), np.uint8)
    pixels[0, 2:7, 2:6], pixels[1, 2:7, 6:11] = 1, 1
    picture = MaskPicture(12, 9)
    picture.load({row: coco_mask.encode(np.asfortranarray(one)) for row, one in enumerate(pixels)})
    picture.colour(dict.fromkeys((0, 1), QColor("blue")))
    plain = picture.image.copy()
    picture.light(0, cased=True)
    assert picture.image.pixelColor(2, 4).lightness() > 240
    assert [picture.image.pixelColor(*at).lightness() for at in ((1, 4), (6, 4), (3, 7))] == [0, 0, 0]
    picture.light(0)  # near, where pixels are large
    assert picture.image.pixelColor(1, 4).alpha() == 0
    assert picture.image.pixelColor(2, 4).lightness() > 240
    assert picture.image.pixelColor(2, 4).alpha() < 170  # the picture is seen through it
    picture.light(0, cased=True)
    picture.light(None, cased=True)
    assert picture.image == plain
