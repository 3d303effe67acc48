"""How far, and how much larger, the labels of a batch lie than the objects, where none lies on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labelmend.find.clusters.cluster import Scene
from labelmend.find.evidence.pairs import all_in, crossing
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.geometry.boxes import area, with_area

AGREES = 0.5
"""IoU from which a label and a detection of one class are of one object."""

SCALES = 2.0 ** (np.arange(-12, 13) / 16)
"""Sure objects are larger than others, so that sides alone tell the scale to a factor of two only."""

ASKED = 2000
"""Labels that scales are tried on; more change nothing but the time."""

MOST_PAIRS = 200_000
"""Pairs that vote on where labels were moved to; likewise."""

LIKE = 0.3
"""By how much the logarithms of two boxes' sides may differ when they are of one object."""

FEWEST = 15
"""Pairs of like boxes that must be there to vote."""

ASIDE = 0.75
"""Of the usual side: labels that lie less aside still touch their objects, and `shifts` sees them better."""


@dataclass(frozen=True)
class Move:
    """Labels are scale x what they should be, then moved by offset pixels; spread: half lie so near."""

    scale: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    spread: float = 0.0

    def back(self, box: Floats) -> Floats:
        """What boxes (n, 4) xywh should be."""
        return np.concatenate([box[:, :2] - self.offset, box[:, 2:]], axis=1) / self.scale


def agreeing(scene: Scene, label: Ints, thing: Ints, box: Floats) -> tuple[Ints, Ints]:
    """Pairs of places in label and rows of objects that agree, if the labels' boxes were box (n, 4)."""
    fair = np.flatnonzero(with_area(box))
    if not len(fair) or not len(thing):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    o, labels, row = scene.found.objects, scene.labels, label[fair]
    pairs = crossing(labels.image[row].astype(np.int64), box[fair], scene.object_image[thing], o.box[thing])
    same = labels.category[row][pairs.first] == o.category[thing][pairs.second]
    on = same & (pairs.iou(area(box[fair]), area(o.box[thing])) >= AGREES)
    return fair[pairs.first[on]], thing[pairs.second[on]]


def moves(scene: Scene, label: Ints, thing: Ints, inside: Bools) -> Iterator[tuple[str, Move]]:
    """A scale and a shift that might explain the images (n_images,) that are inside: each to be tried."""
    label = label[inside[scene.labels.image[label]]]
    label = label[(scene.labels.bbox[label, 2:] > 0).all(axis=1)]
    thing = thing[inside[scene.object_image[thing]]]
    if not len(label) or not len(thing):
        return
    scale = _scale(scene, label, thing)
    if scale is not None:
        yield "scaled", Move(scale=scale)
    offset = _offset(scene, label, thing)
    if offset is not None:
        yield "moved", offset


def _scale(scene: Scene, label: Ints, thing: Ints) -> float | None:
    """The scale at which most labels agree, made exact by those that do."""
    box, o = scene.labels.bbox, scene.found.objects.box
    rough = np.median(np.sqrt(area(box[label]))) / np.median(np.sqrt(area(o[thing])))
    some = label[:: max(len(label) // ASKED, 1)]
    count = [len(agreeing(scene, some, thing, box[some] / (rough * scale))[0]) for scale in SCALES]
    best = float(rough * SCALES[int(np.argmax(count))])
    place, row = agreeing(scene, some, thing, box[some] / best)
    if not len(place):
        return None
    here, there = box[some[place]], o[row]
    far = (here[:, :2] + here[:, 2:]).sum(axis=1) / (there[:, :2] + there[:, 2:]).sum(axis=1)
    return float(np.median(far))


def _offset(scene: Scene, label: Ints, thing: Ints) -> Move | None:
    """The displacement on which most pairs of like boxes of an image agree: a vote in cells."""
    labels, o = scene.labels, scene.found.objects
    key = labels.image[label].astype(np.int64) * scene.n_categories + labels.category[label]
    other = scene.object_image[thing] * scene.n_categories + o.category[thing]
    order = np.argsort(other, kind="stable")
    first, last = np.searchsorted(other[order], key, "left"), np.searchsorted(other[order], key, "right")
    whole = int(np.searchsorted(np.cumsum(last - first), MOST_PAIRS, side="right"))
    row, place = all_in(first[: max(whole, 1)], last[: max(whole, 1)])
    a, b = labels.bbox[label[row]], o.box[thing[order[place]]]
    like = (np.abs(np.log(a[:, 2:] / b[:, 2:])) <= LIKE).all(axis=1)
    if like.sum() < FEWEST:
        return None
    off = (a[:, :2] + a[:, 2:] / 2 - b[:, :2] - b[:, 2:] / 2)[like]
    cell = 0.25 * float(np.median(b[like, 2:]))
    _, of, votes = np.unique(np.round(off / cell), axis=0, return_inverse=True, return_counts=True)
    top = np.median(off[of.ravel() == int(votes.argmax())], axis=0)
    near = off[np.hypot(*(off - top).T) <= 1.5 * cell]
    middle = np.median(near, axis=0)
    if np.hypot(*middle) < ASIDE * 4 * cell:
        return None
    spread = float(np.median(np.hypot(*(near - middle).T)))
    return Move(offset=(float(middle[0]), float(middle[1])), spread=spread)
