"""Which objects have several labels in them: the labels, and how well they fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.parts import FILLS, INSIDE, PARTS, picked, several
from labelmend.find.inputs import Floats, Ints

SURE = 0.3
"""Score from which a detection may speak for an object that is labelled in pieces."""


@dataclass(frozen=True)
class Fragments:
    """Objects with several labels inside: rows of Objects and, the largest first, of Annotations (-1: none).

    sure is the object's score; share_ the share of it that each of the two largest fills, filled that of
    all; own the largest IoU x score of another object with one of them; pieces how many labels lie in it,
    those that are not told apart included; odd by how much further the pieces' mean size lies from the
    usual one of the image (in log area) than the object's does.
    """

    object: Ints
    first: Ints
    second: Ints
    third: Ints
    fourth: Ints
    share_first: Floats
    share_second: Floats
    filled: Floats
    sure: Floats
    own: Floats
    pieces: Ints
    odd: Floats

    def __len__(self) -> int:
        return len(self.object)


@dataclass(frozen=True)
class Holds:
    """Pairs (label, object) of one class with the shares of both that overlap, and the label's own best.

    own is the largest IoU x score of the label with another object.
    """

    label: Ints
    object: Ints
    cover_object: Floats
    cover_label: Floats
    own: Floats


def fragments(
    holds: Holds,
    *,
    score: Floats,
    overlap: Callable[[Ints, Ints], Floats],
    label_bulk: Floats,
    object_bulk: Floats,
) -> Fragments:
    """The largest label inside each sure object, with the largest others apart from it and each other.

    score is by object; overlap(a, b) is the IoU of labels a[i] and b[i]; label_bulk and object_bulk are
    the logs of their areas by the usual one of their image.
    """
    on = np.flatnonzero(
        (holds.cover_label > INSIDE) & (holds.cover_object > FILLS) & (score[holds.object] >= SURE)
    )
    on = several(holds.object, on)
    on = on[np.lexsort((holds.label[on], -holds.cover_object[on], holds.object[on]))]
    at, parts = picked(holds.object, holds.label, on, overlap)
    there = parts >= 0
    label = np.where(there, holds.label[parts], -1)
    share = np.where(there, holds.cover_object[parts], 0.0)
    n = np.maximum(there.sum(axis=0), 1)
    usual = np.where(there, label_bulk[label], 0.0).sum(axis=0) / n
    return Fragments(
        object=at,
        **dict(zip(PARTS, label, strict=True)),
        share_first=share[0],
        share_second=share[1],
        filled=share.sum(axis=0),
        sure=score[at],
        own=np.where(there, holds.own[parts], 0.0).max(axis=0, initial=0.0),
        pieces=np.bincount(holds.object[on], minlength=int(at.max(initial=-1)) + 1)[at],
        odd=np.abs(usual) - np.abs(object_bulk[at]),
    )
