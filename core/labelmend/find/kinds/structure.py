"""Faults of the records themselves, found without a model: boxes that cannot be, outlines that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from labelmend.find.inputs import Bools, Floats, ImageSizes, Ints, Labels
from labelmend.find.issues import (
    CODES,
    DELETE,
    MEND_OUTLINE,
    NO_FIX,
    SET_BBOX,
    SPURIOUS,
    STRUCTURE,
    Issues,
    concatenate,
    evidence,
    issues,
    of_labels,
)
from labelmend.geometry.boxes import finite

SCORE = {
    "not_numbers": 0.999,
    "no_area": 0.995,
    "outside": 0.99,
    "partly_outside": 0.5,
    "outline": 0.6,
    "crossing": 0.4,
    "unknown_image": 0.999,
    "unknown_category": 0.999,
}
"""How sure each fault makes of an error: what cannot be right first, what may be a habit below."""

HABIT, UNTOLD = 3, 10.0
"""What may be a habit is the less an error the more labels have it, of those that could: by that power of the
share that do not. So many that do not are added, so that a few labels make no habit."""

HOLDS_NOTHING = (CODES.index("no_area"), CODES.index("outside"))
"""Faults of boxes in which no object can be."""

BOX_FAULTS = (*HOLDS_NOTHING, CODES.index("partly_outside"), CODES.index("outline"))
"""Faults by which a box is not where it should be."""

OUTSIDE = 1.0
"""Pixels by which a box may reach out of its image: rounding is no error."""

OUTLINE_PIXELS, OUTLINE_SHARE = 2.0, 0.02
"""A side may miss its outline's by this many pixels, or by this share of the box."""


def structure(sizes: ImageSizes, labels: Labels) -> Issues:
    """One issue for each fault of each annotation, one alone of what is wrong with its box.

    A box that can hold nothing, or reaches out of its image, is given that of its own outline where this is
    sound: what the outline shows is there, whatever the box says.
    """
    box = labels.bbox
    usable = finite(box)
    known = labels.image >= 0
    reach = _reach(sizes, labels)
    no_area = usable & _flat(box)
    fair = usable & ~no_area & known
    outside = fair & _outside(sizes, labels)
    sound = _sound_outline(sizes, labels)
    off = np.zeros((len(box), 4)) if labels.outline is None else _beside(labels.outline, box)
    misses = _misses(off, box) & ~no_area & ~outside
    partly = fair & ~outside & _any(reach > OUTSIDE) & ~(misses & sound)
    parts = [
        _rows(labels, ~known, "unknown_image"),
        _rows(labels, labels.category < 0, "unknown_category"),
        _rows(labels, ~usable, "not_numbers"),
        *_empty_boxes(labels, no_area, "no_area", sound),
        *_empty_boxes(labels, outside, "outside", sound),
        _rows(
            labels, partly, "partly_outside", of=fair & _at_border(sizes, labels),
            fix=SET_BBOX, box=_inside(sizes, labels), numbers=reach,
        ),
    ]  # fmt: skip
    if labels.outline is not None:
        parts.append(
            _rows(
                labels, misses, "outline", of=finite(labels.outline),
                fix=SET_BBOX, box=labels.outline, numbers=off,
            )
        )  # fmt: skip
    if labels.crossing is not None:
        drawn = None if labels.outline is None else finite(labels.outline)
        parts.append(_rows(labels, labels.crossing, "crossing", of=drawn, fix=MEND_OUTLINE))
    return concatenate(parts)


def _empty_boxes(labels: Labels, on: Bools, code: str, drawn: Bools) -> list[Issues]:
    """Boxes that can hold nothing: to be their own outline's where one is drawn (n,), else to go."""
    return [
        _rows(labels, on & drawn, code, fix=SET_BBOX, box=labels.outline),
        _rows(labels, on & ~drawn, code, fix=DELETE),
    ]


def _sound_outline(sizes: ImageSizes, labels: Labels) -> Bools:
    """Labels (n,) with an outline that has an area and lies in the image."""
    if labels.outline is None:
        return np.zeros(len(labels.image), bool)
    reach = _reach(sizes, replace(labels, bbox=labels.outline))
    known = finite(labels.outline) & (labels.image >= 0)
    return np.asarray(known & ~_flat(labels.outline) & ~_any(reach > OUTSIDE))


EMPTY = 0.9
"""How likely a box that holds nothing is no object at all, rather than one whose place was lost."""


def empty(faults: Issues) -> Issues:
    """Of all faults, labels that can hold no object, as what they are beside one: spurious."""
    found = faults.take(np.isin(faults.code, HOLDS_NOTHING) & (faults.fix == DELETE))
    return replace(found, kind=np.full(len(found), SPURIOUS, np.uint8), score=np.full(len(found), EMPTY))


def told_twice(found: Issues) -> Bools:
    """Those of `empty` (n,): each says what the fault of its record says, which is one card for both."""
    nothing = np.isin(found.code, HOLDS_NOTHING)
    faulty = found.annotation[nothing & (found.kind == STRUCTURE)]
    return np.asarray(nothing & (found.kind == SPURIOUS) & np.isin(found.annotation, faulty))


def apart_from(found: Issues, faults: Issues, codes: tuple[int, ...]) -> Issues:
    """The issues but for those of labels that have one of these faults, which says why they look odd."""
    faulty = faults.annotation[(faults.kind == STRUCTURE) & np.isin(faults.code, codes)]
    return found.take(~np.isin(found.annotation, faulty)) if len(faulty) else found


def inside(found: Issues, sizes: ImageSizes, labels: Labels) -> Issues:
    """The issues with their fixes cut at the border of the picture: else a fix would be the next fault.

    Where most labels at the border reach out, those of whole objects are wanted, and nothing is cut.
    """
    at_border = finite(labels.bbox) & (labels.image >= 0) & _at_border(sizes, labels)
    reaching = at_border & _any(_reach(sizes, labels) > OUTSIDE)
    if 2 * reaching.sum() > at_border.sum() + UNTOLD:
        return found
    rows = np.flatnonzero((found.image >= 0) & finite(found.fix_bbox))
    fixed = replace(labels, image=found.image[rows], bbox=found.fix_bbox.take(rows, axis=0))
    out = np.flatnonzero(_any(_reach(sizes, fixed) > 0))  # few do
    cut = _inside(sizes, replace(fixed, image=fixed.image[out], bbox=fixed.bbox[out]))
    left = (cut[:, 2] > 0) & (cut[:, 3] > 0)
    if not left.any():
        return found
    box = found.fix_bbox.copy()
    box[rows[out[left]]] = cut[left]
    return replace(found, fix_bbox=box)


def _flat(box: Floats) -> Bools:
    """Rows that have no area."""
    with np.errstate(invalid="ignore"):
        return np.asarray((box[:, 2] <= 0) | (box[:, 3] <= 0))


def _rows(
    labels: Labels,
    on: Bools,
    code: str,
    *,
    of: Bools | None = None,
    fix: int = NO_FIX,
    box: Floats | None = None,
    numbers: Floats | None = None,
) -> Issues:
    """A fault of the labels `on` (n,); of (n,), for what may be a habit: those that could have it."""
    at: Ints = np.flatnonzero(on)
    n = len(at)
    habit = 0.0 if of is None else n / (int((on | of).sum()) + UNTOLD)
    shown = evidence(n)
    if numbers is not None:
        shown[:, :4] = numbers[at]
    return issues(
        STRUCTURE,
        np.full(n, SCORE[code] * (1 - habit) ** HABIT),
        **of_labels(labels, at),
        fix=fix,
        fix_bbox=np.nan if box is None else box.take(at, axis=0),
        evidence=shown,
        code=CODES.index(code),
    )


def _sides(sizes: ImageSizes, labels: Labels) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Left, right and width of the image (n,) of each label, then top, bottom and height."""
    image = np.maximum(labels.image, 0).astype(np.int64)
    for axis, size in enumerate((sizes.width, sizes.height)):
        low = np.ascontiguousarray(labels.bbox[:, axis])
        of_image = size[image] if len(sizes) else np.full(len(image), np.nan)
        yield low, low + labels.bbox[:, axis + 2], of_image


def _reach(sizes: ImageSizes, labels: Labels) -> Floats:
    """Pixels (n, 4) by which left, top, right, bottom reach out of the image; 0 where they do not."""
    out = np.empty((len(labels.image), 4))
    for axis, (low, high, size) in enumerate(_sides(sizes, labels)):
        for side, far in ((axis, -low), (axis + 2, high - size)):
            out[:, side] = np.where(far > 0, far, 0.0)
    return out


def _outside(sizes: ImageSizes, labels: Labels) -> Bools:
    out = np.zeros(len(labels.image), bool)
    with np.errstate(invalid="ignore"):
        for low, high, size in _sides(sizes, labels):
            out |= (high <= 0) | (low >= size)
    return out


def _at_border(sizes: ImageSizes, labels: Labels) -> Bools:
    """Labels (n,) of which a side lies on the border of the image, or beyond."""
    out = np.zeros(len(labels.image), bool)
    with np.errstate(invalid="ignore"):
        for low, high, size in _sides(sizes, labels):
            out |= (low <= OUTSIDE) | (high >= size - OUTSIDE)
    return out


def _inside(sizes: ImageSizes, labels: Labels) -> Floats:
    out = np.empty((len(labels.image), 4))
    for axis, (low, high, size) in enumerate(_sides(sizes, labels)):
        low = np.maximum(low, 0)
        out[:, axis], out[:, axis + 2] = low, np.fmin(high, size) - low
    return out


def _beside(outline: Floats, box: Floats) -> Floats:
    """Pixels (n, 4) by which the box's sides lie outside its outline's (negative: inside)."""
    out = np.empty((len(box), 4))
    for axis in (0, 1):
        out[:, axis] = outline[:, axis] - box[:, axis]
        out[:, axis + 2] = (box[:, axis] + box[:, axis + 2]) - (outline[:, axis] + outline[:, axis + 2])
    return out


def _misses(off: Floats, box: Floats) -> Bools:
    out = np.zeros(len(box), bool)
    with np.errstate(invalid="ignore"):
        for side in range(4):
            out |= np.abs(off[:, side]) > np.maximum(OUTLINE_PIXELS, OUTLINE_SHARE * box[:, 2 + side % 2])
    return out


def _any(told: Bools) -> Bools:
    """Rows (n,) of which one of a few (n, m) holds: column by column, in a fraction of the time of `any`."""
    out = np.zeros(len(told), bool)
    for column in told.T:
        out |= column
    return out
