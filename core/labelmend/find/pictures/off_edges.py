"""Labels whose sides lie on no edge of the picture: evidence of the picture alone, no model is asked.

How well this dataset's labels sit on edges is learned from the labels themselves: sides moved on purpose
are told from the sides as they are. A dataset whose labels do not follow edges yields no issues.
"""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints, Labels
from labelmend.find.isotonic import falling
from labelmend.find.issues import (
    CODES,
    LOCATION,
    SET_BBOX,
    SPURIOUS,
    Issues,
    concatenate,
    evidence,
    issues,
    of_labels,
)
from labelmend.find.kinds.moved import moved
from labelmend.find.lots import sample
from labelmend.find.pictures.edges import REACH
from labelmend.find.pictures.sides import ROWS, Measured, Places, Sides
from labelmend.find.sorting import by_key
from labelmend.find.statistics import Tick
from labelmend.geometry.boxes import finite

FEWEST = 100
"""With fewer labels there is nothing to learn from."""

SMALLEST = 6.0
"""Pixels of the shorter side from which a label has sides that can be told apart."""

STEADY = 20
"""Labels that the whole dataset counts for in the usual of a class."""

RATE = 0.02
"""Share of wrong boxes that is believed at most: what labels without edges may be is not known."""

MOST = 0.5
"""The surest score: a label may rightly lie where the picture shows nothing."""

LEAST = 0.03
"""Scores below are not listed: so many of any labels are wrong."""

BLANK = 1.0
"""A strongest edge below the picture's usual gradient: the picture is uniform there."""

RARE = 0.01
"""Share of a dataset's labels on uniform ground from which that is its habit, and no issue."""

MOST_BLANK = 0.3
"""What a label on perfectly uniform ground scores: an object may be too faint to show in eight bits."""

BEYOND = 5
"""Right labels that are reckoned to lie beyond the oddest: few cases shall not look sure."""


def usable(labels: Labels) -> Ints:
    """Rows (n,) of the labels that can be measured."""
    box = labels.bbox
    with np.errstate(invalid="ignore"):
        fair = finite(box) & (box[:, 2] >= SMALLEST) & (box[:, 3] >= SMALLEST)
    return np.flatnonzero(fair & (labels.image >= 0) & (labels.category >= 0) & ~labels.crowd)


def to_move(labels: Labels, row: Ints) -> tuple[Ints, Floats]:
    """Rows whose boxes are moved on purpose, and the moved boxes (n, 4)."""
    some = sample(row, labels.bbox, ROWS)
    return some, moved(labels.bbox[some])


def off_edges(labels: Labels, here: Measured, away: Measured, *, n_categories: int, tick: Tick) -> Issues:
    """Location and spurious issues from pictures: here are the labels as they are, away the moved ones.

    Their scores are probabilities that a box is wrong, held low: at most MOST.
    """
    if len(here) < FEWEST or len(away) < FEWEST:
        return concatenate([])
    fold = _folds(labels)
    judge = Sides(here, fold, tick)
    odds, away_odds = judge.odds(here), judge.odds(away)
    category = labels.category.astype(np.int64)
    usual = _Usual(odds, category[here.row], n_categories)
    rank = usual.rank(odds, category[here.row])
    score = _score(rank, usual.rank(away_odds, category[away.row]))
    on = np.flatnonzero(score >= LEAST)
    tick()
    place = judge.better_places(here.take(on))
    blank, emptiness = _blank(here)
    return concatenate(
        [
            _misplaced(labels, here.take(on), score[on], place, beyond=_beyond(rank, category[here.row], on)),
            _on_nothing(labels, here.take(blank), emptiness),
        ]
    )


def _folds(labels: Labels) -> Bools:
    """Which half (n,) of the labels each belongs to: evenly spread, the same in any order of the file."""
    rank = np.empty(len(labels), np.int64)
    rank[np.lexsort(labels.bbox.T)] = np.arange(len(labels))
    return np.asarray(rank % 2 == 1)


class _Usual:
    """How well labels of each class sit on edges: a median and a spread, those of few labels shrunk."""

    def __init__(self, odds: Floats, category: Ints, n_categories: int) -> None:
        total = odds.sum(axis=1)
        middle = np.full(n_categories, np.median(total))
        spread = np.full(n_categories, 1.48 * np.median(np.abs(total - middle[0])))
        for rows in by_key(category):
            k, weight = category[rows[0]], len(rows) / (len(rows) + STEADY)
            middle[k] += weight * (np.median(total[rows]) - middle[k])
            spread[k] += weight * (1.48 * np.median(np.abs(total[rows] - middle[k])) - spread[k])
        self._middle, self._spread = middle, spread + 0.1

    def rank(self, odds: Floats, category: Ints) -> Floats:
        """Spreads (n,) by which a label sits on edges worse than the usual one of its class."""
        out: Floats = (odds.sum(axis=1) - self._middle[category]) / self._spread[category]
        return out


def _score(rank: Floats, away: Floats) -> Floats:
    """P(the box is wrong) (n,): how much more frequent its rank is among moved labels, times their share.

    The share is bounded by the ranks at which fewest labels lie as moved ones do; half of what is seen
    there may be labels that merely look so, and more than RATE is never believed.
    """
    ends = np.quantile(away, np.linspace(0.5, 0.95, 10))
    some = (len(rank) + 1) / (len(away) + 1)
    bound = min(((rank >= end).sum() + 1) / ((away >= end).sum() + 1) / some for end in ends)
    some_rank = np.sort(rank)[:: max(len(rank) // ROWS, 1)]
    both = np.r_[some_rank, away]
    order = np.argsort(-both, kind="stable")
    is_moved = (np.arange(len(both)) >= len(some_rank))[order]
    share = np.r_[np.zeros(BEYOND), is_moved]
    share = falling(share, np.ones(len(share)))[BEYOND:]
    there: Floats = np.interp(rank, both[order][::-1], share[::-1])
    there *= 0.9 + 0.1 * (rank - rank.min()) / max(float(np.ptp(rank)), 1e-9)  # keeps the order of equals
    times = there / np.maximum(1 - there, 1e-3) * len(some_rank) / len(away)
    out: Floats = np.minimum(min(0.5 * bound, RATE) * times, MOST)
    return out


def _beyond(rank: Floats, category: Ints, on: Ints) -> Floats:
    """The share of its class's labels (m,) that sit on edges better than each label of `on`."""
    order = np.lexsort((rank, category))
    first = np.searchsorted(category[order], category, side="left")
    place = np.empty(len(rank), np.int64)
    place[order] = np.arange(len(rank))
    size = np.bincount(category)[category]
    return ((place - first) / np.maximum(size, 1))[on]


def _blank(here: Measured) -> tuple[Ints, Floats]:
    """Labels on uniform ground, and the strongest edge (m,) around them; none where that is usual."""
    strongest = np.expm1(here.profile[..., 1].max(axis=(1, 2)).astype(np.float64))
    blank = np.flatnonzero((strongest < BLANK) & ~here.cut.any(axis=1))
    if len(blank) > max(RARE * len(here), 1):
        return blank[:0], strongest[:0]
    return blank, strongest[blank]


def _misplaced(labels: Labels, here: Measured, score: Floats, place: Places, *, beyond: Floats) -> Issues:
    """Location issues; the fix moves the sides that have a better place, and none where none has."""
    box, off = here.box, place.off
    cell = np.concatenate([box[:, 2:], box[:, 2:]], axis=1) / (2 * REACH)
    outward = np.where(off, place.outward * cell, 0.0)
    low = box[:, :2] - outward[:, :2]
    high = np.maximum(box[:, :2] + box[:, 2:] + outward[:, 2:], low + 1)
    worst = np.where(off, np.abs(outward), -1.0).argmax(axis=1)
    n, any_off = np.arange(len(box)), np.asarray(off.any(axis=1))
    e1 = {f"e{1 + k}": np.where(off[:, k], -outward[:, k], np.nan) for k in range(4)}
    return issues(
        LOCATION,
        score,
        **of_labels(labels, here.row),
        code=CODES.index("off_edges"),
        fix=np.where(any_off, SET_BBOX, 0),
        fix_bbox=np.where(any_off[:, None], np.concatenate([low, high - low], axis=1), np.nan),
        evidence=evidence(
            len(box),
            e0=off @ np.array([1, 2, 4, 8]),
            **e1,
            e5=np.where(any_off, place.now[n, worst], place.now.mean(axis=1)),
            e6=np.where(any_off, place.there[n, worst], np.nan),
            e7=beyond,
        ),
    )


def _on_nothing(labels: Labels, here: Measured, strongest: Floats) -> Issues:
    """Spurious issues: nothing but uniform ground in and around the box."""
    return issues(
        SPURIOUS,
        MOST_BLANK * (1 - strongest / BLANK),
        **of_labels(labels, here.row),
        code=CODES.index("blank"),
        evidence=evidence(len(strongest), e0=strongest),
    )
