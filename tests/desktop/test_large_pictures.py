"""Large pictures in the window: small at first, sharp by tiles, cleared away; limits are made small here."""

import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QRectF

from labelmend import large_pictures
from labelmend_desktop.canvas.pieces import pieces
from labelmend_desktop.decoding import pixels_of
from labelmend_desktop.pictures import Pictures
from labelmend_desktop.pyramids import tidy, tiles_of

WIDE, HIGH = 1700, 1300


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    monkeypatch.setattr(large_pictures, "LARGEST", 1_000_000)
    monkeypatch.setattr(large_pictures, "COARSE", 200_000)


def scene(kind=np.uint8):
    small = np.random.default_rng(0).integers(0, 256, (26, 34, 3), dtype=np.uint8)
    pixels = cv2.resize(small, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    return pixels.astype(kind) * (257 if kind == np.uint16 else 1)


@pytest.fixture
def pictures(tmp_path, qapp):
    cv2.imwrite(str(tmp_path / "0.png"), scene())
    made = Pictures(lambda row: (tmp_path / f"{row}.png", (WIDE, HIGH), "stored"))
    yield made
    made.shutdown()


def has_tiles(pictures):
    loaded = pictures.picture(0)
    return loaded is not None and loaded.pyramid is not None


def test_a_large_picture_is_there_small_with_a_word_and_then_in_tiles(pictures, qtbot, tmp_path):
    with qtbot.waitSignal(pictures.ready):
        pictures.request(0)
    loaded = pictures.picture(0)
    assert loaded.levels[0].width() * loaded.levels[0].height() <= 200_000
    assert (loaded.width, loaded.height) == (WIDE, HIGH)
    assert "coarsely" in loaded.note
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    loaded = pictures.picture(0)
    assert loaded.note is None
    part = QRectF(500, 400, 300, 200)
    assert [piece[2] for piece in pieces(loaded, part, 1.0)] == [loaded.sheet(0)]
    with qtbot.waitSignal(pictures.tiles.arrived):
        pass
    qtbot.waitUntil(lambda: all(piece[0].width() == WIDE for piece in pieces(loaded, part, 1.0)))
    assert len(pieces(loaded, part, 1.0)) == 4
    for size, place, sheet in pieces(loaded, part, 1.0):
        assert size.toTuple() == (WIDE, HIGH)
        shown = pixels_of(sheet.image)[..., :3].astype(int)
        there = scene()[place.top() : place.bottom() + 1, place.left() : place.right() + 1]
        assert np.abs(shown - there).max() <= 12
    assert len(pieces(loaded, QRectF(0, 0, WIDE, HIGH), 5.0)) == 1


def test_the_suspect_is_sharp_before_there_are_tiles(pictures, qtbot, monkeypatch):
    monkeypatch.setattr(pictures._pyramids, "want", lambda _path: None)
    pictures.request(0, near=np.array([900.0, 700, 40, 30]))
    qtbot.waitUntil(lambda: pictures.picture(0) is not None and pictures.picture(0).whole)
    loaded = pictures.picture(0)
    assert "around the suspect is sharp" in loaded.note
    coarse, (size, place, sheet) = pieces(loaded, QRectF(800, 600, 300, 200), 1.0)
    assert coarse[2] == loaded.sheet(0)
    assert (size.toTuple(), place.getRect()) == ((WIDE, HIGH), (664, 459, 512, 512))
    shown = pixels_of(sheet.image)[..., :3]
    assert np.array_equal(shown, scene()[459:971, 664:1176])
    assert len(pieces(loaded, QRectF(0, 0, WIDE, HIGH), 5.0)) == 1


def test_what_is_in_sight_is_kept_however_large_and_what_was_is_not(pictures, qtbot, monkeypatch):
    monkeypatch.setattr(pictures.tiles, "CACHE_BYTES", 3 << 20)
    pictures.request(0)
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    loaded, whole = pictures.picture(0), QRectF(0, 0, WIDE, HIGH)
    qtbot.waitUntil(lambda: len(pieces(loaded, whole, 1.0)) == 12)
    monkeypatch.setattr(pictures.tiles, "KEEP", 0.0)
    qtbot.waitUntil(lambda: len(pieces(loaded, whole, 2.0)) == 4)
    assert pictures.tiles._bytes <= 3 << 20


def test_a_large_picture_leaves_room_for_its_tiles(pictures, qtbot, tmp_path, monkeypatch):
    cv2.imwrite(str(tmp_path / "1.png"), scene()[:300, :400])
    monkeypatch.setattr(Pictures, "CACHE_BYTES", 2_000_000)
    pictures.request(1)
    qtbot.waitUntil(lambda: pictures.picture(1) is not None)
    pictures.request(0)
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    assert pictures.picture(1) is None


def test_tiles_are_made_once_and_again_when_the_picture_has_changed(pictures, qtbot, tmp_path):
    pictures.request(0)
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    tiles = tiles_of(tmp_path / "0.png")
    assert [one.name for one in tiles.parent.iterdir()] == [tiles.name]
    pictures.clear()
    with qtbot.waitSignal(pictures.ready):
        pictures.request(0)
    assert has_tiles(pictures)
    os.utime(tmp_path / "0.png", (1, 1))
    assert tiles_of(tmp_path / "0.png") != tiles


def test_a_crop_of_a_large_picture_comes_with_its_tiles(pictures, qtbot):
    box = [900.0, 700, 40, 30]
    assert pictures.crop(7, 0, box, 56) is None
    with qtbot.waitSignal(pictures.cropped):
        pass
    assert pictures.crop(7, 0, box, 56) is None
    with qtbot.waitSignal(pictures.cropped, timeout=30_000):
        pictures.request(0)
    with qtbot.waitSignal(pictures.cropped):
        pictures.crop(7, 0, box, 56)
    crop = pictures.crop(7, 0, box, 56)
    middle = crop.pixelColor(28, 28)
    expected = scene()[715, 920].astype(int)
    assert np.abs(expected - [middle.blue(), middle.green(), middle.red()]).max() <= 12


@pytest.mark.parametrize("end", [Pictures.clear, Pictures.shutdown])
def test_tiles_under_way_are_stopped_and_leave_nothing(pictures, qtbot, end, tmp_path):
    with qtbot.waitSignal(pictures.ready):
        pictures.request(0)
    end(pictures)
    pictures._pyramids._pool.submit(lambda: None).result() if end is Pictures.clear else None
    assert not any(tiles_of(tmp_path / "0.png").parent.iterdir())


def test_large_pictures_are_not_read_in_vain(pictures, qtbot, tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), scene()[:300, :400])
    pictures.prefetch([0, 1])
    qtbot.waitUntil(lambda: pictures.picture(1) is not None and not pictures._running)
    assert pictures.picture(0) is None
    pictures.request(0)
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    pictures.clear()
    pictures.prefetch([0])
    qtbot.waitUntil(lambda: has_tiles(pictures))


def test_a_large_picture_that_was_left_is_read_on_when_seen_again(pictures, qtbot, monkeypatch, tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), scene()[:300, :400])
    monkeypatch.setattr(large_pictures, "_TELL", -1)
    monkeypatch.setattr(pictures._pyramids, "want", lambda _path: None)
    gate = threading.Semaphore(1)
    real = large_pictures._growing

    def by_and_by(*arguments, **named):
        for state in real(*arguments, **named):
            gate.acquire()
            yield state

    monkeypatch.setattr(large_pictures, "_growing", by_and_by)
    with qtbot.waitSignal(pictures.ready):
        pictures.request(0)
    pictures.request(1)
    gate.release(100)
    qtbot.waitUntil(lambda: pictures.picture(1) is not None and not pictures._running)
    assert not pictures.picture(0).whole
    pictures.request(0)
    qtbot.waitUntil(lambda: pictures.picture(0).whole)


def test_a_damaged_large_picture_stays_coarse_with_a_word(pictures, qtbot, tmp_path):
    path = tmp_path / "0.png"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    pictures.request(0)

    def told():
        loaded = pictures.picture(0)
        return loaded is not None and "cannot be written" in loaded.note

    qtbot.waitUntil(told, timeout=30_000)
    assert "It is shown coarsely." in pictures.picture(0).note


def test_the_oldest_tiles_go_when_the_disk_fills(tmp_path):
    for age, name in enumerate(("new", "older", "oldest")):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    tidy(tmp_path, 150, keep=tmp_path / "oldest")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["oldest"]
    tidy(tmp_path, 50, keep=tmp_path / "oldest")
    assert (tmp_path / "oldest").exists()


def test_tiles_that_another_window_deletes_or_reads_are_left_to_it(tmp_path, monkeypatch):
    for name in ("gone", "read", "mine"):
        (tmp_path / name).write_bytes(bytes(100))
    real = Path.unlink

    def unlink(path, **options):
        if path.name == "read":
            raise PermissionError(path)
        real(path, **options)

    def among_them(folder):
        yield folder / "deleted meanwhile"
        yield from found

    found = list(tmp_path.iterdir())
    monkeypatch.setattr(Path, "unlink", unlink)
    monkeypatch.setattr(Path, "iterdir", among_them)
    tidy(tmp_path, 100, keep=tmp_path / "mine")
    monkeypatch.undo()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine", "read"]


def test_nothing_of_it_is_read_in_the_windows_own_thread(pictures, qtbot, monkeypatch):
    seen = {}

    def watch(owner, name):
        real = getattr(owner, name)

        def watched(*arguments, **named):
            seen[name] = threading.current_thread() is threading.main_thread()
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, watched)

    watch(large_pictures, "_growing")
    watch(large_pictures, "open_stream")
    watch(large_pictures.Pyramid, "part")
    pictures.request(0)
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    qtbot.waitUntil(lambda: pictures.picture(0).tile(0, 0, 0) is not None)
    assert seen == {"_growing": False, "open_stream": False, "part": False}


def test_deep_tiles_keep_their_depth(qtbot, qapp, tmp_path):
    cv2.imwrite(str(tmp_path / "0.png"), scene(np.uint16))
    pictures = Pictures(lambda row: (tmp_path / f"{row}.png", (WIDE, HIGH), "stored"))
    pictures.request(0)
    qtbot.waitUntil(lambda: has_tiles(pictures), timeout=30_000)
    loaded = pictures.picture(0)
    qtbot.waitUntil(lambda: loaded.tile(0, 1, 1) is not None)
    assert np.array_equal(loaded.tile(0, 1, 1).deep, scene(np.uint16)[512:1024, 512:1024])
    pictures.shutdown()
