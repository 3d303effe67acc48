"""Several detection files at once: brings their models' scores to one scale, learned from the labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from labelmend.find.blocks import Block
from labelmend.find.evidence.columns import Objects
from labelmend.find.evidence.matching import one_to_one
from labelmend.find.evidence.pairs import crossing
from labelmend.find.inputs import Bools, Floats, Ints, Predicted
from labelmend.find.isotonic import rising
from labelmend.find.issues import CLASS, GROUP, LOCATION, MISSING, Issues
from labelmend.find.statistics import Tick
from labelmend.geometry.boxes import area

ON_LABEL = 0.5
"""IoU with a label of its class from which a detection counts as labelled."""

STEPS = 60
"""Steps of score in which the share of labelled detections is counted, each with as many detections."""

FEWEST = 50
"""With fewer detections a file's scores stay as they are: there is nothing to learn them by."""


@dataclass(frozen=True)
class Curve:
    """How often a model's detections are labelled at a score: both rise; share (k,) at score (k,)."""

    score: Floats
    share: Floats
    gain: float  # how well the score tells labelled from unlabelled: mean log likelihood above chance


def of_model(predicted: Predicted, number: int) -> Predicted:
    """One model's detections, without masks."""
    if predicted.source is None:
        return replace(predicted, masks=None)
    on = np.flatnonzero(predicted.source == number)
    return Predicted(predicted.image[on], predicted.category[on], predicted.bbox[on], predicted.score[on])


def labelled(block: Block) -> tuple[Ints, Bools]:
    """Detections (n,) of a block (rows of the input), and whether each is the best of its model on a label.

    One detection of a model and class a label; surer ones first, as evaluations of detectors do.
    """
    pairs = crossing(block.label_image, block.label_box, block.detection_image, block.detection_box)
    iou = pairs.iou(area(block.label_box), area(block.detection_box))
    same = block.label_category[pairs.first] == block.detection_category[pairs.second]
    pairs, iou = pairs.take(on := np.flatnonzero(same & (iou >= ON_LABEL))), iou[on]
    source = block.detection_source[pairs.second].astype(np.int64)
    value = block.detection_score[pairs.second] + 1e-3 * iou  # of equal scores the nearer one
    of_model = source * len(block.label) + pairs.first  # every model may take every label once
    taken = one_to_one(of_model, pairs.second, value)
    out = np.zeros(len(block.detection), bool)
    out[pairs.second[taken]] = True
    return block.detection, out


def on_common_scale(predicted: Predicted, parts: Iterable[tuple[Ints, Bools]], *, tick: Tick) -> Predicted:
    """The detections with every model's scores read as those of the model whose scores tell most.

    A score of another model becomes the score at which that one's detections are labelled as often. parts
    are what `labelled` says of every block. Nothing changes with one model.
    """
    on_label, known = np.zeros(len(predicted), bool), np.zeros(len(predicted), bool)
    for rows, taken in parts:
        on_label[rows], known[rows] = taken, True
    source = predicted.source if predicted.source is not None else np.zeros(len(predicted), np.uint8)
    rows_of = [np.flatnonzero(known & (source == k)) for k in range(predicted.n_sources)]
    if min(map(len, rows_of)) < FEWEST:
        return predicted
    curves = []
    for rows in rows_of:
        curves.append(curve(predicted.score[rows], on_label[rows]))
        tick()
    reference = curves[int(np.argmax([round(c.gain, 9) for c in curves]))]
    score = predicted.score.copy()
    for of, rows in zip(curves, rows_of, strict=True):
        if of is not reference:
            score[rows] = translate(score[rows], of, reference)
            tick()
    return replace(predicted, score=score)


def curve(score: Floats, on_label: Bools) -> Curve:
    """The share of detections on a label (n,) by their score (n,), rising throughout, from 0 at 0 to 1 at 1.

    Detections of one score are labelled by as much as they are on the mean: which of them comes first in the
    file says nothing, wherever a step ends.
    """
    order = np.argsort(score, kind="stable")
    _, group, count = np.unique(score[order], return_inverse=True, return_counts=True)
    mean = (np.bincount(group, on_label[order], len(count)) / count)[group]
    ends = np.unique(np.linspace(0, len(order), min(STEPS, len(order) // 10) + 1).astype(np.int64))
    n = np.diff(ends).astype(np.float64)
    middle = np.add.reduceat(score[order], ends[:-1]) / n
    hits = np.add.reduceat(mean, ends[:-1])
    share = rising((hits + 0.5) / (n + 1), n)
    p, base = np.repeat(share, n.astype(np.int64)), float(np.clip(on_label.mean(), 1e-6, 1 - 1e-6))
    gain = float(np.mean(mean * np.log(p / base) + (1 - mean) * np.log((1 - p) / (1 - base))))
    # Level parts would map many scores to one: a slight slope keeps the order within them.
    middle = np.clip(middle, 1e-6, 1 - 1e-6)
    return Curve(np.r_[0.0, middle, 1.0], np.r_[0.0, 0.99 * share + 0.01 * middle, 1.0], gain)


def translate(score: Floats, of: Curve, to: Curve) -> Floats:
    """Scores (n,) of one model as those of another: where both are labelled as often."""
    share = np.interp(np.clip(score, 0, 1), of.score, of.share)
    out: Floats = np.interp(share, to.share, to.score)
    return out


def object_rows(found: Issues, objects: Objects) -> Ints:
    """The object (n,) that each issue's detection leads, -1 without one."""
    order = np.argsort(objects.detection, kind="stable")
    heads = objects.detection[order]
    if not len(heads):
        return np.full(len(found), -1, np.int64)
    at = np.minimum(np.searchsorted(heads, found.detection), len(heads) - 1)
    return np.where(heads[at] == found.detection, order[at], -1)


def as_seen(found: Issues, objects: Objects, predicted: Predicted, row: Ints) -> Issues:
    """The issues with the number of models that see their object (row (n,), -1 without one).

    Scores that are told are the models' own again, not those of the common scale.
    """
    models = objects.by_source.shape[1]
    if models < 2:
        return found
    on = row >= 0
    seen_by = np.zeros(len(found), np.uint8)
    seen_by[on] = (objects.by_source[row[on]] > 0).sum(axis=1)
    told, own = found.evidence.copy(), np.zeros(len(found))
    own[on] = predicted.score[found.detection[on]]
    of_object = on & np.isin(found.kind, (MISSING, CLASS))
    told[of_object, 0] = own[of_object]
    by_sides = on & (found.kind == LOCATION) & (told[:, 0] < GROUP)
    told[by_sides, 6] = own[by_sides]
    out = np.where(on, models, 0).astype(np.uint8)
    return replace(found, evidence=told, seen_by=seen_by, models=out)
