"""How much a place in a picture looks like what is labelled there: learned from the labels themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelmend.find.evidence.pairs import crossing, pair_iou
from labelmend.find.inputs import Floats, Ints, Labels, Predicted
from labelmend.find.isotonic import falling
from labelmend.find.lots import lot, sample, spread_numbers
from labelmend.find.pictures.views import WIDTH, Views, views
from labelmend.find.statistics import Tick, fit_logistic
from labelmend.geometry.boxes import with_area

FEWEST = 300
"""With fewer labels, or places beside them, nothing is learned of how they look."""

ROWS = 12_000
"""Labels that are learned from; more change nothing but the time."""

CLEAR, BESIDE = 0.15, 0.45
"""A place on nothing overlaps labels and detections by less than that; one beside them by less than this."""

AT_ONCE = 20_000
"""Places judged at a time."""

PARTS = 2
"""Each part of the pictures is judged by what the others teach."""

RIDGE = 5.0
"""Of the weights: there are nearly two hundred, and labels may be few."""

MOST = 30.0
"""Times likelier, or less likely, that looks make it at most that nothing is there."""


@dataclass(frozen=True)
class Likeness:
    """What looks say of every label (n,) and every detection (m,).

    nothing: how many times likelier a place without anything looks like this label than a label does; 1 where
    it could not be seen. odds: log odds that it is a label; those in the middle where it could not.
    """

    nothing: Floats
    odds: Floats


@dataclass(frozen=True)
class Places:
    """Boxes (n, 4), xywh, to look at on one picture; examples: labels that teach; numbers (k, 10): by which
    places beside those are chosen; taken: all that these must keep away from."""

    labels: Floats
    detections: Floats
    examples: Floats
    numbers: Floats
    taken: Floats

    def look(self, grey: NDArray[np.uint8], width: float, height: float) -> tuple[Views, Views, Views]:
        """Labels, detections, places beside them; the picture grey (h, w) is width x height label pixels."""
        box = np.concatenate([self.labels, self.detections, self._beside(width, height)])
        seen = views(grey, box * np.tile([grey.shape[1] / width, grey.shape[0] / height], 2))
        n, m = len(self.labels), len(self.labels) + len(self.detections)
        return seen[:n], seen[n:m], seen[m:]

    def _beside(self, width: float, height: float) -> Floats:
        """For each example at most one box like it on nothing, and one about as large partly on something."""
        size, u = self.examples[:, 2:], self.numbers
        room = np.maximum([width, height] - size, 0.0)
        chosen = [np.zeros((0, 4))]
        for first, second, low, high in ((0, 2, 0.0, CLEAR), (4, 7, CLEAR, BESIDE)):
            free = np.ones(len(size), bool)
            for k in (first, second):
                corner, shape = u[:, k : k + 2] * room, size
                if low:
                    corner = self.examples[:, :2] + (u[:, k : k + 2] - 0.5) * 1.4 * size
                    shape = size * np.exp(0.8 * (u[:, k + 2, None] - 0.5))
                box = np.concatenate([corner, shape], axis=1)
                overlap = _most_overlap(box, self.taken)
                fits = free & (overlap >= low) & (overlap < high)
                chosen.append(box[fits])
                free &= ~fits
        return np.concatenate(chosen)


def _most_overlap(box: Floats, others: Floats) -> Floats:
    """The largest IoU (n,) of each box with any of the others."""
    pairs = crossing(np.zeros(len(box), np.int64), box, np.zeros(len(others), np.int64), others)
    out = np.zeros(len(box))
    np.maximum.at(out, pairs.first, pair_iou(pairs, box, others))
    return out


class Gathering:
    """Says what is to be seen on each picture, keeps what was seen, and learns from it in the end."""

    def __init__(self, labels: Labels, predicted: Predicted) -> None:
        self._box, self._image = (labels.bbox, predicted.bbox), (labels.image, predicted.image)
        fair = [with_area(box) & (image >= 0) for box, image in zip(self._box, self._image, strict=True)]
        own = np.flatnonzero(fair[0] & ~labels.crowd)
        self._every = _ByImage.of(labels.image, np.flatnonzero(fair[0]))
        self._rows = (_ByImage.of(labels.image, own), _ByImage.of(predicted.image, np.flatnonzero(fair[1])))
        some = sample(own, labels.bbox, ROWS)
        self._number = np.full((len(labels), 10), np.nan, np.float32)  # nan: it teaches nothing
        sums = _sums(labels, own, int(max(image.max(initial=0) for image in self._image)) + 1)
        self._number[some] = spread_numbers(
            labels.bbox[some], tie=sums[labels.image[some]].astype(np.float64)
        )
        self._part = (sums >> 3) % PARTS
        self._seen = tuple(np.zeros((len(box), WIDTH), np.uint8) for box in self._box)
        self._is_seen = tuple(np.zeros(len(box), bool) for box in self._box)
        self._beside: list[tuple[int, Views]] = []

    @property
    def images(self) -> Ints:
        """Images on which there is anything to be seen."""
        return np.unique(np.concatenate([rows.image for rows in self._rows]))

    def places(self, image: int) -> Places:
        """What is to be looked at on a picture."""
        (own, detections), (box, found) = (rows.on(image) for rows in self._rows), self._box
        some = own[np.isfinite(self._number[own, 0])]
        taken = np.concatenate([box[self._every.on(image)], found[detections]])
        return Places(box[own], found[detections], box[some], self._number[some].astype(np.float64), taken)

    def keep(self, image: int, seen: tuple[Views, Views, Views]) -> None:
        """Remember what was seen of a picture."""
        for k in (0, 1):
            rows = self._rows[k].on(image)
            self._seen[k][rows], self._is_seen[k][rows] = seen[k], True
        self._beside.append((image, seen[2]))

    def learn(self, tick: Tick) -> Likeness | None:
        """What the looks say; None of too few labels. A label that had a say in what labels look like would
        look like one: each is judged by other pictures."""
        teaches = np.flatnonzero(np.isfinite(self._number[:, 0]) & self._is_seen[0])
        beside = np.concatenate([np.zeros((0, WIDTH), np.uint8), *(seen for _, seen in self._beside)])
        if min(len(teaches), len(beside)) < FEWEST:
            return None
        label, detection = (self._part[image] for image in self._image)
        part = np.repeat([self._part[image] for image, _ in self._beside], [len(s) for _, s in self._beside])
        judge = _Judge(self._seen[0][teaches], label[teaches], beside, part, tick)
        of_labels, odds = judge.odds(self._seen[0], label), judge.odds(self._seen[1], detection)
        nothing = _times(of_labels, of_labels[teaches], judge.odds(beside, part))
        seen = self._is_seen[1]
        odds[~seen] = np.median(odds[seen]) if seen.any() else 0.0
        return Likeness(np.where(self._is_seen[0], nothing, 1.0), odds)


class _Judge:
    """Tells labels from places beside them by how they look, each part of the pictures by the others."""

    def __init__(self, label: Views, of_label: Ints, beside: Views, of_beside: Ints, tick: Tick) -> None:
        self._tick = tick
        every, part = np.concatenate([label, beside]), np.concatenate([of_label, of_beside])
        order = np.argsort(every.view(f"S{WIDTH}").ravel())  # sums are the same in any order of the files
        every, part, is_label = every[order], part[order], order < len(label)
        self._middle, self._spread = every.mean(axis=0), every.std(axis=0) + 1.0
        weights = []
        for one in range(PARTS):
            tick()
            on = part != one
            x, none = self._design(every[on]), np.zeros(int(on.sum()), np.int64)
            fit = fit_logistic(x, none, is_label[on], n_categories=1, tick=tick, ridge=RIDGE)
            weights.append(fit.knots)
        self._weights = np.stack(weights, axis=1)

    def _design(self, seen: Views) -> Floats:
        z = np.clip((seen - self._middle) / self._spread, -4, 4)
        return np.concatenate([np.ones((len(z), 1)), z], axis=1)

    def odds(self, seen: Views, part: Ints) -> Floats:
        """Log odds (n,) that these are labels."""
        out = np.zeros(len(seen))
        for first in range(0, len(seen), AT_ONCE):
            self._tick()
            rows = slice(first, first + AT_ONCE)
            odds = self._design(seen[rows]) @ self._weights
            out[rows] = np.take_along_axis(odds, part[rows, None], axis=1)[:, 0]
        return out


def _times(odds: Floats, label: Floats, beside: Floats) -> Floats:
    """How many times more frequent odds (n,) are beside labels than among them; less the higher they are."""
    every = np.concatenate([label, beside])
    order = np.argsort(every, kind="stable")
    is_beside = (np.arange(len(every)) >= len(label))[order].astype(np.float64)
    share = np.interp(odds, every[order], falling(is_beside, np.ones(len(every))))
    times = share / np.maximum(1 - share, 1e-9) * len(label) / len(beside)
    out: Floats = np.clip(times, 1 / MOST, MOST)
    return out


@dataclass(frozen=True)
class _ByImage:
    """Rows in the order of their images (n,)."""

    row: Ints
    image: Ints

    @staticmethod
    def of(image: NDArray[np.int32], row: Ints) -> _ByImage:
        row = row[np.argsort(image[row], kind="stable")]
        return _ByImage(row, image[row].astype(np.int64))

    def on(self, image: int) -> Ints:
        """The rows of one image."""
        first, last = np.searchsorted(self.image, [image, image + 1])
        return self.row[first:last]


def _sums(labels: Labels, row: Ints, n_images: int) -> Ints:
    """A number (n_images,) that each image draws by its labels: the same in any order of the files."""
    total = np.zeros(n_images, np.int64)
    np.add.at(total, labels.image[row], (lot(labels.bbox[row]) * 2**20).astype(np.int64))
    return total
