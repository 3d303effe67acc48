"""Many labels as their detections have them: what would change, found without the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelmend.errors import Refused
from labelmend.fit.detections import best_each
from labelmend.geometry.differences import Difference, difference
from labelmend.geometry.polygons import Parts
from labelmend.project.many import Shape
from labelmend.words import counted
from labelmend_desktop.canvas import fits
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.scene import contours, corners

if TYPE_CHECKING:
    from labelmend.coco.detections import Detections
    from labelmend.project.annotation import Annotation

LEAST_SHARED = 0.5
"""A label is aligned to a detection that has an IoU of this with it or more."""
_SHOWN = 200
"""Of up to so many labels the difference is shown; of more their new outlines only."""
_TITLE = "align {} to the detections"


@dataclass(frozen=True, eq=False)
class Picture:
    """The labels of a picture and its detections, with the names of the classes and the size, if declared."""

    labels: Sequence[Annotation]
    detections: Detections | None
    names: list[str]
    size: tuple[float, float] | None


def aligned(picture: Picture, selected: Sequence[int]) -> Proposal:
    """What the selected of the labels become. Raises Refused where all of them stay."""
    found = _found(picture, frozenset(selected))
    if not found:
        one = "The label stays" if len(selected) == 1 else f"All {counted(len(selected))} stay"
        raise Refused(f"{one}: no detection that is elsewhere shares half of its area.")
    shapes = {label.key: _shape(change) for label, change in found}
    before, after = [_outline(label) for label, _ in found], [change.outline for _, change in found]
    stay = len(selected) - len(found)
    words = f"{counted(len(found))} as the detections have them"
    left = f", {stay:,} left alone: no detection that lies elsewhere shares half of its area"
    words += f"{left if stay else ''}."
    return Proposal(
        selected[0] if len(selected) == 1 else None,
        _TITLE,
        words,
        parts=tuple(part for parts in after for part in parts),
        before=tuple(part for parts in before for part in parts),
        change=None if len(found) > _SHOWN else _difference(before, after),
        plain=len(found) > _SHOWN,
        make=lambda session: session.edits.reshape_several(shapes, title=_TITLE),
    )


def _found(picture: Picture, selected: frozenset[int]) -> list[tuple[Annotation, Proposal]]:
    """The selected labels that a detection of their own shares half with, and what each would become."""
    labels, detections = picture.labels, picture.detections
    labels = [one for one in labels if np.isfinite(fits.extent(one)).all()]
    if detections is None:
        return []
    each = best_each(
        np.array([fits.extent(one) for one in labels]),
        np.array([one.category for one in labels]),
        detected=detections.bbox,
        seen=detections.category,
        score=detections.score,
        least=LEAST_SHARED,
    )
    out = []
    for label, row in zip(labels, each.tolist(), strict=True):
        if row >= 0 and label.key in selected:
            proposal = _at(label, fits.seen(detections, row, names=picture.names, size=picture.size))
            if proposal is not None:
                out.append((label, proposal))
    return out


def _at(label: Annotation, found: fits.Seen) -> Proposal | None:
    """The label as a detection has it; None where it lies so, or is a mask and the detection has none."""
    try:
        return fits.at_detection(label, found)
    except Refused:
        return None


def _shape(proposal: Proposal) -> Shape:
    if proposal.rle is not None:
        return proposal.rle
    return proposal.parts if proposal.box is None else proposal.box


def _outline(label: Annotation) -> Parts:
    return label.polygons or (contours(label.rle) if label.rle else ()) or (corners(label.bbox),)


def _difference(before: list[Parts], after: list[Parts]) -> Difference:
    """What all of them add and take, label by label: they may overlap each other."""
    each = [difference(old, new) for old, new in zip(before, after, strict=True)]
    return Difference(
        tuple(ring for one in each for ring in one.added),
        tuple(ring for one in each for ring in one.removed),
        np.concatenate([one.plus for one in each]),
        np.concatenate([one.minus for one in each]),
        float(np.mean([one.iou for one in each])),
    )
