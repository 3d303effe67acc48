"""Average precision of detections against annotations, computed by pycocotools' own COCOeval."""

import contextlib
import copy
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

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


class Evaluation:
    """The detections of one model against annotations, and against the same ones after changes.

    The annotations' ids are given anew, so that neither 0 (which COCOeval takes for "no match") nor an id
    that is used twice or is no number does harm.
    """

    def __init__(self, detections: Regions, *, frame: Frame, kind: Kind) -> None:
        self._frame, self._kind = frame, kind
        self._detections = self._coco(detections)
        self._parts: list[Any] = []

    def first(self, annotations: Regions, *, progress: Progress = silent) -> Figures:
        """The figures of these annotations. Progress counts pairs of image and class."""
        with _quiet():
            run = self._run(annotations, None, progress)
        self._parts = list(run.evalImgs)
        return self._figures(run)

    def again(self, annotations: Regions, *, changed: NDArray[np.integer[Any]]) -> Figures:
        """The figures of other annotations, which differ in these images (rows) alone."""
        with _quiet():
            inside = annotations.take(np.flatnonzero(np.isin(annotations.image, changed)))
            part = self._run(inside, self._frame.image_rank[changed], silent)
            whole = self._prepared(inside)
            count, few = len(whole.params.imgIds), len(part.params.imgIds)
            place = np.searchsorted(whole.params.imgIds, part.params.imgIds).tolist()
            parts = list(self._parts)
            for at, result in enumerate(part.evalImgs):
                parts[at // few * count + place[at % few]] = result
            whole.evalImgs = parts
            whole._paramsEval = copy.deepcopy(whole.params)
        return self._figures(whole)

    def _run(self, annotations: Regions, images: NDArray[Any] | None, progress: Progress) -> Any:
        run = self._prepared(annotations)
        if images is not None:
            run.params.imgIds = sorted(images.tolist())
        run.evaluate_where_something_is(progress)
        return run

    def _prepared(self, annotations: Regions) -> "_Sparse":
        run = _Sparse(self._coco(annotations), self._detections, self._kind)
        run.params.imgIds, run.params.catIds = sorted(run.params.imgIds), sorted(run.params.catIds)
        return run

    def _figures(self, run: Any) -> Figures:
        with _quiet(), np.errstate(invalid="ignore"):
            run.accumulate()
            run.summarize()
        numbers = np.array(run.stats, np.float64)
        # precision: (IoU thresholds, recalls, classes, areas, most detections); -1 is no value
        precision = run.eval["precision"][:, :, :, 0, -1]
        by_rank = np.array([one[one > -1].mean() if (one > -1).any() else -1 for one in precision.T])
        by_class = by_rank[self._frame.category_rank - 1]
        return Figures(np.where(numbers < 0, np.nan, numbers), np.where(by_class < 0, np.nan, by_class))

    def _coco(self, regions: Regions) -> Any:
        frame = self._frame
        with _quiet():
            coco = COCO()
            coco.dataset = {
                "images": [
                    {"id": rank, "height": height, "width": width}
                    for rank, height, width in zip(
                        frame.image_rank.tolist(), frame.height.tolist(), frame.width.tolist(), strict=True
                    )
                ],
                "categories": [{"id": rank} for rank in frame.category_rank.tolist()],
                "annotations": list(self._records(regions)),
            }
            coco.createIndex()
        return coco

    def _records(self, regions: Regions) -> Iterator[dict[str, Any]]:
        frame = self._frame
        columns = (
            frame.image_rank[regions.image].tolist(),
            frame.category_rank[regions.category].tolist(),
            regions.bbox.tolist(),
            regions.area.tolist(),
            regions.crowd.astype(int).tolist(),
        )
        names = ("image_id", "category_id", "bbox", "area", "iscrowd")
        for row, values in enumerate(zip(*columns, strict=True)):
            record: dict[str, Any] = {"id": row + 1, **dict(zip(names, values, strict=True))}
            if regions.score is not None:
                record["score"] = float(regions.score[row])
            if self._kind == "segm" and regions.masks is not None:
                image = int(regions.image[row])
                size = [int(frame.height[image]), int(frame.width[image])]
                record["segmentation"] = {"size": size, "counts": regions.masks[row]}
            yield record


class _Sparse(COCOeval):  # type: ignore[misc]
    """COCOeval that looks only at pairs of image and class which hold an annotation or a detection."""

    def evaluate_where_something_is(self, progress: Progress) -> None:
        """As COCOeval.evaluate, which calls the same methods for all other pairs too, to no effect."""
        p = self.params
        self._prepare()
        images = {image: place for place, image in enumerate(p.imgIds)}
        classes = {category: place for place, category in enumerate(p.catIds)}
        there = sorted(set(self._gts) | set(self._dts))
        self.ious = {pair: self.computeIoU(*pair) for pair in there}
        self.evalImgs = [None] * (len(classes) * len(p.areaRng) * len(images))
        for done, (image, category) in enumerate(there):
            for number, area in enumerate(p.areaRng):
                at = (classes[category] * len(p.areaRng) + number) * len(images) + images[image]
                self.evalImgs[at] = self.evaluateImg(image, category, area, p.maxDets[-1])
            if done % 256 == 0:
                progress(done, len(there))
        self._paramsEval = copy.deepcopy(p)


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
