"""Labels of a batch that agree with no detection, but do when their four numbers are read otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from labelmend.find.clusters.batches import ALL, PICTURES
from labelmend.find.clusters.cluster import (
    CHANCE,
    FEWEST_IMAGES,
    Batch,
    Cluster,
    Scene,
    best_run,
    binomial_gain,
    plainest,
)
from labelmend.find.clusters.moves import AGREES, Move, agreeing, moves
from labelmend.find.clusters.readings import READINGS, TURNS, read
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.geometry.boxes import finite

FEWEST, FEWEST_OF_RUN = 15, 45
"""Sure detections of a batch; of a run more, as its ends were chosen so that it fits."""

POOR, FAIR, TIMES = 0.35, 0.5, 3.0
"""Share of sure detections that agree as the labels stand, at most; read otherwise, at least, and by how
much more."""

SOUND = 0.4
"""Share that must agree in the rest of the file, or the fault is between the files rather than in a batch."""

BY_CHANCE = 0.1
"""Share that may agree by chance with some other reading."""

STRICT, STRICT_SHARE = 2, 0.005
"""Of pictures here and there: how many objects of one must agree; what share of suspicious ones does."""

OUTSIDE, OUT_PIXELS = 0.05, 1.0
"""In the whole file, labels must testify themselves: this share of them reaches out of its picture."""

PLAIN_READINGS = ("corners", "shares", "centre", "centre_shares")
"""Tried with TURNS on all suspicious images at once; scale and shift are each batch's own."""

ROUNDS = 20
"""Clusters that are made at the most."""


@dataclass(frozen=True)
class _Doubt:
    """By image: sure objects, those that agree; the suspicious images with their labels and sure objects."""

    sure: Floats
    agree: Floats
    suspicious: Bools
    label: Ints
    thing: Ints


def conventions(scene: Scene) -> list[Cluster]:
    """Clusters of labels to be read otherwise: batches first, then pictures here and there."""
    doubt = _doubt(scene)
    if doubt.suspicious.sum() < FEWEST_IMAGES:
        return []
    size = _sizes(scene, doubt.label)
    agree = {
        reading: _agreeing(scene, doubt, read(scene.labels.bbox[doubt.label], size, reading))
        for reading in (*PLAIN_READINGS, *TURNS)
    }
    free = np.ones(scene.n_images, bool)
    out: list[Cluster] = []
    while len(out) < ROUNDS:
        best = plainest(_batches(scene, doubt, agree, free))
        if best is None:
            break
        _, batch, reading, moved, count = best
        out.append(_cluster(scene, doubt, batch, reading, moved, count))
        free &= ~batch.images
    return out + _scattered(scene, doubt, agree, free)


def _doubt(scene: Scene) -> _Doubt:
    a, o, labels = scene.found.annotations, scene.found.objects, scene.labels
    thing = np.flatnonzero((o.score >= scene.sure) & ~o.crowd)
    image, taken = scene.object_image[thing], o.taken[thing]
    own = taken >= 0
    own[own] = a.category[taken[own]] == o.category[thing[own]]
    own &= o.iou[thing] >= AGREES
    n = scene.n_images
    sure = np.bincount(image, minlength=n).astype(np.float64)
    agree = np.bincount(image[own], minlength=n).astype(np.float64)
    label = _usable(scene)
    has = np.bincount(labels.image[label], minlength=n) > 0
    suspicious = (sure > 0) & has & (agree <= POOR * sure)
    return _Doubt(sure, agree, suspicious, label[suspicious[labels.image[label]]], thing[suspicious[image]])


def _usable(scene: Scene) -> Ints:
    """Rows of the labels whose numbers can be read."""
    labels = scene.labels
    known = (labels.image >= 0) & (labels.category >= 0) & ~labels.crowd
    return np.flatnonzero(known & finite(labels.bbox))


def _sizes(scene: Scene, label: Ints) -> Floats:
    image = scene.labels.image[label]
    return np.stack([scene.sizes.width[image], scene.sizes.height[image]], axis=1)


def _agreeing(scene: Scene, doubt: _Doubt, box: Floats) -> Floats:
    """Sure objects (n_images,) on which a label of their class lies, if the labels of doubt were these."""
    thing = np.unique(agreeing(scene, doubt.label, doubt.thing, box)[1])
    out: Floats = np.bincount(scene.object_image[thing], minlength=scene.n_images).astype(np.float64)
    return out


Candidate = tuple[float, Batch, str, Move, tuple[float, float, float]]


def _batches(scene: Scene, doubt: _Doubt, agree: dict[str, Floats], free: Bools) -> Iterator[Candidate]:
    for parting in scene.batches.partings:
        n = len(parting.names)
        sure, right, images = (
            np.bincount(parting.of, value * free, n) for value in (doubt.sure, doubt.agree, doubt.sure > 0)
        )
        rest = (right.sum() - right) / np.maximum(sure.sum() - sure, 1)
        poor = (sure >= FEWEST) & (images >= FEWEST_IMAGES) & (right <= POOR * sure)
        poor &= (rest >= SOUND) if parting.way != ALL else True
        for number in np.flatnonzero(poor).tolist():
            batch = Batch.of(parting, number)
            batch = replace(batch, images=batch.images & free)
            best = _best_reading(scene, doubt, agree, batch, float(sure[number]), float(right[number]))
            if best is not None:
                yield best
    lone = np.where(doubt.suspicious, doubt.sure, -doubt.agree / POOR) * free
    run = scene.run(*best_run(lone, scene.batches.rank, scene.n_images))
    inside = run.images & free & (doubt.sure > 0)
    of_run, right_there = float(doubt.sure[inside].sum()), float(doubt.agree[inside].sum())
    plain = inside.sum() >= FEWEST_IMAGES and of_run >= FEWEST_OF_RUN and right_there <= POOR * of_run
    if plain and _sound(doubt, free & ~run.images):
        best = _best_reading(scene, doubt, agree, run, of_run, right_there)
        if best is not None and best[0] - np.log(scene.n_runs) >= CHANCE:
            yield best


def _sound(doubt: _Doubt, images: Bools) -> bool:
    """Whether the labels of these images (n_images,) agree as they stand: then the fault is of the others.

    Where none do, labels and detections are written differently, and nothing tells which are at fault.
    """
    sure = doubt.sure[images].sum()
    return bool(sure >= FEWEST and doubt.agree[images].sum() >= SOUND * sure)


def _best_reading(
    scene: Scene, doubt: _Doubt, agree: dict[str, Floats], batch: Batch, sure: float, right: float
) -> Candidate | None:
    inside = batch.images & doubt.suspicious
    found = {reading: float(value[inside].sum()) for reading, value in agree.items()}
    told = dict.fromkeys(found, Move())
    if max(found.values()) < FAIR * sure and batch.way != ALL:
        for reading, move in moves(scene, doubt.label, doubt.thing, inside):
            box = move.back(scene.labels.bbox[doubt.label])
            found[reading] = float(_agreeing(scene, doubt, box)[inside].sum())
            told[reading] = move
    reading = max(found, key=lambda name: found[name])
    count = found[reading]
    if count < FAIR * sure or count < TIMES * right:
        return None
    if batch.way == ALL and not _testified(scene, doubt, reading):
        return None
    value = float(binomial_gain(np.array([count]), np.array([sure]), np.array([BY_CHANCE]))[0])
    return value, batch, reading, told[reading], (count, sure, right)


def _testified(scene: Scene, doubt: _Doubt, reading: str) -> bool:
    """Whether the labels themselves show that they are at fault, and not the detections: they reach out of
    their pictures, or are none of a pixel's size."""
    box = scene.labels.bbox[doubt.label]
    if reading in ("shares", "centre_shares"):
        return bool((box.max(axis=1) <= 1.5).mean() > 0.95)
    high = box[:, :2] + box[:, 2:]
    out = (high > _sizes(scene, doubt.label) + OUT_PIXELS).any(axis=1)
    return bool(out.mean() >= OUTSIDE)


def _scattered(scene: Scene, doubt: _Doubt, agree: dict[str, Floats], free: Bools) -> list[Cluster]:
    """Pictures here and there whose labels fit when they are read otherwise: turned by a camera, say."""
    names = list(agree)
    table = np.stack([agree[name] for name in names])
    best = table.argmax(axis=0)
    count = table[best, np.arange(scene.n_images)]
    fits = free & doubt.suspicious & (count >= np.maximum(TIMES * doubt.agree, 1))
    fits &= count >= FAIR * doubt.sure
    if not _sound(doubt, free & ~fits):
        return []
    strict = fits & (count >= STRICT)
    least = FEWEST_IMAGES + STRICT_SHARE * doubt.suspicious.sum()
    out = []
    for number, reading in enumerate(names):
        mine = fits & (best == number)
        plain = strict & (best == number)
        if plain.sum() < least or count[plain].sum() < FEWEST:
            continue
        batch = Batch(PICTURES, float(mine.sum()), reading, mine)
        numbers = (float(count[mine].sum()), float(doubt.sure[mine].sum()), float(doubt.agree[mine].sum()))
        out.append(_cluster(scene, doubt, batch, reading, Move(), numbers))
    return out


def _cluster(
    scene: Scene, doubt: _Doubt, batch: Batch, reading: str, move: Move, count: tuple[float, float, float]
) -> Cluster:
    labels = scene.labels
    # Pictures of the batch that are right as they are stay so.
    right = (doubt.agree > 0) & ~doubt.suspicious
    rows = _usable(scene)
    rows = rows[(batch.images & ~right)[labels.image[rows]]]
    size = _sizes(scene, rows)
    box = (
        move.back(labels.bbox[rows])
        if reading in ("scaled", "moved")
        else read(labels.bbox[rows], size, reading)
    )
    with np.errstate(invalid="ignore"):
        middle = box[:, :2] + box[:, 2:] / 2
        lost = (
            np.asarray(~(box[:, 2:] > 0).all(axis=1)) | (middle < 0).any(axis=1) | (middle > size).any(axis=1)
        )
    box[lost] = np.nan
    hit, sure, before = count
    numbers = {0: hit, 1: sure, 2: before, 6: float(READINGS.index(reading))}
    if reading == "moved":
        numbers = {0: move.offset[0], 1: move.offset[1], 2: move.spread, 3: hit, 6: 1.0}
    code = "turned" if reading in TURNS else "same_shift" if reading == "moved" else "other_convention"
    return Cluster(
        code,
        batch,
        np.full(len(rows), (hit + 1) / (hit + before + 2)),
        labels=rows,
        category=np.full(len(rows), -1, np.int64),
        box=box,
        numbers=numbers,
    )
