"""One systematic error: the batch of images it is in, the labels it is about, and what to make of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from labelmend.find.clusters.batches import ALL, RUN, Batches, Parting
from labelmend.find.evidence.columns import Evidence
from labelmend.find.inputs import Bools, Floats, ImageSizes, Ints, Labels, Predicted

SURE, LEAST_SURE = 0.5, 0.25
"""Score from which a detection is asked; with a shy model, the score that half of its matched ones reach."""

FEWEST_IMAGES = 3
"""Fewer images than these are no batch."""

CHANCE = 9.0
"""By how much, as a logarithm, chance must be less likely than one in all the tests that were made."""

NEARLY = 0.8
"""Of a run's value, what a named batch that holds it must reach to be taken for it."""


@dataclass(frozen=True)
class Batch:
    """Some images (n_images,) and how they hang together (see `batches.WAYS`).

    detail is the parting's; of a run the last image's row, of single pictures their number.
    """

    way: int
    detail: float
    name: str
    images: Bools

    @staticmethod
    def of(parting: Parting, number: int) -> Batch:
        """The images of one batch of a parting."""
        return Batch(parting.way, parting.detail, parting.names[number], parting.of == number)


Told = TypeVar("Told", bound=tuple[Any, ...])
"""A candidate: how plain it is, its batch, and what else there is to say."""


@dataclass(frozen=True)
class Cluster:
    """Labels with one fault in common, or detections (rows) that all lack a label.

    code is one of issues.CARDS; labels are rows of Labels, category (n,) and box (n, 4) what they should be
    (-1, nan: as it is, or nothing can be told), probability (n,) that each is wrong. pair: the classes of
    the card; numbers: evidence of the card by place (see `cards`).
    """

    code: str
    batch: Batch
    probability: Floats
    labels: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    category: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    box: Floats = field(default_factory=lambda: np.zeros((0, 4)))
    detections: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    pair: tuple[int, int] = (-1, -1)
    numbers: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """All that the search for systematic errors looks at."""

    found: Evidence
    sizes: ImageSizes
    labels: Labels
    predicted: Predicted
    batches: Batches
    n_categories: int

    @property
    def n_images(self) -> int:
        """How many images there are."""
        return len(self.sizes)

    @cached_property
    def label_image(self) -> Ints:
        """The image of each row of `found.annotations`."""
        return self.labels.image[self.found.annotations.label].astype(np.int64)

    @cached_property
    def object_image(self) -> Ints:
        """The image of each row of `found.objects`."""
        return self.predicted.image[self.found.objects.detection].astype(np.int64)

    @cached_property
    def sure(self) -> float:
        """The score from which an object counts."""
        o = self.found.objects
        matched = o.score[o.taken >= 0]
        return float(np.clip(np.median(matched), LEAST_SURE, SURE)) if len(matched) else SURE

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Rows of annotations and objects that are surely of one thing."""
        a, o = self.found.annotations, self.found.objects
        row = np.flatnonzero((a.seen >= 0) & (a.iou >= SURE))
        row = row[o.score[a.seen[row]] >= self.sure]
        return row, a.seen[row]

    def run(self, first: int, last: int) -> Batch:
        """The images from one rank to another, ends included."""
        rank = self.batches.rank
        inside = (rank >= first) & (rank <= last)
        end = int(np.flatnonzero(rank == last)[0])
        return Batch(RUN, end, f"{first}-{last}", inside)

    @property
    def n_runs(self) -> float:
        """How many runs of images there are to choose from."""
        return self.n_images * (self.n_images + 1) / 2


def plainest(candidates: Iterable[Told]) -> Told | None:
    """The candidate (value, batch, ...) of the highest value, None without any.

    A run inside a named batch that is nearly as plain gives way to it: a run's ends are chosen so that
    pictures at them that show little are left out.
    """
    every = list(candidates)
    best = max(every, key=lambda one: one[0], default=None)
    if best is None or best[1].way != RUN:
        return best
    value, run = best[0], best[1].images
    named = (one for one in every if one[1].way not in (RUN, ALL) and one[0] >= NEARLY * value)
    whole = (one for one in named if not (run & ~one[1].images).any())
    return max(whole, key=lambda one: one[0], default=best)


def best_run(value: Floats, rank: Ints, n_images: int) -> tuple[int, int]:
    """First and last rank of the run of images whose values (n,), each at a rank, have the largest sum."""
    total = np.r_[0.0, np.cumsum(np.bincount(rank, value, minlength=n_images))]
    lowest = np.minimum.accumulate(total)
    end = int(np.argmax(total[1:] - lowest[:-1]))
    start = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
    return start, end


def binomial_gain(k: Floats, n: Floats, p: Floats) -> Floats:
    """How much likelier (log) k of n (all (m,)) are with their own share than with share p; 0 if not above p.

    By Chernoff's bound exp(-gain) is at least the probability of k or more.
    """
    n = np.maximum(n, 1e-9)
    share, p = np.clip(k / n, 1e-9, 1 - 1e-9), np.clip(p, 1e-9, 1 - 1e-9)
    gain = n * (share * np.log(share / p) + (1 - share) * np.log((1 - share) / (1 - p)))
    return np.where(share > p, gain, 0.0)


def poisson_gain(k: Floats, mean: Floats) -> Floats:
    """The same (m,) for k events where `mean` are expected."""
    mean = np.maximum(mean, 1e-9)
    gain = k * np.log(np.maximum(k, 1e-9) / mean) - (k - mean)
    return np.where(k > mean, gain, 0.0)
