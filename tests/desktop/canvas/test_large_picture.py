import cv2
import numpy as np
import pytest

from labelmend import large_pictures
from labelmend_desktop.canvas.view import View
from labelmend_desktop.levels import Levels

WIDE, HIGH = 1700, 1300


@pytest.fixture
def large(desk_with, monkeypatch, qtbot):
    """A desk before a picture that counts as large, its tiles made."""
    monkeypatch.setattr(large_pictures, "LARGEST", 1_000_000)
    monkeypatch.setattr(large_pictures, "COARSE", 200_000)
    desk = desk_with(size=(WIDE, HIGH), find=True)
    small = np.random.default_rng(0).integers(0, 256, (26, 34, 3), dtype=np.uint8)
    desk.picture = cv2.resize(small, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(desk.project.image_path(0)), desk.picture)
    desk.session.seeing.switch("show_minimap")
    desk.open_image(0)
    return desk


def difference(desk, x, y):
    """Between the screen at a whole scale and the picture from (x, y) on."""
    desk.canvas.look(View(1.0, -x, -y))
    desk.qtbot.waitUntil(lambda: desk.painted() and desk.canvas.ground.settled)
    shown = desk.pixels()
    high, wide = shown.shape[:2]
    return np.abs(shown[..., :3].astype(int) - desk.picture[y : y + high, x : x + wide]).max()


def test_the_small_picture_gives_way_to_tiles_wherever_one_looks(large):
    canvas, qtbot = large.canvas, large.qtbot
    large.session.set_flag("bare", True)
    assert "coarsely" in canvas.words
    qtbot.waitUntil(lambda: canvas.loaded.pyramid is not None, timeout=30_000)
    assert canvas.words == ""
    for x, y in ((300, 200), (760, 580), (0, 0)):
        qtbot.waitUntil(lambda x=x, y=y: difference(large, x, y) <= 12)
    large.session.seeing.show_levels(Levels(invert=True))
    large.picture = 255 - large.picture
    assert difference(large, 300, 200) <= 12


def test_the_suspect_is_shown_sharp_while_the_tiles_are_made(large, monkeypatch):
    pictures = large.session.pictures
    pictures.clear()
    monkeypatch.setattr(pictures._pyramids, "want", lambda _path: None)
    large.session.set_image(1)
    large.session.set_issue(int(large.project.issues.id[large.project.issues.image == 0][0]))
    large.session.set_flag("bare", True)
    left, top, wide, high = large.canvas.contents.focus.box.round().astype(int).tolist()
    large.qtbot.waitUntil(lambda: large.canvas.loaded is not None and large.canvas.loaded.whole)
    assert "coarsely" in large.canvas.words
    large.canvas.words = ""
    large.canvas.look(View(1.0, -left, -top))
    large.qtbot.waitUntil(lambda: large.painted() and large.canvas.ground.settled)
    shown = large.pixels()[:high, :wide, :3].astype(int)
    assert np.abs(shown - large.picture[top : top + high, left : left + wide]).max() <= 2


def test_a_label_on_a_large_picture_is_mended_before_its_tiles_are_there(large):
    large.session.select(0)
    large.drag((120.5, 120.25), (140.5, 130.25))
    assert large.bbox(0) == pytest.approx([40.5, 60.25, 100, 70])
