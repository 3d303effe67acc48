"""The fix that the finder proposes for an issue, as it would be written now."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labelmend.coco.columns import RLE
from labelmend.find.issues import (
    CODES,
    CREATE,
    DUPLICATE,
    FIX_MEMBERS,
    FIXES,
    FRAGMENT,
    LOCATION,
    MEND_OUTLINE,
    NO_FIX,
    SET_BBOX,
    SET_CATEGORY,
)
from labelmend.geometry import crossing
from labelmend.geometry import polygons as polygon
from labelmend.geometry.boxes import iou
from labelmend.geometry.joining import joined, shared_out
from labelmend.geometry.tracing import is_traced, trace
from labelmend.project.annotation import Suggestion
from labelmend.project.decided import is_mended
from labelmend.project.history import NO_KEY
from labelmend.project.project import Project
from labelmend.review.states import STATUS_INDEX

_CROSSING = CODES.index("crossing")
_ITS_OUTLINES = tuple(CODES.index(code) for code in ("outline", "no_area", "outside"))
"""Faults of a box that becomes the bounds of its own outline: a mask stays what it is."""

ALIKE = 0.5
"""IoU from which the share of an outline is taken for the object that the model sees in its box."""


def suggestion(project: Project, row: int) -> Suggestion | None:
    """The proposed fix of an issue (a row of `project.issues`); None without one, once it is mended, and
    where what was done since leaves nothing to fix.

    The fix of one label over several objects is for the first of them; those that get labels of their own
    are in `also`.
    """
    columns = project.issues.columns
    fix = int(columns.fix[row])
    if columns.code[row] == _CROSSING:
        fix = MEND_OUTLINE  # issues that were found before there was a fix for it have none
    if fix == NO_FIX or is_mended(project, int(project.issues.id[row])) or _is_over(project, row, fix):
        return None
    if fix == FIX_MEMBERS:
        fixable = _fixable(project, row)
        return Suggestion(FIXES[fix], -1, labels=fixable) if fixable else None
    if fix == CREATE:
        return _created(project, row)
    if fix == MEND_OUTLINE:
        return _mended(project, row)
    if fix == SET_BBOX:
        moved = _moved(project, row)
        return None if moved is None else _of_several(project, row, moved)
    category, own = int(columns.fix_category[row]), int(columns.category[row])
    return Suggestion(FIXES[fix], category if category >= 0 else own)


def traces(project: Project, row: int) -> "list[Seen]":
    """What takes long about the suggestion for an issue, and was not done yet.

    Where the file has polygons, the masks of detections are traced: any thread may ask for their `outline`.
    """
    columns = project.issues.columns
    fix, key = int(columns.fix[row]), int(columns.annotation[row])
    rows = [*([row] if fix == SET_BBOX else []), *project.issues.parts(row).tolist()]
    now = project.annotation(key) if fix == SET_BBOX and key != NO_KEY else None
    if fix == CREATE and project.styles.mostly_polygons:
        rows = [row]
    elif now is None or not now.polygons:
        return []
    return [seen for one in rows if (seen := _seen(project, one)) is not None and not seen.is_traced]


def _is_over(project: Project, row: int, fix: int) -> bool:
    """Whether the label is deleted by now, or the other one that it doubles, or has that class already."""
    columns = project.issues.columns
    key, other = int(columns.annotation[row]), int(columns.other[row])
    now = project.annotation(key) if key != NO_KEY else None
    if now is None:
        return key != NO_KEY
    if columns.kind[row] == DUPLICATE and other != NO_KEY:
        return project.record(other) is None
    return fix == SET_CATEGORY and now.category == columns.fix_category[row]


def _fixable(project: Project, row: int) -> int:
    """Labels of a card that wait and can be fixed; masks cannot be moved."""
    table, shape = project.issues, project.dataset.annotations.shape
    members = table.members(row)
    fix, key = table.columns.fix[members], table.columns.annotation[members]
    waits = (table.status[members] == STATUS_INDEX["flagged"]) & (fix != NO_FIX)
    stuck = (fix == SET_BBOX) & (key >= 0)
    stuck[stuck] = shape[key[stuck]] == RLE
    return int((waits & ~stuck).sum())


def _created(project: Project, row: int) -> Suggestion:
    """A new label in the form that most of the file's have: the detection's mask, its outline, or a box."""
    columns = project.issues.columns
    category, own = int(columns.fix_category[row]), int(columns.category[row])
    box, seen = np.array(columns.fix_bbox[row]), _seen(project, row)
    made = Suggestion("create", category if category >= 0 else own, box)
    if seen is None:
        return made
    traced = seen.outline() if project.styles.mostly_polygons else None
    if traced is None:
        return replace(made, rle=seen.rle)
    return replace(made, bbox=polygon.bounds(traced), polygons=traced, outline="traced")


def _of_several(project: Project, row: int, moved: Suggestion) -> Suggestion:
    """The fix of a label, with what becomes of others: objects that get one of their own, pieces that go.

    Where the model draws no outlines, those that are there are shared out, or joined.
    """
    pieces = _other_pieces(project, row)
    every = (moved, *(_created(project, part) for part in project.issues.parts(row).tolist()))
    if moved.outline == "stretched" and (pieces or len(every) > 1):
        labels = [project.annotation(key) for key in (int(project.issues.annotation[row]), *pieces)]
        own = tuple(part for label in labels if label is not None for part in label.polygons)
        if not all(polygon.is_upright((part,)) for part in own):
            every = (_joined(moved, own),) if pieces else _shared_out(every, own)
    return replace(every[0], also=every[1:], drop=pieces)


def _joined(whole: Suggestion, own: polygon.Parts) -> Suggestion:
    """An object with the outlines of all its pieces; what lies between them belongs to it."""
    parts = joined(own).parts
    return replace(whole, bbox=polygon.bounds(parts), polygons=parts, outline="joined")


def _shared_out(objects: tuple[Suggestion, ...], own: polygon.Parts) -> tuple[Suggestion, ...]:
    """Objects each with its share of one outline over them all, where that is about as large as its box."""
    boxes, out = np.array([one.bbox for one in objects]), []
    for one, box, parts in zip(objects, boxes, shared_out(own, boxes), strict=True):
        bounds = polygon.bounds(parts)
        alike = iou(box[None], bounds[None])[0, 0] >= ALIKE
        out.append(replace(one, bbox=bounds, polygons=parts, outline="cut") if alike else one)
    return tuple(out)


def _moved(project: Project, row: int) -> Suggestion | None:
    """The detection's mask for a mask, its outline for polygons; without one, polygons stretch to the box."""
    columns = project.issues.columns
    now = project.annotation(int(columns.annotation[row]))
    if now is None:
        return None
    box, seen = np.array(columns.fix_bbox[row]), _seen(project, row)
    made = Suggestion("bbox", int(columns.category[row]), box)
    if now.rle is not None:
        rle = now.rle if columns.code[row] in _ITS_OUTLINES else None if seen is None else seen.rle
        return None if rle is None else replace(made, rle=rle)
    if not now.polygons:
        return made
    traced = None if seen is None else seen.outline()
    if traced is not None:
        return replace(made, bbox=polygon.bounds(traced), polygons=traced, outline="traced")
    stretched = polygon.scaled(now.polygons, polygon.bounds(now.polygons), box)
    return replace(made, polygons=stretched, outline="stretched")


def _mended(project: Project, row: int) -> Suggestion | None:
    """The outline in parts that do not cross themselves; None where it is sound by now, or has no area."""
    now = project.annotation(int(project.issues.annotation[row]))
    if now is None or all(map(polygon.is_simple, now.polygons)):
        return None
    parts = crossing.mended(now.polygons)
    if not parts:
        return None
    return Suggestion("outline", now.category, polygon.bounds(parts), polygons=parts, outline="mended")


def _other_pieces(project: Project, row: int) -> tuple[int, ...]:
    """The labels that go when the first of an object in pieces grows to the whole of it."""
    columns = project.issues.columns
    told = columns.evidence[row]
    if columns.kind[row] != LOCATION or not np.isfinite(told[0]) or not int(told[0]) & FRAGMENT:
        return ()
    keys = [int(columns.other[row]), *(int(key) for key in told[4:6] if np.isfinite(key))]
    return tuple(key for key in keys if project.record(key) is not None)


@dataclass(frozen=True)
class Seen:
    """The mask of a detection: its compressed counts and the size of its picture."""

    counts: bytes
    width: int
    height: int

    @property
    def rle(self) -> dict[str, Any]:
        """As COCO writes it."""
        return {"size": [self.height, self.width], "counts": self.counts.decode("ascii")}

    @property
    def is_traced(self) -> bool:
        """Whether its outline is at hand."""
        return is_traced(self.counts, height=self.height, width=self.width)

    def outline(self) -> polygon.Parts | None:
        """Its outline as polygons; None when they cannot hold it."""
        return trace(self.counts, height=self.height, width=self.width)


def _seen(project: Project, row: int) -> Seen | None:
    """The mask of the detection that an issue is about; None where it has none."""
    detection = int(project.issues.columns.detection[row])
    size = project.declared_size(int(project.issues.columns.image[row]))
    if detection < 0 or size is None or not project.store.get("detections.masks"):
        return None
    every = project.detections()
    counts = every.masks[detection] if every is not None and every.masks is not None else b""
    return Seen(counts, size[0], size[1]) if counts else None
