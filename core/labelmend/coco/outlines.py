"""What a file's segmentations say: the bounds of each outline, and which polygons cross themselves."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.coco.blocks import LARGEST
from labelmend.coco.columns import (
    BAD_OUTLINE,
    NO_BOX,
    NO_SHAPE,
    POLYGONS,
    RLE,
    Annotations,
    Dataset,
    read_dataset,
)
from labelmend.coco.faults import FEW, Fault, FaultBook
from labelmend.coco.identity import Ids
from labelmend.coco.mask_column import mask_column
from labelmend.coco.record import annotation_of
from labelmend.coco.source import Source
from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.polygons import rings
from labelmend.progress import Progress, silent, stage

_BLOCK = 1024


class _Polygons(msgspec.Struct, gc=False):
    segmentation: list[list[float]]


_POLYGON_DECODER = msgspec.json.Decoder(list[_Polygons])


def read_labels(
    source: Source, *, progress: Progress = silent
) -> tuple[Dataset, NDArray[np.float64], NDArray[np.bool_]]:
    """A source's columns with all its faults, and the outlines of its annotations as read_outlines has them.

    An annotation without a box has that of its outline.
    """
    dataset = read_dataset(source, progress=stage(progress, 0, 50))
    outline, crossing = read_outlines(source, dataset, progress=stage(progress, 50, 100))
    annotations = dataset.annotations
    lacks = (annotations.shape != NO_SHAPE) & np.isnan(annotations.bbox).any(axis=1)
    with np.errstate(invalid="ignore"):
        drawn = lacks & (outline[:, 2:] > 0).all(axis=1)
    boxes = np.where(drawn[:, None], outline, annotations.bbox)
    faults = [
        *dataset.faults,
        *_box_faults(source, annotations, np.flatnonzero(lacks), drawn),
        *outline_faults(source, dataset, outline),
    ]
    dataset = replace(dataset, annotations=replace(annotations, bbox=boxes), faults=faults)
    return dataset, outline, crossing


def _box_faults(
    source: Source, annotations: Annotations, rows: NDArray[np.int64], drawn: NDArray[np.bool_]
) -> list[Fault]:
    """What is said of annotations (rows) with an outline but no box: of many at once, where it is drawn (n,)
    well enough to tell the box."""
    book, ids = FaultBook(source.name), Ids(annotations.id, annotations.odd_ids)
    if (n := int(drawn.sum())) > FEW:
        told = (
            f"has {n:,} annotations without a bbox that can be used; they have the bounds of their outlines."
        )
        book.tell("file", -1, "bad-box", told)
        rows = rows[~drawn[rows]]
    for row in rows.tolist():
        advice = "the bounds of its outline are used." if drawn[row] else "draw its box or delete it."
        book.tell("annotations", row, "bad-box", f"{NO_BOX}; {advice}", identity=ids.of(row))
    return book.faults()


def read_outlines(
    source: Source, dataset: Dataset, *, progress: Progress = silent
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Bounds (n, 4) xywh of every annotation's own outline, nan without one; whether it crosses itself (n,).

    A mask is measured from its runs. An outline that cannot be read counts as none; see outline_faults.
    """
    shape = dataset.annotations.shape
    bounds, crossing = np.full((len(shape), 4), np.nan), np.zeros(len(shape), bool)
    polygons = np.flatnonzero(shape == POLYGONS)
    blocks = [polygons[first : first + _BLOCK] for first in range(0, len(polygons), _BLOCK)]
    with ThreadPoolExecutor(2) as pool:  # while one is read, another is measured
        try:
            found = pool.map(lambda rows: _measure(_decode(source, rows)), blocks)
            for done, (rows, told) in enumerate(zip(blocks, found, strict=True)):
                bounds[rows], crossing[rows] = told
                progress(done, 2 * len(blocks))
        finally:
            pool.shutdown(cancel_futures=True)
    rows = np.flatnonzero(shape == RLE)
    bounds[rows] = _mask_bounds(source, dataset, rows, stage(progress, 50, 100))
    return bounds, crossing


def outline_faults(source: Source, dataset: Dataset, bounds: NDArray[np.float64]) -> list[Fault]:
    """One fault for each annotation whose outline is given but has no `bounds` (n, 4), as read_outlines has
    them: a mask of an image of unknown size, which cannot be judged, is none."""
    annotations = dataset.annotations
    width, height = dataset.images.sizes_of(annotations.image)
    sized = (width > 0) & (height > 0) & np.isfinite(width * height)
    bad = np.isnan(bounds).any(axis=1)
    bad &= (annotations.shape == POLYGONS) | ((annotations.shape == RLE) & sized)
    ids, book = Ids(annotations.id, annotations.odd_ids), FaultBook(source.name)
    for row in np.flatnonzero(bad).tolist():
        what = BAD_OUTLINE
        if annotations.shape[row] == RLE:
            why = _why(source, row, size=(int(height[row]), int(width[row])))
            what = f"has a segmentation that cannot be used: {why}; draw it anew or empty it."
        book.tell("annotations", row, "bad-outline", what, identity=ids.of(row))
    return book.faults()


def _why(source: Source, row: int, *, size: tuple[int, int]) -> str:
    """What is wrong with the mask of a record; size is its picture's height and width."""
    try:
        shape = annotation_of(source.record("annotations", row)).values.get("segmentation")
        masks.counts(shape, height=size[0], width=size[1])
    except BadFile as error:
        return str(error)
    return "its mask is empty or damaged"


def _decode(source: Source, rows: NDArray[np.int64]) -> list[list[list[float]]]:
    """The polygons of these rows, as far as they can be used."""
    try:
        return decoded(source, rows)
    except msgspec.DecodeError:
        return [polygon_of(source.record("annotations", row)) for row in rows.tolist()]


def decoded(source: Source, rows: NDArray[np.int64]) -> list[list[list[float]]]:
    """The polygons of these rows; rows that follow each other in the file are taken from it in one piece.

    Raises msgspec.DecodeError where one of them is not of the regular form.
    """
    spans, view = source.spans["annotations"], memoryview(source.data)
    breaks = np.flatnonzero(np.diff(rows) != 1)
    firsts, lasts = rows[np.r_[0, breaks + 1]].tolist(), rows[np.r_[breaks, len(rows) - 1]].tolist()
    pieces = [view[spans.start[a] : spans.end[b]] for a, b in zip(firsts, lasts, strict=True)]
    return [r.segmentation for r in _POLYGON_DECODER.decode(b"[" + b",".join(pieces) + b"]")]


def polygon_of(record: bytes) -> list[list[float]]:
    """The parts of an annotation's polygon, flat lists x0, y0, x1, y1 ...; [] of one with none or a mask."""
    try:
        return _POLYGON_DECODER.decode(b"[" + record + b"]")[0].segmentation
    except msgspec.DecodeError:
        return _beside_what_is_loose(record)


def _beside_what_is_loose(record: bytes) -> list[list[float]]:
    """The same of a record that a strict parser refuses, as for an area of NaN, or whose polygon lacks its
    outer brackets; [] where its own polygon is at fault."""
    shape = annotation_of(record)
    given = shape.values.get("segmentation")
    parts = [part.ravel().tolist() for part in shape.polygons]
    whole = isinstance(given, list) and (len(given) == len(parts) or [given] == parts)
    return parts if whole else []


def polygons_of(records: Sequence[bytes]) -> list[list[list[float]]]:
    """`polygon_of` many annotations; at once where all have polygons, as nearly always."""
    try:
        return [one.segmentation for one in _POLYGON_DECODER.decode(b"[" + b",".join(records) + b"]")]
    except msgspec.DecodeError:
        return [polygon_of(record) for record in records]


def _measure(lists: list[list[list[float]]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Bounds and crossings of many polygons at once: parts become rings of one flat array of points."""
    bounds, crossing = np.full((len(lists), 4), np.nan), np.zeros(len(lists), bool)
    points, count, owner = rings(lists)
    if not len(owner):
        return bounds, crossing
    part = np.repeat(np.arange(len(count)), count)
    far = (np.abs(points) > LARGEST).any(1)
    points[far] = 0.0
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    low, high = np.minimum.reduceat(points, start), np.maximum.reduceat(points, start)
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    low, high = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    bounds[owner[first]] = np.concatenate([low, high - low], 1)
    bounds[owner[part[far]]] = np.nan
    import shapely  # as in geometry.boxes

    crossing[owner[~shapely.is_simple(shapely.linearrings(points, indices=part))]] = True
    return bounds, crossing


def _mask_bounds(
    source: Source, dataset: Dataset, rows: NDArray[np.int64], progress: Progress
) -> NDArray[np.float64]:
    width, height = dataset.images.sizes_of(dataset.annotations.image[rows])
    found = mask_column(
        lambda i: source.record("annotations", int(rows[i])), height=height, width=width, progress=progress
    )
    out = np.full((len(rows), 4), np.nan)
    for i in range(len(rows)):
        if counts := found[i]:
            out[i] = masks.bounds(counts, height=int(height[i]), width=int(width[i]))
    with np.errstate(invalid="ignore"):
        out[(out[:, 2:] <= 0).any(axis=1)] = np.nan  # it is empty, and no box is to be made like it
    return out
