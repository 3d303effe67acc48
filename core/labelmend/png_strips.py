"""The rows of a large PNG, some at a time: one thread inflates ahead while another undoes their filters.

Some inflated rows become a small PNG of their own, not compressed, below the row that the filters of the
first look at; libvips reads that. Chunks: PNG, third edition; blocks not compressed: RFC 1951, 3.2.4.
"""

import struct
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from io import SEEK_CUR
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np
import pyvips
from numpy.typing import NDArray

from labelmend.errors import BadFile

deflate: ModuleType = zlib
with suppress(ImportError):  # there is none for every sort of processor
    from isal import isal_zlib

    deflate = isal_zlib

_MARK, _HEAD = b"\x89PNG\r\n\x1a\n", ">IIBBBBB"
_BANDS = {0: 1, 2: 3, 4: 2, 6: 4}
"""By the type of colour; a palette (3) is left to others."""
_AT_ONCE, _READ = 960 << 10, 64 << 10
"""Bytes of pixels given at once: memory that is kept for the next; bytes read before they are inflated."""
_TOGETHER, _AHEAD = 4 << 20, 3
"""Bytes of strips that become one small PNG; so many of those are inflated ahead, while some are shown."""
_ZLIB, _MOST = b"\x78\x01", 65535
"""The two bytes before what is deflated; the most bytes of a block that is not compressed."""

_Rows = list[memoryview]
"""Inflated rows, in pieces as they came."""


@dataclass(frozen=True)
class _Layout:
    """The size of the picture, its numbers of ``depth`` bits, and its ``tail``: the rest of its head."""

    width: int
    height: int
    depth: int
    bands: int
    tail: bytes

    @property
    def stride(self) -> int:
        """Bytes of a row: the number of its filter, then its pixels."""
        return 1 + self.width * self.bands * self.depth // 8


def png_strips(path: Path) -> Iterator[NDArray[Any]]:
    """All of a PNG from its top to its bottom, some rows, by eights, at a time.

    (rows, w, bands) of 8 or 16 bits as stored, transparency included. Raises BadFile, maybe after some rows,
    where it is damaged, and at once where it is interlaced, has a palette or fewer than 8 bits; OSError.
    """
    try:
        with path.open("rb", buffering=1 << 20) as file:
            layout = _layout(file)
            rows = max(1, _AT_ONCE // layout.stride // 8) * 8
            strip = rows * layout.stride
            yield from _strips(layout, rows, _inflated(file, max(1, _TOGETHER // strip) * strip))
    except (struct.error, LookupError, ValueError, deflate.error, pyvips.Error) as error:
        raise BadFile(f"{path.name} is no PNG that can be read strip by strip.") from error


def _layout(file: BinaryIO) -> _Layout:
    if file.read(len(_MARK)) != _MARK:
        raise ValueError(file)
    file.seek(8, SEEK_CUR)
    head = file.read(struct.calcsize(_HEAD))
    file.seek(4, SEEK_CUR)
    width, height, depth, colours, *_, interlaced = struct.unpack(_HEAD, head)
    if interlaced or depth < 8 or not width:
        raise ValueError(file)
    return _Layout(width, height, depth, _BANDS[colours], head[8:])


def _strips(layout: _Layout, rows: int, inflated: Iterator[_Rows]) -> Iterator[NDArray[Any]]:
    """So many ``rows`` at a time, the next inflated meanwhile. Raises ValueError where some are missing."""
    above, missing, room = bytes(layout.stride), layout.height, _Room()
    thread = ThreadPoolExecutor(1, thread_name_prefix="inflate")
    coming: deque[Future[_Rows]] = deque()
    try:
        while missing:
            while len(coming) <= _AHEAD:
                coming.append(thread.submit(next, inflated, []))
            small = room.joined(_small(layout, above, coming.popleft().result()))
            for strip in _decoded(layout, rows, small):
                missing -= len(strip)
                yield strip
            above = b"\0" + strip[-1].astype(f">u{layout.depth // 8}").tobytes()
    finally:
        thread.shutdown(cancel_futures=True)


def _inflated(file: BinaryIO, size: int) -> Iterator[_Rows]:
    """What the pixels inflate to, so many bytes at a time, at the end fewer."""
    inflater = deflate.decompressobj()
    rows: _Rows = []
    missing = size
    for data in _deflated(file):
        rest = memoryview(inflater.decompress(data))
        while len(rest) >= missing:
            yield [*rows, rest[:missing]]
            rest, rows, missing = rest[missing:], [], size
        rows.append(rest)
        missing -= len(rest)
    yield rows


def _deflated(file: BinaryIO) -> Iterator[bytes]:
    """The pixels as they are in the file, some bytes at a time."""
    held: list[bytes] = []
    size, name = 0, b""
    while name != b"IEND" and len(head := file.read(8)) == 8:
        length, name = struct.unpack(">I4s", head)
        while name == b"IDAT" and (data := file.read(min(length, _READ - size))):
            held.append(data)
            length, size = length - len(data), size + len(data)
            if size == _READ:
                yield b"".join(held)
                held, size = [], 0
        file.seek(length + 4, SEEK_CUR)
    yield b"".join(held)


class _Room:
    """Memory that is used again: so much of it, asked for anew each time, would come page by page."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def joined(self, parts: Sequence[bytes | memoryview]) -> memoryview:
        """Some bytes one after the other, until others are joined."""
        at, size = 0, sum(map(len, parts))
        if size > len(self._bytes):
            self._bytes = bytearray(size + size // 8)
        joined = memoryview(self._bytes)[:size]
        for part in parts:
            joined[at : at + len(part)] = part
            at += len(part)
        return joined


def _small(layout: _Layout, above: bytes, inflated: _Rows) -> list[bytes | memoryview]:
    """A PNG of some inflated rows below the decoded row ``above``."""
    rows, odd = divmod(sum(map(len, inflated)), layout.stride)
    if odd or not rows:
        raise ValueError(rows)
    head = struct.pack(">II", layout.width, rows + 1) + layout.tail
    chunks = (_chunk(b"IHDR", [head]), _chunk(b"IDAT", _stored([above, *inflated])), _chunk(b"IEND", []))
    return [_MARK, *(part for chunk in chunks for part in chunk)]


def _decoded(layout: _Layout, rows: int, small: memoryview) -> Iterator[NDArray[Any]]:
    """The pixels of a PNG below its first row, so many ``rows`` at a time."""
    source = pyvips.Source.new_from_memory(small)
    image = pyvips.Image.pngload_source(source, access="sequential", fail_on="error")
    region, height = pyvips.Region.new(image), image.height
    for top in range(1, height, rows):
        read = region.fetch(0, top, layout.width, min(rows, height - top))
        yield np.frombuffer(read, f"u{layout.depth // 8}").reshape(-1, layout.width, layout.bands)


def _stored(parts: Sequence[bytes | memoryview]) -> list[bytes | memoryview]:
    """Bytes as zlib has those that are not compressed."""
    blocks: list[bytes | memoryview] = [_ZLIB]
    check = 1
    for part in parts:
        check = deflate.adler32(part, check)
        for at in range(0, len(part), _MOST):
            block = memoryview(part)[at : at + _MOST]
            blocks += [_block(0, len(block)), block]
    return [*blocks, _block(1, 0), struct.pack(">I", check)]


def _block(last: int, size: int) -> bytes:
    """What is before a block that is not compressed."""
    return struct.pack("<BHH", last, size, size ^ _MOST)


def _chunk(name: bytes, parts: Sequence[bytes | memoryview]) -> list[bytes | memoryview]:
    """A chunk of a PNG: how long it is, its name, its parts and their checksum."""
    check = deflate.crc32(name)
    for part in parts:
        check = deflate.crc32(part, check)
    return [struct.pack(">I", sum(map(len, parts))), name, *parts, struct.pack(">I", check)]
