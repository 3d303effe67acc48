"""What keys do with several labels: select all, align, hide, copy and paste."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QGuiApplication

from labelmend.errors import Refused
from labelmend.fit.detections import best_each, fitting
from labelmend.geometry.boxes import iou
from labelmend.geometry.differences import Difference, difference
from labelmend.geometry.polygons import Parts
from labelmend.project import clipboard
from labelmend.project.many import Shape, counted
from labelmend_desktop.canvas import fits
from labelmend_desktop.canvas.proposal import Proposal

if TYPE_CHECKING:
    from labelmend.project.annotation import Annotation
    from labelmend_desktop.canvas.canvas import Canvas

LEAST_SHARED = 0.5
"""A label is aligned to a detection that has an IoU of this with it or more."""
_SHOWN = 200
"""Of up to so many labels the difference is shown; of more their new outlines only."""
_TITLE = "align {} to the detections"


class ManyVerbs:
    """Nothing here knows a key or a menu. All of it is about what can be seen and is not locked."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._session = canvas, canvas.session

    def table(self) -> dict[str, Callable[..., object]]:
        """Verbs by the names of their actions."""
        return {
            "select_all": self.select_all,
            "align": self.align,
            "hide_labels": self.hide,
            "copy": self.copy,
            "paste": self.paste,
        }

    def select_all(self) -> None:
        """Select every label of the picture that can be seen."""
        keys = self._canvas.contents.clickable_keys()
        self._canvas.setFocus()
        if not keys:
            raise Refused("There is no label in sight to select.")
        self._session.selection.take(keys)

    def hide(self) -> None:
        """Hide the selected labels but the suspect; where there are none, show all that are hidden so."""
        classes, focus = self._session.classes, self._canvas.contents.focus
        keys = [key for key in self._session.selection.keys if focus is None or key != focus.key]
        if keys:
            classes.hide_labels(keys)
            self._session.said.emit(f"Hidden: {counted(len(keys))}. Shift+X with none selected shows them.")
        elif classes.labels:
            self._session.said.emit(f"Shown again: {counted(len(classes.labels))}.")
            classes.show_labels()
        else:
            raise Refused("There is no label to hide: select some first; the suspect is always shown.")

    # ---------------------------------------------------------------- the clipboard
    def copy(self) -> None:
        """Put the selected labels on the clipboard as COCO records."""
        if self._session.project is not None:
            keys = self._session.selection.keys
            QGuiApplication.clipboard().setText(clipboard.copied(self._session.project, keys))
            self._session.said.emit(f"Copied: {counted(len(keys))}. Ctrl+V adds them where you are then.")

    def paste(self) -> None:
        """Add the labels on the clipboard to the picture."""
        if not self._canvas.has_picture:
            raise Refused("There is no picture in sight to paste into.")
        self._canvas.setFocus()
        self._session.edits.paste(QGuiApplication.clipboard().text(), size=self._canvas.limits())

    # ---------------------------------------------------------------- aligning
    def align(self) -> None:
        """Propose each selected label as its detection has it."""
        selected = self._session.selection.keys
        if not selected:
            raise Refused("There is no label to align: select some first (Shift and a drag, or Ctrl+A).")
        found = self._aligned()
        changes = [found[key] for key in selected if key in found]
        if not changes:
            one = "The label stays" if len(selected) == 1 else f"All {counted(len(selected))} stay"
            raise Refused(f"{one}: no detection that is elsewhere shares half of its area.")
        shapes = {one.key: _shape(one) for one in changes if one.key is not None}
        scene = self._canvas.contents.scene
        before = [scene.outline(scene.row_of[key]) for key in shapes]
        after = [one.outline for one in changes]
        stay = len(selected) - len(changes)
        words = f"{counted(len(changes))} as the detections have them"
        words += (
            f", {stay:,} stay: they lie so, or no detection shares half of its area with them."
            if stay
            else "."
        )
        self._canvas.proposals.show(
            Proposal(
                self._session.selected,
                _TITLE,
                words,
                parts=tuple(part for parts in after for part in parts),
                before=tuple(part for parts in before for part in parts),
                change=_difference(before, after),
                make=lambda session: session.edits.reshape_several(shapes, title=_TITLE),
            )
        )

    def _aligned(self) -> dict[int, Proposal]:
        """What each label of the picture would become that a detection of its own shares half with."""
        detections, project = self._session.detections(), self._session.project
        labels = [one for one in self._session.annotations() if np.isfinite(fits.extent(one)).all()]
        if detections is None or project is None or not labels:
            return {}
        boxes = np.array([fits.extent(one) for one in labels])
        category = np.array([one.category for one in labels])
        fit = fitting(
            boxes, category, detected=detections.bbox, seen=detections.category, score=detections.score
        )
        each = best_each(np.where(iou(boxes, detections.bbox) >= LEAST_SHARED, fit, 0.0))
        size, names = project.declared_size(self._canvas.contents.image), project.categories.name
        out: dict[int, Proposal] = {}
        for label, row in zip(labels, each.tolist(), strict=True):
            proposal = None
            if row >= 0:
                proposal = _at(label, fits.seen(detections, row, names=names, size=size))
            if proposal is not None:
                out[label.key] = proposal
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


def _difference(before: list[Parts], after: list[Parts]) -> Difference:
    """What all of them add and take, label by label: they may overlap each other."""
    none = np.zeros((0, 3))
    if len(before) > _SHOWN:
        return Difference((), (), none, none, 0.0)
    each = [difference(old, new) for old, new in zip(before, after, strict=True)]
    return Difference(
        tuple(ring for one in each for ring in one.added),
        tuple(ring for one in each for ring in one.removed),
        np.concatenate([one.plus for one in each]),
        np.concatenate([one.minus for one in each]),
        float(np.mean([one.iou for one in each])),
    )
