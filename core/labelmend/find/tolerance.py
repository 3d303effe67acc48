"""What instructions let pass: margins that labels keep, sides that may be off, objects too small to count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.inputs import Bools, Floats, ImageSizes, Ints, Labels, Predicted, Tolerance
from labelmend.find.issues import CLASS, GROUP, LOCATION, MISSING, Issues
from labelmend.geometry.boxes import iou_pairs


def with_margins(
    found: Evidence,
    tolerance: Tolerance | None,
    *,
    sizes: ImageSizes,
    labels: Labels,
    predicted: Predicted | None,
) -> Evidence:
    """The evidence with every object's box as its label is to be: larger by the margin that its class keeps.

    Boxes end at the image's border. The class is the label's where there is one. Overlaps of masks stay as
    they are.
    """
    if tolerance is None or predicted is None:
        return found
    if not (tolerance.margin.any() or tolerance.margin_share.any()):
        return found
    a, o = found.annotations, found.objects
    category = o.category.copy()
    on = np.flatnonzero(o.taken >= 0)
    category[on] = a.category[o.taken[on]]
    image = predicted.image[o.detection]
    box = kept(o.box, category, tolerance, width=sizes.width[image], height=sizes.height[image])
    objects, annotations = replace(o, box=box), a
    if labels.masks is None or predicted.masks is None:
        label = o.taken[on]
        iou, seen = o.iou.copy(), a.iou.copy()
        iou[on] = seen[label] = iou_pairs(a.box[label], box[on])
        objects, annotations = replace(objects, iou=iou), replace(a, iou=seen)
    return replace(found, objects=objects, annotations=annotations)


def kept(box: Floats, category: Ints, tolerance: Tolerance, *, width: Floats, height: Floats) -> Floats:
    """Boxes (n, 4) with the margin of their class on every side, within images of that width and height."""
    margin = np.maximum(
        tolerance.margin[category][:, None], tolerance.margin_share[category][:, None] * box[:, 2:]
    )
    size = np.stack([width, height], axis=1)
    low, high = box[:, :2] - margin, box[:, :2] + box[:, 2:] + margin
    # A box that reached out of its image before the margin is not cut; one without a known size neither.
    low = np.where(margin > 0, np.maximum(low, np.minimum(box[:, :2], 0.0)), box[:, :2])
    high = np.where(margin > 0, np.fmin(high, np.maximum(box[:, :2] + box[:, 2:], size)), high)
    return np.concatenate([low, high - low], axis=1)


def allowed(box: Floats, category: Ints, tolerance: Tolerance) -> Floats:
    """Pixels (n, 4) by which left, top, right and bottom of such labels may be off."""
    share = tolerance.share[category][:, None] * box[:, 2:]
    pixels = np.maximum(tolerance.pixels[category][:, None], share)
    return np.concatenate([pixels, pixels], axis=1)


def let_pass(found: Issues, tolerance: Tolerance, objects_box: Floats, row: Ints) -> Issues:
    """The issues without those that the instructions let pass; location issues with the tolerance they broke.

    row (n,) is each issue's object, -1 without one, objects_box (m, 4) where labels of the objects are to be.
    """
    known = found.category >= 0
    category = np.where(known, found.category, 0).astype(np.int64)
    longer = found.bbox[:, 2:].max(axis=1, initial=0)
    counts = np.isin(found.kind, (MISSING, CLASS, LOCATION)) & known
    passes = counts & (longer < tolerance.least_side[category])
    at = np.flatnonzero(_by_sides(found) & known & (row >= 0))
    label, other = found.bbox[at], objects_box[row[at]]
    off = np.abs(
        np.concatenate([label[:, :2] - other[:, :2], (label - other)[:, :2] + (label - other)[:, 2:]], axis=1)
    )
    may = allowed(label, category[at], tolerance)
    passes[at] |= (off <= may).all(axis=1) & (may > 0).any(axis=1)
    told = found.tolerance.copy()
    worst = (off - may).argmax(axis=1) if len(at) else np.zeros(0, np.int64)
    most = may[np.arange(len(at)), worst]
    told[at] = np.where(most > 0, most, np.nan)
    return replace(found, tolerance=told).take(~passes)


def _by_sides(found: Issues) -> Bools:
    group = np.where(np.isfinite(found.evidence[:, 0]), found.evidence[:, 0], 0).astype(np.int64) & GROUP
    by_sides: Bools = (found.kind == LOCATION) & (group == 0)
    return by_sides
