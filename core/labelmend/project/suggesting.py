"""The fix that the finder proposes for an issue, as it would be written now."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import CREATE, FIXES, NO_FIX, SET_BBOX
from labelmend.geometry import polygons as polygon
from labelmend.project.annotation import Suggestion
from labelmend.project.project import Project


def is_mended(project: Project, issue: int) -> bool:
    """Whether something was changed under this issue and stands: there is nothing left to suggest."""
    return any(project.record(key) != before for key, before in project.state.before(issue).items())


def suggestion(project: Project, row: int) -> Suggestion | None:
    """The proposed fix of an issue (a row of `project.issues`); None without one, or once it is mended."""
    columns = project.issues.columns
    fix, category = int(columns.fix[row]), int(columns.fix_category[row])
    if fix == NO_FIX or is_mended(project, int(project.issues.id[row])):
        return None
    box = np.array(columns.fix_bbox[row]) if fix in (CREATE, SET_BBOX) else None
    own = int(columns.category[row])
    category = category if category >= 0 else own
    if fix == CREATE:
        return Suggestion("create", category, box, None, _mask(project, row))
    if fix == SET_BBOX and box is not None:
        return _moved(project, row, box, own)
    return Suggestion(FIXES[fix], category, box)


def _moved(project: Project, row: int, box: NDArray[np.float64], category: int) -> Suggestion | None:
    """A box with the polygon stretched to it; instead of a mask the detection's own, where it has one."""
    now = project.annotation(int(project.issues.columns.annotation[row]))
    if now is None:
        return None
    if now.rle is not None:
        rle = _mask(project, row)
        return None if rle is None else Suggestion("bbox", category, box, None, rle)
    parts = now.polygons
    if parts:
        parts = polygon.scaled(parts, polygon.bounds(parts), box)
    return Suggestion("bbox", category, box, parts or None)


def _mask(project: Project, row: int) -> dict[str, Any] | None:
    """The mask of the detection that an issue is about, as COCO writes it; None where it has none."""
    detection = int(project.issues.columns.detection[row])
    size = project.declared_size(int(project.issues.columns.image[row]))
    if detection < 0 or size is None or not project.store.get("detections.masks"):
        return None
    every = project.detections()
    counts = every.masks[detection] if every is not None and every.masks is not None else b""
    return {"size": [size[1], size[0]], "counts": counts.decode("ascii")} if counts else None
