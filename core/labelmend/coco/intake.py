"""Intake: the bytes of a JSON file, unpacked when gzipped, checked to be UTF-8, fit for a strict parser."""

import codecs
import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from labelmend.errors import BadFile
from labelmend.progress import Progress, silent

PIECE = 4 << 20
LARGEST = 8 << 30
"""Bytes of JSON text, unpacked, that are taken in."""
_BOMB_FROM, _BOMB_RATIO = 64 << 20, 200

# What Python's json writes and a strict parser refuses: NaN, Infinity, escapes of half a surrogate pair.
# Each pattern begins with a literal: fifty times faster than one that begins with a lookbehind.
_LOOSE = (
    (b"NaN", re.compile(rb"NaN(?<=[\[:, \t\r\n]NaN)(?=[, \t\r\n\]}])"), b"111"),
    (
        b"Infinity",
        re.compile(rb"Infinity(?:(?<=[\[:, \t\r\n]Infinity)|(?<=[\[:, \t\r\n]-Infinity))(?=[, \t\r\n\]}])"),
        b"11111111",
    ),
    (
        b"\\u",
        re.compile(
            rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
            rb"|[c-fC-F][0-9a-fA-F]{2}(?<!\\u[dD][89abAB]..\\u....))",
            re.S,
        ),
        rb"\u0041",
    ),
)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def tell(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """A file's JSON text: its bytes as they are (unpacked), their SHA-256, and the file's name."""

    name: str
    data: bytes
    sha256: str


def take_in(path: Path, *, name: str = "", progress: Progress = silent) -> Intake:
    """Read a .json or .json.gz file whole; raises BadFile when it cannot be read or is not UTF-8 text.

    name: what it is called, if not by its last name.
    """
    name = name or path.name
    try:
        with path.open("rb") as given:
            # A pipe can be read but once: what comes through it is held as a file would hold it.
            raw = given if given.seekable() else io.BytesIO(given.read())
            packed = raw.read(2) == b"\x1f\x8b"
            size = raw.seek(0, io.SEEK_END)
            raw.seek(0)
            if not packed:
                return _read(name, raw, raw, size=size, progress=progress)
            with gzip.open(raw) as unpacked:
                return _read(name, unpacked, raw, size=size, progress=progress)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadFile(f"{name} is a damaged or cut-off gzip file; copy or download it again.") from None
    except OSError as error:
        if path.is_dir():
            raise BadFile(f"{path} is a folder: choose the JSON file in it.") from None
        why = error.strerror or error
        raise BadFile(f"{path} cannot be read: {why}; check its name and permissions.") from None


def _read(name: str, text: _Readable, raw: _Readable, *, size: int, progress: Progress) -> Intake:
    """All of `text`; `raw` is the file beneath it, whose place tells how far the reading is."""
    whole, digest = io.BytesIO(), hashlib.sha256()
    if text is raw and size > PIECE:  # room for all of it at once: growing costs more than reading
        whole.seek(size - 1)
        whole.write(b"\0")
        whole.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    total = 0
    while piece := text.read(PIECE):
        total += len(piece)
        if total > LARGEST or (total > _BOMB_FROM and total > _BOMB_RATIO * size):
            raise BadFile(
                f"{name} unpacks to more than {total >> 20:,} MB, which no COCO file does; check what it is."
            )
        _check_text(name, decoder, piece, total - len(piece))
        digest.update(piece)
        whole.write(piece)
        progress(min(raw.tell(), size), size)
    _check_text(name, decoder, b"", total, final=True)
    whole.truncate(total)
    return Intake(name, whole.getvalue(), digest.hexdigest())


def _check_text(
    name: str, decoder: codecs.IncrementalDecoder, piece: bytes, at: int, *, final: bool = False
) -> None:
    if at == 0 and piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadFile(f"{name} is UTF-16 text; save it as UTF-8 and import that.")
    if at == 0 and piece[:4] == b"PK\x03\x04":
        raise BadFile(f"{name} is a ZIP archive; unpack it and choose the JSON file in it.")
    if piece.isascii() and not final and not decoder.getstate()[0]:
        return
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError as error:
        near = at + max(error.start, 0)
        raise BadFile(
            f"{name} is not UTF-8 text: {error.reason} near byte {near:,}; choose a JSON file, or save it as "
            "UTF-8 and import that."
        ) from None


def strict(data: bytes) -> bytes:
    """A copy of the same length in which all that a strict parser refuses is overwritten by valid text.

    Only for finding where records are: a record that differs from `data` must be read again from the true
    bytes. Text inside a string that looks alike is overwritten too, which does no harm to the spans.
    """
    copy = io.BytesIO(data)
    with copy.getbuffer() as view:  # writing here, the one copy is made; getvalue gives it away
        for literal, pattern, instead in _LOOSE:
            for match in pattern.finditer(data) if literal in data else ():
                view[match.start() : match.end()] = instead
    return copy.getvalue()
