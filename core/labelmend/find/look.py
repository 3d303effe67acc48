"""Looks at every picture once, in threads, for what it shows of the labels on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import LabelmendError
from labelmend.find.edges import CHANNELS, REACH, Profiles, cut_off, measure, octave
from labelmend.find.inputs import Bools, Floats, Ints, Labels
from labelmend.find.issues import Issues
from labelmend.find.off_edges import Measured, off_edges, to_move, usable
from labelmend.find.spread import in_order
from labelmend.progress import Progress, silent

Grey = tuple[NDArray[np.uint8], int, int]
"""Grey pixels (h, w), turned as the labels lie, and the picture's full width and height in label pixels."""

ReadGrey = Callable[[int, int], Grey]
"""read(image, reduce): the picture of an image row, at that part (1, 2, 4, 8) of its size or larger. Safe to
call from several threads; raises LabelmendError for what is missing or no picture."""

LARGEST_REDUCTION = 3
"""Halvings that a decoder offers: to an eighth."""

MOST_THREADS = 16

SHAPE = (4, 2 * REACH + 1, CHANNELS)


@dataclass(frozen=True)
class Looked:
    """What the pictures showed: issues, how many pictures were seen, and how many could not be."""

    issues: Issues
    seen: int
    unseen: int

    def sentence(self) -> str:
        """What was looked at, in one sentence."""
        told = f"{self.seen:,} pictures were looked at for labels that lie on no edge"
        if not self.unseen:
            return told + "."
        be = "is" if self.unseen == 1 else "are"
        return f"{told}; {self.unseen:,} {be} missing or cannot be read."


@dataclass(frozen=True)
class _Task:
    """One image and the boxes to measure on it."""

    image: int
    box: Floats
    reduce: int


def look(
    labels: Labels,
    read: ReadGrey,
    *,
    n_categories: int,
    threads: int | None = None,
    progress: Progress = silent,
) -> Looked:
    """Read every picture that has labels, and find the labels that the pictures speak against.

    The number of threads (one a processor if not said) changes nothing but the time. progress is called
    several times a second and may raise Cancelled.
    """
    row = usable(labels)
    some, moved_box = to_move(labels, row)
    owner, box = np.concatenate([row, some]), np.concatenate([labels.bbox[row], moved_box])
    order = np.argsort(labels.image[owner], kind="stable")
    owner, box, moved = owner[order], box[order], order >= len(row)
    todo = list(_tasks(labels.image[owner].astype(np.int64), box))
    profile = np.zeros((len(box), *SHAPE), np.float16)
    cut, seen = np.zeros((len(box), 4), bool), np.zeros(len(box), bool)
    first, unseen, creep = 0, 0, _Creep(progress)
    for n, (task, measured) in enumerate(zip(todo, _each(todo, read, threads, creep.again), strict=True)):
        rows = slice(first, first + len(task.box))
        first += len(task.box)
        if measured is None:
            unseen += 1
        else:
            profile[rows], cut[rows] = measured
            seen[rows] = True
        creep.at(0.9 * (n + 1) / len(todo))
    every = Measured(owner, box, profile, cut)
    here, away = every.take(np.flatnonzero(seen & ~moved)), every.take(np.flatnonzero(seen & moved))
    found = off_edges(labels, here, away, n_categories=n_categories, tick=creep.on)
    creep.at(1.0)
    return Looked(found, len(todo) - unseen, unseen)


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


def _tasks(image: Ints, box: Floats) -> Iterator[_Task]:
    """The boxes by image; of pictures with large objects only, a smaller one will do."""
    if not len(image):
        return
    starts = np.flatnonzero(np.r_[True, np.diff(image) != 0])
    for rows in np.split(np.arange(len(image)), starts[1:]):
        finest = int(octave(box[rows]).min())
        yield _Task(int(image[rows[0]]), box[rows], 2 ** min(finest, LARGEST_REDUCTION))


def _each(
    todo: list[_Task], read: ReadGrey, threads: int | None, tick: Callable[[], None]
) -> Iterator[tuple[Profiles, Bools] | None]:
    count = threads or min(os.cpu_count() or 1, MOST_THREADS)
    work = partial(_measured, read=read)
    if count == 1:
        yield from map(work, todo)
        return
    with ThreadPoolExecutor(count) as executor:
        try:
            yield from in_order(work, iter(todo), executor=executor, ahead=4 * count, tick=tick)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _measured(task: _Task, *, read: ReadGrey) -> tuple[Profiles, Bools] | None:
    """What one picture shows; None when it cannot be read."""
    try:
        grey, width, height = read(task.image, task.reduce)
    except LabelmendError:
        return None
    scale = np.array([grey.shape[1] / width, grey.shape[0] / height] * 2)
    return measure(grey, task.box * scale), cut_off(task.box, width=width, height=height)
