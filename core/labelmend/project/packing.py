"""Bytes and arrays as compressed parts, each small enough to be a row of the project file."""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

_OF_THREAD: Final = threading.local()
CHUNK: Final = 1 << 16
"""Bytes of source in one chunk (before compression)."""
CHUNKS_AT_ONCE: Final = 32
"""Chunks that a thread compresses at a time."""
PART: Final = 1 << 25
"""Bytes of an array in one row: far below SQLite's limit of a value, and cheap to hold twice."""
Part = tuple[str, int, str, memoryview]
"""A part of an array before it is compressed: name, number, type and shape, bytes."""


def chunks_from(data: memoryview, at: int) -> list[bytes]:
    """CHUNKS_AT_ONCE chunks from the byte `at` on, or as many as there are, each compressed by itself."""
    packer, end = zstandard.ZstdCompressor(level=1), min(at + CHUNKS_AT_ONCE * CHUNK, len(data))
    return [packer.compress(data[start : min(start + CHUNK, end)]) for start in range(at, end, CHUNK)]


def parts_of(arrays: Mapping[str, NDArray[Any]]) -> Iterator[Part]:
    """All parts of all arrays; an empty array is one empty part."""
    for name, array in arrays.items():
        flat = np.ascontiguousarray(array)
        dtype = json.dumps([flat.dtype.str, list(flat.shape)])
        data = memoryview(flat.reshape(-1).view(np.uint8).data) if flat.size else memoryview(b"")
        for part, start in enumerate(range(0, max(len(data), 1), PART)):
            yield name, part, dtype, data[start : start + PART]


def row_of(part: Part) -> tuple[str, int, str, bytes]:
    """A part as it is stored."""
    return *part[:3], zstandard.ZstdCompressor(level=1).compress(part[3])


def size_of(body: bytes, most: int) -> int:
    """How many bytes a compressed part says it holds. Raises ZstdError for more than one ever holds."""
    size = zstandard.get_frame_parameters(body).content_size
    if size > most:
        raise zstandard.ZstdError(f"a part of it says that it holds {size:,} bytes")
    return size


def unpacked(body: bytes) -> bytes:
    """What was compressed. Raises ZstdError for what was not."""
    if not hasattr(_OF_THREAD, "decompressor"):
        _OF_THREAD.decompressor = zstandard.ZstdDecompressor()  # it can do one thing at a time
    data: bytes = _OF_THREAD.decompressor.decompress(body)
    return data
