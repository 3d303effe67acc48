"""Which labels have several objects in them: the objects, and how well they fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.sorting import begins

INSIDE = 0.75
"""Share of an object inside the label from which it counts as part of it."""

FILLS = 0.1
"""Share of the label that an object must fill at least."""

APART = 0.2
"""The objects' own IoU may be this much at most."""

PARTS = ("first", "second", "third", "fourth")
"""The columns of the objects of a group that are told apart, the surest first."""


@dataclass(frozen=True)
class Spans:
    """Which objects lie in which labels, sorted by label: the shares of both that overlap, their IoU.

    free: the object belongs to no other label; own: it belongs to this one; support is the score of the
    label's class there.
    """

    label: Ints
    object: Ints
    cover_object: Floats
    cover_label: Floats
    iou: Floats
    free: Bools
    own: Bools
    support: Floats


@dataclass(frozen=True)
class Groups:
    """Annotations with several objects in them: rows of Annotations and Objects, and how well they fit.

    third and fourth are -1 without one; keeps is the part whose label it stays: its own match, or the
    largest. share_ is the share of the label that each of the two surest
    fills, filled that of all; whole the largest IoU x score of one object that is no part; lone the
    IoU with the surest part; apart the IoU of the two; agreement the least share of a part's score that
    the label's class has; bulk the log of the label's area by the usual one of its image; part that of
    the smallest part.
    """

    annotation: Ints
    first: Ints
    second: Ints
    third: Ints
    fourth: Ints
    keeps: Ints
    share_first: Floats
    share_second: Floats
    filled: Floats
    sure_first: Floats
    sure_second: Floats
    whole: Floats
    lone: Floats
    apart: Floats
    agreement: Floats
    bulk: Floats
    part: Floats

    def __len__(self) -> int:
        return len(self.annotation)

    def of(self, annotation: Ints) -> Groups:
        """The same groups, their annotations being rows of this column (n,) instead."""
        return replace(self, annotation=annotation[self.annotation])


def candidates(
    spans: Spans, *, score: Floats, overlap: Callable[[Ints, Ints], Floats], bulk: Floats
) -> Groups:
    """The surest object inside each label, with the surest others apart from it and from each other.

    score is by object, bulk by label; overlap(a, b) is the IoU of objects a[i] and b[i].
    """
    inside = (spans.cover_object > INSIDE) & (spans.cover_label > FILLS) & spans.free
    on = several(spans.label, np.flatnonzero(inside))
    on = on[np.lexsort((spans.object[on], -score[spans.object[on]], spans.label[on]))]
    label, parts = picked(spans.label, spans.object, on, overlap)
    return _table(spans, label, parts, score, overlap, bulk)


def several(owner: Ints, rows: Ints) -> Ints:
    """Those of the rows (n,) whose owner has more than one of them: no other can have parts."""
    of = owner[rows]
    return rows[np.bincount(of)[of] > 1] if len(rows) else rows


def picked(
    owner: Ints, member: Ints, rows: Ints, overlap: Callable[[Ints, Ints], Floats]
) -> tuple[Ints, Ints]:
    """Of the rows of each owner, sorted by owner and then the best first, up to four that lie apart.

    Returns the owners (n,) that have two or more, and their rows (4, n), -1 where there are fewer.
    """
    parts = np.full((len(PARTS), int(owner.max(initial=-1)) + 1), -1, np.int64)
    for k in range(len(PARTS)):
        best, rest = _first_of_each(owner, rows)
        parts[k, owner[best]] = best
        met = overlap(member[rest], member[parts[k, owner[rest]]])
        rows = rest[met < APART]
    at = np.flatnonzero(parts[1] >= 0)
    return at, parts[:, at]


def _first_of_each(index: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Rows, sorted by index, split into the first of each index and the others."""
    first = begins(index[rows])
    return rows[first], rows[~first]


def _table(
    spans: Spans,
    label: Ints,
    parts: Ints,
    score: Floats,
    overlap: Callable[[Ints, Ints], Floats],
    bulk: Floats,
) -> Groups:
    """The columns of these labels (n,), whose parts (4, n) are rows of spans or -1."""
    there = parts >= 0
    object_ = np.where(there, spans.object[parts], -1)
    share = np.where(there, spans.cover_label[parts], np.inf)
    size = np.where(there, spans.cover_label[parts] + 2.0 * spans.own[parts], -1.0)
    agrees = np.where(there, spans.support[parts] / np.maximum(score[spans.object[parts]], 1e-9), np.inf)
    part = np.zeros(len(spans.label), bool)
    part[parts[there]] = True
    whole = np.zeros(int(spans.label.max(initial=-1)) + 1)
    np.maximum.at(whole, spans.label[~part], (spans.iou * score[spans.object])[~part])
    first, second, third, fourth = object_
    return Groups(
        annotation=label,
        first=first,
        second=second,
        third=third,
        fourth=fourth,
        keeps=object_[size.argmax(axis=0), np.arange(len(label))],
        share_first=share[0],
        share_second=share[1],
        filled=np.where(there, share, 0.0).sum(axis=0),
        sure_first=score[first],
        sure_second=score[second],
        whole=whole[label],
        lone=spans.iou[parts[0]],
        apart=overlap(first, second),
        agreement=np.minimum(agrees.min(axis=0, initial=np.inf), 1.0),
        bulk=bulk[label],
        part=bulk[label] + np.log(np.maximum(share.min(axis=0, initial=np.inf), 1e-6)),
    )
