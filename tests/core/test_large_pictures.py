import cv2
import numpy as np
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st

from labelmend import large_pictures
from labelmend.errors import LabelmendError
from labelmend.geometry.orientation import stored_part, turn, turned_part
from labelmend.large_pictures import (
    Pyramid,
    frame_of,
    is_large,
    open_pyramid,
    read_growing,
    read_part,
    write_pyramid,
)

WIDE, HIGH = 1500, 1100


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    monkeypatch.setattr(large_pictures, "LARGEST", 1_000_000)
    monkeypatch.setattr(large_pictures, "COARSE", 100_000)
    monkeypatch.setattr(large_pictures, "_TELL", -1)


def scene(kind=np.uint8, channels=3):
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (22, 30, channels), dtype=np.uint8)
    pixels = cv2.resize(small, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    return pixels.astype(kind) * (257 if kind == np.uint16 else 1)


def written(folder, name, pixels, *, orientation=1, **how):
    path = folder / name
    meaning = {1: ("b-w", "grey16"), 3: ("srgb", "rgb16")}[1 if pixels.ndim == 2 else 3]
    image = pyvips.Image.new_from_array(pixels[..., ::-1] if pixels.ndim == 3 else pixels)
    image = image.copy(interpretation=meaning[pixels.dtype == np.uint16])
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.write_to_file(str(path), **how)
    return path


def make(source, tiles):
    write_pyramid(source, tiles, beside=tiles.with_suffix(".part"))


KINDS = {
    "jpeg": ("p.jpg", {"Q": 98}, np.uint8, 3),
    "png": ("p.png", {}, np.uint8, 3),
    "grey png": ("p.png", {}, np.uint8, 1),
    "tiff in strips": ("p.tif", {"compression": "lzw"}, np.uint8, 3),
    "tiff in tiles": ("p.tif", {"tile": True, "compression": "deflate"}, np.uint8, 3),
    "deep tiff": ("p.tif", {}, np.uint16, 1),
    "deep colour png": ("p.png", {}, np.uint16, 3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_picture_grows_and_any_part_of_its_pyramid_is_as_in_the_file(tmp_path, kind):
    name, how, depth, channels = KINDS[kind]
    pixels = scene(depth, channels)
    path = written(tmp_path, name, pixels, **how)
    assert is_large(path)
    states = list(read_growing(path, declared=(WIDE, HIGH)))
    assert len(states) >= 3
    first, last = states[0].pixels, states[-1].pixels
    assert (first[-5:] == (128 if depth == np.uint8 else 0)).all()
    small = cv2.resize(pixels, last.shape[1::-1], interpolation=cv2.INTER_AREA)
    most = 65535 if depth == np.uint16 else 255
    assert last.dtype == depth
    assert np.abs(last.astype(int) - small).mean() < 0.02 * most
    assert np.array_equal(first[:1], last[:1])
    assert (states[-1].width, states[-1].height, states[-1].note) == (WIDE, HIGH, None)

    make(path, tmp_path / "tiles.tif")
    pyramid = Pyramid(tmp_path / "tiles.tif")
    assert pyramid.sizes[:3] == [(1500, 1100), (750, 550), (375, 275)]
    part = pyramid.part(0, (900, 500, 300, 200))
    assert np.abs(part.astype(int) - pixels[500:700, 900:1200]).max() <= (0 if most > 255 else 12)
    half = cv2.resize(pixels, (750, 550), interpolation=cv2.INTER_AREA)
    difference = pyramid.part(1, (700, 500, 50, 50)).astype(int) - half[500:, 700:]
    assert np.abs(difference).mean() < 0.01 * most


IN_STRIPS = {
    "of one row": {"tile_height": 1},
    "of few rows": {"tile_height": 3},
    "of many rows": {"tile_height": 32},
    "of tiles": {"tile": True, "tile_height": 48},
}


@pytest.mark.parametrize("name", IN_STRIPS)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_tiff_in_strips_is_seen_whole_before_it_is_read(tmp_path, name, channels):
    pixels = cv2.GaussianBlur(scene(channels=channels), None, 25)
    path = written(tmp_path, "p.tif", pixels, compression="lzw", **IN_STRIPS[name])
    states = list(read_growing(path, declared=(WIDE, HIGH)))
    seen = [state.seen for state in states]
    assert seen == sorted(seen)
    first = states[seen.index(1)].pixels.astype(int)
    small = cv2.resize(pixels, first.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(first - small).mean() < 6
    assert np.abs(states[-1].pixels.astype(int) - small).mean() < 3
    assert states[-1].note is None


@pytest.mark.parametrize("name", IN_STRIPS)
def test_a_part_of_a_tiff_in_strips_is_read_without_what_is_above(tmp_path, name, monkeypatch):
    pixels = turn(scene(), 6)
    path = written(tmp_path, "p.tif", scene(), compression="lzw", orientation=6, **IN_STRIPS[name])
    frame = frame_of(path, declared=(HIGH, WIDE))
    monkeypatch.setattr(large_pictures, "open_stream", None)
    assert np.array_equal(read_part(path, (300, 900, 200, 100), frame), pixels[900:1000, 300:500])


CLOSE = {"p.png": {}, "p.tif": {"compression": "lzw", "tile_height": 32}, "q.tif": {"compression": "lzw"}}


@pytest.mark.parametrize("name", CLOSE)
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_part_is_sharp_as_soon_as_it_is_read(tmp_path, name, orientation, kind):
    path = written(tmp_path, name, scene(kind), orientation=orientation, **CLOSE[name])
    pixels = turn(scene(kind), orientation)
    wide, high = pixels.shape[1::-1]
    for x, y, w, h in ((300, 500, 200, 150), (-50, -20, 120, 90), (wide - 60, high - 70, 200, 200)):
        states = list(read_growing(path, declared=(wide, high), prefer="turned", near=(x, y, w, h)))
        seen = [state.seen for state in states if state.close is not None]
        assert seen[0] == 0 if name == "p.tif" else 0 < seen[0] <= 1
        (left, top, across, down), close = states[-1].close
        assert (left, top) == (max(x, 0), max(y, 0))
        assert (left + across, top + down) == (min(x + w, wide), min(y + h, high))
        assert np.array_equal(close, pixels[top : top + down, left : left + across])
    assert list(read_growing(path, declared=(wide, high), near=(-90, 0, 40, 40)))[-1].close is None


def test_of_a_damaged_tiff_in_strips_what_is_left_is_shown(tmp_path):
    path = written(tmp_path, "p.tif", scene(), compression="lzw", tile_height=4)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(data)
    last = list(read_growing(path, declared=(WIDE, HIGH)))[-1]
    small = cv2.resize(scene(), last.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert "damaged" in last.note
    assert np.abs(last.pixels[:50].astype(int) - small[:50]).mean() < 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_small_picture_and_pyramid_are_turned_alike(tmp_path, orientation):
    stored = scene(channels=1)
    image = pyvips.Image.new_from_array(stored).copy(interpretation="b-w")
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.write_to_file(str(tmp_path / "p.tif"))
    whole = turn(stored, orientation)
    declared = whole.shape[1::-1]
    last = list(read_growing(tmp_path / "p.tif", declared=declared, prefer="turned"))[-1]
    assert (last.width, last.height, last.orientation) == (*declared, orientation)
    small = cv2.resize(whole, last.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(last.pixels.astype(int) - small).mean() < 8
    make(tmp_path / "p.tif", tmp_path / "tiles.tif")
    pyramid = Pyramid(tmp_path / "tiles.tif", orientation=orientation)
    assert pyramid.sizes[0] == declared
    part = pyramid.part(0, (40, 700, 300, 200))
    assert np.abs(part.astype(int) - whole[700:900, 40:340]).max() <= 12


@given(st.integers(1, 8), st.data())
def test_a_part_of_the_turned_picture_is_the_turned_part(orientation, data):
    stored = np.arange(7 * 11).reshape(7, 11)
    whole = turn(stored, orientation)
    high, wide = whole.shape
    x, y = data.draw(st.integers(0, wide - 1)), data.draw(st.integers(0, high - 1))
    w, h = data.draw(st.integers(1, wide - x)), data.draw(st.integers(1, high - y))
    a, b, c, d = stored_part((x, y, w, h), size=(wide, high), orientation=orientation)
    assert np.array_equal(turn(stored[b : b + d, a : a + c], orientation), whole[y : y + h, x : x + w])
    assert turned_part((a, b, c, d), size=(wide, high), orientation=orientation) == (x, y, w, h)


def test_a_cut_file_is_shown_as_far_as_it_goes(tmp_path):
    path = written(tmp_path, "p.png", scene())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    states = list(read_growing(path, declared=(WIDE, HIGH)))
    assert "ends early" in states[-1].note
    assert states[-1].pixels[:20].any()
    with pytest.raises(LabelmendError, match=r"tiles of p\.png"):
        make(path, tmp_path / "tiles.tif")
    assert list(tmp_path.iterdir()) == [path]


def test_the_small_picture_is_in_the_pyramid_too(tmp_path):
    path = written(tmp_path, "p.jpg", scene())
    make(path, tmp_path / "tiles.tif")
    picture, pyramid = open_pyramid(tmp_path / "tiles.tif", path, declared=(WIDE, HIGH))
    last = list(read_growing(path, declared=(WIDE, HIGH)))[-1]
    assert (picture.width, picture.height, picture.note) == (WIDE, HIGH, None)
    assert np.abs(cv2.resize(picture.pixels, last.pixels.shape[1::-1]).astype(int) - last.pixels).mean() < 8
    assert pyramid.sizes[0] == (WIDE, HIGH)


def test_what_is_no_picture_is_not_large_and_has_no_pyramid(tmp_path):
    (tmp_path / "p.tif").write_bytes(b"II*\0rubbish")
    assert not is_large(tmp_path / "p.tif")
    assert not is_large(tmp_path / "gone.png")
    for act in (
        lambda: list(read_growing(tmp_path / "p.tif", declared=None)),
        lambda: make(tmp_path / "p.tif", tmp_path / "tiles.tif"),
        lambda: Pyramid(tmp_path / "tiles.tif"),
    ):
        with pytest.raises(LabelmendError):
            act()
    assert not list(tmp_path.glob("tiles*"))
    assert not is_large(written(tmp_path, "small.png", scene()[:100]))
