"""Boxes moved, or drawn out, all alike in a batch: the middle residual against what is usual elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from labelmend.find.clusters.batches import ALL
from labelmend.find.clusters.cluster import CHANCE, FEWEST_IMAGES, Batch, Cluster, Scene, best_run, plainest
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.statistics import median, quantiles
from labelmend.geometry.boxes import finite

FEWEST = 20
"""Pairs that tell what is usual, or what moved a batch."""

LEAST, LEAST_SHARE = 2.0, 0.03
"""Pixels, and share of the usual side, that a shift must have: below, rounding and habit look the same."""

PLAIN = 1.0
"""Spreads of the residual that a shift must have: most of the labels lie on one side of where they should."""

STEADY = 1.5
"""The spread in the batch must be no more than this many times the usual one: all are moved alike."""

LEAST_SCALE = 0.02
"""By how much labels must be drawn out: habits of drawing wide or tight look like less."""

PAIRED = 0.3
"""Share of a batch's labels, or of its sure objects if those are fewer, that must be in pairs: so many hardly
meet by chance, where the two have nothing to do with each other."""

MAD = 1.4826
"""Of normal residuals, the standard deviation is this many times the median distance."""

CLIP = 3.0
"""Spreads that one pair counts for at most where a run of images is looked for."""

ROUNDS = 20
"""Clusters that are made at the most."""


@dataclass(frozen=True)
class _Residuals:
    """Pairs of one class: row of Annotations, image, label and object as centres and sides (n, 4)."""

    row: Ints
    image: Ints
    label: Floats
    thing: Floats

    @property
    def off(self) -> Floats:
        """Pixels (n, 2) by which the label's centre lies right and down of the object's."""
        return self.label[:, :2] - self.thing[:, :2]

    def only(self, rows: Bools | Ints) -> _Residuals:
        """These pairs only."""
        at = np.flatnonzero(rows) if rows.dtype == bool else rows
        of_both = self.label.take(at, axis=0), self.thing.take(at, axis=0)
        return _Residuals(self.row[at], self.image[at], *of_both)


@dataclass(frozen=True)
class _Fit:
    """label = scale x object + offset (2,), in centres; spread (2,) in pixels is left; value: how plain."""

    scale: float
    offset: Floats
    spread: Floats
    n: int
    value: float

    def back(self, box: Floats) -> Floats:
        """Where boxes (n, 4) xywh would be without it."""
        return np.concatenate([(box[:, :2] - self.offset) / self.scale, box[:, 2:] / self.scale], axis=1)


def shifts(scene: Scene) -> list[Cluster]:
    """Clusters of labels moved alike, the plainest first; a label is in one of them at most."""
    pairs = _residuals(scene)
    met = _met(scene, pairs)
    out: list[Cluster] = []
    while len(out) < ROUNDS and len(pairs.row) >= FEWEST:
        found = plainest(one for one in _candidates(scene, pairs) if met(one[1].images))
        if found is None:
            break
        _, batch, fit = found
        out.append(_cluster(scene, pairs, batch, fit))
        pairs = pairs.only(~batch.images[pairs.image])
    return out


def _met(scene: Scene, pairs: _Residuals) -> Callable[[Bools], bool]:
    """Says of images (n_images,) whether enough of their labels and sure objects are in pairs."""
    a, o, n = scene.found.annotations, scene.found.objects, scene.n_images
    label = scene.label_image[~a.crowd]
    thing = scene.object_image[(o.score >= scene.sure) & ~o.crowd]
    labels, things, both = (np.bincount(image, minlength=n) for image in (label, thing, pairs.image))

    def met(images: Bools) -> bool:
        fewer = min(labels[images].sum(), things[images].sum())
        return bool(both[images].sum() >= PAIRED * fewer)

    return met


def _residuals(scene: Scene) -> _Residuals:
    a, o = scene.found.annotations, scene.found.objects
    on = (a.seen >= 0) & ~a.edge
    row = np.flatnonzero(on)
    thing = a.seen[row]
    fair = (o.score[thing] >= scene.sure) & (o.category[thing] == a.category[row]) & ~o.edge[thing]
    row, thing = row[fair], thing[fair]
    return _Residuals(
        row, scene.label_image[row], centred(a.box.take(row, axis=0)), centred(o.box.take(thing, axis=0))
    )


def centred(box: Floats) -> Floats:
    """Boxes xywh as centre x, centre y, width, height."""
    out = box.copy()
    for axis in (0, 1):
        out[:, axis] += box[:, axis + 2] / 2
    return out


def _candidates(scene: Scene, pairs: _Residuals) -> Iterator[tuple[float, Batch, _Fit]]:
    for parting in scene.batches.partings:
        batch_of, n = parting.of[pairs.image], len(parting.names)
        count = np.bincount(batch_of, minlength=n)
        best: tuple[float, Batch, _Fit] | None = None
        order, end = np.argsort(batch_of, kind="stable"), np.cumsum(count)
        for number in np.flatnonzero(count >= FEWEST).tolist():
            rows = order[end[number] - count[number] : end[number]]
            fit = _fit(pairs, rows, tests=float(n), whole=parting.way == ALL)
            if fit is not None and (best is None or fit.value > best[0]):
                best = fit.value, Batch.of(parting, number), fit
        if best is not None:
            yield best
    yield from _in_runs(scene, pairs)


def _in_runs(scene: Scene, pairs: _Residuals) -> Iterator[tuple[float, Batch, _Fit]]:
    """The run of images whose labels lie most to one side, for each of the four sides."""
    middle, spread = _middle(pairs.off)
    z = np.clip((pairs.off - middle) / spread, -CLIP, CLIP)
    rank = scene.batches.rank[pairs.image]
    for axis in (0, 1):
        for way in (1.0, -1.0):
            batch = scene.run(*best_run(way * z[:, axis] - PLAIN / 2, rank, scene.n_images))
            inside = batch.images[pairs.image]
            if inside.sum() >= FEWEST and (~inside).sum() >= FEWEST:
                fit = _fit(pairs, np.flatnonzero(inside), tests=scene.n_runs, whole=False)
                if fit is not None:
                    yield fit.value, batch, fit


def _fit(pairs: _Residuals, rows: Ints, *, tests: float, whole: bool) -> _Fit | None:
    """What moved the labels of a batch, None when nothing plain did."""
    here = pairs.only(rows)
    scale = _scale(here)
    middle, spread = _middle(here.label[:, :2] - scale * here.thing[:, :2])
    least = np.full(2, LEAST)
    if scale == 1.0:
        least = np.maximum(LEAST, LEAST_SHARE * _medians(here.thing[:, 2:]))
        if (np.abs(middle) < np.maximum(least, PLAIN * spread)).all():
            return None
    rest = np.ones(len(pairs.row), bool)
    rest[rows] = False
    known = not whole and rest.sum() >= FEWEST
    usual, usual_spread = _middle(pairs.off[rest]) if known else (np.zeros(2), np.full(2, np.inf))
    off = _beyond(middle, usual)
    if scale != 1.0:
        ends = np.quantile(here.thing[:, :2], [0.1, 0.9], axis=0)
        off = abs(scale - 1) * (ends[1] - ends[0]) / 2
    error = _error(spread, len(rows))
    value = float((np.minimum(np.abs(off) / error, 1e3) ** 2 / 2).max() - np.log(2 * tests))
    far = np.abs(off) >= np.maximum(least, PLAIN * spread)
    steady = (spread <= STEADY * usual_spread + 1).all()
    if not far.any() or value < CHANCE or not steady or len(np.unique(here.image)) < FEWEST_IMAGES:
        return None
    offset = off if scale == 1.0 else middle
    return _Fit(scale, np.where(np.abs(offset) >= 3 * error, offset, 0.0), spread, len(rows), value)


def _beyond(middle: Floats, usual: Floats) -> Floats:
    """By how much it is off, from where the model is and from where it usually is: the lesser of both."""
    other = middle - usual
    lesser = np.where(np.abs(other) < np.abs(middle), other, middle)
    return np.where(np.sign(other) == np.sign(middle), lesser, 0.0)


def _middle(off: Floats) -> tuple[Floats, Floats]:
    """Median and robust spread (2,) of residuals (n, 2)."""
    middle = _medians(off)
    return middle, np.maximum(MAD * _medians(np.abs(off - middle)), 1e-6)


def _medians(values: Floats) -> Floats:
    """The median (2,) of each column (n, 2)."""
    return np.array([median(column) for column in values.T])


def _error(spread: Floats, n: int) -> Floats:
    """The standard error of a median."""
    return np.asarray(1.2533 * spread / np.sqrt(n))


def _scale(here: _Residuals) -> float:
    """By what the labels' coordinates are multiplied: where position in x, in y and size agree on it, else 1.

    Tukey's resistant line: the middle residuals of the outer thirds.
    """
    slope = []
    for axis in (0, 1):
        place, off = here.thing[:, axis].copy(), here.label[:, axis] - here.thing[:, axis]
        low, high = quantiles(place, np.array([1 / 3, 2 / 3]))
        left, right = np.flatnonzero(place <= low), np.flatnonzero(place >= high)
        run = median(place[right]) - median(place[left])
        rise = median(off[right]) - median(off[left])
        slope.append(rise / run if run > 0 else 0.0)
    size = float(np.exp(median(np.log(here.label[:, 2:] / here.thing[:, 2:]).ravel()))) - 1
    by = float(np.mean([*slope, size]))
    agree = max(abs(s - by) for s in (*slope, size)) <= 0.4 * abs(by)
    return 1 + by if agree and abs(by) >= LEAST_SCALE else 1.0


def _cluster(scene: Scene, pairs: _Residuals, batch: Batch, fit: _Fit) -> Cluster:
    """All labels of the batch, but for those that plainly lie where the model sees them."""
    labels = scene.labels
    inside = (labels.image >= 0) & ~labels.crowd & finite(labels.bbox)
    inside[inside] &= batch.images[labels.image[inside]]
    here = pairs.only(batch.images[pairs.image])
    moved = np.concatenate([fit.scale * here.thing[:, :2] + fit.offset, here.label[:, 2:]], axis=1)
    # Only what lies far nearer to the object than to where the others were moved.
    there = np.hypot(*(moved - here.label)[:, :2].T)
    right = np.hypot(*here.off.T) + 4 * np.hypot(*fit.spread) < there
    inside[scene.found.annotations.label[here.row[right]]] = False
    rows = np.flatnonzero(inside)
    return Cluster(
        "same_shift",
        batch,
        np.full(len(rows), (float((~right).sum()) + 1) / (len(right) + 2)),
        labels=rows,
        category=np.full(len(rows), -1, np.int64),
        box=fit.back(labels.bbox[rows]),
        numbers={
            0: float(fit.offset[0]),
            1: float(fit.offset[1]),
            2: float(np.hypot(*fit.spread) / np.sqrt(2) / MAD),
            3: float(fit.n),
            6: fit.scale,
        },
    )
