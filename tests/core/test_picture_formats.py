"""Every kind of picture file is written here, and shows the colours that were written."""

import struct

import cv2
import numpy as np
import pytest
import pyvips

from labelmend.errors import LabelmendError
from labelmend.pictures import automatic_levels, eight_bits, read_picture

HIGH, WIDE = 24, 32
TOP, BOTTOM = (200, 100, 50), (10, 20, 30)  # red, green, blue of the upper and the lower half
LIGHT, DARK = 200, 10
INKS_TOP, INKS_BOTTOM = (0, 128, 200, 20), (255, 0, 0, 0)  # cyan, magenta, yellow, black


def halves(upper, lower, kind=np.uint8):
    pixels = np.empty((HIGH, WIDE, len(upper)), kind)
    pixels[: HIGH // 2], pixels[HIGH // 2 :] = upper, lower
    return pixels


def image(pixels, meaning):
    return pyvips.Image.new_from_array(pixels).copy(interpretation=meaning)


def colour(meaning="srgb", *, alpha=None, kind=np.uint8):
    pixels = halves(TOP, BOTTOM, kind) * (257 if kind == np.uint16 else 1)
    if alpha is not None:
        pixels = np.dstack([pixels, halves((alpha,), (255,), kind)])
    return image(pixels.astype(kind), meaning)


def grey(meaning="b-w", *, upper=LIGHT, lower=DARK, kind=np.uint8):
    return image(halves((upper,), (lower,), kind), meaning)


def shown(tmp_path, name, data, **given):
    path = tmp_path / name
    path.write_bytes(data)
    return read_picture(path, declared=(WIDE, HIGH), **given)


def values(picture):
    """What is shown of the upper and the lower half: a grey, or (red, green, blue)."""
    pixels = picture.pixels
    assert (picture.width, picture.height, picture.note) == (WIDE, HIGH, None)
    assert np.ptp(pixels[: HIGH // 2 - 3].astype(int), axis=(0, 1)).max() <= 6
    return [one[::-1].tolist() if pixels.ndim == 3 else int(one) for one in (pixels[1, 1], pixels[-2, -2])]


COLOUR = {
    "png": (".png", {}, {}),
    "png, 16 bit": (".png", {"meaning": "rgb16", "kind": np.uint16}, {}),
    "png, transparent": (".png", {"alpha": 0}, {}),
    "tiff, transparent": (".tif", {"alpha": 0}, {}),
    "png, palette": (".png", {}, {"palette": True}),
    "png, palette, half transparent": (".png", {"alpha": 128}, {"palette": True}),
    "tiff": (".tif", {}, {}),
    "tiff, LZW": (".tif", {}, {"compression": "lzw"}),
    "tiff, deflate, tiled": (".tif", {}, {"compression": "deflate", "tile": True}),
    "tiff, tiled pyramid": (".tif", {}, {"tile": True, "tile_width": 16, "tile_height": 16, "pyramid": True}),
    "tiff, 64-bit places": (".tif", {}, {"bigtiff": True}),
    "webp": (".webp", {}, {"lossless": True}),
    "gif": (".gif", {}, {}),
}


@pytest.mark.parametrize("kind", COLOUR)
def test_colour_is_shown_as_written(tmp_path, kind):
    ending, how, written = COLOUR[kind]
    picture = shown(tmp_path, "p" + ending, colour(**how).write_to_buffer(ending, **written))
    if how.get("kind") == np.uint16:  # stretched from the darkest (10) to the brightest (200)
        assert values(picture) == [[255, 121, 54], [0, 13, 27]]
    else:
        assert values(picture) == [list(TOP), list(BOTTOM)]


@pytest.mark.parametrize("kind", ["tiff, jpeg inside", "tiff, webp inside", "jpeg"])
def test_lossy_colour_is_shown_nearly_as_written(tmp_path, kind):
    ending = ".jpg" if kind == "jpeg" else ".tif"
    inside = {} if kind == "jpeg" else {"compression": kind.split()[1]}
    picture = shown(tmp_path, "p" + ending, colour().write_to_buffer(ending, Q=98, **inside))
    assert np.abs(np.subtract(values(picture), [TOP, BOTTOM])).max() <= 4


GREY = {
    "png": (".png", {}, {}),
    "tiff": (".tif", {}, {}),
    "tiff, white is nought": (".tif", {}, {"miniswhite": True}),
    "png, 1 bit": (".png", {"upper": 255, "lower": 0}, {"bitdepth": 1}),
    "tiff, 1 bit": (".tif", {"upper": 255, "lower": 0}, {"bitdepth": 1}),
    "tiff, fax": (".tif", {"upper": 255, "lower": 0}, {"bitdepth": 1, "compression": "ccittfax4"}),
}


@pytest.mark.parametrize("kind", GREY)
def test_grey_is_shown_as_written(tmp_path, kind):
    ending, how, written = GREY[kind]
    picture = shown(tmp_path, "p" + ending, grey(**how).write_to_buffer(ending, **written))
    assert values(picture) == [how.get("upper", LIGHT), how.get("lower", DARK)]


DEEP = {
    "png": (".png", "grey16", np.uint16, {}),
    "tiff": (".tif", "grey16", np.uint16, {}),
    "tiff, tiled": (".tif", "grey16", np.uint16, {"tile": True}),
    "tiff, white is nought": (".tif", "grey16", np.uint16, {"miniswhite": True}),
    "tiff, whole numbers with a sign": (".tif", "b-w", np.int32, {}),
    "tiff, float": (".tif", "b-w", np.float32, {}),
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep_grey_is_stretched_and_its_depth_is_there_when_asked_for(tmp_path, kind):
    ending, meaning, number, written = DEEP[kind]
    data = grey(meaning, upper=3000, lower=1000, kind=number).write_to_buffer(ending, **written)
    assert values(shown(tmp_path, "p" + ending, data)) == [255, 0]
    picture = shown(tmp_path, "p" + ending, data, deep=True)
    assert picture.pixels.dtype == np.uint16
    assert values(picture) == ([3000, 1000] if number == np.uint16 else [65535, 0])


def test_deep_colour_keeps_its_depth_when_asked_to(tmp_path):
    data = colour("rgb16", kind=np.uint16).write_to_buffer(".tif")
    picture = shown(tmp_path, "p.tif", data, deep=True)
    assert values(picture) == [[257 * value for value in half] for half in (TOP, BOTTOM)]


def test_eight_bits_stay_as_they_are_when_depth_is_asked_for(tmp_path):
    assert shown(tmp_path, "p.png", grey().write_to_buffer(".png"), deep=True).pixels.dtype == np.uint8


@pytest.mark.parametrize("ending", [".jpg", ".tif"])
@pytest.mark.parametrize("depth", [8, 16])
def test_inks_are_shown_as_colours(tmp_path, ending, depth):
    if (ending, depth) == (".jpg", 16):
        return
    kind, factor = (np.uint8, 1) if depth == 8 else (np.uint16, 257)
    pixels = halves(INKS_TOP, INKS_BOTTOM, kind) * factor
    options = {"Q": 100} if ending == ".jpg" else {}
    data = image(pixels.astype(kind), "cmyk").write_to_buffer(ending, **options)
    upper, lower = values(shown(tmp_path, "p" + ending, data))
    assert np.abs(np.subtract(upper, [235, 117, 50])).max() <= 3
    assert np.abs(np.subtract(lower, [0, 255, 255])).max() <= 3


def tiff_file(pixels, *, meaning=1, table=b""):
    """A TIFF of bytes (h, w), its directory first, in strips of eight rows; ``table`` holds a palette."""
    high, wide = pixels.shape
    strips = -(-high // 8)
    start = 8 + 2 + 12 * 10 + 4
    data = start + len(table) + 8 * strips
    places = struct.pack(f"<{strips}I", *(data + 8 * wide * strip for strip in range(strips)))
    sizes = struct.pack(f"<{strips}I", *[8 * wide] * strips)
    tags = [(256, 3, 1, wide), (257, 3, 1, high), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, meaning)]
    tags += [(273, 4, strips, start + len(table)), (277, 3, 1, 1), (278, 3, 1, 8)]
    tags += [(279, 4, strips, start + len(table) + 4 * strips), (320, 3, len(table) // 2, start)]
    tags = tags if table else [*tags[:-1], (65000, 3, 1, 0)]
    directory = struct.pack("<H", 10) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8) + directory + table + places + sizes + pixels.tobytes()


def test_a_palette_in_a_tiff_is_shown_as_colours(tmp_path):
    table = np.zeros((3, 256), np.uint16)
    table[:, :2] = np.transpose([TOP, BOTTOM]) * 257
    data = tiff_file(halves((0,), (1,))[..., 0], meaning=3, table=table.tobytes())
    assert values(shown(tmp_path, "p.tif", data)) == [list(TOP), list(BOTTOM)]


@pytest.mark.parametrize("ending", [".png", ".jpg", ".tif", ".gif"])
@pytest.mark.parametrize("part", [0.4, 0.95])
def test_what_is_left_of_a_cut_file_is_shown_with_a_word(tmp_path, ending, part):
    noise = np.random.default_rng(0).integers(0, 255, (HIGH * 8, WIDE * 8), dtype=np.uint8)
    whole = tiff_file(noise) if ending == ".tif" else image(noise, "b-w").write_to_buffer(ending)
    before = shown(tmp_path, "p" + ending, whole).pixels
    path = tmp_path / ("p" + ending)
    path.write_bytes(whole[: int(len(whole) * part)])
    picture = read_picture(path, declared=(WIDE * 8, HIGH * 8))
    assert (picture.width, picture.height) == (WIDE * 8, HIGH * 8)
    assert "damaged or ends early" in picture.note
    if ending != ".gif":
        assert np.array_equal(picture.pixels[:16], before[:16])
        assert not np.array_equal(picture.pixels[-8:], before[-8:])


def test_a_file_of_nothing_but_noise_is_a_sentence(tmp_path):
    with pytest.raises(LabelmendError, match=r"p\.tif is broken or of an unknown format \(tiff\)"):
        shown(tmp_path, "p.tif", b"II*\0" + bytes(range(250)))


def test_both_oddities_are_told(tmp_path):
    data = cv2.imencode(".png", np.random.default_rng(0).integers(0, 255, (90, 90), dtype=np.uint8))[1]
    picture = shown(tmp_path, "p.png", data.tobytes()[:5000])
    assert "32 × 24 pixels, the picture has 90 × 90" in picture.note
    assert "ends early" in picture.note


@pytest.mark.parametrize("deep", [False, True])
def test_hot_pixels_do_not_make_a_deep_picture_dark(deep):
    pixels = np.random.default_rng(0).integers(900, 1100, (200, 300), dtype=np.uint16)
    pixels[5, 7] = 65535
    low, high = automatic_levels(pixels)
    assert 900 <= low <= 905
    assert 1095 <= high <= 1100
    assert 100 < eight_bits(pixels).mean() < 155


def test_a_speck_in_an_empty_deep_picture_is_seen():
    pixels = np.full((200, 300), 500, np.uint16)
    pixels[3, 4:8] = 700
    assert eight_bits(pixels)[3].tolist() == [0] * 4 + [255] * 4 + [0] * 292
