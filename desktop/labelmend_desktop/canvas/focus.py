"""What the current issue is about: the suspect, and what is suggested for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import KINDS
from labelmend.geometry.polygons import Parts, bounds
from labelmend.project.clusters import about, example
from labelmend.project.suggesting import suggestion as suggestion_of
from labelmend_desktop.canvas.scene import Scene, contours, corners

if TYPE_CHECKING:
    from labelmend.project.annotation import Annotation, Suggestion
    from labelmend.project.project import Project
    from labelmend_desktop.session import Session


_SMALL = (32.0, 32.0)
"""Stands for the size of a picture of which nothing is known."""


@dataclass(frozen=True, eq=False)
class Focus:
    """The issue in sight. ``key`` is None for a label that is missing still; ``box`` (4,) xywh says where.

    ``others`` are the keys of what else was changed under it, as the new ones where a merged label was fixed.
    ``detection`` is the place among the image's detections of the one that the issue speaks of, or -1.
    ``card``: the issue stands for many, of which this is the example. ``whole`` (4,) is the picture: what
    has no place in it is about all of it.
    """

    issue: int
    image: int
    kind: str
    key: int | None
    box: NDArray[np.float64]
    whole: NDArray[np.float64]
    category: int
    suggestion: Suggestion | None
    detection: int = -1
    others: tuple[int, ...] = ()
    card: bool = False

    def area(self, scene: Scene) -> NDArray[np.float64]:
        """The box (4,) that holds the suspect as it is now and as it was found, what was changed with it, and
        what is suggested."""
        boxes = [self.box]
        row = scene.row_of.get(self.key) if self.key is not None else None
        if row is not None and scene.alive[row]:
            boxes = [scene.box(row), *([] if self.card or self._is_outside() else boxes)]
        boxes += [scene.box(scene.row_of[key]) for key in self.others if scene.annotation(key) is not None]
        if self.suggestion is not None and self.suggestion.bbox is not None:
            boxes.append(self.suggestion.bbox)
        usable = [box for box in boxes if np.isfinite(box).all()] or [self.whole]
        return bounds([corners(box) for box in usable])

    def _is_outside(self) -> bool:
        """Whether the box that the suspect had reaches out of the picture, however far, or is none."""
        low, high = self.box[:2], self.box[:2] + self.box[2:]
        return not ((low >= 0) & (high <= self.whole[2:])).all()


def focus_of(session: Session) -> Focus | None:
    """The focus of the session's current issue, of a card its example; None when there is none."""
    project, issue = session.project, session.issue
    if project is None or issue is None:
        return None
    issues = project.issues
    row = issues.row_of(issue)
    if row < 0:
        return None
    shown = example(project, row)
    size = project.declared_size(int(issues.image[row])) or _SMALL
    key = about(project, row)
    return Focus(
        issue=issue,
        image=int(issues.image[row]),
        kind=KINDS[int(issues.kind[shown])],
        key=key,
        box=np.asarray(issues.bbox[row], dtype=np.float64),
        whole=np.array([0.0, 0.0, *size]),
        category=int(issues.category[shown]),
        suggestion=session.suggestion() if shown == row else suggestion_of(project, shown),
        detection=_spoken_of(project, row),
        others=() if shown != row else tuple(one for one in project.state.before(issue) if one != key),
        card=shown != row,
    )


def _spoken_of(project: Project, row: int) -> int:
    every, found = project.detections(), int(project.issues.columns.detection[row])
    first = 0 if every is None else int(np.searchsorted(every.image, project.issues.image[row]))
    return found - first if found >= 0 else -1


def new_label(focus: Focus | None) -> Suggestion | None:
    """What is suggested to be added where a label is missing."""
    if focus is None or focus.card or focus.suggestion is None or focus.suggestion.fix != "create":
        return None
    return focus.suggestion


def masks_suggested(suggestion: Suggestion) -> tuple[str, ...]:
    """The counts of the masks that are suggested."""
    every = (suggestion, *suggestion.also)
    return tuple(one.rle["counts"] for one in every if one.rle is not None)


def suggested_outline(suggestion: Suggestion | None, annotation: Annotation | None) -> Parts:
    """What the suggestion would draw; () when it draws nothing new (delete, or another class)."""
    if suggestion is None or suggestion.fix not in ("create", "bbox", "outline"):
        return ()
    own = _outline(suggestion, annotation)
    return own + tuple(part for one in suggestion.also for part in _outline(one, None))


def _outline(suggestion: Suggestion, annotation: Annotation | None) -> Parts:
    if suggestion.polygons:
        return suggestion.polygons
    if suggestion.rle is not None:
        return contours(suggestion.rle)
    if suggestion.bbox is None or (annotation is not None and annotation.rle is not None):
        return ()
    return (corners(suggestion.bbox),)
