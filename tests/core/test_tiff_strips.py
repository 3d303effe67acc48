"""Strips of a TIFF read from the middle of it are what the whole file has there."""

import contextlib
import struct
import tracemalloc

import cv2
import numpy as np
import pytest
import pyvips

from labelmend.errors import BadFile
from labelmend.picture_streams import read_strips
from labelmend.tiff_strips import TiffStrips

WIDE, HIGH, ROWS = 70, 150, 16
LOSSLESS = [
    {"compression": compression, **how}
    for compression in ("none", "lzw", "deflate", "packbits")
    for how in ({}, {"predictor": "horizontal"}, {"tile": True, "tile_width": 32}, {"bigtiff": True})
]


def scene(kind=np.uint8, channels=3):
    small = np.random.default_rng(0).integers(0, 256, (6, 4, channels), dtype=np.uint8)
    pixels = cv2.resize(small, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    return pixels.astype(kind) * (257 if kind == np.uint16 else 1)


def written(path, pixels, **how):
    image = pyvips.Image.new_from_array(pixels[..., ::-1] if pixels.ndim == 3 else pixels)
    meaning = ("rgb16" if pixels.dtype == np.uint16 else "srgb") if pixels.ndim == 3 else "b-w"
    image.copy(interpretation=meaning).tiffsave(str(path), tile_height=ROWS, **how)
    return path


def big_endian_with_planes_apart(path, pixels):
    """Written by hand: in no other way do the colours of a strip lie apart, the highest byte first."""
    strips = [
        pixels[top : top + ROWS, :, channel].tobytes()
        for channel in (2, 1, 0)
        for top in range(0, HIGH, ROWS)
    ]
    places = np.cumsum([8, *map(len, strips)])
    entries = [(256, 3, [WIDE]), (257, 3, [HIGH]), (258, 3, [8, 8, 8]), (259, 3, [1]), (262, 3, [2])]
    entries += [(273, 4, places[:-1].tolist()), (277, 3, [3]), (278, 3, [ROWS])]
    entries += [(279, 4, [len(strip) for strip in strips]), (284, 3, [2])]
    far, table, at = b"", struct.pack(">H", len(entries)), int(places[-1])
    for tag, kind, values in entries:
        raw = struct.pack(f">{len(values)}{'HI'[kind == 4]}", *values)
        table += struct.pack(">HHI", tag, kind, len(values))
        table += raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack(">I", at + len(far))
        far += raw if len(raw) > 4 else b""
    head = b"MM\0*" + struct.pack(">I", at + len(far))
    path.write_bytes(head + b"".join(strips) + far + table + bytes(4))
    return path


def check(path, pixels, *, most=0):
    strips = TiffStrips(path)
    assert (strips.rows, strips.height) == (ROWS, HIGH)
    for chosen, rows in (([3], 5), ([0], ROWS), ([2, 3, 7], 9), ([9], 6)):
        expected = [pixels[strip * ROWS :][:ROWS] for strip in chosen]
        expected[-1] = expected[-1][:rows]
        found = read_strips(strips, chosen, rows=rows, wanted=lambda image: image)
        assert np.abs(found.astype(int) - np.concatenate(expected)).max() <= most


@pytest.mark.parametrize("how", LOSSLESS, ids=lambda how: " ".join(map(str, how.values())))
def test_strips_and_rows_of_tiles_are_read_alone(tmp_path, how):
    check(written(tmp_path / "p.tif", scene(), **how), scene())


@pytest.mark.parametrize(("kind", "channels"), [(np.uint8, 1), (np.uint16, 1), (np.uint16, 3)])
def test_strips_keep_their_depth(tmp_path, kind, channels):
    pixels = scene(kind, channels)
    check(written(tmp_path / "p.tif", pixels, compression="lzw"), pixels)


def test_strips_of_jpeg_are_read_alone(tmp_path):
    check(written(tmp_path / "p.tif", scene(), compression="jpeg", Q=95), scene(), most=16)


def test_strips_whose_colours_lie_apart_are_read_alone(tmp_path):
    check(big_endian_with_planes_apart(tmp_path / "p.tif", scene()), scene())


def test_few_rows_are_read_of_few_bytes(tmp_path):
    strips = TiffStrips(written(tmp_path / "p.tif", np.tile(scene(), (1, 200, 1)), compression="none"))
    assert len(strips.some([3], rows=1, thrifty=True)) < len(strips.some([3], rows=1)) / 4


def test_what_has_no_strips_is_told(tmp_path):
    whole = written(tmp_path / "p.tif", scene()).read_bytes()
    assert TiffStrips(tmp_path / "p.tif").rows == ROWS
    for broken in (
        b"",
        b"\x89PNG\r\n\x1a\n",
        whole[:200],
        b"II*\0" + struct.pack("<I", len(whole)) + whole[8:],
    ):
        (tmp_path / "p.tif").write_bytes(broken)
        with pytest.raises(BadFile):
            TiffStrips(tmp_path / "p.tif")


def places_of(data):
    """Where in a little-endian TIFF each tag's count is, and its value 4 bytes behind."""
    (at,) = struct.unpack_from("<I", data, 4)
    tags = range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12)
    return {struct.unpack_from("<H", data, place)[0]: place + 4 for place in tags}


@pytest.mark.parametrize("tag", [256, 257, 258, 273, 277, 278, 279])
@pytest.mark.parametrize("field", [0, 4])
def test_of_a_damaged_table_no_more_is_read_than_there_is(tmp_path, tag, field):
    path = written(tmp_path / "p.tif", scene(), compression="lzw")
    sound = path.read_bytes()
    for number in (0, 1 << 31, (1 << 32) - 1):
        broken = bytearray(sound)
        struct.pack_into("<I", broken, places_of(sound)[tag] + field, number)
        path.write_bytes(broken)
        tracemalloc.start()
        with contextlib.suppress(BadFile, pyvips.Error):
            TiffStrips(path).some([0], rows=5)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(sound) + 1_000_000
        tracemalloc.stop()


@pytest.mark.parametrize("far", [1 << 40, (1 << 63) - 1, (1 << 64) - 1])
def test_a_strip_that_is_said_to_lie_beyond_the_file_is_told(tmp_path, far):
    path = written(tmp_path / "p.tif", scene(), compression="none", bigtiff=True)
    data = bytearray(path.read_bytes())
    first = struct.pack("<Q", TiffStrips(path)._spans[0][0])
    at = data.rfind(first)
    struct.pack_into("<Q", data, at, far)
    path.write_bytes(data)
    with pytest.raises(BadFile):
        TiffStrips(path).some([0], rows=5)
