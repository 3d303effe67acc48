"""Overlap of pairs: by masks or regions where both have one, and by boxes otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from labelmend.find.evidence.pairs import Pairs, crossing_within, pair_iou
from labelmend.find.inputs import Bools, Floats, Ints, Labels
from labelmend.find.lots import steady
from labelmend.geometry.boxes import area, finite
from labelmend.workers.side_by_side import by_threads

if TYPE_CHECKING:
    from labelmend.geometry.masks import Rles
    from labelmend.geometry.polygon_pairs import Regions


SAME_PLACE = 0.5
"""IoU of the boxes from which two labels may be of one thing, or of two that only their outlines part."""


PORTIONS = 4
"""Portions of the images in which all labels are compared, side by side."""


@dataclass(frozen=True)
class Overlaps:
    """Pairs first < second of the same image that overlap, with their IoU."""

    first: Ints
    second: Ints
    iou: Floats


def within(
    image: Ints,
    box: Floats,
    masks: Rles | None = None,
    regions: Regions | None = None,
    *,
    size: tuple[Floats, Floats] | None = None,
) -> Overlaps:
    """All pairs of these boxes of the same image that overlap; by regions or masks where both have one.

    size is the width and height of every image, needed with masks.
    """
    pairs = crossing_within(image, box)
    areas = area(box)
    iou = pairs.iou(areas, areas)
    if masks is not None and size is not None:
        iou = outline_iou(pairs, iou, image, masks, regions, size=size)
    return Overlaps(pairs.first, pairs.second, iou)


def outline_iou(
    pairs: Pairs,
    iou: Floats,
    image: Ints,
    masks: Rles,
    regions: Regions | None,
    *,
    size: tuple[Floats, Floats],
) -> Floats:
    """IoU (n,) of each pair's regions, or of their masks; iou, that of the boxes, where one of both has none.

    image is that of each row; size the width and height of all images. Regions go first: a mask of few pixels
    depends on how large its picture is.
    """
    drawn = np.zeros(len(pairs), bool)
    if regions is not None:
        there = regions != np.array(None)
        drawn = there[pairs.first] & there[pairs.second]
    out, rest, on = iou.copy(), np.flatnonzero(~drawn), np.flatnonzero(drawn)
    out[rest] = mask_iou(pairs.take(rest), iou[rest], image, masks, masks, size=size)
    if regions is not None and len(on):
        from labelmend.geometry.polygon_pairs import iou_of_pairs

        out[on] = steady(iou_of_pairs(regions[pairs.first[on]], regions[pairs.second[on]]))
    return out


def sharing_place(labels: Labels) -> Bools:
    """The labels (n,) with an outline that share their place with another, by their boxes."""
    out = np.zeros(len(labels), bool)
    if labels.outline is None:
        return out
    usable = finite(labels.bbox) & finite(labels.outline)
    usable &= (labels.image >= 0) & ~labels.crowd
    portion = labels.image % PORTIONS
    some = (np.flatnonzero(usable & (portion == k)) for k in range(PORTIONS))
    for rows in by_threads(partial(_sharing, labels), some, tick=lambda: None):
        out[rows] = True
    return out


def _sharing(labels: Labels, rows: Ints) -> Ints:
    """Those of these rows, which have all labels of their images, that share their place with another."""
    box = labels.bbox.take(rows, axis=0)
    pairs = crossing_within(labels.image[rows].astype(np.int64), box)
    near = pair_iou(pairs, box, box) >= SAME_PLACE
    return rows[np.r_[pairs.first[near], pairs.second[near]]]


def mask_shares(
    pairs: Pairs,
    iou: Floats,
    image: Ints,
    masks_first: Rles,
    masks_second: Rles,
    *,
    size: tuple[Floats, Floats],
    area_label: Floats,
    area_object: Floats,
) -> tuple[Floats, Floats, Floats]:
    """IoU (n,) of each pair, and the shares of the second and of the first that lie in the other.

    As for `outline_iou`; area_label and area_object are of the boxes of all rows.
    """
    cover_second = pairs.shared / area_object[pairs.second]
    cover_first = pairs.shared / area_label[pairs.first]
    by_mask = mask_iou(pairs, iou, image, masks_first, masks_second, size=size)
    on = _both_have(pairs, masks_first, masks_second)
    a, b = mask_areas(masks_first)[pairs.first[on]], mask_areas(masks_second)[pairs.second[on]]
    shared = by_mask[on] * (a + b) / (1 + by_mask[on])
    cover_second[on] = shared / np.maximum(b, 1.0)
    cover_first[on] = shared / np.maximum(a, 1.0)
    return by_mask, cover_second, cover_first


def mask_iou(
    pairs: Pairs, iou: Floats, image: Ints, first: Rles, second: Rles, *, size: tuple[Floats, Floats]
) -> Floats:
    """IoU (n,) of the masks of each pair; iou, that of the boxes, where one of the two has no mask.

    image is that of each row of first.
    """
    from labelmend.geometry.mask_pairs import iou_of_pairs

    out = iou.copy()
    of = image[pairs.first]
    known = np.isfinite(size[0][of]) & np.isfinite(size[1][of])
    on = np.flatnonzero(_both_have(pairs, first, second) & known)
    out[on] = iou_of_pairs(first, second, pairs.first[on], pairs.second[on])
    return out


def mask_areas(rles: Rles) -> Floats:
    """Pixels (n,) of each mask, 0 without one."""
    from labelmend.geometry import masks

    return masks.areas(rles.counts(np.arange(len(rles))))


def _both_have(pairs: Pairs, first: Rles, second: Rles) -> Bools:
    has_first, has_second = np.diff(first.offsets) > 0, np.diff(second.offsets) > 0
    out: Bools = has_first[pairs.first] & has_second[pairs.second]
    return out
