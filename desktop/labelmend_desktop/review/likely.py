"""Which classes a label most likely has: what detections say, then what was used last, then habit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.geometry.boxes import iou

_MOST = 9


def likely(
    *,
    own: int,
    suggested: int = -1,
    bbox: NDArray[np.float64] | None = None,
    detections: Detections | None = None,
    recent: Sequence[int] = (),
    frequent: Sequence[int] = (),
) -> list[int]:
    """At most nine class rows for the keys 1 to 9, without ``own``, the likeliest first.

    ``bbox`` (4,) xywh is where the label is; a detection counts by its score times its IoU with it.
    """
    found: list[int] = [suggested, *_by_detections(bbox, detections), *recent, *frequent]
    unique = [category for category in dict.fromkeys(found) if category >= 0 and category != own]
    return unique[:_MOST]


def _by_detections(bbox: NDArray[np.float64] | None, detections: Detections | None) -> list[int]:
    if bbox is None or detections is None or not len(detections.score) or not np.isfinite(bbox).all():
        return []
    weight = iou(bbox[None], detections.bbox)[0] * detections.score
    order = np.argsort(-weight, kind="stable")
    return [int(detections.category[row]) for row in order if weight[row] > 0]


def frequent_classes(counts: NDArray[np.int64]) -> list[int]:
    """The nine and one most frequent class rows; counts (n classes,) is how many labels each has."""
    return [int(row) for row in np.argsort(-counts, kind="stable")[: _MOST + 1]]
