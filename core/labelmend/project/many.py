"""The same done to many labels at once: one step, whose title counts those that change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labelmend.errors import BadFile, Refused
from labelmend.geometry import masks
from labelmend.geometry.polygons import Parts, moved
from labelmend.project.editing import edited, held, patched, present
from labelmend.project.edits import masked, reshaped, resized
from labelmend.project.history import Edit, Step
from labelmend.project.project import Project
from labelmend.words import counted

Shape = NDArray[np.float64] | Parts | dict[str, Any]


def free(project: Project, keys: Iterable[int], *, issue: int | None = None) -> list[int]:
    """Those of these labels that may be changed now: not in review or before the expert elsewhere.

    Raises Refused when there are none.
    """
    found = [key for key in keys if not held(project, key, issue)]
    if not found:
        raise Refused("These labels are in review or with the expert: wait until that is decided.")
    return found


def set_category(project: Project, keys: Sequence[int], category: int, *, issue: int | None = None) -> Step:
    """Give many annotations one class (a category row). Raises Refused."""
    values = {"category_id": project.category_ids.id_of(category)}
    edits = [patched(project, key, values) for key in keys]
    name = project.categories.name[category]
    return _step(project, f"change the class of {{}} to {name}", edits, kind="class", issue=issue)


def delete(project: Project, keys: Sequence[int], *, issue: int | None = None) -> Step:
    """Delete many annotations. Raises Refused."""
    edits = [Edit(key, project.record(key), None) for key in keys]
    return _step(project, "delete {}", edits, kind="spurious", issue=issue)


def move(project: Project, keys: Sequence[int], by: ArrayLike, *, issue: int | None = None) -> Step:
    """Move many labels by (dx, dy) pixels, masks by whole ones; unreadable ones stay. Raises Refused."""
    step = np.asarray(by, np.float64)
    edits = []
    for key in keys:
        annotation = present(project, key)
        if annotation.polygons:
            edits.append(patched(project, key, reshaped(moved(annotation.polygons, step))))
        elif annotation.rle is not None:
            mask = _moved_mask(annotation.rle, step)
            edits += [] if mask is None else [patched(project, key, masked(mask, like=annotation.rle))]
        elif np.isfinite(annotation.bbox).all():
            box = np.concatenate([annotation.bbox[:2] + step, annotation.bbox[2:]])
            edits.append(patched(project, key, resized(annotation, box)))
    return _step(project, "move {}", edits, kind="location", issue=issue)


def _moved_mask(rle: dict[str, Any], by: NDArray[np.float64]) -> dict[str, Any] | None:
    """A mask (COCO's dictionary) moved by whole pixels; None of one that cannot be read or is empty."""
    dx, dy = np.rint(by).astype(int).tolist()
    try:
        height, width = (int(side) for side in rle["size"])
        counts = masks.counts(rle, height=height, width=width)
    except (BadFile, KeyError, TypeError, ValueError, OverflowError):
        return None
    if not masks.area(counts, height=height, width=width):
        return None
    new = masks.moved(counts, dx, dy, height=height, width=width)
    return masks.written(new, height=height, width=width)


def reshape(project: Project, shapes: Mapping[int, Shape], *, title: str, issue: int | None = None) -> Step:
    """Give many annotations other shapes, each a box (4,) xywh, polygons, or a mask (COCO's dictionary); the
    title holds {} for their count. Raises Refused."""
    edits = []
    for key, shape in shapes.items():
        own = present(project, key)
        if isinstance(shape, dict):
            values = masked(shape, like=own.rle or project.styles.mask())
        elif isinstance(shape, tuple):
            values = reshaped(shape)
        else:
            values = resized(own, shape)
        edits.append(patched(project, key, values))
    return _step(project, title, edits, kind="location", issue=issue)


def _step(project: Project, title: str, edits: Sequence[Edit], *, kind: str, issue: int | None) -> Step:
    changed = [edit for edit in edits if edit.before != edit.after]
    return edited(project, title.replace("{}", counted(len(changed))), changed, kind=kind, issue=issue)
