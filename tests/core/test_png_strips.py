import struct
import threading
import zlib

import numpy as np
import pytest
import pyvips

from labelmend import png_strips
from labelmend.errors import BadFile

WIDE, HIGH = 37, 61


@pytest.fixture(autouse=True)
def few_rows(monkeypatch):
    monkeypatch.setattr(png_strips, "_AT_ONCE", 1)
    monkeypatch.setattr(png_strips, "_TOGETHER", 2000)


@pytest.fixture(params=["isal", "zlib"])
def deflate(request, monkeypatch):
    """With the module that is preferred, and with the one that is always there."""
    if request.param == "zlib":
        monkeypatch.setattr(png_strips, "deflate", zlib)


def scene(bands, kind=np.uint8):
    rng = np.random.default_rng(bands)
    slopes = np.add.outer(np.arange(HIGH), np.arange(WIDE))[..., None] * np.arange(1, bands + 1)
    return (slopes * (np.iinfo(kind).max // 700) + rng.integers(0, 9, (HIGH, WIDE, bands))).astype(kind)


def written(path, pixels, **how):
    names = ("b-w", "grey16") if pixels.shape[2] < 3 else ("srgb", "rgb16")
    image = pyvips.Image.new_from_array(pixels)
    image.copy(interpretation=names[pixels.dtype == np.uint16]).pngsave(str(path), **how)
    return path


def with_one_chunk(path):
    """The same file with all of its pixels in one chunk, as some programs write it."""
    data, at, chunks = path.read_bytes(), 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    together = b"".join(body for name, body in chunks if name == b"IDAT")
    wanted = [chunks[0], (b"tEXt", b"Title\0no pixels"), (b"IDAT", together), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in wanted
    ]
    path.write_bytes(data[:8] + b"".join(parts))
    return path


@pytest.mark.usefixtures("deflate")
@pytest.mark.parametrize(("bands", "kind"), [(1, np.uint16), (2, np.uint8), (3, np.uint8), (4, np.uint16)])
def test_strips_one_below_the_other_are_the_picture(tmp_path, bands, kind):
    pixels = scene(bands, kind)
    for filters in ("none", "sub", "up", "avg", "paeth", "all"):
        path = written(tmp_path / "p.png", pixels, filter=filters)
        strips = list(png_strips.png_strips(path))
        assert [len(strip) for strip in strips] == [8] * 7 + [5]
        assert np.array_equal(np.concatenate(strips), pixels)
    assert np.array_equal(np.concatenate(list(png_strips.png_strips(with_one_chunk(path)))), pixels)


@pytest.mark.usefixtures("deflate")
def test_rows_may_come_in_many_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(png_strips, "_READ", 50)
    monkeypatch.setattr(png_strips, "_AHEAD", 1)
    strips = list(png_strips.png_strips(written(tmp_path / "p.png", scene(3), filter="all")))
    assert np.array_equal(np.concatenate(strips), scene(3))


def test_who_has_seen_enough_leaves_no_thread(tmp_path):
    threads = set(threading.enumerate())
    strips = png_strips.png_strips(written(tmp_path / "p.png", scene(3)))
    next(strips)
    assert set(threading.enumerate()) - threads
    strips.close()
    assert set(threading.enumerate()) <= threads  # those of others may end meanwhile


@pytest.mark.parametrize(
    ("bands", "how"), [(3, {"interlace": True}), (3, {"palette": True}), (1, {"bitdepth": 4})]
)
def test_other_sorts_of_png_are_left_to_others(tmp_path, bands, how):
    with pytest.raises(BadFile, match="strip by strip"):
        next(png_strips.png_strips(written(tmp_path / "p.png", scene(bands), **how)))


@pytest.mark.usefixtures("deflate")
def test_what_is_damaged_is_told_from_what_is_whole(tmp_path):
    path = written(tmp_path / "p.png", scene(3))
    data = path.read_bytes()
    for damaged in (b"", b"no picture", data[:20], data[:-400], data[:200] + bytes(99) + data[299:]):
        path.write_bytes(damaged)
        with pytest.raises(BadFile):
            list(png_strips.png_strips(path))
