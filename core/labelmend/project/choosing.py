"""Which images go into a package: those that wait in a queue, by words in their names, so many of them."""

from copy import copy

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.project.project import Project
from labelmend.project.queues import waiting
from labelmend.review.states import Queue


def images_to_share(project: Project, queue: Queue | None = None) -> NDArray[np.int64]:
    """The images (n,) with an issue in a queue, the surest issue first; without one those of no issue too.

    Whoever shares, their own work is shared too: it is for somebody else.
    """
    everybody = copy(project)
    everybody.actor = None
    table = project.issues
    rows = np.arange(len(table)) if queue is None else waiting(everybody, queue)
    rows = rows[table.image[rows] >= 0]
    rows = rows[np.argsort(-table.score[rows], kind="stable")]
    _, first = np.unique(table.image[rows], return_index=True)
    found = table.image[rows][np.sort(first)].astype(np.int64)
    if queue is None:
        found = np.concatenate([found, np.setdiff1d(np.arange(project.n_images), found)])
    return np.asarray(found, np.int64)


def named(project: Project, images: NDArray[np.int64], words: str) -> NDArray[np.int64]:
    """Those of these images that have all these words in their file name, whatever their case."""
    wanted = words.casefold().split()
    if not wanted:
        return images
    names = project.images.file_name
    return np.array(
        [one for one in images.tolist() if all(word in names[one].casefold() for word in wanted)], np.int64
    )


def some_of(images: NDArray[np.int64], most: int | None, skip: int = 0) -> NDArray[np.int64]:
    """So many of these images after the first `skip`. Raises Refused when none is left."""
    found = images[skip : None if most is None else skip + most]
    if not len(found):
        after = f" after the first {skip:,}" if skip else ""
        raise Refused(f"Of {len(images):,} images that fit{after} none is left: there is nothing to share.")
    return found
