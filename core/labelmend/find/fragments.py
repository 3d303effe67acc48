"""One object labelled in pieces: several labels that hardly touch each other fill one sure detection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Floats, Ints
from labelmend.find.parts import FILLS, INSIDE, PARTS, picked, several
from labelmend.find.statistics import levelled, logistic

SURE = 0.3
"""Score from which a detection may speak for an object that is labelled in pieces."""

ODD = 3.0
"""How much it says that the pieces are of an odd size and the object is not."""

SEEN_TOO = 1 / 3
"""How many of the neighbours that a model takes for one object it sees singly, too: seldom more."""

LOUD = 0.2
"""Probability from which a fragment's card stands for all that is said of its pieces."""

LEAST_USUAL = 0.4
"""What is to be expected at least: chance cases must not be scaled up much."""

MOST_HABIT = 0.85
"""However often the model does so, some such labels are pieces."""


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


def fragmented(found: Fragments, sure: Floats) -> tuple[Floats, float]:
    """How likely (n,) each is one object labelled in pieces; and what share of them are the model's.

    A model that by habit takes neighbours for one object does so too where it sees each of them, but less
    often: those cases, in which the pieces have detections of their own, tell how many of the others are
    of the same sort. Few real ones show all signs: of a model whose usual scores (of sound matches) are
    `sure`, about half of their square is to be expected.
    """
    alike = (
        found.sure
        * np.clip((found.filled - 0.6) / 0.25, 0, 1)
        * np.clip((found.share_second - FILLS) / 0.15, 0, 1)
        * np.clip((0.95 - found.share_first) / 0.15, 0, 1)
        * logistic(ODD * found.odd + 1)
        * (found.pieces <= len(PARTS))
    )
    alike = alike**2  # a resemblance in part is next to nothing
    alone = np.clip(1 - found.own / 0.5, 0, 1)
    in_pieces = float((alike * alone).sum())
    by_habit = float((alike * (1 - alone)).sum()) * (1 - SEEN_TOO) / SEEN_TOO
    habit = min(by_habit / (in_pieces + 1.0), MOST_HABIT)
    usual = max(0.5 * float((sure**2).mean()), LEAST_USUAL) if len(sure) else 1.0
    return levelled(alike * alone * (1 - habit) / usual), habit


def settled(found: Fragments, place: Floats, sure: Floats) -> Floats:
    """How likely (n,) each is one card: 0 where something else about its labels is likelier.

    place is by label what other location issues say of it, sure are the scores of sound matches. A label
    is a piece of the likeliest only.
    """
    probability, _ = fragmented(found, sure)
    probability = np.where(place[found.first] > probability, 0.0, probability)
    pieces = np.stack([getattr(found, name) for name in PARTS])
    best = np.zeros(len(place) + 1)  # -1 finds the last
    for piece in pieces:
        np.maximum.at(best, piece, probability)
    best[-1] = 0.0
    out: Floats = np.where((best[pieces] > probability).any(axis=0), 0.0, probability)
    return out


def quiet(found: Fragments, probability: Floats, by_label: Floats) -> Floats:
    """by_label (n,), what another kind says of each label, 0 where it is a piece of a likelier fragment."""
    out = by_label.copy()
    for name in PARTS:
        piece = getattr(found, name)
        on = np.flatnonzero((piece >= 0) & (probability >= LOUD))
        on = on[probability[on] >= by_label[piece[on]]]
        out[piece[on]] = 0.0
    return out
