"""A model's detections as columns: a results file, or an instances file whose annotations carry scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from labelmend.coco.blocks import LARGEST, fill
from labelmend.coco.columns import Dataset
from labelmend.coco.detection_block import DetectionBlock
from labelmend.coco.faults import Fault, FaultBook, shown
from labelmend.coco.identity import Ids, Joiner
from labelmend.coco.intake import take_in
from labelmend.coco.left_out import NoDetections, tell_forms, usable
from labelmend.coco.picture_names import images_by, own_images
from labelmend.coco.reading import AS_WRITTEN, Given, Look, Reading
from labelmend.coco.source import array_spans
from labelmend.coco.toplevel import TopLevel, read_top_level
from labelmend.errors import BadFile
from labelmend.geometry.masks import Rles
from labelmend.progress import Progress, silent, stage
from labelmend.words import told_apart

MOST_FILES: Final = 16
"""So many detection files, and no more, are compared at once: each costs as much as the first."""
MANY: Final = 0.2
FEWEST: Final = 10
CLEAR: Final = 20
"""Scores are of another scale where so large a share, and so many, are outside 0 to 1: a few such ones are
mistakes. They are per cent where the highest is at least so high."""


class _Category(msgspec.Struct):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Detections:
    """Detections sorted by (image, row in their file).

    `image`, `category`: rows of the dataset. `bbox` (n, 4) xywh pixels, finite, with an area. `score` as in
    the file. `row`: record number in the file. `masks` is None where no detection has one. `first`: when
    this is a part, the place of its first detection in the whole. `source`: which of several files each is
    from, by number from 0; None when all are from one. When just read, `readings`: how each file was read;
    `boxed`: whether its first record has a box, by which pycocotools knows a file of boxes.
    """

    image: npt.NDArray[np.int32]
    category: npt.NDArray[np.int32]
    bbox: npt.NDArray[np.float64]
    score: npt.NDArray[np.float64]
    row: npt.NDArray[np.int32]
    masks: Rles | None
    first: int = 0
    source: npt.NDArray[np.uint8] | None = None
    readings: tuple[Reading, ...] = ()
    boxed: tuple[bool, ...] = ()

    def __len__(self) -> int:
        return len(self.image)

    def part(self, start: int, stop: int) -> "Detections":
        """The detections from `start` up to `stop`."""
        rows = slice(start, stop)
        return Detections(
            self.image[rows],
            self.category[rows],
            self.bbox[rows],
            self.score[rows],
            self.row[rows],
            self.masks.take(np.arange(len(self))[rows]) if self.masks is not None else None,
            self.first + start,
            self.source[rows] if self.source is not None else None,
        )

    def of_image(self, image: int) -> "Detections":
        """The detections of one image row."""
        # Of another dtype, numpy would convert the whole column first.
        ends = np.array([image, image + 1], self.image.dtype)
        start, stop = np.searchsorted(self.image, ends).tolist()
        return self.part(start, stop)


def joined(files: Sequence[Detections]) -> Detections:
    """The detections of several files as one table: by image, then file, then row."""
    if len(files) == 1:
        return files[0]
    if len(files) > MOST_FILES:
        raise BadFile(
            f"{len(files)} detection files are given; {MOST_FILES} at most can be compared at once."
        )
    source = np.repeat(np.arange(len(files), dtype=np.uint8), [len(one) for one in files])
    image = np.concatenate([one.image for one in files])
    order = np.argsort(image, kind="stable")
    masks = None
    if any(one.masks is not None for one in files):
        masks = Rles.joined([one.masks or Rles.of([b""] * len(one)) for one in files]).take(order)
    return Detections(
        image[order],
        np.concatenate([one.category for one in files])[order],
        np.concatenate([one.bbox for one in files])[order],
        np.concatenate([one.score for one in files])[order],
        np.concatenate([one.row for one in files])[order],
        masks,
        source=source[order],
        readings=tuple(reading for one in files for reading in one.readings),
        boxed=tuple(boxed for one in files for boxed in one.boxed),
    )


def read_files(
    paths: Sequence[Path],
    *,
    dataset: Dataset,
    beside: str = "",
    look: Look | None = None,
    progress: Progress = silent,
) -> tuple[Detections, list[Fault], tuple[Path, ...]]:
    """Read the detections of several models, one file each, into one table; with one file the same as
    `read_detections`. look is asked for each file, in their order. Returns the files that are used, too: of
    several, those that hold no detections are left out and told.

    Of two that hold the same, one is: agreement with oneself says nothing. beside: the name of the dataset's
    file, from which theirs are told apart.
    """
    names = dict(zip(paths, told_apart(paths, beside=beside), strict=True))
    files: list[Detections] = []
    faults: list[Fault] = []
    used: list[Path] = []
    n = len(paths)
    for k, path in enumerate(paths):
        part = stage(progress, 100 * k // n, 100 * (k + 1) // n) if n > 1 else progress
        try:
            found, told = read_detections(path, dataset=dataset, name=names[path], look=look, progress=part)
        except NoDetections:
            if k + 1 == n and not files:
                raise
            what = f"{names[path]} holds no detections; it was left out, as what saw nothing tells nothing."
            faults.append(Fault("file", -1, "no-detections", what))
            continue
        faults += told
        same = next((at for at, before in enumerate(files) if _same(before, found)), None)
        if same is None:
            files.append(found)
            used.append(path)
            continue
        pair = [(files[same], used[same]), (found, path)]
        pair.sort(key=lambda one: one[0].masks is None)  # as a detector writes its boxes and its masks apart
        (files[same], used[same]), (_, left) = pair
        what = f"{names[left]} holds the same detections as {names[used[same]]}; it was left out."
        faults.append(Fault("file", -1, "same-detections", what))
    return joined(files), faults, tuple(used)


def _same(one: Detections, other: Detections) -> bool:
    names = ("image", "category", "bbox", "score")
    return len(one) == len(other) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in names
    )


def read_detections(
    path: Path, *, dataset: Dataset, name: str = "", look: Look | None = None, progress: Progress = silent
) -> tuple[Detections, list[Fault]]:
    """Read the detections (.json or .json.gz) of a dataset's images.

    A record that cannot be used (unknown image or category, no score, no box with an area) is dropped and
    told as a fault, many alike as one; a broken mask beside a good box is dropped alone. Raises BadFile when
    nothing can be used. look is shown the file as it is written and says how it is to be read; without it,
    as COCO has it. name: what the file is called, if not by its last name.
    """
    intake = take_in(path, name=name, progress=stage(progress, 0, 33))
    book = FaultBook(intake.name)
    top = read_top_level(intake, book)
    array = _array_of(intake.name, top)
    spans = array_spans(intake.name, top, array, progress=stage(progress, 33, 66))

    def filled(by: Joiner | None) -> tuple[DetectionBlock, str]:
        block = DetectionBlock(len(spans), dataset=dataset, images_by=by)
        fill(block, intake.data, top.text, spans, progress=stage(progress, 66, 100))
        return block, _in_range(block)

    block, told = filled(own_images(intake.data, top, dataset.images))
    reading = AS_WRITTEN if look is None else look(_given(block, intake.data, top))
    if reading.images != "ids":
        block, told = filled(images_by(reading.images, dataset.images))
    if reading != AS_WRITTEN:
        _read_so(block, reading, dataset)
    if told:
        book.tell("file", -1, "score-scale", told)
    tell_forms(block, dataset, book)
    kept = usable(block, dataset, book)
    order = kept[np.argsort(block.image[kept], kind="stable")]
    found = Detections(
        block.image[order],
        block.category[order],
        block.bbox[order],
        block.score[order],
        order.astype(np.int32),
        Rles.of([block.masks[row] for row in order.tolist()]) if block.masks else None,
        readings=(reading,),
        boxed=(block.boxed,),
    )
    return found, book.faults()


def _in_range(block: DetectionBlock) -> str:
    """Leave out numbers beyond all sense, and bring scores of another scale to 0 to 1; what is said of it."""
    with np.errstate(invalid="ignore"):
        block.bbox[(np.abs(block.bbox) > LARGEST).any(1)] = np.nan
        block.score[np.abs(block.score) > LARGEST] = np.nan
    return _scaled(block.score)


def _scaled(score: npt.NDArray[np.float64]) -> str:
    """Bring scores (n,) of another scale than 0 to 1 to that, in place; what is said of it."""
    fair = score[np.isfinite(score)]
    n, above, below = len(fair), int((fair > 1).sum()), int((fair < 0).sum())
    if max(above, below) < max(FEWEST, MANY * n) or 0 < below < FEWEST:
        return ""
    if below:
        score[:] = 1 / (1 + np.exp(-np.clip(score, -500, 500)))
        return (
            f"has scores outside 0 to 1 ({above + below:,} of {n:,}): they were read as log odds, 0 as 0.5."
        )
    highest, some = float(fair.max()), f"({above:,} of {n:,} are above 1)"
    if CLEAR <= highest <= 100:
        score /= 100
        return f"has scores of 0 to 100 {some}: they were read as per cent, 100 as 1."
    score /= highest
    return f"has scores of 0 to {highest:.6g} {some}: they were divided by the highest."


def _given(block: DetectionBlock, data: bytes, top: TopLevel) -> Given:
    return Given(
        block.image,
        block.category,
        block.category_id.value,
        block.bbox,
        block.score,
        _names(data, top),
        block.image_id.value,
    )


def _names(data: bytes, top: TopLevel) -> dict[int, str]:
    """The names of an instances file's own categories; none where they are not of the regular form."""
    if top.places is None or "categories" not in top.places:
        return {}
    start, end = top.places["categories"]
    try:
        return {one.id: one.name for one in msgspec.json.decode(data[start:end], type=list[_Category])}
    except msgspec.DecodeError:
        return {}


def _read_so(block: DetectionBlock, reading: Reading, dataset: Dataset) -> None:
    """Make the block's columns what the reading says they mean."""
    if reading.classes:
        there, here = np.array(reading.classes, np.int64).T
        rows = Joiner(Ids(dataset.categories.id, dataset.categories.odd_ids)).rows(here)
        order = np.argsort(there)
        at = np.minimum(np.searchsorted(there[order], block.category_id.value), len(there) - 1)
        known = there[order][at] == block.category_id.value
        # An id that nothing is said of keeps its class, unless another id means that one.
        others = np.where(np.isin(block.category, rows), -1, block.category)
        block.category[:] = np.where(known, rows[order][at], others)
    width, height = dataset.images.sizes_of(block.image)
    block.bbox[:] = reading.boxes_of(block.bbox, width=width, height=height)


def _array_of(name: str, top: TopLevel) -> str:
    if top.places is None:
        return "detections"
    for array in ("annotations", "predictions", "detections", "results"):
        if array in top.places:
            return array
    keys = ", ".join(shown(key) for key in list(top.places)[:8]) or "none"
    raise BadFile(
        f"{name} is no detections file: it is neither a list of results nor has it “annotations” with scores "
        f"(its keys: {keys}); choose another file."
    )
