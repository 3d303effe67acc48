"""One object labelled in pieces: several labels that hardly touch each other fill one sure detection."""

from __future__ import annotations

import numpy as np

from labelmend.find.evidence.parts import FILLS, PARTS
from labelmend.find.evidence.pieces import Fragments
from labelmend.find.inputs import Floats
from labelmend.find.statistics import levelled, logistic

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
