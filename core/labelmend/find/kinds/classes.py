"""Labels of the wrong class: told by what labels look like whose class is swapped on purpose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.evidence.hypotheses import agreement
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.kinds.company import Company
from labelmend.find.lots import log_area, lot, sample, spread_numbers
from labelmend.find.sorting import count_among
from labelmend.find.statistics import (
    FIT_ROWS,
    Logistic,
    Tick,
    design,
    fit_logistic,
    logistic,
    logit,
    quantile_knots,
)

LEAST_IOU = 0.35
"""With less of it what the model says may be of a neighbour: nothing is said of the class."""

SWAPPED = 6000
"""Labels whose class is swapped, to learn what a slip looks like."""

SUREST = 0.3
"""Share of the labels, those that the model doubts least, that the rate of slips is read from."""

OWN_SCORE = np.array([0, 0.02, 0.2, 0.5, 1.0])
"""Knots of the score of the label's own class, as a share of the leading one's."""

ROUNDS = 5
"""Times that disagreements are counted as slips by what was learned last; more change little."""

STIFFNESS = 4.0
"""Ridge of the weights that tell a slip: of a few dozen disagreements little can be learned."""

BELIEVED = 0.25
"""Share of the log odds by Bayes' rule that is believed before anything is learned: the pair's, the company's
and the score's say in part the same, and swapped labels are like slips only by and large."""

TOO_WEAK = 0.5
"""Share that is believed of the log odds by which a sight is too weak for a sound label's: what no label of
its own class is seen so weakly as is hardly seen at all, and may be nothing."""


@dataclass(frozen=True)
class Classes:
    """By annotation: how likely its class is wrong; the pair's share of the disagreement; the slip rate."""

    probability: Floats
    confusion: Floats
    rate: float


def classes(evidence: Evidence, image: Ints, *, n_images: int, n_categories: int, tick: Tick) -> Classes:
    """P(wrong class) of every annotation (n,), 0 where the model agrees or does not see it.

    image is each annotation's. Sound labels are given another class on purpose: what tells them from the
    disagreements as they are (slips of a hand and the model's own errors) orders these.
    """
    a, o = evidence.annotations, evidence.objects
    on = np.flatnonzero((a.seen >= 0) & (a.iou >= LEAST_IOU))
    here, there = a.category[on], o.category[a.seen[on]]
    differs = here != there
    probability, confusion = np.zeros(len(a)), np.full(len(a), np.nan)
    if not differs.any() or differs.all():
        return Classes(probability, confusion, 0.0)
    columns, box = _columns(evidence, on), a.box.take(on, axis=0)
    agrees = _agreement(columns, there, differs, box, n_categories, tick)
    slips, ratio, confusion[on] = _class_pairs(here, there, n_categories)
    case, base = np.flatnonzero(differs), sample(np.flatnonzero(~differs), box, SWAPPED)
    order = _by_labels(a.category, a.box, n_categories)
    wrong = _slipped(slips, there[base], _numbers(a.box[on[base]], [c[base] for c in columns])[:, 0], order)
    company = Company.learn(a.kin, a.category, n_images=n_images, n_categories=n_categories)
    seen, score = a.seen[on], o.score[a.seen[on]]
    tick()
    now = [
        a.own_score[on[case]] / np.maximum(score[case], 1e-6),
        np.log(ratio[there[case], here[case]]),
        np.log(company.odds(a.kin[on[case]], here[case])),
    ]
    kin = count_among(image[on[base]] * n_categories + wrong, image * n_categories + a.category)
    then = [
        np.where(o.runner_up[seen[base]] == wrong, o.rival[seen[base]], 0.0),
        np.log(ratio[there[base], wrong]),
        np.log(company.odds(kin, wrong)),
    ]
    now += [c[case] for c in [agrees, *columns]]
    then += [c[base] for c in [agrees, *columns]]
    surest = agrees >= np.quantile(agrees, 1 - SUREST)
    probability[on[case]], rate = _told_apart(now, then, case, surest, tick)
    return Classes(probability, confusion, rate)


def _told_apart(
    now: list[Floats], then: list[Floats], case: Ints, surest: Bools, tick: Tick
) -> tuple[Floats, float]:
    """P(slip) of each disagreement (n,), and the rate of slips among all labels that the model sees.

    now and then are the columns of the disagreements and of the swapped labels; case are the rows of the
    disagreements, of those that surest (m,) is about. The disagreements hold slips too: each round counts
    them as swapped by as much as the last one says. Slips happen to all labels alike, so they add up to as
    many as there are among the labels that the model doubts least, where hardly any is its own error.
    """
    columns = [np.r_[c, d] for c, d in zip(now, then, strict=True)]
    model = design([OWN_SCORE, *(quantile_knots(c, 5) for c in columns[1:])], 1)
    x, n = model.matrix(columns), len(case)
    one_class, target = np.zeros(len(x), np.int64), np.r_[np.zeros(n), np.ones(len(then[0]))]
    slip, rate = np.ones(n), 0.0
    known = BELIEVED * np.clip(columns[1] + columns[2] + columns[3], -12, 12)
    known += TOO_WEAK * _weaker(columns[4], slips=then[4], cases=now[4])
    learner = Logistic(x, one_class, n_categories=1, tick=tick, ridge=STIFFNESS, offset=known)
    for k in range(ROUNDS):
        tick()
        learner.fit(target)
        if k < 2:  # at first all of the surest are slips, then those that look like one
            rate = float((slip[surest[case]].sum() + 0.5) / (surest.sum() + 1))
        share = min(rate * len(surest), n) / (n + 2)  # of one or two cases nothing is sure
        target[:n] = slip = _adding_up(known[:n] + learner.odds()[:n], share)
    return slip, rate


def _weaker(score: Floats, *, slips: Floats, cases: Floats) -> Floats:
    """Log ratio (n,), at most 0, of the shares of slips and of cases that are seen as weakly as this or more
    so, by the scores of each: of few cases a curve does not show what lies beyond all that were seen."""
    share = [(np.searchsorted(np.sort(of), score, side="right") + 1) / (len(of) + 1) for of in (slips, cases)]
    return np.minimum(np.log(share[0] / share[1]), 0)


def _adding_up(odds: Floats, share: float) -> Floats:
    """Probabilities (n,) of these log odds, moved by a constant, whose mean is share."""
    low, high = -60.0, 60.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if logistic(odds + middle).mean() > share else (middle, high)
    return logistic(odds + low)


def _columns(evidence: Evidence, on: Ints) -> list[Floats]:
    """How well the object was seen, and whether the class that the model says has company in the image."""
    a, o, at = evidence.annotations, evidence.objects, evidence.annotations.seen[on]
    return [
        logit(o.score[at]),
        log_area(a.box.take(on, axis=0)),
        a.iou[on],
        np.log1p(o.kin[at]),
        o.company[at],
        o.weaker[at],
        o.rival[at],
        *agreement(o.by_source, at),
    ]


def _numbers(box: Floats, columns: list[Floats]) -> Floats:
    """Ten numbers (n, 10) a case, by all that is known of it but its size."""
    return spread_numbers(box, columns[0], *columns[2:])


def _agreement(
    columns: list[Floats], there: Ints, differs: Bools, box: Floats, n_categories: int, tick: Tick
) -> Floats:
    """Log odds (n,) that the label agrees | columns, the class that the model says.

    Each half of the cases is judged by the model of the other half: one that has seen a disagreement
    doubts it.
    """
    model = design([quantile_knots(c, 9) for c in columns], n_categories)
    odds, half = np.zeros(len(there)), lot(box, columns[0], *columns[2:]) < 0.5
    for part, other in ((half, ~half), (~half, half)):
        rows, some = np.flatnonzero(part), sample(np.flatnonzero(other), box, FIT_ROWS // 2)
        x = model.matrix([c[some] for c in columns])
        weights = fit_logistic(x, there[some], ~differs[some], n_categories=n_categories, tick=tick)
        odds[rows] = model.apply(weights, [c[rows] for c in columns], there[rows])
        tick()
    return odds


def _by_labels(category: Ints, box: Floats, n: int) -> Ints:
    """The classes in an order that their numbers do not decide: by their labels."""
    return np.lexsort((np.bincount(category, box[:, 2] * box[:, 3], n), np.bincount(category, minlength=n)))


def _slipped(slips: Floats, category: Ints, number: Floats, order: Ints) -> Ints:
    """The class (m,) that each label of these classes slips to, by a number in [0, 1) each."""
    n = len(slips)
    until = np.cumsum(slips[:, order], axis=1)
    until = until / until[:, -1:] + np.arange(n)[:, None]  # all rows on one line
    at = np.searchsorted(until.ravel(), category + number, side="right") - category * n
    out: Ints = order[np.clip(at, 0, n - 1)]
    return out


def _class_pairs(here: Ints, there: Ints, n: int) -> tuple[Floats, Floats, Floats]:
    """How labels slip (n, n) from a class to another; how much more so than disagreements are seen (n, n).

    And each case's confusion rate. Rows are the class that the model says, columns the label's. A slip
    lands mostly anywhere and partly where the model errs too; a pair that the model always confuses is
    weak evidence.
    """
    pair = here * n + there
    count = np.bincount(pair, minlength=n * n).reshape(n, n).astype(np.float64)  # [label, model]
    agree = np.diag(count) + 0.5
    off = count - np.diag(np.diag(count))
    missed = off.sum(axis=0)[:, None]  # by class that the model says
    resembling = (off.T + missed / n + 0.1) / (2 * missed + 0.1 * n)
    slip = (agree / agree.sum())[:, None] * (0.8 / max(n - 1, 1) + 0.2 * resembling)
    np.fill_diagonal(slip, 0)
    slip /= slip.sum()
    chance = np.outer(agree, agree)
    np.fill_diagonal(chance, 0)
    chance /= chance.sum()
    weight = 2.0 * n
    seen = (off.T + weight * chance) / (off.sum() + weight)
    confusion = count.ravel()[pair] / np.maximum(count.sum(axis=1)[here], 1)
    return slip, slip / np.maximum(seen, 1e-12), confusion
