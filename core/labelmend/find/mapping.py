"""Which reading of a file of detections lays its boxes on the annotations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from labelmend.coco.reading import AS_WRITTEN, BOXES, Given, Reading
from labelmend.find.evidence.pairs import all_in
from labelmend.find.inputs import Floats, ImageSizes, Ints, Labels
from labelmend.find.sorting import in_order
from labelmend.find.statistics import Tick
from labelmend.geometry.boxes import iou_pairs

AGREES = 0.5
"""IoU from which a detection and an annotation are of one object."""

POOR, FAIR = 0.2, 0.5
"""Share of agreement below which something is wrong with the pair of files; another reading of it is offered
if it reaches the second."""

WIN = 0.3
"""By so much another reading must agree better."""

FEWEST = 20
"""With fewer boxes to go by, nothing is said of the two files."""

ROUNDS = 3
"""Times that scale and shift are read anew from all that meet."""

NEAR = 0.02
"""Shares of agreement nearer than this are the same."""

NEAR_USUAL = 0.01
"""A frame this near to a usual size, as a share of it, is tried as that."""

ROUND_TO = (32, 100, 1, 0.5, 0.1, 0.05, 0.01)
"""Detectors' picture sizes are multiples of 32 or of 100; scales are mostly round numbers."""

_PAIRS = 1 << 20
"""So many pairs of boxes are compared at once: a picture may have thousands of labels."""


class Index:
    """The annotations by image, to find the nearest one of a box."""

    def __init__(self, labels: Labels, n_images: int) -> None:
        image = labels.image
        with np.errstate(invalid="ignore"):
            fair = (labels.bbox[:, 2] > 0) & (labels.bbox[:, 3] > 0) & (image >= 0) & ~labels.crowd
        rows = np.flatnonzero(fair)
        self.row: Ints = rows[in_order(image[rows])]
        self.box, self.category = (
            labels.bbox.take(self.row, axis=0),
            labels.category[self.row].astype(np.int64),
        )
        self.start = np.searchsorted(image[self.row], np.arange(n_images + 1))

    def __len__(self) -> int:
        return len(self.row)

    def has(self, image: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether each image has annotations."""
        return self.start[image + 1] > self.start[image]

    def largest(self, image: Ints) -> Ints:
        """The place in the index (n,) of the largest annotation of each image, which has some."""
        area = self.box[:, 2] * self.box[:, 3]
        ends = zip(self.start[image], self.start[image + 1], strict=True)
        return np.array([start + int(area[start:end].argmax()) for start, end in ends], np.int64)

    def nearest(self, image: Ints, box: Floats, tick: Tick = lambda: None) -> tuple[Floats, Ints]:
        """The largest IoU (n,) of each box with an annotation of its image, and its place in the index.

        tick is called every million pairs or so, and may raise.
        """
        pairs = np.cumsum(self.start[image + 1] - self.start[image])
        cuts = np.searchsorted(pairs, np.arange(_PAIRS, pairs.max(initial=0), _PAIRS))
        images, boxes = np.split(image, cuts), np.split(box, cuts)
        found = []
        for some in zip(images, boxes, strict=True):
            tick()
            found.append(self._nearest(*some))
        best, where = zip(*found, strict=True)
        return np.concatenate(best), np.concatenate(where)

    def _nearest(self, image: Ints, box: Floats) -> tuple[Floats, Ints]:
        row, at = all_in(self.start[image], self.start[image + 1])
        with np.errstate(invalid="ignore"):
            iou = np.where(
                (box[row, 2] > 0) & (box[row, 3] > 0),
                iou_pairs(box.take(row, axis=0), self.box.take(at, axis=0)),
                0.0,
            )
        iou = np.nan_to_num(iou)
        best, where = np.zeros(len(image)), np.zeros(len(image), np.int64)
        rising = np.argsort(iou, kind="stable")
        best[row[rising]], where[row[rising]] = iou[rising], at[rising]
        return best, where


@dataclass(frozen=True)
class Asked:
    """Some sure detections of annotated images, as written; width and height are their pictures'."""

    image: Ints
    box: Floats
    width: Floats
    height: Floats

    @classmethod
    def of(cls, sizes: ImageSizes, given: Given, rows: Ints) -> Asked:
        """These rows of a file."""
        image = given.image[rows].astype(np.int64)
        return cls(image, given.bbox[rows], sizes.width[image], sizes.height[image])

    def take(self, rows: Ints) -> Asked:
        """Some of them."""
        return Asked(self.image[rows], self.box[rows], self.width[rows], self.height[rows])

    def read(self, reading: Reading) -> Floats:
        """Their boxes, xywh in pixels, by a reading."""
        return reading.boxes_of(self.box, width=self.width, height=self.height)


def share_on(index: Index, asked: Asked, reading: Reading) -> float:
    """Share of the boxes that lie on an annotation."""
    return float((index.nearest(asked.image, asked.read(reading))[0] >= AGREES).mean())


def better_boxes(index: Index, asked: Asked, share: float) -> tuple[Reading, float]:
    """The reading of the boxes under which clearly most more lie on annotations; AS_WRITTEN if none is."""
    if share >= 1 - WIN:
        return AS_WRITTEN, share
    best, most = AS_WRITTEN, share
    for reading in plain_readings(asked):
        if (found := share_on(index, asked, reading)) > most:
            best, most = reading, found
    if most < FAIR:
        for shares in (False, True):
            reading = _simplest(index, asked, _fitted(index, asked, shares=shares))
            if (found := share_on(index, asked, reading)) > most + NEAR:
                best, most = reading, found
    if most < 1 - WIN:
        for reading in _framed(index, asked):
            if (found := share_on(index, asked, reading)) > most + NEAR:
                best, most = reading, found
    clear = most >= FAIR and most >= share + WIN
    return (best, most) if clear else (AS_WRITTEN, share)


def plain_readings(asked: Asked) -> Iterator[Reading]:
    """All orders of the four numbers; as shares of the picture where none is much larger than 1."""
    small = bool(np.nanquantile(np.abs(asked.box), 0.99) <= 2)
    for boxes in BOXES:
        if boxes != "sizes" or small:
            yield Reading(boxes=boxes, shares=small)


def _framed(index: Index, asked: Asked) -> Iterator[Reading]:
    """Pictures fitted into a square in their own proportions, as detectors do: of a usual size, or of any.

    How large it is, the largest box of each image tells, and then all that meet.
    """
    rows, _ = _largest(asked.image, asked.box)
    first = _frame(asked, rows, index.box[index.largest(asked.image[rows])])
    for centred in (False, True) if first >= 1 else ():
        near, at = index.nearest(asked.image, asked.read(Reading(frame=first, centred=centred)))
        met = np.flatnonzero(near >= AGREES)
        side = _frame(asked, met, index.box[at[met]])
        usual = [round(side / unit) * unit for unit in (32, 100)]
        frame = min([*usual, side], key=lambda one: (abs(one - side) > NEAR_USUAL * side, one == side))
        if side >= 1:
            yield Reading(frame=float(f"{frame:.5g}"), centred=centred)


def _frame(asked: Asked, rows: Ints, mine: Floats) -> float:
    """The side of the square that makes these boxes as large as the dataset's (n, 4); 0 of too few."""
    larger = np.maximum(asked.width, asked.height)[rows, None]
    sides = asked.box[rows, 2:] / mine[:, 2:] * larger
    sides = sides[np.isfinite(sides)]  # some images have no size
    return float(np.median(sides)) if len(sides) >= FEWEST else 0.0


def _fitted(index: Index, asked: Asked, *, shares: bool) -> Reading:
    """Scale and shift between both files, first from the largest box of each image, then from all that meet.

    In shares of the picture it is what a detector's own fixed picture size leads to.
    """
    reading = Reading(shares=shares)
    first, box = _largest(asked.image, asked.read(AS_WRITTEN))
    at = index.largest(asked.image[first])
    for _ in range(ROUNDS):
        if len(first) < FEWEST:
            break
        unit = np.stack([asked.width[first], asked.height[first]] * 2, axis=1) if shares else 1.0
        reading = _medians(index.box[at] / unit, box, shares=shares)
        near, where = index.nearest(asked.image, asked.read(reading))
        first = np.flatnonzero(near >= AGREES)
        at, box = where[first], asked.box[first]
    return reading


def _simplest(index: Index, asked: Asked, fitted: Reading) -> Reading:
    """The same without a shift and with round numbers, if as many boxes lie on annotations then."""
    enough = share_on(index, asked, fitted) - NEAR
    x, y = (1 / one if fitted.shares else one for one in fitted.scale)
    middle = (x * y) ** 0.5
    for unit in ROUND_TO:
        for pair in ((middle, middle), (x, y)):
            near = [max(round(one / unit) * unit, unit) for one in pair]
            scale = (1 / near[0], 1 / near[1]) if fitted.shares else (near[0], near[1])
            if max(near) < 10 * unit and unit > 1:
                continue
            simple = Reading(shares=fitted.shares, scale=scale)
            if share_on(index, asked, simple) >= enough:
                return simple
    return fitted


def _medians(mine: Floats, other: Floats, *, shares: bool) -> Reading:
    fair = np.isfinite(mine).all(axis=1) & (other[:, 2:] > 0).all(axis=1)
    if fair.sum() < FEWEST:
        return Reading(shares=shares)
    mine, other = mine[fair], other[fair]
    scale = np.median(mine[:, 2:] / other[:, 2:], axis=0)
    offset = np.median(mine[:, :2] - scale * other[:, :2], axis=0)
    x, y = (float(f"{value:.5g}") for value in scale)
    left, top = (float(f"{value:.4g}") for value in offset)
    return Reading(shares=shares, scale=(x, y), offset=(left, top))


def _largest(image: Ints, box: Floats) -> tuple[Ints, Floats]:
    """The row of the largest box of each image, and those boxes."""
    order = np.lexsort((np.nan_to_num(box[:, 2] * box[:, 3]), image))
    last = np.flatnonzero(np.r_[np.diff(image[order]) != 0, True])
    return order[last], box[order[last]]


def both(boxes: Reading, classes: Reading) -> Reading:
    """The boxes of one reading with the classes of another."""
    return msgspec.structs.replace(boxes, classes=classes.classes)
