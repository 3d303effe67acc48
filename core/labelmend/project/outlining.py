"""Outlines added to labels and cut out, labels joined and divided: what they would be, and the steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.geometry import masks, repainting
from labelmend.geometry.joining import Region, joined, without
from labelmend.geometry.polygons import Part, Parts, area, bounds, flat
from labelmend.project.annotation import Annotation
from labelmend.project.editing import composed, edited, owner_of, patched, present, require_sound
from labelmend.project.edits import masked, reshaped, resized
from labelmend.project.history import Edit, Step
from labelmend.project.project import Project
from labelmend.project.regrouping import counts_of, size_of


@dataclass(frozen=True, eq=False)
class Shaped:
    """What a label would be: a ``box`` (4,) xywh, ``parts``, or a mask ``rle`` (COCO's dictionary).

    ``holes`` counts those for whose sake polygons become a mask.
    """

    box: NDArray[np.float64] | None = None
    parts: Parts = ()
    rle: dict[str, Any] | None = None
    holes: int = 0


def with_outline(project: Project, key: int, outline: Part, *, cut: bool) -> Shaped:
    """What a polygon or a mask would be with an outline (k, 2) added, or with it cut out. Raises Refused."""
    label = present(project, key)
    if label.polygons:
        region = without(label.polygons, outline) if cut else joined((*label.polygons, outline))
        return _shaped(project, [label], region)
    if label.rle is None:
        raise Refused("A box has no parts: draw its outline as a polygon first (G).")
    height, width = size_of(project, [label])
    own, drawn = counts_of(label, (height, width)), masks.counts(flat((outline,)), height=height, width=width)
    change = repainting.without if cut else repainting.union
    return _mask(change(own, drawn, height=height, width=width), height, width)


def together(project: Project, keys: Sequence[int]) -> Shaped:
    """What several labels would be as one, or one label whose parts overlap. Raises Refused."""
    labels = [present(project, key) for key in dict.fromkeys(keys)]
    for told, of_each in (
        ("pictures", {label.image for label in labels}),
        ("classes", {label.category for label in labels}),
        ("kinds, crowds and single things", {label.crowd for label in labels}),
    ):
        if len(of_each) > 1:
            raise Refused(f"These labels are of different {told}: only labels of the same can be joined.")
    if all(not label.polygons and label.rle is None for label in labels) and len(labels) > 1:
        return Shaped(box=bounds([_outline(label)[0] for label in labels]))
    if len(labels) == 1 and labels[0].rle is not None:
        raise Refused("Select two labels or more to join them (Ctrl and a click): a mask is one already.")
    if any(label.rle is not None for label in labels):
        height, width = size_of(project, labels)
        whole = counts_of(labels[0], (height, width))
        for label in labels[1:]:
            whole = repainting.union(whole, counts_of(label, (height, width)), height=height, width=width)
        return _mask(whole, height, width)
    parts = tuple(part for label in labels for part in _outline(label))
    region = joined(parts)
    if len(labels) == 1 and len(region.parts) == len(parts):
        raise Refused("Select two labels or more to join them (Ctrl and a click): no parts of this one meet.")
    return _shaped(project, labels, region)


def join(project: Project, keys: Sequence[int], shape: Shaped, *, issue: int | None = None) -> Step:
    """Give the first of several labels the shape that they have together; the others are deleted."""
    first, *others = dict.fromkeys(keys)
    label = present(project, first)
    if shape.rle is not None:
        values = masked(shape.rle, like=label.rle or project.styles.mask())
    else:
        values = resized(label, shape.box) if shape.box is not None else reshaped(shape.parts)
    edits = [patched(project, first, values)]
    require_sound(project, edits[0], label.polygons)
    edits += [Edit(key, project.record(key), None) for key in others]
    title = f"join {len(edits):,} labels" if others else "join the parts"
    return edited(project, title, edits, kind="location", issue=issue)


def divide(project: Project, key: int, groups: Sequence[Parts], *, issue: int | None = None) -> Step:
    """Make a label of each group of parts of a polygon; the largest group keeps the record.

    The new ones belong to the issue that the polygon belongs to, if any.
    """
    label = present(project, key)
    first, *others = sorted(groups, key=area, reverse=True)
    edits = [patched(project, key, reshaped(first))]
    for parts in others:
        edits.append(
            composed(
                project, label.image, label.category, bbox=None, polygons=parts, rle=None, beside=edits[1:]
            )
        )
    for edit in edits:
        require_sound(project, edit, label.polygons if edit.key == key else ())
    title = f"split the polygon into {len(groups):,} labels"
    return edited(project, title, edits, kind="location", issue=owner_of(project, key, issue))


def _outline(label: Annotation) -> Parts:
    if label.polygons:
        return label.polygons
    x, y, w, h = label.bbox.tolist()
    return (np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]),)


def _shaped(project: Project, labels: Sequence[Annotation], region: Region) -> Shaped:
    if region.held:
        return Shaped(parts=region.parts)
    height, width = size_of(project, labels)
    shape = _mask(region.mask(height=height, width=width), height, width)
    return Shaped(rle=shape.rle, holes=sum(map(len, region.holes)))


def _mask(counts: bytes, height: int, width: int) -> Shaped:
    return Shaped(rle=masks.written(counts, height=height, width=width))
