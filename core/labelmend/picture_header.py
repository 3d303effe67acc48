"""What the first bytes of a picture file tell without decoding it: its stored size and its orientation."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

ORIENTATION_TAG = 274
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class Header:
    """``format``: "jpeg", "png", "webp", "tiff" or "" (unknown).

    ``size`` is the stored (width, height), None where only decoding tells it; ``orientation`` is EXIF's,
    1 to 8, 1 when the file says nothing. Of TIFF, whose directory may be anywhere, neither is read here.
    """

    format: str = ""
    size: tuple[int, int] | None = None
    orientation: int = 1


def read_header(data: bytes) -> Header:
    """The header of a picture file's bytes; whatever cannot be understood is left at its default."""
    try:
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            exif = next((body for name, body in _riff_chunks(data) if name == b"EXIF"), b"")
            return Header(format="webp", orientation=exif_orientation(exif))
        if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            return Header(format="tiff")
    except (struct.error, IndexError):
        pass
    return Header()


def exif_orientation(exif: bytes) -> int:
    """The orientation, 1 to 8, in an EXIF block (a small TIFF, with or without "Exif" before it)."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", exif, entry)
            if tag == ORIENTATION_TAG:
                value = int(struct.unpack_from(order + ("H" if kind == 3 else "I"), exif, entry + 8)[0])
                return value if value in range(1, 9) else 1
    except struct.error:
        pass
    return 1


def _jpeg(data: bytes) -> Header:
    orientation, size = 1, None
    for marker, body in _jpeg_segments(data):
        if marker == 0xE1 and body[:6] == b"Exif\0\0" and orientation == 1:
            orientation = exif_orientation(body)
        elif marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", body, 1)
            size = (width, height)
            break
    return Header(format="jpeg", size=size, orientation=orientation)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            yield marker, data[at + 4 : at + 2 + length]
            at += 2 + max(length, 2)


def _png(data: bytes) -> Header:
    width, height = struct.unpack_from(">II", data, 16)
    orientation, at = 1, 8
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 8]
        if name == b"eXIf":
            orientation = exif_orientation(data[at + 8 : at + 8 + length])
            break
        at += 12 + length
    return Header(format="png", size=(width, height), orientation=orientation)


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
