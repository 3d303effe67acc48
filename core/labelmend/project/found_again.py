"""Recognises what was found before when errors are found again: it keeps its id and its verdict."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import KINDS, STRUCTURE, Issues, concatenate
from labelmend.geometry.boxes import iou
from labelmend.project.history import NO_KEY

Ids = Collection[int]


def join_run(
    old: Issues, ids: NDArray[np.int64], new: Issues, *, judged: Ids, taken_back: Ids = (), next_id: int
) -> tuple[Issues, NDArray[np.int64], int]:
    """A new run's issues, in which everything that has a history keeps its id, its place and its reason.

    Args:
        old: the issues of the runs before, ids (n,) theirs.
        new: what the finder found now.
        judged: ids that the history speaks of; all others of `old` are dropped.
        taken_back: those of which nothing stands that was said: they keep their ids alone.
        next_id: the first free id.

    Returns:
        the joined issues, their ids, the next free id.
    """
    kept = np.flatnonzero(_among(ids, judged))
    old, ids = old.take(kept), ids[kept]
    fresh = ~known(old, new)
    now = _found_now(old, new, _among(ids, taken_back))
    old = concatenate([old, new]).take(np.where(now >= 0, len(old) + now, np.arange(len(old))))
    found = new.take(fresh)
    # Clusters are numbered anew by every run: those that stay keep their numbers.
    first = int(old.cluster.max(initial=-1)) + 1
    found = replace(found, cluster=np.where(found.cluster >= 0, found.cluster + first, -1).astype(np.int32))
    numbers = np.arange(next_id, next_id + len(found), dtype=np.int64)
    return concatenate([old, found]), np.concatenate([ids, numbers]), next_id + len(found)


def known(old: Issues, new: Issues) -> NDArray[np.bool_]:
    """Which new issues (n,) are among the old ones: of one kind about one label, one place or one fault."""
    return _same_annotation(old, new) | _same_place(old, new) | _same_fault(old, new)


def _among(ids: NDArray[np.int64], some: Ids) -> NDArray[np.bool_]:
    return np.isin(ids, np.fromiter(some, np.int64, len(some)))


def _found_now(old: Issues, new: Issues, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The rows of new (n,) that say now what these old issues said, -1 for all others.

    What is part of a cluster stays as it was, with the others of it; a fault of a record does not change.
    """
    wanted = wanted & (old.cluster < 0) & (old.kind != STRUCTURE)
    out = np.full(len(wanted), -1, np.int64)
    of_labels = wanted & (old.annotation != NO_KEY)
    rows = np.flatnonzero(np.isin(new.annotation, old.annotation[of_labels]) & (new.cluster < 0))
    row_of = dict(zip(_names(new, rows), rows.tolist(), strict=True))
    out[of_labels] = [row_of.get(name, -1) for name in _names(old, np.flatnonzero(of_labels))]
    for row, near in _places(old, np.flatnonzero(wanted & ~of_labels), new):
        if len(alone := near[new.cluster[near] < 0]):
            out[row] = alone[0]
    return out


def _names(part: Issues, rows: NDArray[np.int64]) -> Iterator[tuple[int, ...]]:
    """What tells the issues of these rows, which are about labels, from all others."""
    columns = part.kind, part.code, part.annotation, part.other
    return zip(*(column[rows].tolist() for column in columns), strict=True)


def _same_annotation(old: Issues, new: Issues) -> NDArray[np.bool_]:
    """New issues of a kind and annotation that an old one is about."""

    def name(part: Issues) -> NDArray[np.int64]:
        return part.annotation * len(KINDS) + part.kind

    same: NDArray[np.bool_] = np.isin(name(new), name(old)) & (new.annotation != NO_KEY)
    return same


def _same_place(old: Issues, new: Issues) -> NDArray[np.bool_]:
    """New issues without an annotation where an old one of their kind lies."""
    out = np.zeros(len(new), bool)
    for _, near in _places(old, np.flatnonzero(old.annotation == NO_KEY), new):
        out[near] = True
    return out


def _places(old: Issues, rows: NDArray[np.int64], new: Issues) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """These rows of old issues, which have no annotation, and those (k,) of the new ones of their kind there
    (IoU >= 0.5), nearest first."""
    free = np.flatnonzero(new.annotation == NO_KEY)
    free = free[np.argsort(new.image[free], kind="stable")]
    for row in rows.tolist():
        first, last = np.searchsorted(new.image[free], [old.image[row], old.image[row] + 1])
        near = free[first:last]
        near = near[new.kind[near] == old.kind[row]]
        if len(near):
            shared = iou(old.bbox[row : row + 1], new.bbox[near])[0]
            order = np.argsort(-shared, kind="stable")
            yield row, near[order[shared[order] >= 0.5]]


def _same_fault(old: Issues, new: Issues) -> NDArray[np.bool_]:
    """New faults that an old one told in the same sentence (its checksum is evidence 7)."""
    told = old.evidence[old.kind == STRUCTURE, 7]
    same: NDArray[np.bool_] = (new.kind == STRUCTURE) & np.isin(new.evidence[:, 7], told)
    return same
