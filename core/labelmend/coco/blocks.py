"""Blocks: records read into columns, some thousands at a time, by a typed parser where they are regular."""

import math
import re
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Any, Protocol, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from labelmend.coco.identity import ODD, Ids
from labelmend.coco.source import Source
from labelmend.coco.spans import Spans
from labelmend.coco.syntax import loads
from labelmend.progress import Progress

BLOCK = 2048
LARGEST = 1e9
"""Pixels: no picture reaches so far, and squares of larger numbers tell nothing any more."""
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*\Z", re.ASCII)
_NAN4 = (math.nan, math.nan, math.nan, math.nan)
_NO_RAW = msgspec.Raw(b"null")

# Read with `map`, which asks three million records for a field without a step of Python for each.
IMAGE_ID, CATEGORY_ID, BBOX = attrgetter("image_id"), attrgetter("category_id"), attrgetter("bbox")
_ID, _AREA, _CROWD = attrgetter("id"), attrgetter("area"), attrgetter("iscrowd")
FLAGS = frozenset((0, 1, None))
"""What iscrowd may be; false is 0, and true is 1."""


class Block(Protocol):
    """Columns of one array, filled block by block."""

    broken: list[int]

    @property
    def typed(self) -> type[msgspec.Struct]:
        """The form of a regular record."""
        ...

    def __init__(self, n: int) -> None: ...
    def put_typed(self, first: int, records: list[Any]) -> None:
        """Fill rows from `first` on; raises OverflowError when one of them needs to be put loosely."""
        ...

    def put_loose(self, row: int, record: dict[str, Any]) -> None:
        """Fill one row from a record of any content."""
        ...


_B = TypeVar("_B", bound=Block)


def read_blocks(source: Source, array: str, kind: type[_B], *, progress: Progress) -> _B:
    """The columns of one array of a source (no rows when it has none)."""
    if array not in source.spans:
        return kind(0)
    spans = source.spans[array]
    block = kind(len(spans))
    fill(block, source.data, source.text, spans, progress=progress)
    return block


def fill(block: Block, data: bytes, text: bytes, spans: Spans, *, progress: Progress) -> None:
    """Fill a block's columns; records that are no objects go to block.broken."""
    typed = msgspec.json.Decoder(list.__class_getitem__(block.typed))
    n, view = len(spans), memoryview(text)
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        start, end = int(spans.start[first]), int(spans.end[last - 1])
        again: range | list[int]
        try:
            block.put_typed(first, typed.decode(b"".join((b"[", view[start:end], b"]"))))
            again = _masked(data, text, spans, start=start, end=end)
        except (msgspec.DecodeError, OverflowError):
            again = range(first, last)
        for row in again:
            _put_loose(block, row, data[int(spans.start[row]) : int(spans.end[row])])
        progress(last, n)


def _masked(data: bytes, text: bytes, spans: Spans, *, start: int, end: int) -> list[int]:
    """The rows whose text was overwritten for the strict parser."""
    if text is data:
        return []
    size = end - start
    differs = np.frombuffer(text, np.uint8, size, start) != np.frombuffer(data, np.uint8, size, start)
    places = np.flatnonzero(differs) + start
    return sorted(set((np.searchsorted(spans.start, places, "right") - 1).tolist()))


def _put_loose(block: Block, row: int, record: bytes) -> None:
    try:
        value = loads(record)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        block.broken.append(row)
        value = {}
    block.put_loose(row, value)


def number(value: Any) -> float:
    """A finite number, also one written as a text (as writers do that know no numpy), or nan."""
    if type(value) is str:
        value = float(value) if NUMBER.match(value) else math.nan
    if type(value) in (int, float) and abs(value) < 1e300:
        return float(value)
    return math.nan


def four(value: Any) -> list[float] | tuple[float, ...]:
    """Four numbers, or four nan."""
    return [number(one) for one in value] if isinstance(value, list) and len(value) == 4 else _NAN4


def text_of(value: Any) -> str:
    """A text that can be stored as UTF-8; numbers are texts too, all else is none."""
    if type(value) in (int, float):
        value = str(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def put_ids(column: npt.NDArray[np.int64], first: int, values: Iterable[int], n: int) -> None:
    """Set n plain ids; raises OverflowError for one outside int64 or equal to the mark of an odd one."""
    part = np.fromiter(values, np.int64, n)
    if (part == ODD).any():
        raise OverflowError
    column[first : first + n] = part


class _Image(msgspec.Struct, gc=False):
    id: int
    file_name: str
    width: float = math.nan
    height: float = math.nan


class ImageBlock:
    """Columns of image records; `size` (n, 2) is width and height, nan where absent or bad."""

    typed = _Image

    def __init__(self, n: int) -> None:
        self.id = Ids(np.full(n, ODD, np.int64))
        self.file_name = [""] * n
        self.size = np.full((n, 2), np.nan)
        self.bad_size = np.zeros(n, bool)
        self.broken: list[int] = []

    def put_typed(self, first: int, records: list[_Image]) -> None:
        """Fill rows from records of the regular form."""
        rows = slice(first, first + len(records))
        put_ids(self.id.value, first, map(_ID, records), len(records))
        self.file_name[rows] = [one.file_name for one in records]
        size = np.array([(one.width, one.height) for one in records])
        with np.errstate(invalid="ignore"):
            bad = (size <= 0) | (size > LARGEST)
        self.bad_size[rows] = bad.any(1)
        size[bad] = np.nan
        self.size[rows] = size

    def put_loose(self, row: int, record: dict[str, Any]) -> None:
        """Fill a row from a record of any content."""
        self.id.put(row, record.get("id"))
        self.file_name[row] = text_of(record.get("file_name"))
        for column, key in enumerate(("width", "height")):
            value = number(record.get(key))
            good = 0 < value <= LARGEST
            self.size[row, column] = value if good else math.nan
            self.bad_size[row] |= record.get(key) is not None and not good


class _Category(msgspec.Struct, gc=False):
    id: int
    name: str


class CategoryBlock:
    """Columns of category records."""

    typed = _Category

    def __init__(self, n: int) -> None:
        self.id = Ids(np.full(n, ODD, np.int64))
        self.name = [""] * n
        self.broken: list[int] = []

    def put_typed(self, first: int, records: list[_Category]) -> None:
        """Fill rows from records of the regular form."""
        put_ids(self.id.value, first, map(_ID, records), len(records))
        self.name[first : first + len(records)] = [one.name if one.name.strip() else "" for one in records]

    def put_loose(self, row: int, record: dict[str, Any]) -> None:
        """Fill a row from a record of any content."""
        self.id.put(row, record.get("id"))
        name = text_of(record.get("name"))
        self.name[row] = name if name.strip() else ""


class _Annotation(msgspec.Struct, gc=False):
    id: int
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float] = _NAN4
    area: float = math.nan
    iscrowd: int | bool | None = 0
    ignore: int | bool | None = 0
    segmentation: msgspec.Raw = _NO_RAW


class AnnotationBlock:
    """Columns of annotation records; `in_texts`: how many have a box whose numbers are texts. `bad_areas`,
    `odd_flags`: the rows whose area is no number, and whose iscrowd neither 0 nor 1."""

    typed = _Annotation

    def __init__(self, n: int) -> None:
        self.id, self.image_id, self.category_id = (Ids(np.full(n, ODD, np.int64)) for _ in range(3))
        self.bbox = np.full((n, 4), np.nan)
        self.area = np.full(n, np.nan)
        self.crowd = np.zeros(n, bool)
        self.shape = np.zeros(n, np.uint8)
        self.odd_shapes: set[int] = set()
        self.in_texts = 0
        self.bad_areas: list[int] = []
        self.odd_flags: list[int] = []
        self.broken: list[int] = []

    def put_typed(self, first: int, records: list[_Annotation]) -> None:
        """Fill rows from records of the regular form."""
        n = len(records)
        rows = slice(first, first + n)
        if not FLAGS.issuperset(map(_CROWD, records)):
            raise OverflowError
        put_ids(self.id.value, first, map(_ID, records), n)
        put_ids(self.image_id.value, first, map(IMAGE_ID, records), n)
        put_ids(self.category_id.value, first, map(CATEGORY_ID, records), n)
        flat = np.fromiter(chain.from_iterable(map(BBOX, records)), np.float64, 4 * n)
        self.bbox[rows] = flat.reshape(n, 4)
        self.area[rows] = np.fromiter(map(_AREA, records), np.float64, n)
        self.crowd[rows] = [bool(one.iscrowd or one.ignore) for one in records]
        kinds = np.array([_shape(one.segmentation) for one in records], np.int8)
        self.shape[rows] = np.maximum(kinds, 0)
        self.odd_shapes.update((first + np.flatnonzero(kinds < 0)).tolist())

    def put_loose(self, row: int, record: dict[str, Any]) -> None:
        """Fill a row from a record of any content."""
        self.id.put(row, record.get("id"))
        self.image_id.put(row, record.get("image_id"))
        self.category_id.put(row, record.get("category_id"))
        bbox = record.get("bbox") or ()
        self.bbox[row] = four(bbox)
        self.in_texts += (
            isinstance(bbox, list) and str in map(type, bbox) and not np.isnan(self.bbox[row]).any()
        )
        area, flag = record.get("area"), record.get("iscrowd")
        self.area[row] = number(area)
        if math.isnan(self.area[row]) and not (area is None or (type(area) is float and math.isnan(area))):
            self.bad_areas.append(row)
        if flag not in (0, 1, None) and number(flag) not in FLAGS:
            self.odd_flags.append(row)
        self.crowd[row] = is_set(record.get("iscrowd")) or is_set(record.get("ignore"))
        kind = shape_of(record.get("segmentation"))
        self.shape[row] = max(kind, 0)
        if kind < 0:
            self.odd_shapes.add(row)


def is_set(flag: Any) -> bool:
    """Whether a flag of a record, 0 or 1 or a truth value, is set."""
    return flag is True or number(flag) > 0


def _shape(raw: msgspec.Raw) -> int:
    """The kind of a segmentation that was not read: almost always its first byte tells."""
    view = memoryview(raw)
    if view[0] == 0x5B and len(view) > 24:
        return 1
    return shape_of(msgspec.json.decode(view))


def shape_of(segmentation: Any) -> int:
    """0 none, 1 polygons, 2 RLE, -1 what cannot be either."""
    if isinstance(segmentation, dict):
        return 2 if segmentation.get("counts") else -1 if segmentation else 0
    if not isinstance(segmentation, list):
        return -1 if segmentation else 0
    return 1 if any(segmentation) else 0
