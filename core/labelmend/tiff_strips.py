"""Some strips of a TIFF as a small TIFF of their own, for readers that start at the top of a file.

A strip is what lies side by side: a strip proper, or a row of tiles. Tables: TIFF 6.0; BigTIFF of libtiff.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import Path

from labelmend.errors import BadFile

_WIDTH, _HEIGHT, _SAMPLES, _PLANES, _TILE_WIDTH = 256, 257, 277, 284, 322
_COLOURS = {258, 262, 266, 320, 332, 338, 339, 529, 530, 532}
_COMPRESSION = {259, 292, 317, 347}
_KEPT = {_WIDTH, _SAMPLES, _PLANES, _TILE_WIDTH} | _COLOURS | _COMPRESSION
"""The tags that pixels depend on, besides those of a strip's rows, places and bytes:"""
_IN_STRIPS, _IN_TILES = (278, 273, 279), (323, 324, 325)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_STEP = 16
"""Rows of a tile are a multiple of this."""
_SPARE = 4096
"""Bytes read beyond twice a strip's share."""
_MOST_TAGS = 4096

_Values = tuple[int, int, bytes]
"""The kind of a tag's values, how many there are, and their bytes."""


@dataclass(frozen=True)
class _Layout:
    """How a file's tables are written: what comes before the ``place`` of the first, the form of numbers."""

    head: bytes
    order: str
    count: str
    place: str

    def pack(self, form: str, *numbers: int) -> bytes:
        return struct.pack(self.order + form, *numbers)

    def unpack(self, form: str, data: bytes) -> tuple[int, ...]:
        form = self.order + form
        return struct.unpack(form, data[: struct.calcsize(form)])

    def numbers(self, values: _Values) -> tuple[int, ...]:
        kind, count, raw = values
        return self.unpack(f"{count}{_NUMBERS[kind]}", raw)


_LAYOUTS = [
    _Layout(mark + version, order, count, place)
    for mark, order in ((b"II", "<"), (b"MM", ">"))
    for version, count, place in (
        (struct.pack(order + "H", 42), "H", "I"),
        (struct.pack(order + "HHH", 43, 8, 0), "Q", "Q"),
    )
]


class TiffStrips:
    """The strips of a TIFF's first picture: each is ``rows`` high, the last one maybe less."""

    def __init__(self, path: Path) -> None:
        """Raises BadFile for what is no TIFF or does not say where its strips are; OSError."""
        self._path = path
        try:
            self._layout, self._tags = _read(path)
            self._tiled = _TILE_WIDTH in self._tags
            self._rows, self._places, self._counts = _IN_TILES if self._tiled else _IN_STRIPS
            self.height = self._number(_HEIGHT)
            self.rows = min(self._number(self._rows), self.height)
            self._across = -(-self._number(_WIDTH) // self._number(_TILE_WIDTH)) if self._tiled else 1
            places, counts = (self._layout.numbers(self._tags[tag]) for tag in (self._places, self._counts))
            self._spans = list(zip(places, counts, strict=True))
            self._down = -(-self.height // self.rows)
            apart = _PLANES in self._tags and self._number(_PLANES) == 2
            self._planes = self._number(_SAMPLES) if apart else 1
        except (struct.error, LookupError, ValueError, ZeroDivisionError) as error:
            raise self._lost() from error
        if len(self._spans) != self._planes * self._down * self._across:
            raise self._lost()

    def some(self, strips: Sequence[int], *, rows: int, thrifty: bool = False) -> bytes:
        """A TIFF of these strips one below the other, of the last one only the first ``rows``.

        When ``thrifty``, of a single strip no more bytes are read than these rows are likely to need: where
        they do not suffice, reading the TIFF will fail. Raises BadFile for strips beyond the end of the
        file, OSError.
        """
        layout, out = self._layout, BytesIO()
        out.write(layout.head + layout.pack(layout.place, 0))
        places, counts = [], []
        with self._path.open("rb") as file:
            size = file.seek(0, SEEK_END)
            for place, count in self._chosen(strips):
                if place + count > size:
                    raise self._lost()
                if thrifty and len(strips) == 1:
                    count = min(count, _SPARE + 2 * count * rows // self.rows)
                places.append(out.tell())
                counts.append(count)
                file.seek(place)
                out.write(file.read(count))
        each = self.rows if len(strips) > 1 else rows
        each = -(-each // _STEP) * _STEP if self._tiled else each
        tags = {tag: values for tag, values in self._tags.items() if tag in _KEPT}
        for tag, numbers in (
            (_HEIGHT, [self.rows * (len(strips) - 1) + rows]),
            (self._rows, [each]),
            (self._places, places),
            (self._counts, counts),
        ):
            kind = 4 if layout.place == "I" else 16
            tags[tag] = (kind, len(numbers), layout.pack(f"{len(numbers)}{_NUMBERS[kind]}", *numbers))
        _add_table(out, tags, layout)
        return out.getvalue()

    def _chosen(self, strips: Sequence[int]) -> list[tuple[int, int]]:
        """(place, bytes) of what the strips consist of, plane by plane."""
        starts = [
            (plane * self._down + strip) * self._across for plane in range(self._planes) for strip in strips
        ]
        return [span for start in starts for span in self._spans[start : start + self._across]]

    def _number(self, tag: int) -> int:
        return self._layout.numbers(self._tags[tag])[0]

    def _lost(self) -> BadFile:
        return BadFile(f"The strips of {self._path.name} are not to be found.")


def _read(path: Path) -> tuple[_Layout, dict[int, _Values]]:
    """The layout of a TIFF and the tags of its first picture. Raises ValueError for places beyond its end."""
    with path.open("rb") as file:
        end = file.seek(0, SEEK_END)
        file.seek(0)
        start = file.read(16)
        layout = next((one for one in _LAYOUTS if start.startswith(one.head)), None)
        if layout is None:
            raise ValueError(path)
        inline = struct.calcsize(layout.place)
        file.seek(_within(end, *layout.unpack(layout.place, start[len(layout.head) :])))
        (n_tags,) = layout.unpack(layout.count, file.read(struct.calcsize(layout.count)))
        size = 4 + 2 * inline
        table = file.read(size * min(n_tags, _MOST_TAGS))
        tags = {}
        for at in range(0, len(table), size):
            tag, kind, count = layout.unpack("HH" + layout.place, table[at:])
            raw = table[at + 4 + inline : at + size]
            if tag in _KEPT | {_HEIGHT, *_IN_STRIPS, *_IN_TILES}:
                length = _SIZES[kind] * count
                if length > inline:
                    file.seek(_within(end - length, *layout.unpack(layout.place, raw)))
                    raw = file.read(length)
                tags[tag] = (kind, count, raw[:length])
    return layout, tags


def _within(last: int, place: int) -> int:
    """A place that a file names, which may be damaged: memory is taken for what is said to be there."""
    if place > last:
        raise ValueError(place)
    return place


def _add_table(out: BytesIO, tags: dict[int, _Values], layout: _Layout) -> None:
    """Add their table to the pixels of a TIFF, and its place to the head before them."""
    inline = struct.calcsize(layout.place)
    table = layout.pack(layout.count, len(tags))
    for tag, (kind, count, raw) in sorted(tags.items()):
        table += layout.pack("HH" + layout.place, tag, kind, count)
        table += raw.ljust(inline, b"\0") if len(raw) <= inline else layout.pack(layout.place, out.tell())
        out.write(raw if len(raw) > inline else b"")
    place = out.tell()
    out.write(table + layout.pack(layout.place, 0))
    out.seek(len(layout.head))
    out.write(layout.pack(layout.place, place))
