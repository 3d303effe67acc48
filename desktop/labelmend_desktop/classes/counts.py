"""How many labels of each class stand in the project and in a picture, kept up to date by what changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from labelmend.project.annotation import Annotation
from labelmend.project.project import Project

Counts = NDArray[np.int64]


class ClassCounts:
    """``of_project`` (n classes,): the labels that stand now; labels of unknown classes are not counted."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._source = project.dataset.annotations.category
        self._now: dict[int, int] = {}
        self.of_project: Counts = project.dataset.class_counts.copy()
        self.take(project.state.records)

    def take(self, keys: Collection[int], read: Sequence[Annotation] = ()) -> None:
        """Take in what became of these annotations; of thousands it helps to give those that are ``read``."""
        known = {one.key: one.category for one in read if one.key in keys}
        for key in keys:
            before = self._now.get(key, int(self._source[key]) if key >= 0 else -1)
            after = known[key] if key in known else self._project.category_of(key)
            if before >= 0:
                self.of_project[before] -= 1
            if after >= 0:
                self.of_project[after] += 1
            self._now[key] = after


def of_picture(annotations: Sequence[Annotation], classes: int) -> Counts:
    """How many of these annotations are of each class."""
    rows = np.fromiter((one.category for one in annotations), np.int32, len(annotations))
    return np.bincount(rows + 1, minlength=classes + 1)[1 : classes + 1]
