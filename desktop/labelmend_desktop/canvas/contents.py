"""What the canvas shows, taken from the session: the scene, the focus, which rows are quiet, the masks."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from labelmend.geometry import masks
from labelmend.geometry.differences import Difference, difference
from labelmend.geometry.polygons import Parts, bounds
from labelmend.project.suggesting import traces
from labelmend_desktop.canvas.change import difference_of, key_of
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.detected import Detected
from labelmend_desktop.canvas.flipped import other_state
from labelmend_desktop.canvas.focus import Focus, focus_of, masks_suggested, new_label, suggested_outline
from labelmend_desktop.canvas.hit import SUGGESTED, InHand
from labelmend_desktop.canvas.intricate import Same, is_intricate
from labelmend_desktop.canvas.mask_image import MaskPicture
from labelmend_desktop.canvas.outlining import Outlining
from labelmend_desktop.canvas.quiet import FEW
from labelmend_desktop.canvas.scene import MASK, Scene, corners
from labelmend_desktop.session import Session

if TYPE_CHECKING:
    from labelmend.coco.detections import Detections
    from labelmend.project.annotation import Annotation

EVERYTHING = None
Boxes = list[NDArray[np.float64]]
_LONG = 2000
"""Characters of the counts of suggested masks, from which they are outlined by a thread."""
_MANY_POINTS = 400
"""Outlines of more points are compared by a thread."""
_PATCHES = 40
"""Up to this many changed shapes are repainted one by one; more repaint everything."""


class Contents:
    """A view of the session's data for painting; every change says which picture boxes it touches.

    Those answers are lists of boxes (4,) xywh, or EVERYTHING. ``held`` is the suggested label while it is
    changed by hand, before it is added.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        self._session = session
        self.outlining, self.detected = Outlining(parent), Detected(parent)
        self.image, self._every = -1, self._detections()
        self.scene = Scene()
        self.focus: Focus | None = None
        self.rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self.few = True
        self.masks = MaskPicture(0, 0)
        self.held: InHand | None = None
        self._by_box: int | None = None
        self._other: tuple[Focus | None, tuple[Parts, str]] = (None, ((), ""))
        self._near = self.rows, (np.full(2, np.inf), np.full(2, -np.inf)), np.zeros((0, 4))

    def load(self) -> None:
        """Take in the image in sight, whole."""
        self.image, self._every = self._session.image, self._detections()
        self.scene = Scene(self._session.annotations(), self._session.detections(), self._session.models())
        self.outlining.serve(self.scene)
        self.focus = focus_of(self._session)
        self._load_masks()
        self.refresh()

    def is_in_sight(self) -> bool:
        """Whether it is of the image in sight still, and of the detections that the project has."""
        return self.image == self._session.image and self._every is self._detections()

    def _detections(self) -> Detections | None:
        """All that the project has."""
        project = self._session.project
        return None if project is None else project.detections()

    def size(self) -> tuple[float, float]:
        """The declared size of the picture, or what holds its shapes when none is declared."""
        project = self._session.project
        declared = None if project is None else project.declared_size(self.image)
        if declared is not None:
            return declared
        ends = self.scene.boxes[:, 2:][np.isfinite(self.scene.boxes[:, 2:]).all(axis=1)]
        wide, high = ends.max(axis=0) if len(ends) else (640.0, 480.0)
        return max(float(wide), 32.0), max(float(high), 32.0)

    def refocus(self) -> None:
        """Take in another issue on the same image, or another suggestion for this one."""
        self.focus = focus_of(self._session)

    def read_ahead(self) -> None:
        """Have threads trace what is suggested, and detected, where the issues are that may come next."""
        project = self._session.project
        if project is None:
            return
        if self._session.show_detections:
            self.detected.ask(project, [self.image, *self._session.neighbours()])
        for row in self._session.near().tolist():
            for seen in traces(project, row):
                self.outlining.read(("ahead", seen), seen.outline)

    def take(self, keys: Collection[int]) -> Boxes | None:
        """Take in what became of those of these annotations that are or were on this image."""
        scene, now = self.scene, self._now(keys)
        changed = {key: now.get(key) for key in keys if key in now or key in scene.row_of}
        few = len(changed) <= _PATCHES
        rows = [scene.row_of[key] for key in changed if key in scene.row_of] if few else []
        drawn = np.intersect1d(rows, self.rows, assume_unique=True).astype(np.int64).tolist()
        touched = [scene.box(row) for row in drawn]
        scene.update(changed)
        touched += [scene.box(row) for row in drawn]
        every = np.array([scene.row_of[key] for key in changed], np.int64)
        for row in {*every[scene.kind[every] == MASK].tolist(), *self.masks.among(every)}:
            self.masks.set(row, self._rle(row))
        self.refocus()
        quiet = self.refresh()
        return touched + quiet if few and quiet is not EVERYTHING else EVERYTHING

    def _now(self, keys: Collection[int]) -> dict[int, Annotation]:
        """Those of these annotations that are on this image now, by key; a few are read by themselves."""
        project = self._session.project
        if project is None:
            return {}
        if len(keys) > _PATCHES:
            return {one.key: one for one in project.annotations_of(self.image)}
        read = (project.annotation(key) for key in keys)
        return {one.key: one for one in read if one is not None and one.image == self.image}

    # ---- which rows are quiet

    def _visible(self) -> NDArray[np.bool_]:
        session, scene = self._session, self.scene
        visible = scene.alive & np.isfinite(scene.boxes).all(axis=1)
        visible &= ~scene.is_detection | self._detections_shown()
        visible[scene.awaited] = False
        if not session.show_others:
            visible &= scene.category == self._category()
        visible &= session.classes.shown(scene.category)
        for key in session.classes.labels & scene.row_of.keys():
            visible[scene.row_of[key]] = False
        shown: NDArray[np.bool_] = visible
        return shown

    def _detections_shown(self) -> NDArray[np.bool_]:
        """Of every row (n,): whether a detection there would be shown; the one spoken of always is."""
        session, scene = self._session, self.scene
        if not session.show_detections:
            return np.zeros(len(scene), bool)
        shown = session.seeing.detections.mask(scene.category, scene.score, wanted=self._category())
        at = -1 if self.focus is None else self.focus.detection
        shown[np.flatnonzero(scene.is_detection)[max(at, 0) : at + 1]] = True
        return shown

    def hidden_detections(self) -> str:
        """Which of this picture's detections are hidden by choice, in words; empty when none is."""
        session, scene = self._session, self.scene
        if not session.show_detections:
            return ""
        hidden = int((scene.is_detection & ~self._detections_shown()).sum())
        return session.seeing.detections.in_words(
            hidden=hidden, of=int(scene.is_detection.sum()), class_name=self.class_in_question()
        )

    def class_in_question(self) -> str:
        """The name of the class that is in question."""
        project, category = self._session.project, self._category()
        names = () if project is None else project.categories.name
        return names[category] if 0 <= category < len(names) else "unknown class"

    def _category(self) -> int:
        """The class that is in question."""
        for key in (self._session.selected, None if self.focus is None else self.focus.key):
            annotation = self.scene.annotation(key)
            if annotation is not None:
                return annotation.category
        return self._session.draw_category if self.focus is None else self.focus.category

    def refresh(self) -> Boxes | None:
        """Find out again which rows are quiet; a polygon no longer edited is no longer taken by its box."""
        if not self._session.editing or self._session.selected != self._by_box:
            self._by_box = None
        self._outline_detections()
        visible = self._visible()
        self._colour_masks(visible)
        for key in (self._session.selected, *self._of_issue()):
            row = self.scene.row_of.get(key) if key is not None else None
            if row is not None:
                visible[row] = False
        rows = np.flatnonzero(visible)
        changed = np.setxor1d(rows, self.rows, assume_unique=True)
        few = len(self.scene) <= FEW
        all_anew = few != self.few or len(changed) > _PATCHES or bool((changed >= len(self.scene)).any())
        self.rows, self.few = rows, few
        return EVERYTHING if all_anew else [self.scene.box(row) for row in changed.tolist()]

    def _of_issue(self) -> tuple[int, ...]:
        """The keys of the suspect and of what was changed with it."""
        if self.focus is None:
            return ()
        return self.focus.others if self.focus.key is None else (self.focus.key, *self.focus.others)

    def _outline_detections(self) -> None:
        """Have the detections in sight outlined by a thread, unless they are."""
        project = self._session.project
        if project is not None and self._session.show_detections and self.scene.to_outline:
            outlines = self.detected.of(project, self.image)
            if outlines is not None:
                self.scene.outline_detections(outlines)

    def quiet_labels(self, box: NDArray[np.float64]) -> NDArray[np.float64]:
        """The boxes (n, 4) x0 y0 x1 y1 of quiet labels that reach into a box (4,) xywh, and some beside it.

        Asked for in every frame of a drag, mostly for about the same place.
        """
        rows, (low, high), found = self._near
        if rows is not self.rows or (box[:2] < low).any() or (box[:2] + box[2:] > high).any():
            around = np.concatenate([box[:2] - box[2:], 3 * box[2:]])
            there = self.scene.touching(around) & ~self.scene.is_detection
            found = self.scene.boxes[self.rows[there[self.rows]]]
            self._near = self.rows, (around[:2], around[:2] + around[2:]), found
        return found

    def shown(self) -> NDArray[np.int64]:
        """Rows that are in sight, quiet or not."""
        return np.flatnonzero(self._visible())

    def clickable(self) -> NDArray[np.int64]:
        """Rows that can be selected: the annotations in sight, and the suspect, but of no locked class."""
        scene, visible = self.scene, self._visible()
        row = None if self.focus is None or self.focus.key is None else scene.row_of.get(self.focus.key)
        if row is not None:
            visible[row] = scene.alive[row] and np.isfinite(scene.boxes[row]).all()
        return np.flatnonzero(visible & ~scene.is_detection & self._session.classes.open(scene.category))

    def let_go(self) -> None:
        """Let go of selected labels that are hidden or locked now; not of the suspect alone."""
        selection, classes = self._session.selection, self._session.classes
        own = self.scene.annotation(selection.only)
        barred = own is not None and (classes.hides(own) or own.category in classes.locked)
        if selection.several or (barred and (self.focus is None or selection.only != self.focus.key)):
            selection.keep(self.clickable_keys())

    def clickable_keys(self) -> list[int]:
        """The keys of those annotations."""
        rows = self.clickable().tolist()
        return [annotation.key for row in rows if (annotation := self.scene.annotations[row]) is not None]

    def within(self, box: NDArray[np.float64]) -> list[int]:
        """The keys of those annotations that lie wholly within a box (4,) xywh."""
        rows = self.clickable()
        b = self.scene.boxes[rows]
        inside = ((b[:, :2] >= box[:2]) & (b[:, 2:] <= box[:2] + box[2:])).all(axis=1)
        return [one.key for row in rows[inside].tolist() if (one := self.scene.annotations[row]) is not None]

    def around_several(self) -> NDArray[np.float64] | None:
        """The box (4,) xywh around the labels that are selected together; None when there are none."""
        rows = self._several()
        if not rows:
            return None
        b = self.scene.boxes[rows]
        low, high = b[:, :2].min(axis=0), b[:, 2:].max(axis=0)
        return np.concatenate([low, high - low])

    def several_with_mask(self) -> bool:
        """Whether a mask is among the labels that are selected together: they move by whole pixels."""
        return bool((self.scene.kind[self._several()] == MASK).any())

    def _several(self) -> list[int]:
        return [self.scene.row_of[key] for key in self._session.selection.several if key in self.scene.row_of]

    # ---- the shape in hand

    def swap_grips(self) -> bool:
        """Take the selected polygon by its box, or by its vertices again; False when it is no polygon."""
        annotation = self.scene.annotation(self._session.selected)
        if annotation is None or not annotation.polygons:
            return False
        self._by_box = annotation.key if self._by_box is None else None
        return True

    def in_hand(self) -> InHand | None:
        """The selected shape as far as it can be dragged; with none, the one that is suggested."""
        if not self._session.selection.keys:
            return self.held or self._suggested()
        annotation = self.scene.annotation(self._session.selected)
        if annotation is None or annotation.category in self._session.classes.locked:
            return None
        if annotation.polygons:
            box = bounds(annotation.polygons) if annotation.key == self._by_box else None
            return InHand(annotation.key, box=box, parts=annotation.polygons)
        if annotation.rle is not None or not np.isfinite(annotation.bbox).all():
            return InHand(annotation.key)
        return InHand(annotation.key, box=annotation.bbox)

    def hold(self, held: InHand | None) -> None:
        """Keep the suggested label in hand, or none; a mask is shown by its pixels."""
        before, self.held = self.held, held
        now = None if held is None else held.rle
        if now is not None or (before is not None and before.rle is not None):
            self.masks.colour({self.held_row: colour_of(self._session.draw_category)})
            self.masks.set(self.held_row, now)

    @property
    def held_row(self) -> int:
        """The row of the suggested mask in hand, behind all others: where it will be once it is added."""
        return len(self.scene)

    def held_box(self) -> NDArray[np.float64] | None:
        """The box (4,) xywh of the suggested label while it is in hand."""
        if self.held is None:
            return None
        if self.held.rle is not None:
            height, width = self.held.rle["size"]
            return masks.bounds(self.held.rle["counts"].encode(), height=height, width=width)
        return bounds(self.held.parts) if self.held.parts else self.held.box

    def _suggested(self) -> InHand | None:
        new = new_label(self.focus)
        if new is None or new.category in self._session.classes.locked:
            return None
        if new.rle is not None:
            return InHand(SUGGESTED, rle=new.rle)
        return InHand(SUGGESTED, None if new.polygons else new.bbox, new.polygons or ())

    def wanted(self) -> Parts:
        """The outlines of what is suggested; of an intricate mask its box, until a thread has outlined it."""
        suggestion = None if self.focus is None else self.focus.suggestion
        if self.focus is None or suggestion is None:
            return ()
        outlined = partial(suggested_outline, suggestion, self.scene.annotation(self.focus.key))
        counts, box = masks_suggested(suggestion), suggestion.bbox
        if sum(map(len, counts)) <= _LONG:
            return outlined()
        found = self.outlining.read((self.focus.issue, counts), outlined)
        return found if found is not None else () if box is None else (corners(box),)

    def difference(self, before: Parts, after: Parts) -> Difference | None:
        """Of two outlines; of many points None until a thread has found it."""
        if sum(map(len, (*before, *after))) <= _MANY_POINTS:
            return difference_of(before, after)
        names = tuple(Same(one) if is_intricate(one) else key_of(one) for one in (before, after))
        return self.outlining.read(names, partial(difference, before, after))

    def other_state(self) -> tuple[Parts, str]:
        """The suspect's other state and its name (see canvas/flipped.py)."""
        project, focus = self._session.project, self.focus
        if focus is None or project is None:
            return (), ""
        if self._other[0] is not focus:  # asked for in every frame
            self._other = focus, other_state(project, focus, self.scene)
        return self._other[1]

    def deleted(self) -> Parts:
        """The outlines of a suspect that was deleted, as they were; () while it is there."""
        focus = self.focus
        if focus is None or focus.key is None or self.scene.annotation(focus.key) is not None:
            return ()
        return self.other_state()[0]

    # ---- masks

    def _rle(self, row: int) -> dict[str, Any] | None:
        """The mask of a row, None when it has none or is deleted."""
        annotation = self.scene.annotations[row]
        is_mask = self.scene.alive[row] and self.scene.kind[row] == MASK
        return annotation.rle if annotation is not None and is_mask else None

    def _load_masks(self) -> None:
        width, height = (round(side) for side in self.size())
        self.masks = MaskPicture(width, height, edges=not self.scene.few_masks)
        rows = np.flatnonzero(self.scene.kind == MASK).tolist()
        rles = {row: rle for row in rows if (rle := self._rle(row)) is not None}
        self.masks.load({row: rle for row, rle in rles.items() if not self.scene.is_read_elsewhere(row)})

    def take_outlined(self, row: int) -> None:
        """Take in a mask that a thread has read: it is an outline and pixels from now on, no more a box."""
        self.masks.set(row, self._rle(row))
        self._colour_masks(self._visible())

    def _colour_masks(self, visible: NDArray[np.bool_]) -> None:
        clear, scene = QColor(0, 0, 0, 0), self.scene
        if self._session.flip and self.focus is not None:
            visible = visible.copy()
            own = [scene.row_of[key] for key in self._of_issue() if key in scene.row_of]
            visible[own] = False  # their other state is shown
        rows = np.flatnonzero(scene.alive & (scene.kind == MASK)).tolist()
        self.masks.colour(
            {row: colour_of(int(scene.category[row])) if visible[row] else clear for row in rows}
        )
