"""A mask proposed as a label for each of its pieces, and several labels proposed as one crowd."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from labelmend.coco.record import annotation_of
from labelmend.geometry import masks
from labelmend.geometry.differences import Difference
from labelmend.geometry.polygons import Parts
from labelmend.project import regrouping
from labelmend.project.history import Edit, Step
from labelmend.project.project import Project
from labelmend.words import counted
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.words import areas_in_words

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

_NONE: Final = np.zeros((0, 3))
_NO_CHANGE: Final = Difference((), (), _NONE, _NONE, 1.0)
"""The same pixels are labelled, only otherwise."""


def split(project: Project, key: int, *, issue: int | None) -> Proposal:
    """A label for each piece of a mask. Raises Refused."""
    label = project.annotation(key)
    step = regrouping.split(project, key, issue=issue)
    areas = areas_in_words(_area(_mask(edit)) for edit in step.edits)
    words = f"{counted(len(step.edits))} instead of one, of {areas}."
    rle = None if label is None else label.rle
    return Proposal(key, step.title, words, rle=rle, change=_NO_CHANGE, make=partial(_take, step))


def join(project: Project, keys: Sequence[int], *, before: Parts, issue: int | None) -> Proposal:
    """One crowd for several labels, whose outlines are ``before``. Raises Refused."""
    step = regrouping.join(project, keys, issue=issue)
    rle = _mask(step.edits[0])
    words = f"One crowd instead of {counted(len(keys))}: a mask of {_area(rle):,} px."
    make = partial(_take, step)
    return Proposal(None, step.title, words, rle=rle, before=before, change=_NO_CHANGE, make=make)


def _take(step: Step, session: Session) -> bool:
    return session.edits.take(step)


def _mask(edit: Edit) -> dict[str, Any]:
    rle = annotation_of(edit.after or b"").rle
    assert rle is not None
    return rle


def _area(rle: dict[str, Any]) -> int:
    height, width = rle["size"]
    return masks.area(masks.counts(rle, height=height, width=width), height=height, width=width)
