"""Judges the evidence: what each kind learns from it, side by side, and the issues that come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.inputs import Floats, Labels, Predicted
from labelmend.find.issues import Issues
from labelmend.find.kinds.as_issues import (
    class_issues,
    duplicate_issues,
    fragment_issues,
    group_issues,
    location_issues,
    missing_issues,
    spurious_issues,
)
from labelmend.find.kinds.classes import Classes, classes
from labelmend.find.kinds.company import odds_of_stranger
from labelmend.find.kinds.duplicates import duplicates
from labelmend.find.kinds.location import Matched, location, matched, usual_spread
from labelmend.find.kinds.missing import Missing, missing
from labelmend.find.kinds.one_card import one_card
from labelmend.find.kinds.spurious import rate_of_spurious, spurious, unseen, wrong
from labelmend.find.statistics import Tick
from labelmend.workers.side_by_side import Together


@dataclass(frozen=True)
class _Learned:
    """What the kinds learned; usual is the spread of the boxes, nothing_there by label, misplaced by pair.

    slips: how often a label is in the wrong place, and of the wrong class.
    """

    pairs: Matched
    absent: Missing
    confused: Classes
    misplaced: Floats
    usual: tuple[Floats, Floats]
    unseen: Floats
    nothing_there: Floats
    slips: tuple[float | Floats, ...]


def judge(
    found: Evidence,
    labels: Labels,
    predicted: Predicted | None,
    *,
    n_images: int,
    n_categories: int,
    least: Callable[[Floats], float],
    tick: Tick,
) -> list[Issues]:
    """The issues of each kind, duplicates alone where there are no detections to learn from.

    least gives the score from which an issue of a kind is listed, from the probabilities of all. tick is
    called from several threads.
    """
    twice = duplicates(found)
    doubles = duplicate_issues(found, twice, labels, least(twice.probability))
    if predicted is None:
        return [doubles]
    learned = _learn(found, labels, predicted, n_images=n_images, n_categories=n_categories, tick=tick)
    return [doubles, *_as_issues(found, learned, labels, predicted, least, tick)]


def _learn(
    found: Evidence, labels: Labels, predicted: Predicted, *, n_images: int, n_categories: int, tick: Tick
) -> _Learned:
    a, pairs = found.annotations, matched(found)
    image = labels.image[a.label].astype(np.int64)
    with Together(tick) as together:
        # The longest first, so that both ends of the work are even. None needs another, and each works as it
        # would alone.
        placing = together.begin(partial(location, found, pairs, n_categories=n_categories, tick=tick))
        detection, like = found.objects.detection, predicted.likeness
        where, like = predicted.image[detection].astype(np.int64), None if like is None else like[detection]
        lacking = together.begin(
            partial(missing, found.objects, where, like, n_categories=n_categories, tick=tick)
        )
        confusing = together.begin(
            partial(classes, found, image, n_images=n_images, n_categories=n_categories, tick=tick)
        )
        spreading = together.begin(partial(usual_spread, pairs, tick))
        looking = together.begin(partial(unseen, a, n_categories=n_categories, tick=tick))
        stranger = odds_of_stranger(a.kin, a.category, n_images=n_images, n_categories=n_categories)
        absent, confused, blind = lacking(), confusing(), looking()
        misplaced, location_rate = placing()
        usual = spreading()
    slips: tuple[float | Floats, ...] = location_rate, confused.rate
    others = absent.rate, location_rate, confused.rate
    if labels.nothing is not None:
        # Of odd company is a label of a wrong class too, whatever it looks like.
        slips = location_rate, confused.rate * stranger / (1 + confused.rate * (stranger - 1))
        stranger = stranger * labels.nothing[a.label]
    rate = rate_of_spurious(a, found.objects.score, blind, stranger, others)
    nothing_there = np.where(a.crowd, 0.0, spurious(a, blind, rate, stranger))
    return _Learned(pairs, absent, confused, misplaced, usual, blind, nothing_there, slips)


def _as_issues(
    found: Evidence,
    learned: _Learned,
    labels: Labels,
    predicted: Predicted,
    least: Callable[[Floats], float],
    tick: Tick,
) -> list[Issues]:
    """Missing, spurious, class, location; of location also groups and fragments."""
    pairs, absent = learned.pairs, learned.absent
    told = one_card(found, pairs.row, learned.misplaced, learned.nothing_there, tick=tick)

    def place() -> Issues:
        probability, usual = told.misplaced, learned.usual
        return location_issues(found, pairs, probability, usual, labels, least(probability), tick)

    def lack() -> Issues:
        floors = least(np.maximum(absent.probability, told.crowded.probability)), least(told.grouped)
        return missing_issues(found, absent, told.crowded, labels, predicted, floors, tick)

    def see() -> list[Issues]:
        bad = wrong(told.spurious, learned.slips)
        over_nothing = spurious_issues(found, bad, told.spurious, learned.unseen, labels, least(bad))
        floor = least(learned.confused.probability)
        return [over_nothing, class_issues(found, learned.confused, labels, floor)]

    with Together(tick) as together:
        placing, lacking, seeing = (together.begin(place), together.begin(lack), together.begin(see))
        groups = group_issues(found, found.groups, told.grouped, labels, least(told.grouped))
        floor = least(told.pieces)
        pieces = fragment_issues(found, found.fragments, told.pieces, labels, floor)
        return [lacking(), *seeing(), placing(), groups, pieces]
