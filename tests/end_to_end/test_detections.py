"""Hundreds of detections that are masks: they are looked at, from issue to issue, without a hitch."""

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask
from PySide6.QtCore import Qt

from builders.datasets import annotation, detection, make_project
from builders.watchdog import watched
from labelmend_desktop.canvas.scene import OUTLINED

WIDTH, HEIGHT, MANY = 1000, 800, 400


def cells(rng):
    """Detections of one picture: masks like cells, a tenth of them not believed in."""
    for x, y, *reach in rng.integers([40, 40, 8, 8], [960, 760, 30, 30], (MANY, 4)).tolist():
        turn, pixels = float(rng.uniform(0, 180)), np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.ellipse(pixels, (x, y), reach, turn, 0, 360, 1, -1)
        rle = coco_mask.encode(np.asfortranarray(pixels))
        told = {"size": [HEIGHT, WIDTH], "counts": rle["counts"].decode()}
        yield coco_mask.toBbox(rle).tolist(), {"segmentation": told}


@pytest.fixture
def pictures(tmp_path, open_user):
    """Four pictures with 400 detections each, and an issue: a label without an area."""
    rng, records, seen = np.random.default_rng(0), [], []
    for image in range(1, 5):
        records.append(annotation(len(records) + 1, image, [300, 300, 0, 0]))
        for number, (box, mask) in enumerate(cells(rng)):
            records.append(annotation(len(records) + 1, image, box, **mask))
            box[0] += 1  # detections that are boxes alone would be these
            seen.append(detection(image, box, score=0.05 if number % 10 == 0 else 0.9) | mask)
    size = WIDTH, HEIGHT
    project = make_project(tmp_path, annotations=records, detections=seen, images=4, size=size)
    path = project.path
    project.close()
    user = open_user(path)
    user.show_only("structure")
    user.rest()
    return user


def test_hundreds_that_are_masks_are_looked_at_without_a_hitch(pictures):
    user, canvas, images = pictures, pictures.window.canvas, set()
    with watched() as dog:
        user.press(Qt.Key.Key_D)
        for _ in range(5):
            user.rest()
            images.add(user.window.session.image)
            kinds = canvas.contents.scene.kind[canvas.contents.rows[-MANY * 9 // 10 :]]
            assert (kinds == OUTLINED).all()
            user.wheel(500, 400, notches=-4)
            user.rest()
            user.drag((500, 400), (470, 390))
            user.rest()
            user.point(505, 400)
            user.press(Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_N)
    assert len(images) == 4
    assert dog.events > 100
