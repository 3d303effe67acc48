import gc
import threading
import weakref
from dataclasses import replace

import cv2
import numpy as np
import pytest

from labelmend_desktop import pictures as module
from labelmend_desktop.decoding import Place, crop_of, image_over, load, load_crop, pixels_of, pixmap_of
from labelmend_desktop.pictures import Pictures


@pytest.fixture
def folder(tmp_path):
    for row in range(6):
        pixels = np.full((300, 400, 3), 20 + 30 * row, np.uint8)
        pixels[100:120, 200:220] = (0, 0, 255)
        cv2.imwrite(str(tmp_path / f"{row}.png"), pixels)
    (tmp_path / "5.png").write_bytes(b"no picture")
    return tmp_path


@pytest.fixture
def pictures(folder, qapp):
    made = Pictures(lambda row: (folder / f"{row}.png", (400, 300), "stored"))
    yield made
    made.shutdown()


def test_a_picture_comes_with_its_pyramid(pictures, qtbot):
    assert pictures.picture(0) is None
    with qtbot.waitSignal(pictures.ready) as seen:
        pictures.request(0)
    assert seen.args == [0]
    loaded = pictures.picture(0)
    assert (loaded.width, loaded.height, loaded.note) == (400, 300, None)
    assert loaded.levels[0].width() == 400


def test_levels_halve_down_to_the_smallest(tmp_path):
    cv2.imwrite(str(tmp_path / "big.png"), np.zeros((1500, 2100, 3), np.uint8))
    loaded = load(Place(path=tmp_path / "big.png", declared=None))
    assert [(level.width(), level.height()) for level in loaded.levels] == [
        (2100, 1500),
        (1050, 750),
        (525, 375),
        (262, 187),
    ]


@pytest.mark.parametrize(("grey", "bits", "dark"), [(40, 8, True), (200, 8, False), (900, 16, False)])
def test_whether_a_picture_is_dark_is_known_when_it_is_read(tmp_path, grey, bits, dark):
    pixels = np.full((300, 400), grey, np.uint8 if bits == 8 else np.uint16)
    pixels[:150] //= 2
    cv2.imwrite(str(tmp_path / "grey.png"), pixels)
    loaded = load(Place(path=tmp_path / "grey.png", declared=None))
    assert replace(loaded, levels=()).dark == dark  # nobody looks at its pixels for that any more


def test_an_image_keeps_its_pixels_alive(folder):
    levels = load(Place(path=folder / "3.png", declared=None)).levels
    gc.collect()
    rubbish = [np.full((300, 400, 4), 7, np.uint8) for _ in range(20)]
    assert levels[0].pixelColor(0, 0).red() == 110
    assert len(rubbish) == 20


def test_missing_and_broken_pictures_fail_in_a_sentence(pictures, qtbot):
    for row, word in ((5, "broken"), (9, "missing")):
        with qtbot.waitSignal(pictures.failed) as seen:
            pictures.request(row)
        assert seen.args[0] == row
        assert word in str(seen.args[1])
        assert pictures.picture(row) is None


def test_prefetched_pictures_are_at_hand(pictures, qtbot):
    pictures.prefetch([1, 2, -1])
    qtbot.waitUntil(lambda: pictures.picture(1) is not None and pictures.picture(2) is not None)


def test_the_newest_request_is_served_first(pictures, qtbot, monkeypatch):
    gate, order = threading.Event(), []

    def slow(place):
        gate.wait(5)
        order.append(int(place.path.stem))
        return load(place)

    monkeypatch.setattr(module, "load", slow)
    monkeypatch.setattr(Pictures, "THREADS", 1)
    one = Pictures(pictures._find)
    one.request(0)  # occupies the only thread
    qtbot.waitUntil(lambda: 0 in one._running)
    one.prefetch([3, 4])
    one.request(1)
    one.request(2)
    one.prefetch([4])
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 4)
    assert order == [0, 2, 1, 4]
    one.shutdown()


def test_the_cache_is_bounded_by_bytes(pictures, qtbot, monkeypatch):
    monkeypatch.setattr(Pictures, "CACHE_BYTES", 1_200_000)  # two pictures
    for row in range(4):
        with qtbot.waitSignal(pictures.ready):
            pictures.request(row)
    assert [pictures.picture(row) is not None for row in range(4)] == [False, False, True, True]


def test_what_belongs_to_the_former_project_is_thrown_away(folder, qtbot, monkeypatch):
    gate = threading.Event()

    def slow(place):
        gate.wait(5)
        return load(place)

    monkeypatch.setattr(module, "load", slow)
    monkeypatch.setattr(Pictures, "THREADS", 1)
    one = Pictures(lambda row: (folder / f"{row}.png", (400, 300), "stored"))
    one.request(0)
    qtbot.waitUntil(lambda: 0 in one._running)
    one.clear()
    one.request(1)
    gate.set()
    qtbot.waitUntil(lambda: one.picture(1) is not None)
    assert one.picture(0) is None
    one.shutdown()


def test_a_crop_comes_later_or_at_once(pictures, qtbot):
    box = np.array([200.0, 100, 20, 20])
    assert pictures.crop(7, 0, box, 56) is None
    with qtbot.waitSignal(pictures.cropped) as seen:
        pictures.crop(7, 0, box, 56)
    assert seen.args == [7]
    crop = pictures.crop(7, 0, box, 56)
    assert (crop.width(), crop.height()) == (56, 56)
    assert crop.pixelColor(28, 28).red() == 255
    assert crop.pixelColor(2, 2).red() == 20
    with qtbot.waitSignal(pictures.ready):
        pictures.request(1)
    assert pictures.crop(8, 1, box, 56) is not None


@pytest.mark.parametrize("box", [[0, 0, 9, 9], [np.nan] * 4])
def test_a_crop_that_cannot_be_had_is_asked_for_once(pictures, qtbot, box):
    with qtbot.waitSignal(pictures.cropped):
        pictures.crop(1, 5, box, 56)
    with qtbot.assertNotEmitted(pictures.cropped, wait=100):
        assert pictures.crop(1, 5, box, 56) is None


@pytest.mark.parametrize(
    "box", [[200, 100, 20, 20], [0, 0, 400, 300], [390, 290, 30, 30], [np.nan] * 4, [5, 5, 0, 0]]
)
def test_crops_from_the_file_and_from_memory_agree(tmp_path, box):
    rng = np.random.default_rng(0)
    pixels = cv2.resize(
        rng.integers(0, 255, (20, 30, 3), dtype=np.uint8), (1200, 900), interpolation=cv2.INTER_CUBIC
    )
    cv2.imwrite(str(tmp_path / "p.jpg"), pixels)
    place, box = Place(path=tmp_path / "p.jpg", declared=(1200, 900)), np.array(box, dtype=float)
    from_file, from_memory = load_crop(place, box, 56), crop_of(load(place), box, 56)
    difference = pixels_of(from_file).astype(int) - pixels_of(from_memory)
    assert np.abs(difference).mean() < 6


def test_shutdown_with_work_in_hand(pictures):
    for row in range(5):
        pictures.request(row)
    pictures.shutdown()
    assert not any(thread.is_alive() for thread in pictures._pool._threads)
    assert [pictures.picture(row) for row in range(5)] == [None] * 5


def test_a_pixmap_does_not_look_at_pixels_that_may_be_gone(qapp):
    pixels = np.full((20, 20, 4), 200, np.uint8)
    image = image_over(pixels)
    for one in (image, image.scaled(20, 20)):
        pixels[:] = 200
        pixmap = pixmap_of(one)
        pixels[:] = 7
        assert pixmap.toImage().pixelColor(3, 3).red() == 200


def test_pixels_keep_alive_what_they_lie_in(qapp):
    made = np.full((300, 400, 4), 7, np.uint8)
    image = image_over(made)
    kept, pixels = weakref.ref(image), pixels_of(image)[10:20, 10:20]
    del image, made
    gc.collect()
    assert kept() is not None
    assert (pixels == 7).all()
    del pixels
    assert kept() is None
