"""Tells sides that lie where those of labels lie from sides that were moved, by the edges around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.lots import sample
from labelmend.find.pictures.edges import REACH, Profiles
from labelmend.find.statistics import Tick, fit_logistic

ROWS = 12_000
"""Labels that are learned from; more change nothing but the time."""

WINDOW = 4
"""Cells to each side that a side is judged by; as far is a better place looked for."""

STEPS = (-4, -3, -2, 2, 3, 4)
"""Cells by which sides are moved to learn what a side off its edge looks like: an eighth to a quarter."""

GAIN = 1.0
"""Log odds that a better place of a side must gain for the side to be called off."""

CLEAR = 1.3
"""Times as strong as at the side must the edge at the better place be."""

FAINT = 1.0
"""Times the picture's usual gradient below which there is no edge to move a side to."""

RIDGE = 10.0
"""Of the weights: the edges around a side say much the same, and labels may be few."""

AT_ONCE = 20_000
"""Labels whose sides are judged at a time: what is made of their windows takes two kilobytes each."""


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


class Sides:
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

    def better_places(self, measured: Measured) -> Places:
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
        return Places(off, _refined(strength, at) - REACH, now, there)


@dataclass(frozen=True)
class Places:
    """Of each side (n, 4): whether it is off, cells outward to the better place, edges here and there."""

    off: Bools
    outward: Floats
    now: Floats
    there: Floats


def _refined(strength: Floats, at: Ints) -> Floats:
    """The strongest place near a cell's line, between lines: the vertex of the parabola through three."""
    n, side = np.indices(at.shape)
    near = np.stack([strength[n, side, np.clip(at + d, 0, 2 * REACH)] for d in (-1, 0, 1)], axis=-1)
    peak: Ints = at + near.argmax(axis=-1) - 1
    left, middle, right = (strength[n, side, np.clip(peak + d, 0, 2 * REACH)] for d in (-1, 0, 1))
    bend = left - 2 * middle + right
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.nan_to_num(np.where(bend < 0, 0.5 * (left - right) / bend, 0.0))
    aside: Floats = np.clip(step, -0.5, 0.5)
    return aside + peak


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
