"""Faults that only a check of the whole file looks for: they take a while, and do no harm until then."""

from __future__ import annotations

import msgspec
import numpy as np

from labelmend.coco.columns import POLYGONS, Dataset
from labelmend.coco.faults import Fault, FaultBook
from labelmend.coco.identity import Ids
from labelmend.coco.outlines import decoded
from labelmend.coco.record import annotation_of
from labelmend.coco.repeats import repeated_keys
from labelmend.coco.source import Source
from labelmend.geometry.polygons import LEAST_POINTS

_BLOCK = 1024


def further_faults(source: Source, dataset: Dataset) -> list[Fault]:
    """Keys that a record has twice, images without a size, labels that are there twice, and polygons of which
    only a part is used, or that lack their outer brackets."""
    images, categories, annotations = dataset.images, dataset.categories, dataset.annotations
    ids = {
        "images": Ids(images.id, images.odd_ids),
        "categories": Ids(categories.id, categories.odd_ids),
        "annotations": Ids(annotations.id, annotations.odd_ids),
    }
    book = FaultBook(source.name)
    _tell_unsized(book, dataset, ids["images"])
    _tell_copies(book, source, dataset, ids["annotations"])
    _tell_parts(book, source, dataset, ids["annotations"])
    return [*repeated_keys(source, ids), *book.faults()]


def _tell_unsized(book: FaultBook, dataset: Dataset, ids: Ids) -> None:
    """Say which images have no size; what has one that cannot be was told before."""
    images = dataset.images
    told = {fault.row for fault in dataset.faults if fault.array == "images"}
    if any(fault.code == "bad-size" and fault.row < 0 for fault in dataset.faults):
        return
    rows = np.flatnonzero(np.isnan(images.width) | np.isnan(images.height)).tolist()
    what = "has no width or height, so what lies outside of it is not noticed. Write its size in pixels."
    book.tell_rows("images", [row for row in rows if row not in told], "no-size", what, ids)


def _tell_copies(book: FaultBook, source: Source, dataset: Dataset, ids: Ids) -> None:
    """Say which annotations are an earlier one again, but for their ids."""

    def outline(row: int) -> object:
        return annotation_of(source.record("annotations", row)).values.get("segmentation") or None

    one = dataset.annotations
    rows = np.flatnonzero((one.image >= 0) & np.isfinite(one.bbox).all(axis=1) & ~one.crowd)
    if not len(rows):
        return
    keys = np.column_stack([one.image[rows], one.category[rows], one.shape[rows], one.bbox[rows]])
    order = np.lexsort(keys.T[::-1])  # stable: of equal ones the earliest comes first
    same = np.r_[False, (keys[order][1:] == keys[order][:-1]).all(axis=1)]
    first = rows[order][np.maximum.accumulate(np.where(same, 0, np.arange(len(rows))))]
    for row, earlier in sorted(zip(rows[order][same].tolist(), first[same].tolist(), strict=True)):
        if outline(row) == outline(earlier):
            what = (
                f"is annotations[{earlier}] again, of the same image, class and place; delete one of the two."
            )
            book.tell("annotations", row, "copy", what, identity=ids.of(row))


def _tell_parts(book: FaultBook, source: Source, dataset: Dataset, ids: Ids) -> None:
    """Say which polygons are used in part only, or lack their outer brackets; of those that cannot be used it
    was told before."""
    told = {fault.row for fault in dataset.faults if fault.code == "bad-outline"}
    polygons = np.flatnonzero(dataset.annotations.shape == POLYGONS)
    for first in range(0, len(polygons), _BLOCK):
        rows = polygons[first : first + _BLOCK]
        try:
            lists = decoded(source, rows)
        except msgspec.DecodeError:  # one of them is written otherwise
            lists = [_parts(source.record("annotations", row)) for row in rows.tolist()]
        for row, parts in zip(rows.tolist(), lists, strict=True):
            used = sum(len(part) >= 2 * LEAST_POINTS and len(part) % 2 == 0 for part in parts)
            if row in told:
                continue
            if not parts:
                what = "has a polygon without its outer brackets; it is read as one. Write [[x, y, ...]]."
                book.tell("annotations", row, "flat-polygon", what, identity=ids.of(row))
            elif 0 < used < len(parts):
                bad = f"{len(parts) - used} of the {len(parts)} parts of its segmentation"
                what = f"has no three points or more in {bad}, which are not used; delete or draw them anew."
                book.tell("annotations", row, "part-outline", what, identity=ids.of(row))


def _parts(record: bytes) -> list[list[float]]:
    """The parts of a polygon's record as it has them, [] for what is none; no parts of a flat one."""
    given = annotation_of(record).values.get("segmentation")
    parts = [one if isinstance(one, list) else [] for one in given] if isinstance(given, list) else []
    return parts if any(parts) else []
