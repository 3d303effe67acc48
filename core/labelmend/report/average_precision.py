"""Average precision of detections against annotations, computed by pycocotools' own COCOeval.

It is imported where it is used: it takes longer to load than all else that the command line needs.
"""

import contextlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.masks import Rles
from labelmend.progress import Progress, silent

Kind = Literal["bbox", "segm"]
NAMES: Final = (
    "AP", "AP50", "AP75", "AP small", "AP medium", "AP large",
    "AR1", "AR10", "AR100", "AR small", "AR medium", "AR large",
)  # fmt: skip
"""COCO's twelve numbers, in the order in which pycocotools prints them."""


@dataclass(frozen=True)
class Regions:
    """Annotations, or the detections of one model, that pycocotools can take.

    image, category (n,) are rows, bbox (n, 4) xywh pixels, area (n,) square pixels, crowd (n,); score (n,) of
    detections. masks holds one RLE a row, or is None. Within an image the order is that of the file.
    """

    image: NDArray[np.integer[Any]]
    category: NDArray[np.integer[Any]]
    bbox: NDArray[np.float64]
    area: NDArray[np.float64]
    crowd: NDArray[np.bool_]
    score: NDArray[np.float64] | None = None
    masks: Rles | None = None

    def __len__(self) -> int:
        return len(self.image)

    def take(self, rows: NDArray[Any]) -> "Regions":
        """The regions of these rows, in that order."""
        return Regions(
            self.image[rows],
            self.category[rows],
            self.bbox[rows],
            self.area[rows],
            self.crowd[rows],
            None if self.score is None else self.score[rows],
            None if self.masks is None else self.masks.take(rows),
        )


@dataclass(frozen=True)
class Frame:
    """Images and classes by row. image_rank (n,), category_rank (m,): 1 for the lowest id, and so on: among
    equal scores COCOeval goes by image id. height, width (n,) pixels."""

    image_rank: NDArray[np.int64]
    category_rank: NDArray[np.int64]
    height: NDArray[np.float64]
    width: NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """What COCOeval says: NAMES' numbers (12,), AP of each class row (m,); nan where it says nothing."""

    numbers: NDArray[np.float64]
    by_class: NDArray[np.float64]


def compare(
    detections: Regions,
    *,
    before: Regions,
    after: Regions,
    changed: NDArray[np.integer[Any]],
    frame: Frame,
    kind: Kind,
    progress: Progress = silent,
) -> tuple[Figures, Figures]:
    """The figures of one model's detections against annotations before and after changes.

    changed: the images (rows) in which the two differ; all others are evaluated once. COCOeval takes one
    class at a time, and of it the images that hold something of the class: in all others it finds nothing, at
    the cost of most of its memory. Ids are given anew, so that neither 0 (which COCOeval takes for "no
    match") nor one that is used twice does harm. Progress counts classes.
    """
    tables: list[_Tables] = [_Tables(frame, kind), _Tables(frame, kind)]
    sides = [_ByClass(regions, frame) for regions in (detections, before, after)]
    touched = np.zeros(len(frame.image_rank), bool)
    touched[changed] = True
    for category, place in enumerate(frame.category_rank - 1):
        seen, *annotations = (side.of(category) for side in sides)
        with _quiet():
            _compare_class(seen, annotations, touched, frame, kind, [table.at(place) for table in tables])
        progress(category + 1, len(frame.category_rank))
    return tables[0].figures(), tables[1].figures()


class _ByClass:
    """Regions in groups of one class, each in the order it has."""

    def __init__(self, regions: Regions, frame: Frame) -> None:
        self._regions = regions
        self._order = np.argsort(regions.category, kind="stable")
        self._first = np.searchsorted(regions.category[self._order], np.arange(len(frame.category_rank) + 1))

    def of(self, category: int) -> Regions:
        """Those of one class."""
        return self._regions.take(self._order[self._first[category] : self._first[category + 1]])


@dataclass(frozen=True)
class _Slot:
    """Where the results of one class go: precision (thresholds, recalls, areas, most), recall (thresholds,
    areas, most), as COCOeval has them."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]

    def put(self, run: Any) -> None:
        self.precision[...] = run.eval["precision"][:, :, 0]
        self.recall[...] = run.eval["recall"][:, 0]


class _Tables:
    """COCOeval's tables of precision and recall for all classes; -1 where there is nothing to evaluate."""

    def __init__(self, frame: Frame, kind: Kind) -> None:
        from pycocotools.cocoeval import COCOeval

        with _quiet():
            self._run = COCOeval(iouType=kind)
        p, self._rank = self._run.params, frame.category_rank
        areas, most = len(p.areaRng), len(p.maxDets)
        self.precision = np.full((len(p.iouThrs), len(p.recThrs), len(self._rank), areas, most), -1.0)
        self.recall = np.full((len(p.iouThrs), len(self._rank), areas, most), -1.0)

    def at(self, place: int) -> _Slot:
        """The place of one class, by the rank of its id from 0."""
        return _Slot(self.precision[:, :, place], self.recall[:, place])

    def figures(self) -> Figures:
        """What COCOeval makes of the tables."""
        self._run.eval = {"precision": self.precision, "recall": self.recall}
        with _quiet():
            self._run.summarize()
        numbers = np.array(self._run.stats, np.float64)
        overall = self.precision[:, :, :, 0, -1].transpose(2, 1, 0)[self._rank - 1]
        by_class = np.array([one[one > -1].mean() if (one > -1).any() else np.nan for one in overall])
        return Figures(np.where(numbers < 0, np.nan, numbers), by_class)


def _compare_class(
    seen: Regions,
    annotations: Sequence[Regions],
    touched: NDArray[np.bool_],
    frame: Frame,
    kind: Kind,
    slots: Sequence[_Slot],
) -> None:
    """Evaluate one class before and after, and put what comes out in its places."""
    before, after = annotations
    images = np.unique(np.concatenate([seen.image, before.image, after.image]))
    if not len(images):
        return
    images = images[np.argsort(frame.image_rank[images])]
    run = _evaluated(before, seen, images, frame, kind)
    run.accumulate()
    for slot in slots:
        slot.put(run)
    again = np.flatnonzero(touched[images])
    if len(again):
        few = images[again]
        now, here = (part.take(np.flatnonzero(touched[part.image])) for part in (after, seen))
        part = _evaluated(now, here, few, frame, kind)
        for number, result in enumerate(part.evalImgs):
            area, image = divmod(number, len(few))
            run.evalImgs[area * len(images) + int(again[image])] = result
        run.accumulate()
        slots[1].put(run)


def _evaluated(
    annotations: Regions, seen: Regions, images: NDArray[np.int64], frame: Frame, kind: Kind
) -> Any:
    """COCOeval, run on one class and these images."""
    from pycocotools.cocoeval import COCOeval

    run = COCOeval(_coco(annotations, images, frame, kind), _coco(seen, images, frame, kind), kind)
    run.evaluate()
    return run


def _coco(regions: Regions, images: NDArray[np.int64], frame: Frame, kind: Kind) -> Any:
    from pycocotools.coco import COCO

    coco = COCO()
    columns = (frame.image_rank[images].tolist(), frame.height[images].tolist(), frame.width[images].tolist())
    coco.dataset = {
        "images": [
            {"id": rank, "height": height, "width": width}
            for rank, height, width in zip(*columns, strict=True)
        ],
        "categories": [{"id": 1}],
        "annotations": list(_records(regions, frame, kind)),
    }
    coco.createIndex()
    return coco


def _records(regions: Regions, frame: Frame, kind: Kind) -> Iterator[dict[str, Any]]:
    columns = (
        frame.image_rank[regions.image].tolist(),
        regions.bbox.tolist(),
        regions.area.tolist(),
        regions.crowd.astype(int).tolist(),
    )
    for row, values in enumerate(zip(*columns, strict=True)):
        record: dict[str, Any] = {"id": row + 1, "category_id": 1}
        record |= zip(("image_id", "bbox", "area", "iscrowd"), values, strict=True)
        if regions.score is not None:
            record["score"] = float(regions.score[row])
        if kind == "segm" and regions.masks is not None:
            image = int(regions.image[row])
            size = [int(frame.height[image]), int(frame.width[image])]
            record["segmentation"] = {"size": size, "counts": regions.masks[row]}
        yield record


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """pycocotools prints what it does."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def ranks(ids: NDArray[np.int64], odd: Sequence[int]) -> NDArray[np.int64]:
    """1 for the lowest id, 2 for the next; by row where some ids are no integers (`odd` is not empty)."""
    if len(odd):
        return np.arange(1, len(ids) + 1)
    return np.argsort(np.argsort(ids, kind="stable"), kind="stable") + 1
