"""Turns what each kind learned into issues: where to look, the numbers, the suggested fix."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.evidence.columns import Annotations, Evidence
from labelmend.find.evidence.pairs import all_in
from labelmend.find.evidence.parts import Groups
from labelmend.find.evidence.pieces import Fragments
from labelmend.find.inputs import Bools, Floats, Ints, Labels, Predicted, Rows
from labelmend.find.issues import (
    CLASS,
    CREATE,
    DELETE,
    DUPLICATE,
    FRAGMENT,
    GROUP,
    LOCATION,
    MISSING,
    NO_KEY,
    SET_BBOX,
    SET_CATEGORY,
    SPURIOUS,
    Issues,
    evidence,
    issues,
    of_labels,
)
from labelmend.find.kinds.classes import Classes
from labelmend.find.kinds.duplicates import Duplicates
from labelmend.find.kinds.groups import Crowded
from labelmend.find.kinds.location import Matched
from labelmend.find.kinds.missing import Missing
from labelmend.find.statistics import Tick
from labelmend.geometry.boxes import finite, residuals

AT_ONCE = 50_000
"""Objects whose nearest annotation is looked for at a time."""

OFF = 3.0
"""Spreads from which a side counts as off; the worst side always does."""


def missing_issues(
    found: Evidence,
    learned: Missing,
    crowded: Crowded,
    labels: Labels,
    predicted: Predicted,
    floors: tuple[float, float],
    tick: Tick,
) -> Issues:
    """Unlabelled objects; one that shares a label with others names that label, whose issue it is part of.

    floors are the least scores of the list, of an object as such and of a part of a label's issue.
    """
    o = found.objects
    score = np.maximum(learned.probability, crowded.probability)
    listed = (score >= floors[0]) | ((crowded.annotation >= 0) & (crowded.probability >= floors[1]))
    at = np.flatnonzero((o.taken < 0) & listed)
    image = predicted.image[o.detection[at]]
    tick()
    keys = np.append(labels.key[found.annotations.label], NO_KEY)  # -1 finds the last
    shares = crowded.annotation[at] >= 0
    a, touched = found.annotations, o.other_cover[at] > 0
    gap = _gap(o.box[at], image, touched, a.box, labels.image[a.label], tick)
    regions = _regions(labels)
    to_region = _gap(o.box[at], image, np.zeros(len(at), bool), *regions, tick)
    return issues(
        MISSING,
        score[at],
        image=image,
        detection=o.detection[at],
        other=np.where(shares, keys[crowded.annotation[at]], NO_KEY),
        category=o.category[at],
        bbox=o.box.take(at, axis=0),
        fix=CREATE,
        fix_category=o.category[at],
        fix_bbox=o.box.take(at, axis=0),
        evidence=evidence(
            len(at),
            e0=o.score[at],
            e1=np.maximum(o.other_iou, o.iou)[at],
            e2=learned.labelled[at],
            e3=gap,
            e4=shares & (crowded.probability[at] > learned.probability[at]),
            e5=to_region <= np.nan_to_num(gap, nan=np.inf),
        ),
    )


def _regions(labels: Labels) -> tuple[Floats, Rows]:
    """The boxes (n, 4) of all crowd regions and their images (n,), by image."""
    rows = np.flatnonzero(labels.crowd & (labels.image >= 0) & finite(labels.bbox))
    rows = rows[np.argsort(labels.image[rows], kind="stable")]
    return labels.bbox.take(rows, axis=0), labels.image[rows]


def _gap(box: Floats, image: Rows, touched: Bools, near: Floats, of: Rows, tick: Tick) -> Floats:
    """Pixels from each box to the nearest of some others of its image, 0 if touched, nan without any.

    near (m, 4) are the others, of (m,) their images, in rising order.
    """
    out = np.where(touched, 0.0, np.inf)
    untouched = np.flatnonzero(~touched)
    for begin in range(0, len(untouched), AT_ONCE):
        tick()
        alone = untouched[begin : begin + AT_ONCE]
        first, last = (np.searchsorted(of, image[alone], side=side) for side in ("left", "right"))
        place, at = all_in(first, last)
        row = alone[place]
        b, c = box.take(row, axis=0), near.take(at, axis=0)
        beside = np.maximum(b[:, :2] - (c[:, :2] + c[:, 2:]), c[:, :2] - (b[:, :2] + b[:, 2:]))
        np.minimum.at(out, row, np.hypot(*np.maximum(beside, 0).T))
    return np.where(np.isinf(out), np.nan, out)


def spurious_issues(
    found: Evidence, bad: Floats, nothing_there: Floats, unseen: Floats, labels: Labels, floor: float
) -> Issues:
    """Labels over nothing; bad (n,) is how likely they are wrong at all."""
    a = found.annotations
    at = np.flatnonzero(bad >= floor)
    near, score = a.near[at], a.near_score[at]
    looks = np.full(len(at), np.nan) if labels.nothing is None else labels.nothing[a.label[at]]
    return issues(
        SPURIOUS,
        bad[at],
        **_of(a, at, labels),
        fix=DELETE,
        evidence=evidence(len(at), e0=1 - unseen[at], e1=near, e2=score, e3=nothing_there[at], e4=looks),
    )


def class_issues(found: Evidence, learned: Classes, labels: Labels, floor: float) -> Issues:
    """Labels of another class than the model's."""
    a, o = found.annotations, found.objects
    at = np.flatnonzero(learned.probability >= floor)
    seen = a.seen[at]
    return issues(
        CLASS,
        learned.probability[at],
        **_of(a, at, labels),
        detection=o.detection[seen],
        fix=SET_CATEGORY,
        fix_category=o.category[seen],
        evidence=evidence(
            len(at), e0=o.score[seen], e1=a.iou[at], e2=a.own_score[at], e3=learned.confusion[at]
        ),
    )


def duplicate_issues(found: Evidence, d: Duplicates, labels: Labels, floor: float) -> Issues:
    """Second labels on one object."""
    a = found.annotations
    on = np.flatnonzero(d.probability >= floor)
    at, other = d.suspect[on], d.repeats[on]
    return issues(
        DUPLICATE,
        d.probability[on],
        **_of(a, at, labels),
        other=labels.key[a.label[other]],
        fix=DELETE,
        evidence=evidence(
            len(on),
            e0=d.iou[on],
            e1=a.category[at] == a.category[other],
            e2=d.support[on],
            e3=d.other_support[on],
            e4=labels.category[a.label[other]],
        ),
    )


def location_issues(
    found: Evidence,
    pairs: Matched,
    probability: Floats,
    usual: tuple[Floats, Floats],
    labels: Labels,
    floor: float,
    tick: Tick,
) -> Issues:
    """Boxes in the wrong place, with the sides that are off: the fix moves those, the others stay."""
    a, o = found.annotations, found.objects
    centre, spread = usual
    at = np.flatnonzero(probability >= floor)
    row, label, other = pairs.row[at], pairs.label[at], pairs.object[at]
    tick()
    z = np.abs(residuals(label, other) - centre[at]) / spread[at]
    worst = z.argmax(axis=1) if len(z) else np.zeros(0, np.int64)
    off = z > OFF
    off[np.arange(len(at)), worst] = True
    tick()
    outside, fixed = _with_sides_of(label, other, off)
    side = np.sqrt(np.maximum(label[:, 2:] * other[:, 2:], 1e-12))
    n = np.arange(len(at))
    tick()
    of_label = _of(a, row, labels)
    tick()
    return issues(
        LOCATION,
        probability[at],
        **of_label,
        detection=o.detection[a.seen[row]],
        fix=SET_BBOX,
        fix_bbox=fixed,
        evidence=evidence(
            len(at),
            e0=off @ np.array([1, 2, 4, 8]),
            **{f"e{1 + k}": outside[:, k] for k in range(4)},
            e5=pairs.iou[at],
            e6=pairs.score[at],
            e7=spread[at][n, worst] * side[n, worst % 2] / label[n, 2 + worst % 2],
        ),
    )


def _with_sides_of(label: Floats, other: Floats, off: Bools) -> tuple[Floats, Floats]:
    """Pixels (n, 4) by which a label's sides lie outside another box's, and its box with those that are off
    (n, 4) moved there."""
    low, high = label[:, :2], label[:, :2] + label[:, 2:]
    to_low, to_high = other[:, :2], other[:, :2] + other[:, 2:]
    outside = np.concatenate([to_low - low, high - to_high], axis=1)
    new_low = np.where(off[:, :2], to_low, low)
    new_high = np.where(off[:, 2:], to_high, high)
    return outside, np.concatenate([new_low, new_high - new_low], axis=1)


def group_issues(
    found: Evidence, groups: Groups, probability: Floats, labels: Labels, floor: float
) -> Issues:
    """One label over several objects; the fix shrinks it to one, and its parts get labels of their own."""
    a, o = found.annotations, found.objects
    on = np.flatnonzero(probability >= floor)
    row = groups.annotation[on]
    return issues(
        LOCATION,
        probability[on],
        **_of(a, row, labels),
        detection=o.detection[groups.keeps[on]],
        fix=SET_BBOX,
        fix_bbox=o.box[groups.keeps[on]],
        evidence=evidence(
            len(on),
            e0=GROUP,
            e1=groups.sure_first[on],
            e2=groups.sure_second[on],
            e3=groups.share_first[on],
            e4=groups.share_second[on],
        ),
    )


def fragment_issues(
    found: Evidence, pieces: Fragments, probability: Floats, labels: Labels, floor: float
) -> Issues:
    """One object labelled in pieces; the fix grows the largest to the detection, the others go."""
    a, o = found.annotations, found.objects
    on = np.flatnonzero(probability >= floor)
    keys = np.append(labels.key[a.label], NO_KEY)  # -1 finds the last
    row, seen = pieces.first[on], pieces.object[on]
    rest = [
        np.where(there >= 0, keys[there].astype(np.float64), np.nan)
        for there in (pieces.third[on], pieces.fourth[on])
    ]
    return issues(
        LOCATION,
        probability[on],
        **_of(a, row, labels),
        other=keys[pieces.second[on]],
        detection=o.detection[seen],
        fix=SET_BBOX,
        fix_bbox=o.box[seen],
        evidence=evidence(
            len(on),
            e0=FRAGMENT,
            e1=pieces.sure[on],
            e2=np.minimum(pieces.filled[on], 1.0),
            e3=2.0 + np.isfinite(rest).sum(axis=0),
            e4=rest[0],
            e5=rest[1],
        ),
    )


def _of(a: Annotations, at: Ints, labels: Labels) -> dict[str, NDArray[Any]]:
    return of_labels(labels, a.label[at])
