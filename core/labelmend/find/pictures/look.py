"""Looks at every picture once, in threads, for what it shows of the labels on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.record import annotation_of
from labelmend.errors import BadFile, LabelmendError
from labelmend.find.inputs import Bools, Floats, Ints, Labels, Predicted
from labelmend.find.issues import Issues
from labelmend.find.pictures.edges import (
    CHANNELS,
    REACH,
    Profiles,
    cut_off,
    measure,
    measure_outlines,
    octave,
)
from labelmend.find.pictures.likeness import Gathering, Likeness, Places
from labelmend.find.pictures.off_edges import off_edges, to_move, usable
from labelmend.find.pictures.sides import Measured
from labelmend.find.pictures.views import Views
from labelmend.geometry import masks, polygons
from labelmend.geometry.contours import contours
from labelmend.geometry.polygons import Parts
from labelmend.progress import Progress, silent
from labelmend.workers.side_by_side import in_order

Grey = tuple[NDArray[np.uint8], int, int]
"""Grey pixels (h, w), turned as the labels lie, and the picture's full width and height in label pixels."""

ReadGrey = Callable[[int, int], Grey]
"""read(image, reduce): the picture of an image row, at that part (1, 2, 4, 8) of its size or larger. Safe to
call from several threads; raises LabelmendError for what is missing or no picture."""

ReadRecord = Callable[[int], bytes | None]
"""The JSON of a label, by its row: polygons and masks are read from it."""


LARGEST_REDUCTION = 3
"""Halvings that a decoder offers: to an eighth."""

MOST_THREADS = 16
"""Each holds a picture: more take memory."""

SHAPE = (4, 2 * REACH + 1, CHANNELS)
"""Of the profiles of one box (see `edges.Profiles`)."""


@dataclass(frozen=True)
class Looked:
    """What the pictures showed: issues, worst first; how many pictures were seen, how many could not be.

    missing: by the row of each image that could not be seen, why. likeness: how much labels and detections
    look like labels, where there are enough.
    """

    issues: Issues
    seen: int
    unseen: int
    missing: dict[int, LabelmendError] = field(default_factory=dict)
    likeness: Likeness | None = None

    def sentence(self) -> str:
        """What was looked at, in one sentence."""
        told = f"{self.seen:,} pictures were looked at for labels that lie on no edge"
        if self.likeness is not None:
            told += " and for what labels look like"
        if not self.unseen:
            return told + "."
        be = "is" if self.unseen == 1 else "are"
        return f"{told}; {self.unseen:,} {be} missing or cannot be read."


@dataclass(frozen=True)
class _Task:
    """One image and the boxes to measure on it, rows of all; record: the label that each is of, box_of its
    own box; places: what else is looked at."""

    image: int
    rows: slice
    box: Floats
    reduce: int
    record: list[bytes | None]
    box_of: Floats
    places: Places | None


@dataclass(frozen=True)
class _Seen:
    """What one picture shows of its boxes; why it cannot be read."""

    image: int
    rows: slice
    profile: Profiles
    cut: Bools
    sights: tuple[Views, Views, Views] | None = None
    why: LabelmendError | None = None


def look(
    labels: Labels,
    read: ReadGrey,
    *,
    record: ReadRecord | None = None,
    n_categories: int,
    predicted: Predicted | None = None,
    threads: int | None = None,
    progress: Progress = silent,
) -> Looked:
    """Read every picture that has labels, and find the labels that the pictures speak against.

    Labels whose record has polygons or a mask are judged by their outline, all others by their box. With
    predicted, it is learned how much labels and detections look like labels. The number of threads (one a
    processor if not said) changes nothing but the time. progress is called several times a second and may
    raise Cancelled.
    """
    row = usable(labels)
    some, moved_box = to_move(labels, row)
    owner, box = np.concatenate([row, some]), np.concatenate([labels.bbox[row], moved_box])
    order = np.argsort(labels.image[owner], kind="stable")
    owner, box, moved = owner[order], box[order], order >= len(row)
    gathering = None if predicted is None else Gathering(labels, predicted)
    image = labels.image[owner].astype(np.int64)
    images = np.unique(image if gathering is None else np.concatenate([image, gathering.images]))
    todo = _tasks(images, image, box, owner, labels, record, gathering)
    profile = np.zeros((len(box), *SHAPE), np.float16)
    cut, seen = np.zeros((len(box), 4), bool), np.zeros(len(box), bool)
    missing, creep = dict[int, LabelmendError](), _Creep(progress)
    for n, one in enumerate(_each(todo, read, threads, creep.again)):
        if one.why is not None:
            missing[one.image] = one.why
        else:
            profile[one.rows], cut[one.rows] = one.profile, one.cut
            seen[one.rows] = True
            if gathering is not None and one.sights is not None:
                gathering.keep(one.image, one.sights)
        creep.at(0.9 * (n + 1) / len(images))
    every = Measured(owner, box, profile, cut)
    here, away = every.take(np.flatnonzero(seen & ~moved)), every.take(np.flatnonzero(seen & moved))
    found = off_edges(labels, here, away, n_categories=n_categories, tick=creep.on)
    likeness = None if gathering is None else gathering.learn(creep.on)
    creep.at(1.0)
    unseen = len(missing)
    return Looked(found.take(found.order()), len(images) - unseen, unseen, missing, likeness)


class _Creep:
    """Progress of the pictures, then creeping towards the end while it is learned from them."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share = progress, 0.0

    def at(self, share: float) -> None:
        self._share = share
        self.again()

    def on(self) -> None:
        self.at(self._share + 0.02 * (1 - self._share))

    def again(self) -> None:
        self._progress(int(1000 * self._share), 1000)


def _tasks(
    images: Ints,
    image: Ints,
    box: Floats,
    owner: Ints,
    labels: Labels,
    record: ReadRecord | None,
    gathering: Gathering | None,
) -> Iterator[_Task]:
    """The boxes by image; of pictures with large objects only, a smaller one will do."""
    ends = np.searchsorted(image, np.stack([images, images + 1])).T.tolist()
    for at, (first, last) in zip(images.tolist(), ends, strict=True):
        rows = slice(first, last)
        places = None if gathering is None else gathering.places(at)
        looked = box[rows] if last > first or places is None else places.detections
        finest = int(octave(looked).min())
        records = [None if record is None else record(int(row)) for row in owner[rows]]
        reduce = 2 ** min(finest, LARGEST_REDUCTION)
        yield _Task(at, rows, box[rows], reduce, records, labels.bbox[owner[rows]], places)


def _each(
    todo: Iterator[_Task], read: ReadGrey, threads: int | None, tick: Callable[[], None]
) -> Iterator[_Seen]:
    count = threads or min(os.cpu_count() or 1, MOST_THREADS)
    work = partial(_measured, read=read)
    executor = ThreadPoolExecutor(count)
    try:
        yield from in_order(work, todo, executor=executor, ahead=4 * count, tick=tick)
    finally:  # who cancels does not wait for the pictures under way: nobody asks for what they show
        executor.shutdown(wait=False, cancel_futures=True)


def _measured(task: _Task, *, read: ReadGrey) -> _Seen:
    """What one picture shows; why when it cannot be read."""
    n = len(task.box)
    out, cut = np.zeros((n, *SHAPE), np.float16), np.zeros((n, 4), bool)
    try:
        grey, width, height = read(task.image, task.reduce)
    except LabelmendError as error:
        # This one holds on to all that was read before it was raised.
        return _Seen(task.image, task.rows, out, cut, why=type(error)(str(error)))
    scale = np.array([grey.shape[1] / width, grey.shape[0] / height])
    box, cut = task.box * np.tile(scale, 2), cut_off(task.box, width=width, height=height)
    outline = [_outline(task, k, width, height, scale) for k in range(n)]
    drawn = np.array([bool(parts) for parts in outline], bool)
    if not drawn.all():
        out[~drawn] = measure(grey, box[~drawn])
    if drawn.any():
        some = [parts for parts in outline if parts]
        out[drawn], none = measure_outlines(grey, some, box[drawn])
        cut[drawn] |= none
    sights = None if task.places is None else task.places.look(grey, width, height)
    return _Seen(task.image, task.rows, out, cut, sights)


def _outline(task: _Task, k: int, width: int, height: int, scale: Floats) -> Parts:
    """The outline of a label in pixels of the picture as read, moved along with its box; () without one."""
    record = task.record[k]
    if record is None:
        return ()
    shape = annotation_of(record)
    parts: Parts = shape.polygons
    if shape.rle is not None:
        try:
            mask = masks.counts(shape.rle, height=height, width=width)
            parts = contours(mask, height=height, width=width)
        except BadFile:
            return ()
    return tuple(part * scale for part in polygons.scaled(parts, task.box_of[k], task.box[k]))
