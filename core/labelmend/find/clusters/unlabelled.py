"""A class that was never labelled in a batch, or a batch without any label, where the model sees many; and
pictures here and there that nobody labelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from labelmend.find.clusters.batches import ALL, PICTURES, RUN
from labelmend.find.clusters.cluster import (
    CHANCE,
    FEWEST_IMAGES,
    Batch,
    Cluster,
    Scene,
    best_run,
    poisson_gain,
)
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.sorting import groups

FEWEST = 10
"""Objects without a label that a batch must have."""

NEVER = 0.02
"""Labels of the class, as a share of the objects without one, up to which it counts as never labelled."""

LABELLED = 0.5
"""Share of such objects that must carry a label elsewhere."""

FEWEST_ELSEWHERE = 10
"""Such objects with a label that must be elsewhere."""

TIMES = 3.0
"""By how much there must be more of them than the model's false alarms."""

FREE_IOU = 0.5
"""An object that overlaps another label this much may be labelled as something else."""

STEPS = np.array([0.6, 0.7, 0.8, 0.9, 0.95])
"""Scores between which it is counted how many carry a label elsewhere."""

ROUNDS = 50
"""Clusters that are made at the most."""


@dataclass(frozen=True)
class _Sure:
    """Objects that the model is sure of: row of Objects, image, class, without a label, with their own."""

    row: Ints
    image: Ints
    category: Ints
    score: Floats
    free: Bools
    labelled: Bools


@dataclass(frozen=True)
class _Counts:
    """By (batch, class): objects without a label and with one, labels, pictures and false alarms there."""

    free: Floats
    labelled: Floats
    labels: Floats
    images: Floats
    bare: Floats  # images without a label of the class
    alarms: Floats  # free objects in those


def unlabelled(scene: Scene) -> list[Cluster]:
    """Clusters of objects that nobody labelled: whole batches first, then single pictures, then classes of a
    batch."""
    sure = _sure(scene)
    label_image, label_class = _all_labels(scene)
    every = replace(sure, category=np.zeros(len(sure.row), np.int64))
    whole = _clusters(scene, every, label_image, np.zeros(len(label_image), np.int64), 1, named=False)
    whole += _here_and_there(scene, _only(every, _outside(whole, sure)), label_image)
    sure = _only(sure, _outside(whole, sure))
    return whole + _clusters(scene, sure, label_image, label_class, scene.n_categories, named=True)


def _sure(scene: Scene) -> _Sure:
    a, o = scene.found.annotations, scene.found.objects
    row = np.flatnonzero((o.score >= scene.sure) & ~o.crowd)
    taken = o.taken[row]
    free = (taken < 0) & (o.other_iou[row] < FREE_IOU)
    own = (taken >= 0) & (a.category[taken] == o.category[row]) if len(a) else taken >= 0
    return _Sure(row, scene.object_image[row], o.category[row], o.score[row], free, own)


def _only(sure: _Sure, rows: Bools) -> _Sure:
    return _Sure(**{f.name: getattr(sure, f.name)[rows] for f in fields(sure)})


def _all_labels(scene: Scene) -> tuple[Ints, Ints]:
    """Image and class of all labels, crowds and unusable boxes too: somebody looked there."""
    known = (scene.labels.image >= 0) & (scene.labels.category >= 0)
    return scene.labels.image[known].astype(np.int64), scene.labels.category[known].astype(np.int64)


def _clusters(
    scene: Scene, sure: _Sure, label_image: Ints, label_class: Ints, n: int, *, named: bool
) -> list[Cluster]:
    out: list[Cluster] = []
    while len(out) < ROUNDS and sure.free.sum() >= FEWEST:
        # A run that was chosen to fit is no better than the folder that it lies in.
        every = _candidates(scene, sure, label_image, label_class, n)
        found = max(every, key=lambda c: (c[1].way != RUN, c[0]), default=None)
        if found is None:
            break
        _, batch, category, counts, here = found
        inside = batch.images[sure.image] & (sure.category == category)
        out.append(_cluster(scene, sure, inside & sure.free, batch, category, named, counts, here))
        sure = _only(sure, ~inside)
    return out


def _outside(clusters: list[Cluster], sure: _Sure) -> Bools:
    rest = np.ones(len(sure.row), bool)
    for cluster in clusters:
        rest &= ~cluster.batch.images[sure.image]
    return rest


def _here_and_there(scene: Scene, sure: _Sure, label_image: Ints) -> list[Cluster]:
    """Pictures without any label, each of so many sure objects that nobody can have forgotten them all."""
    bare = np.bincount(label_image, minlength=scene.n_images) == 0
    free = np.bincount(sure.image[sure.free], minlength=scene.n_images)
    labelled, forgotten = sure.labelled.sum(), (sure.free & ~bare[sure.image]).sum()
    share = (labelled + 0.5) / (labelled + forgotten + 1)
    mine: Bools = bare & (free * -np.log(1 - share) >= CHANCE)
    if mine.sum() < FEWEST_IMAGES:
        return []
    of = np.where(mine, 0, 1)
    counts = _counts(sure, label_image, np.zeros(len(label_image), np.int64), of, 2, 1)
    if _gain(counts, 1, scene.n_images)[0] < CHANCE:
        return []
    batch = Batch(PICTURES, float(mine.sum()), "without labels", mine)
    return [_cluster(scene, sure, sure.free & mine[sure.image], batch, 0, False, counts, 0)]


def _candidates(
    scene: Scene, sure: _Sure, label_image: Ints, label_class: Ints, n: int
) -> Iterator[tuple[float, Batch, int, _Counts, int]]:
    """The best (value, batch, class, counts, cell) of each way of parting, and of runs of images."""
    for parting in scene.batches.partings:
        if parting.way == ALL:  # what the whole file lacks is no class of it
            continue
        counts = _counts(sure, label_image, label_class, parting.of, len(parting.names), n)
        gain = _gain(counts, n, scene.n_images) - np.log(max(int((counts.free > 0).sum()), 1))
        for cell in np.argsort(-gain, kind="stable")[:1].tolist():
            batch = Batch.of(parting, cell // n)
            if gain[cell] >= CHANCE and _spread(sure, batch, cell % n):
                yield float(gain[cell]), batch, cell % n, counts, cell
    rank = scene.batches.rank
    count = np.bincount(sure.category[sure.free], minlength=n)
    things, labels_of = groups(sure.category, n), groups(label_class, n)
    for category in np.flatnonzero(count >= FEWEST).tolist():
        own, labels = things[category], label_image[labels_of[category]]
        share = np.clip(sure.labelled[own].mean(), 0.1, 0.95)
        value = np.r_[
            np.where(sure.free[own], np.log(0.95 / (1 - share)), 0.0), np.full(len(labels), -np.log(50.0))
        ]
        run = best_run(value, rank[np.r_[sure.image[own], labels]], scene.n_images)
        batch = scene.run(*run)
        if (sure.free[own] & batch.images[sure.image[own]]).sum() < FEWEST:
            continue
        of = np.where(batch.images, 0, 1)
        counts = _counts(sure, label_image, label_class, of, 2, n)
        gain_here = float(_gain(counts, n, scene.n_images)[category] - np.log(scene.n_runs * len(count)))
        if gain_here >= CHANCE and _spread(sure, batch, category):
            yield gain_here, batch, category, counts, category


def _counts(sure: _Sure, label_image: Ints, label_class: Ints, of: Ints, n_batches: int, n: int) -> _Counts:
    cells = n_batches * n

    def count(image: Ints, category: Ints) -> Floats:
        return np.bincount(of[image] * n + category, minlength=cells).astype(np.float64)

    images = np.repeat(np.bincount(of, minlength=n_batches), n).astype(np.float64)
    with_label = np.unique(label_image * n + label_class)
    own = sure.image * n + sure.category
    alarm = sure.free & ~np.isin(own, with_label)
    return _Counts(
        free=count(sure.image[sure.free], sure.category[sure.free]),
        labelled=count(sure.image[sure.labelled], sure.category[sure.labelled]),
        labels=count(label_image, label_class),
        images=images,
        bare=images - count(with_label // n, with_label % n),
        alarms=count(sure.image[alarm], sure.category[alarm]),
    )


def _elsewhere(value: Floats, n: int) -> Floats:
    table = value.reshape(-1, n)
    return np.asarray((table.sum(axis=0)[None] - table).ravel())


def _gain(c: _Counts, n: int, n_images: int) -> Floats:
    """How much less likely than not (log) it is that a (batch, class) lacks labels by chance: neither by
    forgetting, nor because the model's false alarms are all that is there. -inf where it is not so."""
    labelled, free = _elsewhere(c.labelled, n), _elsewhere(c.free, n)
    share = (labelled + 0.5) / (labelled + free + 1)
    forgotten = c.free * -np.log(1 - share)
    bare, alarms = _elsewhere(c.bare, n), _elsewhere(c.alarms, n)
    by_bare = (alarms + 1) / (bare + 1) * c.bare
    by_all = (free + 1) / (n_images - c.images + 1) * c.images
    expected = np.minimum(by_bare, by_all)
    gain = np.minimum(forgotten, poisson_gain(c.free, expected))
    plain = (c.free >= FEWEST) & (c.labels + c.labelled <= NEVER * c.free) & (c.free >= TIMES * expected)
    known = (labelled >= FEWEST_ELSEWHERE) & (share >= LABELLED)
    return np.where(plain & known, gain, -np.inf)


def _spread(sure: _Sure, batch: Batch, category: int) -> bool:
    inside = sure.free & (sure.category == category) & batch.images[sure.image]
    return len(np.unique(sure.image[inside])) >= FEWEST_IMAGES


def _cluster(
    scene: Scene,
    sure: _Sure,
    inside: Bools,
    batch: Batch,
    category: int,
    named: bool,
    counts: _Counts,
    cell: int,
) -> Cluster:
    """The objects without a label; each is one as likely as such a score carries a label elsewhere."""
    n = scene.n_categories if named else 1
    step = np.digitize(sure.score, STEPS)
    else_where = ~batch.images[sure.image] & (sure.category == category)
    right = np.bincount(step[else_where & sure.labelled], minlength=len(STEPS) + 1)
    wrong = np.bincount(step[else_where & sure.free], minlength=len(STEPS) + 1)
    share = (right + 1) / (right + wrong + 2)
    labelled, free = _elsewhere(counts.labelled, n)[cell], _elsewhere(counts.free, n)[cell]
    at = np.flatnonzero(inside)
    return Cluster(
        "never_labelled",
        batch,
        share[step[at]],
        detections=scene.found.objects.detection[sure.row[at]],
        pair=(category if named else -1, -1),
        numbers={
            0: float(counts.labelled[cell]),
            1: float(counts.free[cell] + counts.labelled[cell]),
            2: float(labelled),
            3: float(labelled + free),
        },
    )
