"""Which images go into a package: those that wait in a queue, by words in their names, so many of them."""

from copy import copy
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.project.project import Project
from labelmend.project.queues import waiting
from labelmend.review.states import QUEUES, Queue


class Shareable:
    """The images of a project that can be shared; each queue and all names are looked through once.

    Whoever shares, their own work is shared too: it is for somebody else.
    """

    def __init__(self, project: Project) -> None:
        self._project = copy(project)
        self._project.actor = None
        self._known: dict[Queue | None, NDArray[np.int64]] = {}
        self._named: dict[str, NDArray[np.bool_]] = {}

    def look(self) -> "Shareable":
        """Look through all that is asked for later, in any thread; itself."""
        for queue in (None, *QUEUES):
            self.choose(queue)
        self._holding("")
        return self

    def choose(self, queue: Queue | None = None, words: str = "") -> NDArray[np.int64]:
        """The images (n,) with an issue in a queue, the surest first; without a queue those of no issue too.

        words: only those that have all these in their file name, whatever their case.
        """
        if queue not in self._known:
            self._known[queue] = self._waiting(queue)
        images = self._known[queue]
        for word in words.casefold().split():
            images = images[self._holding(word)[images]]
        return images

    def _holding(self, word: str) -> NDArray[np.bool_]:
        """Which images (n,) have a word in their file name."""
        if word not in self._named:
            self._named[word] = np.array([word in name for name in self._names], bool)
        return self._named[word]

    def _waiting(self, queue: Queue | None) -> NDArray[np.int64]:
        table = self._project.issues
        rows = np.arange(len(table)) if queue is None else waiting(self._project, queue)
        rows = rows[table.image[rows] >= 0]
        surest = np.full(self._project.n_images, -1.0)
        np.maximum.at(surest, table.image[rows], table.score[rows])
        order = np.argsort(-surest, kind="stable")
        return order if queue is None else order[surest[order] >= 0]

    @cached_property
    def _names(self) -> list[str]:
        return [name.casefold() for name in self._project.images.file_name]


def some_of(images: NDArray[np.int64], most: int | None, skip: int = 0) -> NDArray[np.int64]:
    """So many of these images after the first `skip`. Raises Refused when none is left."""
    found = images[skip : None if most is None else skip + most]
    if not len(found):
        after = f" after the first {skip:,}" if skip else ""
        raise Refused(f"Of {len(images):,} images that fit{after} none is left: there is nothing to share.")
    return found
