"""Which images go into a package: those that wait in a queue, by words in their names, so many of them."""

from copy import copy
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.project.project import Project
from labelmend.project.queues import waiting
from labelmend.review.states import QUEUES, Queue

_MOST: Final = 6
"""So many packages that are out are named."""


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
        self.told_out(np.zeros(0, np.int64))
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

    def told_out(self, images: NDArray[np.int64]) -> str:
        """Which of these images are out in packages of which nothing came back, in words; "" for none."""
        with_some = [(whom, day, out[images]) for whom, day, out in self._out if out[images].any()]
        if not with_some:
            return ""
        n, of = int(np.any([out for _, _, out in with_some], axis=0).sum()), len(images)
        number = f"{n:,} of these {of:,} images {'is' if n == 1 else 'are'}" if of > 1 else "This image is"
        whom = dict[str, dict[str, None]]()
        for name, day, _ in with_some:
            whom.setdefault(day, {})[name] = None
        told = " and ".join(f"{_several(list(names))} since {day}" for day, names in whom.items())
        return f"{number} out {told}; what both change differently becomes a question for the expert."

    @cached_property
    def _out(self) -> list[tuple[str, str, NDArray[np.bool_]]]:
        """Each package that is out: to whom, since which day, and which images (n,) are in it."""
        found = []
        for at, shared in self._project.state.out.values():
            held = np.zeros(self._project.n_images, bool)
            held[list(shared.images)] = True
            found.append((f"with {shared.whom}" if shared.whom else f"as {shared.name}", at[:10], held))
        return found

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


def _several(names: list[str]) -> str:
    """Some names in words; of many the first ones, and how many others there are."""
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"{len(names) - _MOST + 1:,} others"]
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def some_of(images: NDArray[np.int64], most: int | None, skip: int = 0) -> NDArray[np.int64]:
    """So many of these images after the first `skip`. Raises Refused when none is left."""
    found = images[skip : None if most is None else skip + most]
    if not len(found):
        after = f" after the first {skip:,}" if skip else ""
        raise Refused(f"Of {len(images):,} images that fit{after} none is left: there is nothing to share.")
    return found
