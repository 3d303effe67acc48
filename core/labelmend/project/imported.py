"""What an import leaves in the project file: the verbatim source, its columns and spans, the detections."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.coco.columns import Annotations, Categories, Dataset, Images
from labelmend.coco.detections import Detections
from labelmend.coco.faults import Fault
from labelmend.coco.source import Source
from labelmend.coco.spans import Spans
from labelmend.geometry.masks import Rles
from labelmend.progress import Progress, silent, stage
from labelmend.project.store import Store

_ARRAYS: Final = ("images", "categories", "annotations")


@dataclass(frozen=True)
class Outlines:
    """What the segmentations say, one row an annotation: bounds (n, 4) xywh (nan: none), crossing (n,)."""

    bounds: NDArray[np.float64]
    crossing: NDArray[np.bool_]


@dataclass(frozen=True)
class Frame:
    """The source without its bytes: how long it is, its hash, and the span of every record."""

    name: str
    size: int
    sha256: str
    spans: dict[str, Spans]


def put_dataset(
    store: Store, source: Source, dataset: Dataset, outlines: Outlines, *, progress: Progress = silent
) -> None:
    """Keep source, columns, spans and faults (inside the caller's transaction)."""
    store.put_source(source.data, progress=stage(progress, 0, 80))
    store.put("source", {"name": source.name, "size": len(source.data), "sha256": source.sha256})
    store.put("brackets", {name: [span.open, span.close] for name, span in source.spans.items()})
    arrays = {"annotations.outline": outlines.bounds, "annotations.crossing": outlines.crossing}
    for name, span in source.spans.items():
        arrays[f"span.{name}.start"] = np.diff(span.start, prepend=0)
        arrays[f"span.{name}.length"] = span.end - span.start
    for name in _ARRAYS:
        part = getattr(dataset, name)
        for field in fields(part):
            values = getattr(part, field.name)
            if field.name != "odd_ids":
                arrays[f"{name}.{field.name}"] = values if isinstance(values, np.ndarray) else _text(values)
        store.put(f"{name}.odd_ids", {str(row): value for row, value in part.odd_ids.items()})
    store.put_arrays(arrays, tick=lambda: progress(90, 100))
    put_faults(store, "faults", dataset.faults)


def get_frame(store: Store) -> Frame:
    """The source's spans, as `put_dataset` kept them."""
    about, spans = store.need("source"), {}
    for name, (opening, closing) in store.need("brackets").items():
        start = np.cumsum(store.array(f"span.{name}.start"))
        spans[name] = Spans(opening, closing, start, start + store.array(f"span.{name}.length"))
    return Frame(about["name"], about["size"], about["sha256"], spans)


def get_dataset(store: Store) -> Dataset:
    """The columns, as `put_dataset` kept them. The faults are read by `get_faults` when they are wanted."""

    def odd(name: str) -> dict[int, Any]:
        return {int(row): value for row, value in store.get(f"{name}.odd_ids", {}).items()}

    images, categories = store.arrays("images."), store.arrays("categories.")
    annotations = store.arrays("annotations.", but=("outline", "crossing"))
    images["file_name"] = _untext(images["file_name"])  # type: ignore[assignment]
    categories["name"] = _untext(categories["name"])  # type: ignore[assignment]
    return Dataset(
        images=Images(odd_ids=odd("images"), **images),  # type: ignore[arg-type]
        categories=Categories(odd_ids=odd("categories"), **categories),  # type: ignore[arg-type]
        annotations=Annotations(odd_ids=odd("annotations"), **annotations),
        faults=[],
    )


def get_outlines(store: Store) -> Outlines:
    """The outlines' bounds, as `put_dataset` kept them."""
    return Outlines(store.array("annotations.outline"), store.array("annotations.crossing").astype(bool))


@dataclass(frozen=True)
class DetectionFile:
    """A file of detections that was taken in: its name, and its SHA-256 as it lay on the disk.

    boxed: whether its first record has a box, None where that is not known (see `Detections`).
    """

    name: str
    sha256: str
    boxed: bool | None = None


def put_detections(
    store: Store,
    detections: Detections,
    files: Sequence[DetectionFile],
    *,
    progress: Progress = silent,
) -> None:
    """Keep the detections of these files in place of any that were there (inside a transaction)."""
    source = detections.source
    if source is None:
        source = np.zeros(len(detections), np.uint8)
    count = np.bincount(source, minlength=len(files)).tolist()
    boxed = detections.boxed or [file.boxed for file in files]
    told = [
        {"name": file.name, "sha256": file.sha256, "count": n, "boxed": has_boxes}
        for file, n, has_boxes in zip(files, count, boxed, strict=True)
    ]
    store.put("detections", told)
    columns = {field: getattr(detections, field) for field in ("image", "category", "bbox", "score", "row")}
    arrays = {f"detections.{name}": column for name, column in (columns | {"source": source}).items()}
    store.put_arrays(arrays, tick=lambda: progress(90, 100))
    masks = detections.masks
    store.put("detections.masks", masks is not None)
    if masks is not None:
        store.put_array("masks.blob", masks.blob)
        store.put_array("masks.offsets", masks.offsets)


def get_detections(store: Store) -> Detections | None:
    """The detections, or None when the project has none."""
    if store.get("detections") is None:
        return None
    masks = None
    if store.get("detections.masks"):
        masks = Rles(store.array("masks.blob"), store.array("masks.offsets"))
    columns = store.arrays("detections.")
    if len(get_models(store)) < 2:  # a project of version 1 has no such column at all
        columns.pop("source", None)
    return Detections(**columns, masks=masks)  # type: ignore[arg-type]


def get_models(store: Store) -> tuple[str, ...]:
    """The names of the files that the detections are from, in the order of their numbers."""
    return tuple(file["name"] for file in store.get("detections", ()))


def put_faults(store: Store, name: str, faults: list[Fault]) -> None:
    """Keep the faults of an import (inside the caller's transaction)."""
    rows = [(fault.array, int(fault.row), fault.code, fault.sentence) for fault in faults]
    store.put_array(name, _text(rows))


def get_faults(store: Store, name: str) -> list[Fault]:
    """The faults of an import; none when there was none."""
    try:
        return [Fault(*row) for row in _untext(store.array(name))]
    except KeyError:
        return []


def _text(value: Any) -> NDArray[np.uint8]:
    return np.frombuffer(msgspec.json.encode(value), np.uint8)


def _untext(array: NDArray[Any]) -> list[Any]:
    found: list[Any] = msgspec.json.decode(array.tobytes())
    return found
