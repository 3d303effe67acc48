"""Labels whose sides lie on no edge of the picture: evidence of the picture alone, no model is asked.

How well this dataset's labels sit on edges is learned from the labels themselves: sides moved on purpose
are told from the sides as they are. A dataset whose labels do not follow edges yields no issues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.edges import REACH, Profiles
from labelmend.find.inputs import Bools, Floats, Ints, Labels
from labelmend.find.issues import CODES, LOCATION, SET_BBOX, SPURIOUS, Issues, concatenate, evidence, issues
from labelmend.find.lots import sample
from labelmend.find.moved import falling, moved
from labelmend.find.statistics import Tick, fit_logistic

FEWEST = 100
"""With fewer labels there is nothing to learn from."""

ROWS = 12_000
"""Labels that are learned from; more change nothing but the time."""

SMALLEST = 6.0
"""Pixels of the shorter side from which a label has sides that can be told apart."""

WINDOW = 4
"""Cells to each side that a side is judged by; as far is a better place looked for."""

STEPS = (-4, -3, -2, 2, 3, 4)
"""Cells by which sides are moved to learn what a side off its edge looks like: an eighth to a quarter."""

STEADY = 20
"""Labels that the whole dataset counts for in the usual of a class."""

RATE = 0.02
"""Share of wrong boxes that is believed at most: what labels without edges may be is not known."""

MOST = 0.5
"""The surest score: a label may rightly lie where the picture shows nothing."""

LEAST = 0.03
"""Scores below are not listed: so many of any labels are wrong."""

GAIN = 1.0
"""Log odds that a better place of a side must gain for the side to be called off."""

CLEAR = 1.3
"""Times as strong as at the side must the edge at the better place be."""

FAINT = 1.0
"""Times the picture's usual gradient below which there is no edge to move a side to."""

BLANK = 1.0
"""A strongest edge below the picture's usual gradient: the picture is uniform there."""

RARE = 0.01
"""Share of a dataset's labels on uniform ground from which that is its habit, and no issue."""

MOST_BLANK = 0.3
"""What a label on perfectly uniform ground scores: an object may be too faint to show in eight bits."""

RIDGE = 10.0

BEYOND = 5
"""Right labels that are reckoned to lie beyond the oddest: few cases shall not look sure."""

AT_ONCE = 20_000


@dataclass(frozen=True)
class Measured:
    """What the pictures show of some labels: rows of Labels, their boxes, profiles, sides cut off (n, 4)."""

    row: Ints
    box: Floats
    profile: Profiles
    cut: Bools

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: Ints) -> Measured:
        """What was measured of some of these labels."""
        return Measured(self.row[rows], self.box[rows], self.profile[rows], self.cut[rows])


def usable(labels: Labels) -> Ints:
    """Rows of the labels that can be measured."""
    box = labels.bbox
    with np.errstate(invalid="ignore"):
        fair = np.isfinite(box).all(axis=1) & (box[:, 2:] >= SMALLEST).all(axis=1)
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
    judge = _Sides(here, fold, tick)
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


class _Sides:
    """Tells a side that lies where labels lie from one that was moved, by the edges around it.

    Each half of the labels is judged by what the other half showed: nothing is known of a side but what
    others are like.
    """

    def __init__(self, here: Measured, fold: Bools, tick: Tick) -> None:
        self._fold, self._tick = fold, tick
        some = sample(np.arange(len(here)), here.box, ROWS)
        profile, cut = here.profile[some], here.cut[some]
        shift = _shifts(here.box[some])
        x = np.stack([_windows(profile, np.zeros_like(shift)), _windows(profile, shift)])
        self._middle, self._spread = x[:, ~cut].mean(axis=(0, 1)), x[:, ~cut].std(axis=(0, 1)) + 1e-6
        self._weights = []
        for half in (False, True):
            learnt = ~cut & (fold[here.row[some]] != half)[:, None]
            design = self._design(np.concatenate(x[:, learnt]))
            put_off = np.repeat([False, True], len(design) // 2)
            none = np.zeros(len(design), np.int64)
            fit = fit_logistic(design, none, put_off, n_categories=1, tick=tick, ridge=RIDGE)
            self._weights.append(fit.knots)

    def _design(self, x: Floats) -> Floats:
        z = (x - self._middle) / self._spread
        return np.concatenate([np.ones((*x.shape[:-1], 1)), z, z**2 - 1], axis=-1)

    def odds(self, measured: Measured, shift: int = 0) -> Floats:
        """Log odds (n, 4) that each side was moved, were it `shift` cells further out; 0 where cut off."""
        out = np.zeros((len(measured), 4))
        half = self._fold[measured.row]
        for first in range(0, len(measured), AT_ONCE):
            self._tick()
            part = slice(first, first + AT_ONCE)
            profile = measured.profile[part]
            x = self._design(_windows(profile, np.full(profile.shape[:2], shift)))
            out[part] = np.where(half[part, None], x @ self._weights[1], x @ self._weights[0])
        out[measured.cut] = 0.0
        return out

    def better_places(self, measured: Measured) -> _Places:
        """Where else each side would lie more as labels do, and how strong the edge is there."""
        steps = np.arange(-WINDOW, WINDOW + 1)
        odds = np.stack([self.odds(measured, int(step)) for step in steps], axis=-1)
        here, strength = odds[..., WINDOW], np.expm1(measured.profile[..., 1].astype(np.float64))
        at = np.broadcast_to(REACH + steps, odds.shape)
        edge, now = np.take_along_axis(strength, at, axis=-1), strength[..., REACH]
        odds = np.where((edge >= CLEAR * now[..., None]) & (edge >= FAINT), odds, np.inf)
        best = odds.argmin(axis=-1)[..., None]
        at, there = (
            np.take_along_axis(at, best, axis=-1)[..., 0],
            np.take_along_axis(edge, best, axis=-1)[..., 0],
        )
        off = (here - np.take_along_axis(odds, best, axis=-1)[..., 0] >= GAIN) & ~measured.cut
        return _Places(off, _refined(strength, at) - REACH, now, there)


@dataclass(frozen=True)
class _Places:
    """Of each side (n, 4): whether it is off, cells outward to the better place, edges here and there."""

    off: Bools
    outward: Floats
    now: Floats
    there: Floats


def _refined(strength: Floats, at: Ints) -> Floats:
    """The strongest place near a cell's line, between lines: the vertex of the parabola through three."""
    n, side = np.indices(at.shape)
    near = np.stack([strength[n, side, np.clip(at + d, 0, 2 * REACH)] for d in (-1, 0, 1)], axis=-1)
    peak = at + near.argmax(axis=-1) - 1
    left, middle, right = (strength[n, side, np.clip(peak + d, 0, 2 * REACH)] for d in (-1, 0, 1))
    bend = left - 2 * middle + right
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(bend < 0, 0.5 * (left - right) / bend, 0.0)
    out: Floats = peak + np.clip(np.nan_to_num(step), -0.5, 0.5)
    return out


def _shifts(box: Floats) -> Ints:
    """By how many cells each side (n, 4) is moved to learn from: even, the same in any order of the file."""
    rank = np.empty(len(box), np.int64)
    rank[np.lexsort(box.T)] = np.arange(len(box))
    out: Ints = np.array(STEPS)[(rank[:, None] * 5 + np.arange(4)) % len(STEPS)]
    return out


def _windows(profile: Profiles, shift: Ints) -> Floats:
    """What the edges around sides look like (n, 4, features), seen from `shift` (n, 4) cells further out."""
    at = np.clip(REACH + shift[..., None] + np.arange(-WINDOW, WINDOW + 1), 0, 2 * REACH)
    seen = np.take_along_axis(profile, at[..., None], axis=2).astype(np.float64)
    highest = seen.max(axis=2)
    form = (seen - seen.mean(axis=2, keepdims=True)).reshape(*seen.shape[:2], -1)
    return np.concatenate([form, highest, seen[:, :, WINDOW] - highest], axis=-1)


class _Usual:
    """How well labels of each class sit on edges: a median and a spread, those of few labels shrunk."""

    def __init__(self, odds: Floats, category: Ints, n_categories: int) -> None:
        total = odds.sum(axis=1)
        middle = np.full(n_categories, np.median(total))
        spread = np.full(n_categories, 1.48 * np.median(np.abs(total - middle[0])))
        order = np.argsort(category, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(category[order]) != 0])
        for rows in np.split(order, starts[1:]):
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


def _misplaced(labels: Labels, here: Measured, score: Floats, place: _Places, *, beyond: Floats) -> Issues:
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
        **_of(labels, here.row),
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
        **_of(labels, here.row),
        code=CODES.index("blank"),
        evidence=evidence(len(strongest), e0=strongest),
    )


def _of(labels: Labels, row: Ints) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    return {
        "image": labels.image[row],
        "annotation": labels.key[row],
        "category": labels.category[row],
        "bbox": labels.bbox[row],
    }
