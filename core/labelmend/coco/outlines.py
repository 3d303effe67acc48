"""What a file's segmentations say: the bounds of each outline, and which polygons cross themselves."""

from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from labelmend.coco.columns import Dataset
from labelmend.coco.source import Source
from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.progress import Progress, silent

_BLOCK = 4096
_POLYGONS, _RLE = 1, 2


class _Polygons(msgspec.Struct, gc=False):
    segmentation: list[list[float]]


class _Anything(msgspec.Struct, gc=False):
    segmentation: Any = None


_POLYGON_DECODER = msgspec.json.Decoder(list[_Polygons])
_ANY_DECODER = msgspec.json.Decoder(_Anything)


def read_outlines(
    source: Source, dataset: Dataset, *, progress: Progress = silent
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Bounds (n, 4) xywh of every annotation's own outline, nan without one; whether it crosses itself (n,).

    A mask is measured from its runs. An outline that cannot be read counts as none: the reader of the
    columns has named its fault.
    """
    shape, span = dataset.annotations.shape, source.spans["annotations"]
    bounds, crossing = np.full((len(shape), 4), np.nan), np.zeros(len(shape), bool)
    polygons = np.flatnonzero(shape == _POLYGONS)
    for first in range(0, len(polygons), _BLOCK):
        rows = polygons[first : first + _BLOCK]
        records = [
            source.data[a:b] for a, b in zip(span.start[rows].tolist(), span.end[rows].tolist(), strict=True)
        ]
        lists = _decode(records)
        bounds[rows], crossing[rows] = _measure(lists)
        progress(first, len(polygons))
    width, height = dataset.images.width, dataset.images.height
    for row in np.flatnonzero(shape == _RLE).tolist():
        image = int(dataset.annotations.image[row])
        if image >= 0 and width[image] > 0 and height[image] > 0:
            record = source.data[span.start[row] : span.end[row]]
            bounds[row] = _mask_bounds(record, int(height[image]), int(width[image]))
    return bounds, crossing


def _decode(records: list[bytes]) -> list[list[list[float]]]:
    try:
        return [r.segmentation for r in _POLYGON_DECODER.decode(b"[" + b",".join(records) + b"]")]
    except msgspec.DecodeError:
        return [_decode_one(record) for record in records]


def _decode_one(record: bytes) -> list[list[float]]:
    try:
        return _POLYGON_DECODER.decode(b"[" + record + b"]")[0].segmentation
    except msgspec.DecodeError:
        return []


def _measure(lists: list[list[list[float]]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Bounds and crossings of many polygons at once: parts become rings of one flat array of points."""
    bounds, crossing = np.full((len(lists), 4), np.nan), np.zeros(len(lists), bool)
    parts = [
        (n, part)
        for n, polygon in enumerate(lists)
        for part in polygon
        if len(part) >= 6 and not len(part) % 2
    ]
    if not parts:
        return bounds, crossing
    owner = np.array([n for n, _ in parts])
    points = np.concatenate([np.asarray(part, np.float64) for _, part in parts]).reshape(-1, 2)
    count = np.array([len(part) // 2 for _, part in parts])
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    low, high = np.minimum.reduceat(points, start), np.maximum.reduceat(points, start)
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    low, high = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    bounds[owner[first]] = np.concatenate([low, high - low], 1)
    rings = shapely.linearrings(points, indices=np.repeat(np.arange(len(parts)), count))
    np.logical_or.at(crossing, owner, ~shapely.is_simple(rings))
    return bounds, crossing


def _mask_bounds(record: bytes, height: int, width: int) -> NDArray[np.float64]:
    try:
        segmentation = _ANY_DECODER.decode(record).segmentation
        return np.asarray(
            masks.bounds(masks.counts(segmentation, height=height, width=width), height=height, width=width)
        )
    except (msgspec.DecodeError, BadFile):
        return np.full(4, np.nan)
