"""One label over several objects: detections that hardly touch each other fill one annotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Objects
from labelmend.find.evidence.matching import CLASS_SUPPORT
from labelmend.find.evidence.parts import PARTS, Groups
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.isotonic import rising, share_by_rank
from labelmend.find.lots import sample, steady
from labelmend.find.statistics import Tick, design, fit_logistic, levelled, logit, quantile_knots

FEWEST = 30
"""With fewer joined labels to learn from, resemblance alone speaks."""

ROWS = 15_000
"""Groups that the model is fitted on, of each sort."""

HOLD = 0.3
"""Weight of the resemblance beside what is learned."""

LIKELY = 0.2
"""Probability from which a group is told as such, even if its box is as suspect."""

CASES, MOST_STEPS = 30, 40
"""Objects of like score that the share of labelled ones is read from, and steps of score, at the most."""

LEAST_USUAL = 0.33
"""Resemblance that joined labels are taken to have at least: chance groups must not be scaled up much."""


def grouped(now: Groups, joined: Groups, right: Floats, *, tick: Tick) -> Floats:
    """How likely (n,) each group is one label over several objects.

    joined are what sound neighbouring labels of this dataset would look like as one label: what tells
    them from the groups as they are orders these (real groups among them change the odds, not the
    order). How likely the groups of a rank are is the mean resemblance there, by that which the joined
    ones have: few real groups show all signs. It takes two objects that are there, though: right (by
    object) is how likely each of them is no slip of the model.
    """
    alike = resemblance(now)
    if min(len(now), len(joined)) < FEWEST:
        return alike
    usual = max(float(resemblance(joined).mean()), LEAST_USUAL)
    rows = sample(np.arange(len(now)), _numbers(now), ROWS)
    made = sample(np.arange(len(joined)), _numbers(joined), ROWS)
    is_made = np.r_[np.zeros(len(rows), bool), np.ones(len(made), bool)]
    here, there = _columns(now), _columns(joined)
    columns = [np.r_[a[rows], b[made]] for a, b in zip(here, there, strict=True)]
    model = design([quantile_knots(c, 4) for c in columns], 1)
    tick()
    one_class = np.zeros(len(is_made), np.int64)
    weights = fit_logistic(model.matrix(columns), one_class, is_made, n_categories=1, tick=tick)
    odds = model.apply(weights, here, np.zeros(len(now), np.int64))
    share = share_by_rank(odds + HOLD * np.log(alike + 0.01), alike / usual)
    return levelled(share * right[now.first] * right[now.second])


@dataclass(frozen=True)
class Crowded:
    """By object: how likely it shares another's label (0 where none), and that label's row or -1."""

    probability: Floats
    annotation: Ints


def louder(
    groups: Groups, probability: Floats, row: Ints, misplaced: Floats, unlabelled: Bools, *, right: Floats
) -> tuple[Floats, Floats, Crowded]:
    """Of "wrong box" and "one label over several objects" one stays: one location issue a label.

    The group stays where it is the likelier, and where it is likely at all (its fix is that of the box and
    more); its score is then that of the likelier.

    row (n,) are the rows of Annotations that misplaced (n,) is about, which is returned without what groups
    say better; unlabelled and right (see `right`) are by object. Also what groups say of the objects with
    no label of their own: of two parts the surer is the likelier.
    """
    by_label = np.zeros(max(int(row.max(initial=-1)), int(groups.annotation.max(initial=-1))) + 1)
    by_label[row] = misplaced
    alone = by_label[groups.annotation]
    wins = (probability > alone) | (probability >= LIKELY)
    by_label[groups.annotation[wins]] = 0.0
    share, label = np.zeros(len(unlabelled)), np.full(len(unlabelled), -1, np.int64)
    order = np.argsort(probability, kind="stable")  # the likeliest group of an object is written last
    for name in PARTS:
        part = getattr(groups, name)[order]
        at = np.flatnonzero((part >= 0) & (part != groups.keeps[order]))
        at = at[probability[order[at]] >= share[part[at]]]
        share[part[at]], label[part[at]] = probability[order[at]], groups.annotation[order[at]]
    parts = unlabelled & (label >= 0)
    share[parts] *= right[parts]
    shared = Crowded(np.where(parts, share, 0.0), np.where(parts, label, -1))
    return by_label[row], np.where(wins, np.maximum(probability, alone), 0.0), shared


def right(objects: Objects) -> Floats:
    """How often (n,) objects of such a score carry a label where they stand alone, by that of the surest."""
    alone = objects.alone() & ~objects.crowd
    return likely_by_score(objects.score, alone, objects.taken >= 0)


def likely_by_score(of: Floats, case: Bools, has_label: Bools) -> Floats:
    """The share (n,) of labelled ones at scores like these, learned from the cases; 1 at the highest."""
    steps = min(int(case.sum()) // CASES, MOST_STEPS)
    if not steps:
        return np.ones(len(of))
    score, has_label = of[case], has_label[case]
    limits = np.unique(np.quantile(score, np.linspace(0, 1, steps + 1)[:-1], method="lower"))
    step = np.searchsorted(limits, score, side="right") - 1
    n = np.bincount(step).astype(np.float64)
    often = rising(np.bincount(step, has_label) / n, n)
    middle = steady(np.bincount(step, score) / n)
    return np.asarray(np.interp(of, middle, often) / max(float(often[-1]), 1e-9))


def by_label(groups: Groups, probability: Floats, row: Ints, misplaced: Floats, n: int) -> Floats:
    """What location issues say of each label (n,): of a group, or of a wrong box (of these rows)."""
    out = np.zeros(n)
    out[row] = misplaced
    np.maximum.at(out, groups.annotation, probability)
    return out


def _columns(groups: Groups) -> list[Floats]:
    return [
        logit(groups.sure_first),
        logit(groups.sure_second),
        np.minimum(groups.filled, 1.1),
        np.minimum(groups.share_first, groups.share_second),
        groups.whole,
        groups.lone,
        groups.apart,
        groups.agreement,
        groups.bulk,
        groups.part,
    ]


def _numbers(groups: Groups) -> Floats:
    """Four numbers (n, 4) a group that sampling can be decided by."""
    return np.stack([groups.share_first, groups.share_second, groups.filled, groups.lone], axis=1)


def resemblance(groups: Groups) -> Floats:
    """How much (n,) each looks like one: sure objects of its class fill the label apart; none does alone."""
    alike: Floats = (
        groups.sure_first
        * groups.sure_second
        * np.clip((groups.filled - 0.6) / 0.25, 0, 1)
        * np.clip((np.minimum(groups.share_first, groups.share_second) - 0.1) / 0.15, 0, 1)
        * np.clip((0.95 - np.maximum(groups.whole, groups.lone)) / 0.25, 0, 1)
        * np.clip(groups.agreement / CLASS_SUPPORT, 0, 1)
    )
    return alike**2  # a resemblance in part is next to nothing, or every list would begin with chance groups
