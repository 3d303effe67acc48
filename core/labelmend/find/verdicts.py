"""How far off scores usually are, and what people said of issues teaches the scores of those that are left.

How many labels of a score are wrong is learned from two files that cannot show everything: where labels were
left out just where the model is unsure, or on purpose, nothing in them tells. So every score is led towards
even, as far as that is usual, until verdicts tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.issues import CODES, FROM_PICTURE, KINDS, SPURIOUS, STRUCTURE, Issues
from labelmend.find.statistics import logistic, logit
from labelmend.words import counted

KNOTS = np.linspace(-11.0, 11.0, 45)
"""Log odds at which it is learned how far off the scores are."""

HOW_FAR, HOW_NEAR = 1.0, 2.0
"""Log odds by which what is learned is usually off, and over which it is off alike: a verdict tells much of
scores near its own, and nothing of those far from it."""

SPREADS = np.pi / 8
"""Where log odds have a variance v, the mean probability is that of the log odds by the root of 1 + SPREADS v
(D. J. C. MacKay, The evidence framework applied to classification networks, Neural Computation 4, 1992)."""

DOUBT = float(np.sqrt(1 + SPREADS * HOW_FAR**2))
"""What all log odds are divided by, where nobody judged yet."""

LEAST_STEP = 1e-7
"""By what two scores that are taught alike differ, at least, of what they differed by."""

CELL = 1 / 64
"""Log odds that are taken for one: a hundred thousand verdicts are a thousand cells."""

ROUNDS, ENOUGH = 50, 1e-6
"""Steps of Newton's method at the most; one of less than that is the last."""

PARTS = 10
"""Of verdicts, so many parts: each is held against what all the others teach."""


@dataclass(frozen=True)
class Verdicts:
    """What people said of issues: sort (n,) as `sorts_of` has it, own (n,) the finder's own probabilities of
    them, real (n,) whether the label was wrong."""

    sort: Ints
    own: Floats
    real: Bools

    def __len__(self) -> int:
        return len(self.own)

    def sentence(self) -> str:
        """Of how many verdicts the scores make use; empty without any."""
        number = np.bincount(self.sort % len(KINDS), minlength=len(KINDS)).tolist()
        told = ", ".join(f"{n:,} {kind}" for kind, n in zip(KINDS, number, strict=True) if n)
        return f"Scores follow {counted(len(self), 'verdict')} ({told})." if told else ""


def sorts_of(found: Issues) -> Ints:
    """Which issues (n,) are scored alike: their kind, those that only the picture shows apart.

    -1 for faults of the records and what is part of a cluster: no probability is learned for them.
    """
    codes = [CODES.index(code) for code in FROM_PICTURE]
    pictured = np.isin(found.code, codes)
    out = found.kind.astype(np.int64) + len(KINDS) * pictured
    out[(found.kind == STRUCTURE) | (found.cluster >= 0) | ((found.code > 0) & ~pictured)] = -1
    return out


def verdicts(judged: Issues, real: Bools) -> Verdicts:
    """What was said of these issues, without those that teach nothing."""
    sort = sorts_of(judged)
    of_use = sort >= 0
    own = np.where(np.isnan(judged.own), judged.score, judged.own)
    return Verdicts(sort[of_use], own[of_use], real[of_use])


def doubted(learned: Floats) -> Floats:
    """Probabilities (n,) as they are meant while nobody has judged: what is learned is off by HOW_FAR, one
    way or the other. Their order stays."""
    return _odds_to(learned, 1 / DOUBT)


def undoubted(score: Floats | float) -> Floats:
    """What was learned, by what `doubted` came to."""
    return _odds_to(np.asarray(score, np.float64), DOUBT)


def _odds_to(p: Floats, power: float) -> Floats:
    """Probabilities whose odds are those of p to a power."""
    right = p**power
    out: Floats = right / (right + (1 - p) ** power)
    return out


def with_doubt(found: Issues) -> Issues:
    """The issues with `doubted` scores, where verdicts could teach them (`sorts_of`)."""
    return _scored(found, np.where(sorts_of(found) >= 0, doubted(found.score), found.score))


def heed(found: Issues, said: Verdicts) -> Issues:
    """The issues with scores as the verdicts on others of their sort teach them; own keeps the finder's.

    The order within a sort stays, as far as scores differ.
    """
    sort, score = sorts_of(found), found.score.copy()
    for one in np.unique(said.sort).tolist():
        rows, of_sort = np.flatnonzero(sort == one), said.sort == one
        score[rows] = taught(found.score[rows], said.own[of_sort], said.real[of_sort])
    own = np.where(np.isin(sort, said.sort), found.score, found.own)
    return replace(_scored(found, score), own=own)


def _scored(found: Issues, score: Floats) -> Issues:
    """The issues with these scores. How likely nothing is there is a part of how likely a label is wrong at
    all: it goes along."""
    rows = np.flatnonzero((found.kind == SPURIOUS) & (score != found.score))
    if not len(rows):
        return replace(found, score=score)
    evidence = found.evidence.copy()
    share = score[rows] / np.maximum(found.score[rows], np.finfo(float).tiny)
    evidence[rows, 3] = np.minimum(evidence[rows, 3] * share, score[rows])
    return replace(found, score=score, evidence=evidence)


def taught(score: Floats, own: Floats, real: Bools) -> Floats:
    """Probabilities (n,) that are as likely as verdicts (k,) on issues that scored `own` say.

    To the log odds that were learned something is added that changes slowly with them, a Gaussian process of
    mean 0 (its most likely course by Newton's method, and how sure that is: C. E. Rasmussen and C. K. I.
    Williams, Gaussian Processes for Machine Learning, 2006, 3.4). What is not sure leads the odds towards
    even, as `doubted` does without a verdict. Higher scores stay higher.
    """
    course, variance = _course(DOUBT * logit(own), real.astype(np.float64))
    told = np.maximum.accumulate((KNOTS + course) / np.sqrt(1 + SPREADS * variance))
    # Where the course is level, and below what log odds tell apart, scores keep their order all the same.
    return np.clip(logistic(np.interp(DOUBT * logit(score), KNOTS, told)) + LEAST_STEP * score, 0.0, 1.0)


def by_others(said: Verdicts) -> Floats:
    """Probabilities (n,) of the judged issues themselves, as the verdicts on others of their sort teach them:
    each tenth by the other nine. Held against what was said, they show how well scores hold that were taught.
    """
    out = said.own.copy()
    for one in np.unique(said.sort).tolist():
        rows = np.flatnonzero(said.sort == one)
        rows = rows[np.argsort(said.own[rows], kind="stable")]  # so that each tenth is spread over the scores
        for part in range(PARTS):
            own, others = rows[part::PARTS], np.delete(rows, np.s_[part::PARTS])
            if len(own) and len(others):
                out[own] = taught(said.own[own], said.own[others], said.real[others])
    return out


def _course(odds: Floats, real: Floats) -> tuple[Floats, Floats]:
    """What is to be added to log odds at KNOTS, from verdicts (k,) at these log odds, and its variance."""
    apart = (KNOTS[:, None] - KNOTS) / HOW_NEAR
    usual = HOW_FAR**2 * (np.exp(-(apart**2) / 2) + 1e-3 * np.eye(len(KNOTS)))
    stiff = np.linalg.inv(usual)
    odds, at = np.unique(np.round(odds / CELL) * CELL, return_inverse=True)
    number, wrong = np.bincount(at), np.bincount(at, real)
    place = np.clip((odds - KNOTS[0]) / (KNOTS[1] - KNOTS[0]), 0, len(KNOTS) - 1 - 1e-9)
    begin, rows = place.astype(np.int64), np.arange(len(odds))
    near = np.zeros((len(odds), len(KNOTS)))
    near[rows, begin], near[rows, begin + 1] = 1 - (place - begin), place - begin
    course = np.zeros(len(KNOTS))
    for _ in range(ROUNDS):
        p = logistic(odds + near @ course)
        curve = (near.T * (number * p * (1 - p))) @ near + stiff
        step = np.linalg.solve(curve, near.T @ (wrong - number * p) - stiff @ course)
        course = course + step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < ENOUGH:
            break
    return course, np.diag(np.linalg.inv(curve))
