"""A label on a large picture is mended on its tiles; the file has what the handles showed, nothing else."""

import json

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.datasets import annotation, detection, make_project
from builders.watchdog import watched
from labelmend import large_pictures
from labelmend_desktop.dialogs import ExportChoice

WIDE, HIGH = 1700, 1300


@pytest.fixture
def looking(tmp_path, open_user, monkeypatch):
    """Two pictures of two megapixels, which count as large here; a loose box on the second."""
    monkeypatch.setattr(large_pictures, "LARGEST", 1_000_000)
    monkeypatch.setattr(large_pictures, "COARSE", 200_000)
    annotations = [annotation(n, n, [1000, 800, 120, 90]) for n in (1, 2)]
    detections = [detection(n, [1000, 800, 100, 80]) for n in (1, 2)]
    size = (WIDE, HIGH)
    project = make_project(
        tmp_path, annotations=annotations, detections=detections, images=2, size=size, find=False
    )
    small = np.random.default_rng(0).integers(0, 256, (26, 34, 3), dtype=np.uint8)
    for image in (0, 1):
        pixels = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(project.image_path(image)), pixels)
    path = project.path
    project.close()
    user = open_user(path)
    user.source = (tmp_path / "annotations.json").read_text()
    return user


def test_a_corner_on_a_large_picture_is_exported_as_dragged(looking, tmp_path):
    user, canvas = looking, looking.window.canvas
    with watched():
        user.window.session.set_image(1)
        user.look()
        assert "coarsely" in canvas.words
        user.wait(lambda: canvas.loaded.pyramid is not None)
        assert not canvas.words
        user.click(1000, 845)
        user.press(Qt.Key.Key_E)
        user.wait(lambda: bool(user.window.session.pictures.tiles._cache) and canvas.ground.settled)
        start = np.array([1120.0, 890.0])
        user.drag(start, start - [20, 10])
    out = tmp_path / "out.json"
    user.export(out, ExportChoice(out, every_fix=True))
    before, after = json.loads(user.source), json.loads(out.read_text())
    assert after["annotations"][0] == before["annotations"][0]
    x, y, w, h = after["annotations"][1]["bbox"]
    assert (x, y) == (1000, 800)
    within = 1 / canvas.view.scale  # the mouse moves by whole pixels of the screen
    assert [w, h] == pytest.approx([100, 80], abs=within)
    assert after["images"] == before["images"]
