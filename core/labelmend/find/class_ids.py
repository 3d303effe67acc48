"""Which reading of a detections file's category ids gives its boxes the classes of the annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labelmend.coco.identity import ODD
from labelmend.coco.reading import Given, Reading
from labelmend.coco.values import ClassNames
from labelmend.find.inputs import Ints
from labelmend.find.mapping import FAIR, NEAR, WIN

NAME_WINS = 0.1
"""By so much classes read by name must agree better: names are seldom alike by chance."""

CLEARLY = 0.1
"""By so much what classes lie on must agree better than a habit of writers."""


@dataclass(frozen=True)
class ClassReading:
    """A reading of category ids, in words, and the share of classes that agree under it."""

    reading: Reading
    words: str
    share: float


def better_classes(
    here: Ints, there: Ints, given: Given, *, ids: Ints, categories: Sequence[str], share: float
) -> ClassReading | None:
    """The reading of category ids under which clearly more classes agree; None if there is none.

    here (n,): rows of the annotations' classes; there (n,): category ids of the detections on them; ids
    (k,): the dataset's. Known habits of writers are tried first, then a class is what it mostly lies on. Ids
    that are no whole numbers are left as they are.
    """
    plain = there != ODD
    here, there = here[plain], there[plain]
    if not categories or not len(here):
        return None
    best: ClassReading | None = None
    known = np.unique(given.category_id[given.category_id != ODD])
    shift = int(_commonest(ids[here] - there))
    for words, row_of in _habits(known, given.names, ids, categories, shift):
        agree = float((_looked_up(known, row_of, there) == here).mean())
        wins = NAME_WINS if words.startswith("by name") else WIN
        if agree >= FAIR and agree >= share + wins and (best is None or agree > best.share + NEAR):
            best = ClassReading(_reading(known, row_of, ids), words, agree)
    # A habit that fits a part only is none.
    least = share + WIN if best is None else best.share + CLEARLY
    return _by_table(here, there, known, ids, categories, least) or best


def _habits(
    known: Ints, names: Mapping[int, str], ids: Ints, categories: Sequence[str], shift: int
) -> Iterator[tuple[str, Ints]]:
    """Each habit in words, with the dataset's row (k,) that each id of the file means, -1 none.

    shift: what most often lies between an id of the file and the dataset's id of the class there.
    """
    by = ClassNames(categories)
    row_by_id = {int(one): row for row, one in enumerate(ids)}
    n = len(categories)
    if names:
        by_name = [by.row(names.get(int(one), "")) for one in known]
        yield "by name, as the file's own list of categories has them", np.array(by_name, np.int64)
    yield "counted from 0 in the order of the categories", np.where((known >= 0) & (known < n), known, -1)
    yield "counted from 1 in the order of the categories", np.where((known > 0) & (known <= n), known - 1, -1)
    if shift:
        words = f"{'one' if abs(shift) == 1 else f'{abs(shift):,}'} too {'low' if shift > 0 else 'high'}"
        yield words, np.array([row_by_id.get(int(one) + shift, -1) for one in known], np.int64)


def _by_table(
    here: Ints, there: Ints, known: Ints, ids: Ints, categories: Sequence[str], least: float
) -> ClassReading | None:
    """Each class of the detections is the one that most of its boxes lie on, if that is nearly one to one and
    so many agree at least."""
    n, at = len(categories), np.searchsorted(known, there)
    count = np.bincount(at * n + here, minlength=len(known) * n).reshape(len(known), n)
    seen = count.sum(axis=1) > 0
    row_of = np.where(seen, count.argmax(axis=1), -1)
    agree = float((row_of[at] == here).mean())
    one_to_one = len(np.unique(row_of[seen])) >= 0.8 * seen.sum()
    if n < 2 or agree < max(FAIR, least) or not one_to_one:
        return None
    k = int((count.sum(axis=1) * (ids[row_of] != known)).argmax())  # the most frequent that means another
    words = f"exchanged: its id {known[k]} is {categories[row_of[k]]}"
    return ClassReading(_reading(known, row_of, ids), words, agree)


def _commonest(values: Ints) -> int:
    """The value that is there most often."""
    found, count = np.unique(values, return_counts=True)
    return int(found[count.argmax()])


def _looked_up(known: Ints, row_of: Ints, there: Ints) -> Ints:
    out: Ints = row_of[np.searchsorted(known, there)]
    return out


def _reading(known: Ints, row_of: Ints, ids: Ints) -> Reading:
    pairs = [(int(one), int(ids[row])) for one, row in zip(known, row_of, strict=True) if row >= 0]
    return Reading(classes=tuple(pairs))
