"""Labels over nothing: the model finds no object there, although it sees nearly all labels of that sort."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from labelmend.find.evidence.columns import Annotations
from labelmend.find.inputs import Floats, Ints
from labelmend.find.lots import lot, sample, steady
from labelmend.find.rates import rate_of_the_surest
from labelmend.find.statistics import (
    FIT_ROWS,
    Tick,
    design,
    fit_logistic,
    logistic,
    logit,
    quantile_knots,
)

OWN_FAULT = 0.002
"""Share of the labels easiest to see that a good model overlooks: of a bound this low half are spurious."""

RATES = np.exp(np.linspace(np.log(3e-4), np.log(0.2), 40))
"""Shares of labels over nothing that are held against each other."""

USUAL = 0.7
"""Spread of the log rate round that of the other kinds: a factor of two either way is nothing odd."""

NEAR = 0.9
"""What a full sight of something else at the label takes off the odds."""

LOWEST, FEWEST_LOWEST = 20, 30
"""Of the labels that are seen, every twentieth, but no fewer than so many: those of the lowest scores."""

SIDE = 0.2
"""Width of a cell of the histogram of log sides."""


def unseen(annotations: Annotations, *, n_categories: int, tick: Tick) -> Floats:
    """P(the model finds nothing at such a label) of each (n,), learned from all images that it was run on."""
    side = _log_sides(annotations.box)
    columns = [
        side.sum(axis=1),
        side[:, 0] - side[:, 1],
        np.log(np.maximum(annotations.density, 1)),
        np.minimum(annotations.crowded, 0.8),
        annotations.edge.astype(np.float64),
    ]
    tick()
    on = np.flatnonzero(annotations.covered)
    model = design([quantile_knots(c[on], 7) for c in columns], n_categories)
    some = sample(on, annotations.box, FIT_ROWS)
    tick()
    seen = annotations.seen >= 0
    x = model.matrix([c[some] for c in columns])
    weights = fit_logistic(x, annotations.category[some], seen[some], n_categories=n_categories, tick=tick)
    return 1 - logistic(model.apply(weights, columns, annotations.category))


def rate_of_spurious(
    annotations: Annotations, score: Floats, u: Floats, stranger: Floats, others: Sequence[float]
) -> float:
    """The share of labels over nothing: the likeliest by the company of the unseen ones, near what is usual.

    score (k,) has the objects that the model sees, u (n,) how often such a label is overlooked, stranger (n,)
    the odds by its company.
    Where the model sees nearly all, the unseen labels bound the rate; so do those that are more than the
    model's scores let expect, where other kinds tell what is usual: labels over nothing may be rare just
    among those that are easiest to see. Below the bound the company tells: of labels that the model
    overlooks it is that of all labels, of labels over nothing it is any. What is usual is told by the rates
    of the other kinds.
    """
    a, unseen_ones = annotations, (annotations.seen < 0) & annotations.covered
    on = np.flatnonzero(a.covered)

    def order(some: Ints) -> Floats:
        rows = on[some]
        return lot(a.box.take(rows, axis=0), a.near[rows], a.near_weight[rows], a.crowded[rows])

    bound = max(rate_of_the_surest(u[on], unseen_ones[on], order, own_fault=OWN_FAULT), float(RATES[0]))
    known = [r for r in others if r > 1e-3]
    if known:
        seen, clear = a.seen[(a.seen >= 0) & a.covered], _clear(a.near_weight[unseen_ones])
        bound = max(bound, _unexpected(score[seen], float(clear.sum())) / max(len(on), 1))
    usual = min(bound, float(np.exp(np.mean(np.log(known))))) if known else bound
    at, odd = u[unseen_ones], stranger[unseen_ones] - 1
    prior = [np.minimum(rate / np.maximum(at, rate), 0.95) for rate in RATES]
    fits = np.array([np.log1p(p * odd).sum() for p in prior])
    fits -= 0.5 * (np.log(RATES / max(usual, RATES[0])) / USUAL) ** 2
    fits = fits[bound * 1.05 >= RATES]
    weight = np.exp(fits - fits.max())
    return float(np.exp((weight * np.log(RATES[: len(fits)])).sum() / weight.sum()))


def spurious(annotations: Annotations, u: Floats, rate: float, stranger: Floats) -> Floats:
    """P(nothing there) of every annotation, 0 where the model sees it. stranger (n,): odds by its company."""
    freak = np.clip(_shape_odds(annotations.box) / 5, 1, 20)
    clear = _clear(annotations.near_weight)
    odds = rate / np.maximum(u - rate, rate * 0.05) * freak * stranger * clear
    return np.where((annotations.seen < 0) & annotations.covered, odds / (1 + odds), 0.0)


def wrong(nothing_there: Floats, others: Sequence[float | Floats]) -> Floats:
    """P(the label is wrong) of labels (n,) that the model does not see; 0 where nothing_there is.

    Over nothing, or as often as any label of the wrong place or class: others are the rates of those. Of what
    the model does not see no card of theirs can speak.
    """
    sound = prod(1 - rate for rate in others)
    return np.where(nothing_there > 0, 1 - (1 - nothing_there) * sound, 0.0)


def _clear(near_weight: Floats) -> Floats:
    """How much the odds (n,) keep of something else that the model sees at the label."""
    out: Floats = 1 - NEAR * np.minimum(near_weight / 0.3, 1)
    return out


def _unexpected(score: Floats, n_unseen: float) -> float:
    """How many labels are unseen, at least, beyond those whose scores would lie below all in the file.

    score (k,) is that of each label which is seen. Where the model grows less sure, its scores thin out: the
    lowest are cut, by log odds, in two steps of one width, and below them each step holds as many times
    fewer than the one above it, or fewer still (so it is where the density is log-concave).
    Counts are taken to be off by two standard errors, for as few.
    """
    if len(score) < FEWEST_LOWEST:
        return 0.0
    k = max(len(score) // LOWEST, FEWEST_LOWEST)
    low = logit(np.partition(score, k - 1)[:k])
    below = max(int((low <= (low.min() + low.max()) / 2).sum()), 1)
    above = max(k - below, 1)
    shrinks = below / above * float(np.exp(2 * np.sqrt(1 / below + 1 / above)))
    expected = (below + 2 * np.sqrt(below)) * shrinks / (1 - shrinks) if shrinks < 1 else np.inf
    return max(n_unseen - 2 * float(np.sqrt(n_unseen)) - float(expected), 0.0)


def _log_sides(box: Floats) -> Floats:
    return steady(np.log(np.maximum(box[:, 2:], 1e-6)))


def _shape_odds(box: Floats) -> Floats:
    """A broad density of sides over that of this dataset's own: above 1 for freak boxes."""
    side = _log_sides(box)
    steps = np.round((side - np.median(side, axis=0)) / SIDE)
    cell = np.clip(steps, -60, 60).astype(np.int64) + 60
    count = np.bincount(cell[:, 0] * 121 + cell[:, 1], minlength=121 * 121).reshape(121, 121).astype(float)
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.5) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        count = np.apply_along_axis(np.convolve, axis, count, kernel, "same")
    density = (count.ravel()[cell[:, 0] * 121 + cell[:, 1]] + 0.05) / len(side) / SIDE**2
    centre, deviation = np.median(side, axis=0), 2 * side.std(axis=0) + 0.3
    broad = np.exp(-0.5 * (((side - centre) / deviation) ** 2).sum(axis=1)) / (2 * np.pi * deviation.prod())
    out: Floats = broad / density
    return out
