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
from labelmend.find.edges import CHANNELS, REACH, Profiles, cut_off, measure, measure_outlines, octave
from labelmend.find.inputs import Bools, Floats, Ints, Labels
from labelmend.find.issues import Issues
from labelmend.find.off_edges import Measured, off_edges, to_move, usable
from labelmend.find.spread import in_order
from labelmend.geometry import masks, polygons
from labelmend.geometry.contours import contours
from labelmend.geometry.polygons import Parts
from labelmend.progress import Progress, silent

Grey = tuple[NDArray[np.uint8], int, int]
"""Grey pixels (h, w), turned as the labels lie, and the picture's full width and height in label pixels."""

ReadGrey = Callable[[int, int], Grey]
"""read(image, reduce): the picture of an image row, at that part (1, 2, 4, 8) of its size or larger. Safe to
call from several threads; raises LabelmendError for what is missing or no picture."""

ReadRecord = Callable[[int], bytes | None]
"""The JSON of a label, by its row: polygons and masks are read from it."""

_Result = tuple[int, tuple[Profiles, Bools] | LabelmendError]

LARGEST_REDUCTION = 3
"""Halvings that a decoder offers: to an eighth."""

MOST_THREADS = 16

SHAPE = (4, 2 * REACH + 1, CHANNELS)


@dataclass(frozen=True)
class Looked:
    """What the pictures showed: issues, worst first; how many pictures were seen, how many could not be.

    missing: by the row of each image that could not be seen, why.
    """

    issues: Issues
    seen: int
    unseen: int
    missing: dict[int, LabelmendError] = field(default_factory=dict)

    def sentence(self) -> str:
        """What was looked at, in one sentence."""
        told = f"{self.seen:,} pictures were looked at for labels that lie on no edge"
        if not self.unseen:
            return told + "."
        be = "is" if self.unseen == 1 else "are"
        return f"{told}; {self.unseen:,} {be} missing or cannot be read."


@dataclass(frozen=True)
class _Task:
    """One image and the boxes to measure on it; record: the label that each is of, box_of its own box."""

    image: int
    box: Floats
    reduce: int
    record: list[bytes | None]
    box_of: Floats


def look(
    labels: Labels,
    read: ReadGrey,
    *,
    record: ReadRecord | None = None,
    n_categories: int,
    threads: int | None = None,
    progress: Progress = silent,
) -> Looked:
    """Read every picture that has labels, and find the labels that the pictures speak against.

    Labels whose record has polygons or a mask are judged by their outline, all others by their box. The
    number of threads (one a processor if not said) changes nothing but the time. progress is called
    several times a second and may raise Cancelled.
    """
    row = usable(labels)
    some, moved_box = to_move(labels, row)
    owner, box = np.concatenate([row, some]), np.concatenate([labels.bbox[row], moved_box])
    order = np.argsort(labels.image[owner], kind="stable")
    owner, box, moved = owner[order], box[order], order >= len(row)
    image = labels.image[owner].astype(np.int64)
    todo, total = _tasks(image, box, owner, labels, record), len(np.unique(image))
    profile = np.zeros((len(box), *SHAPE), np.float16)
    cut, seen = np.zeros((len(box), 4), bool), np.zeros(len(box), bool)
    first, missing, creep = 0, dict[int, LabelmendError](), _Creep(progress)
    for n, (count, measured) in enumerate(_each(todo, read, threads, creep.again)):
        rows = slice(first, first + count)
        if isinstance(measured, LabelmendError):
            missing[int(image[first])] = measured
        else:
            profile[rows], cut[rows] = measured
            seen[rows] = True
        first += count
        creep.at(0.9 * (n + 1) / total)
    every = Measured(owner, box, profile, cut)
    here, away = every.take(np.flatnonzero(seen & ~moved)), every.take(np.flatnonzero(seen & moved))
    found = off_edges(labels, here, away, n_categories=n_categories, tick=creep.on)
    creep.at(1.0)
    return Looked(found.take(found.order()), total - len(missing), len(missing), missing)


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
    image: Ints, box: Floats, owner: Ints, labels: Labels, record: ReadRecord | None
) -> Iterator[_Task]:
    """The boxes by image; of pictures with large objects only, a smaller one will do."""
    if not len(image):
        return
    starts = np.flatnonzero(np.r_[True, np.diff(image) != 0])
    for rows in np.split(np.arange(len(image)), starts[1:]):
        finest = int(octave(box[rows]).min())
        records = [None if record is None else record(int(row)) for row in owner[rows]]
        yield _Task(
            int(image[rows[0]]),
            box[rows],
            2 ** min(finest, LARGEST_REDUCTION),
            records,
            labels.bbox[owner[rows]],
        )


def _each(
    todo: Iterator[_Task], read: ReadGrey, threads: int | None, tick: Callable[[], None]
) -> Iterator[_Result]:
    count = threads or min(os.cpu_count() or 1, MOST_THREADS)
    work = partial(_measured, read=read)
    executor = ThreadPoolExecutor(count)
    try:
        yield from in_order(work, todo, executor=executor, ahead=4 * count, tick=tick)
    finally:  # who cancels does not wait for the pictures under way: nobody asks for what they show
        executor.shutdown(wait=False, cancel_futures=True)


def _measured(task: _Task, *, read: ReadGrey) -> _Result:
    """How many boxes one picture has and what it shows of them; why when it cannot be read."""
    n = len(task.box)
    try:
        grey, width, height = read(task.image, task.reduce)
    except LabelmendError as error:
        return n, type(error)(str(error))  # this one holds on to all that was read before it was raised
    scale = np.array([grey.shape[1] / width, grey.shape[0] / height])
    box, cut = task.box * np.tile(scale, 2), cut_off(task.box, width=width, height=height)
    outline = [_outline(task, k, width, height, scale) for k in range(n)]
    drawn = np.array([bool(parts) for parts in outline])
    out = np.zeros((n, *SHAPE), np.float16)
    if not drawn.all():
        out[~drawn] = measure(grey, box[~drawn])
    if drawn.any():
        some = [parts for parts in outline if parts]
        out[drawn], none = measure_outlines(grey, some, box[drawn])
        cut[drawn] |= none
    return n, (out, cut)


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
