"""Cuts the dataset into blocks of images of a size that fits the processor's cache, each sent off whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelmend.find.inputs import Floats, ImageSizes, Ints, Labels, Predicted, Rows
from labelmend.find.lots import lot
from labelmend.find.sorting import by_value, in_order
from labelmend.geometry.boxes import with_area

if TYPE_CHECKING:
    from labelmend.geometry.masks import Rles
    from labelmend.geometry.polygon_pairs import Regions

ROWS = 60_000
"""Annotations and detections of a block, about: a fifth of a second of work."""

MASKED_ROWS = 15_000
"""The same where masks are compared."""

JOINED = 15_000
"""Annotations, about, whose neighbours are joined to learn what one label over two objects looks like."""


@dataclass(frozen=True)
class Block:
    """Some images with all that lies in them: annotations, crowd regions and detections.

    label and detection are the rows of the finder's inputs, kept to name things by; image numbers are
    the block's own, from 0; width and height are theirs. Boxes are usable, classes known.
    """

    width: Floats
    height: Floats
    label: Ints
    label_image: Ints
    label_category: Ints
    label_box: Floats
    label_masks: Rles | None
    crowd_image: Ints
    crowd_box: Floats
    crowd_masks: Rles | None
    detection: Ints
    detection_image: Ints
    detection_category: Ints
    detection_box: Floats
    detection_score: Floats
    detection_source: Ints
    detection_masks: Rles | None
    n_categories: int
    n_sources: int
    label_regions: Regions | None = None
    joined_share: float = 1.0  # of the annotations, those whose neighbours are joined to learn from


@dataclass(frozen=True)
class Cut:
    """Rows of usable annotations, crowd regions and detections, each by image, with where images start."""

    labels: Ints
    label_start: Ints
    crowds: Ints
    crowd_start: Ints
    detections: Ints
    detection_start: Ints
    ends: list[int]


def cut(sizes: ImageSizes, labels: Labels, predicted: Predicted) -> Cut:
    """The order of the rows, and the last image (exclusive) of each block."""
    n = len(sizes)
    fair = with_area(labels.bbox) & (labels.image >= 0) & (labels.category >= 0)
    rows, start = _by_image(labels.image, np.flatnonzero(fair & ~labels.crowd), n)
    crowds, crowd_start = _by_image(labels.image, np.flatnonzero(fair & labels.crowd), n)
    usable = with_area(predicted.bbox) & (predicted.image >= 0) & (predicted.category >= 0)
    usable &= np.isfinite(predicted.score)
    detections, detection_start = _by_image(predicted.image, np.flatnonzero(usable), n)
    load = start[1:] + detection_start[1:]
    most = ROWS if labels.masks is None or predicted.masks is None else MASKED_ROWS
    return Cut(rows, start, crowds, crowd_start, detections, detection_start, _ends(load, most))


def _ends(load: Ints, most: int) -> list[int]:
    """The last images (exclusive) of even portions of about `most` rows; load (n,): rows up to each image.

    Their number is even too, as that of cores mostly is: none waits long for another at the end.
    """
    rows = int(load[-1])
    portions = 2 * max(round(rows / (2 * most)), 1) if rows > most // 4 else 1
    ends = np.searchsorted(load, np.arange(1, portions) * (rows / portions)) + 1
    return [int(end) for end in np.unique(np.append(ends, len(load)))]


def _by_image(image: Rows, rows: Ints, n: int) -> tuple[Ints, Ints]:
    of = image[rows]
    if len(of) and (of[1:] < of[:-1]).any():
        order = in_order(of)
        rows, of = rows[order], of[order]
    return rows, np.searchsorted(of, np.arange(n + 1))


def blocks(
    sizes: ImageSizes, labels: Labels, predicted: Predicted, *, n_categories: int, plan: Cut
) -> Iterator[Block]:
    """The blocks of the plan, one after the other."""
    begin, n_sources = 0, predicted.n_sources
    share = min(1.0, JOINED / max(len(plan.labels), 1))
    for end in plan.ends:
        label = _in_order(labels, plan.labels[plan.label_start[begin] : plan.label_start[end]])
        crowd = plan.crowds[plan.crowd_start[begin] : plan.crowd_start[end]]
        found = plan.detections[plan.detection_start[begin] : plan.detection_start[end]]
        both = labels.masks is not None and predicted.masks is not None
        yield Block(
            width=sizes.width[begin:end],
            height=sizes.height[begin:end],
            label=label,
            label_image=labels.image[label].astype(np.int64) - begin,
            label_category=labels.category[label].astype(np.int64),
            label_box=labels.bbox.take(label, axis=0),
            label_masks=labels.masks.take(label) if labels.masks is not None else None,
            label_regions=labels.regions(label) if labels.regions is not None else None,
            crowd_image=labels.image[crowd].astype(np.int64) - begin,
            crowd_box=labels.bbox[crowd],
            crowd_masks=labels.masks.take(crowd) if labels.masks is not None and len(crowd) else None,
            detection=found,
            detection_image=predicted.image[found].astype(np.int64) - begin,
            detection_category=predicted.category[found].astype(np.int64),
            detection_box=predicted.bbox.take(found, axis=0),
            detection_score=predicted.score[found],
            detection_source=_source(predicted, found),
            n_sources=n_sources,
            detection_masks=predicted.masks.take(found) if both and predicted.masks is not None else None,
            n_categories=n_categories,
            joined_share=share,
        )
        begin = end


def _in_order(labels: Labels, rows: Ints) -> Ints:
    """By image, then by what they hold: the file's order has no say in which of equals goes first."""
    number = lot(labels.bbox.take(rows, axis=0))
    # Classes, whose numbers are the file's, settle nothing but who of those in one place comes first.
    return rows[
        by_value(labels.image[rows] + number, lambda some: labels.category[rows[some]].astype(np.float64))
    ]


def _source(predicted: Predicted, rows: Ints) -> Ints:
    if predicted.source is None:
        return np.zeros(len(rows), np.int64)
    return predicted.source[rows].astype(np.int64)
