"""Checks before any score that annotations and detections belong together, and says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Floats, ImageSizes, Ints, Labels, Predicted
from labelmend.geometry.boxes import iou_pairs

SURE = 0.5
"""Score from which a detection is asked."""

ASKED = 20_000
"""Sure detections that are looked at; more change nothing."""

FEWEST = 20
AGREES = 0.5
"""IoU from which a detection and an annotation are of one object."""

POOR, FAIR = 0.2, 0.5
"""Share of sure detections that agree with an annotation: below the first something is wrong with the pair
of files; another reading of it is offered if it reaches the second."""

TOO_GOOD_SHARE, TOO_GOOD_IOU = 0.98, 0.97
"""Agreement beyond what a model reaches on labels that it has not seen."""


@dataclass(frozen=True)
class Checkup:
    """sentences: what was checked and found, plainest first; fit: the reading of the detections that fits.

    fit is "" (as they are), "corners" (their boxes are x1, y1, x2, y2), "shares" (coordinates are shares of
    the image), "classes" (each class is another's; class_of (k,) gives the row meant by each row) or "scale"
    (times scale and moved by offset pixels, their boxes lie on the annotations).
    """

    sentences: tuple[str, ...]
    fit: str = ""
    class_of: tuple[int, ...] = ()
    scale: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)


def examine(sizes: ImageSizes, labels: Labels, predicted: Predicted, *, categories: Sequence[str]) -> Checkup:
    """Whether the two files are of one dataset, one convention and one list of classes.

    Boxes are xywh in pixels, as the finder takes them; categories are the names by row. Quick: it looks at
    some sure detections only, and always at the same ones.
    """
    asked, box = _sure(predicted)
    if len(asked) < FEWEST or len(labels) < FEWEST:
        return Checkup(("Too few annotations or sure detections to compare the two files.",))
    image, category = predicted.image[asked].astype(np.int64), predicted.category[asked].astype(np.int64)
    known = np.isin(image, labels.image)
    if known.mean() < POOR:
        return Checkup(
            (
                f"{_share(1 - known.mean())} of the sure detections lie in images without annotations: "
                "the detections may be of another split.",
            )
        )
    asked, box, image, category = asked[known], box[known], image[known], category[known]
    best, at = _nearest(labels, image, box)
    share = float((best >= AGREES).mean())
    said = f"{_share(share)} of the sure detections in annotated images lie on an annotation (IoU 0.5)"
    if share < POOR:
        return _another_reading(sizes, labels, image, box, said)
    on = best >= AGREES
    classes = _classes(labels.category[at[on]].astype(np.int64), category[on], categories)
    if classes is not None:
        return classes
    if share >= TOO_GOOD_SHARE and float(np.median(best[on])) >= TOO_GOOD_IOU:
        return Checkup(
            (
                f"{said}, with a median IoU of {np.median(best[on]):.3f}: too good to be true. A model "
                "that was trained on these labels repeats their errors.",
            )
        )
    return Checkup((said + ".",))


def _sure(predicted: Predicted) -> tuple[Ints, Floats]:
    fair = np.isfinite(predicted.bbox).all(axis=1) & (predicted.image >= 0) & (predicted.category >= 0)
    sure = np.flatnonzero(fair & (predicted.score >= SURE))
    asked = sure[:: max(len(sure) // ASKED, 1)]
    return asked, predicted.bbox[asked]


def _nearest(labels: Labels, image: Ints, box: Floats) -> tuple[Floats, Ints]:
    """The largest IoU (n,) of each box with an annotation of its image, and that annotation's row."""
    order = np.argsort(labels.image, kind="stable")
    of = labels.image[order]
    first, last = np.searchsorted(of, image, "left"), np.searchsorted(of, image, "right")
    n = last - first
    row = np.repeat(np.arange(len(image)), n)
    at = order[np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n) + np.repeat(first, n)]
    iou = np.nan_to_num(iou_pairs(box[row], labels.bbox[at]))
    best, where = np.zeros(len(image)), np.zeros(len(image), np.int64)
    rising = np.argsort(iou, kind="stable")
    best[row[rising]], where[row[rising]] = iou[rising], at[rising]
    return best, where


def _another_reading(sizes: ImageSizes, labels: Labels, image: Ints, box: Floats, said: str) -> Checkup:
    """Boxes that lie beside the annotations: in which other convention would they lie on them?"""
    size = np.stack([sizes.width, sizes.height], axis=1)[image]
    corners = np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)
    readings = (
        (
            "corners",
            corners,
            "Their boxes seem to be corners (x1, y1, x2, y2) instead of x, y, width, height",
        ),
        ("shares", box * np.concatenate([size, size], axis=1), "Their boxes seem to be shares of the image"),
    )
    for fit, other, words in readings:
        fair = np.isfinite(other).all(axis=1) & (other[:, 2:] > 0).all(axis=1)
        share = float((_nearest(labels, image[fair], other[fair])[0] >= AGREES).sum() / len(box))
        if share >= FAIR:
            return Checkup((f"Only {said}.", f"{words}: read so, {_share(share)} do."), fit)
    scale, offset = _robust_fit(labels, image, box)
    moved = box * scale + np.r_[offset, 0, 0]
    share = float((_nearest(labels, image, moved)[0] >= AGREES).mean())
    if share >= FAIR:
        words = (
            f"Enlarged {scale:.3f} times and moved by {offset[0]:.1f}, {offset[1]:.1f} px, {_share(share)} do"
        )
        return Checkup((f"Only {said}.", words + "."), "scale", scale=scale, offset=(offset[0], offset[1]))
    return Checkup((f"Only {said}: the two files may not belong together.",))


def _robust_fit(labels: Labels, image: Ints, box: Floats) -> tuple[float, tuple[float, float]]:
    """Scale and shift between both files, from images in which each has one box only."""
    n = max(int(labels.image.max(initial=-1)), int(image.max(initial=-1))) + 1
    here, there = labels.image[labels.image >= 0], image
    single = (np.bincount(here, minlength=n) == 1) & (np.bincount(there, minlength=n) == 1)
    a, b = np.flatnonzero((labels.image >= 0) & single[labels.image]), np.flatnonzero(single[image])
    if len(a) < FEWEST:
        return 1.0, (0.0, 0.0)
    a, b = a[np.argsort(labels.image[a])], b[np.argsort(image[b])]
    mine, other = labels.bbox[a], box[b]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = float(np.nanmedian(np.sqrt(mine[:, 2:].prod(axis=1) / other[:, 2:].prod(axis=1))))
    offset = np.nanmedian(mine[:, :2] - scale * other[:, :2], axis=0)
    return scale, (float(offset[0]), float(offset[1]))


def _classes(here: Ints, there: Ints, categories: Sequence[str]) -> Checkup | None:
    """Boxes that agree while their classes do not: each class of the model is mostly one other class."""
    n = len(categories)
    agree = float((here == there).mean())
    if n < 2 or agree >= FAIR:
        return None
    count = np.bincount(there * n + here, minlength=n * n).reshape(n, n)
    seen = count.sum(axis=1)
    meant = np.where(seen > 0, count.argmax(axis=1), np.arange(n))
    mapped = float((meant[there] == here).mean())
    if mapped < FAIR or len(np.unique(meant[seen > 0])) < 0.8 * (seen > 0).sum():
        return Checkup(
            (
                f"Boxes agree, but only {_share(agree)} of their classes do: the two files may number "
                "their classes differently.",
            )
        )
    steps, weight = np.unique((meant - np.arange(n))[seen > 0], return_counts=True)
    off = int(steps[weight.argmax()])
    k = int(seen.argmax())
    words = f"Classes are off by {abs(off)}" if weight.max() > 0.8 * weight.sum() else "Classes are exchanged"
    example = f"what the detections call {categories[k]} is labelled {categories[meant[k]]}"
    return Checkup(
        (
            f"Boxes agree, but only {_share(agree)} of their classes do.",
            f"{words}: {example}; read so, {_share(mapped)} agree.",
        ),
        "classes",
        tuple(meant.tolist()),
    )


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"
