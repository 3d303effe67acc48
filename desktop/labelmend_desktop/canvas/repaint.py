"""What a press of brush or eraser begins: a stroke on the selected mask, or on a new one, or a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from labelmend.errors import LabelmendError, Refused
from labelmend.geometry import masks, repainting
from labelmend.geometry.repainting import Cut, Trail
from labelmend.project.annotation import Annotation
from labelmend_desktop.canvas import taking
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.gestures import painting
from labelmend_desktop.canvas.gestures.story import Event, Gesture
from labelmend_desktop.canvas.hit import SUGGESTED, hit
from labelmend_desktop.canvas.mask_proposals import as_mask, subject_of
from labelmend_desktop.canvas.mask_runs import Rectangle
from labelmend_desktop.making import LONG

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


_LARGE = 4_000_000
"""Pixels of the tiles that a stroke goes over, from which a thread makes a mask of it."""
_ALL_OF_IT = "Nothing is painted: the mask has all of that already."
_NONE_OF_IT = "Nothing is erased: the mask has none of that."


def begin(press: Event, canvas: Canvas, *, erase: bool) -> Gesture:
    """Paint on the selected mask, or on a new one; with Ctrl, take the label below in hand instead."""
    session, contents = canvas.session, canvas.contents
    if press.ctrl:
        rows, at = contents.clickable(), (press.x, press.y)
        session.select(hit(contents.scene, *at, scale=press.scale, in_hand=None, rows=rows).key)
        return painting.nothing()
    annotation = contents.scene.annotation(session.selected)
    try:
        if annotation is not None and annotation.rle is None:
            canvas.proposals.show(as_mask(annotation, contents.masks.size))
            return painting.nothing()
        stroke = _stroke(canvas, annotation, erase=erase)
    except LabelmendError as error:
        session.failed.emit(error)
        return painting.nothing()
    return painting.paint(press, brush=stroke, keep=stroke.keep)


def _stroke(canvas: Canvas, annotation: Annotation | None, *, erase: bool) -> Stroke:
    """A stroke over a label's mask, or a new one. Raises Refused where there can be none."""
    contents = canvas.contents
    if canvas.session.selection.several:
        raise Refused("Several labels are selected: take one in hand by Ctrl and a click to paint on it.")
    held = contents.held
    if held is not None and held.rle is not None:
        mask = subject_of(SUGGESTED, held.rle, contents.masks.size).mask
        colour = colour_of(canvas.session.draw_category)
        return Stroke(canvas, SUGGESTED, contents.held_row, colour, mask, erase)
    if annotation is None:
        if erase:
            raise Refused("There is no mask to erase from: take one in hand by Ctrl and a click.")
        return Stroke(canvas, None, len(contents.scene), colour_of(canvas.session.draw_category), b"", erase)
    mask = subject_of(annotation.key, annotation.rle, contents.masks.size).mask
    row = contents.scene.row_of[annotation.key]
    return Stroke(canvas, annotation.key, row, colour_of(annotation.category), mask, erase)


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke over annotation ``key`` (None: a new one), in ``row`` of the scene; ``mask`` as it was."""

    canvas: Canvas
    key: int | None
    row: int
    colour: QColor
    mask: bytes
    erase: bool

    def reach(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> Cut | None:
        """What the brush covers from one point to another, within the picture."""
        width, height = self.canvas.contents.masks.size
        return repainting.stroke(start, end, radius=self.canvas.brush.radius, height=height, width=width)

    def lay(self, cut: Cut) -> None:
        """Show at once what the brush covers."""
        self.canvas.contents.masks.lay(self.row, cut, self.colour, erase=self.erase)
        self._update((cut.left, cut.top, cut.right, cut.bottom))

    def lift(self, covered: Trail) -> None:
        """Show there again what the project says."""
        self.canvas.contents.masks.mend(covered.place)
        self._update(covered.place)

    def keep(self, covered: Trail) -> bool:
        """Make the step; False when there was none."""
        session = self.canvas.session
        width, height = self.canvas.contents.masks.size
        make = partial(_painted, self.mask, covered, erase=self.erase, height=height, width=width)
        is_long = len(self.mask) > LONG or covered.pixels > _LARGE
        new = session.making.aside(make) if is_long else make()
        if new is None:
            # Else undo would seem to have forgotten it, and takes back something elsewhere.
            session.said.emit(_NONE_OF_IT if self.erase else _ALL_OF_IT)
            return False
        rle = masks.written(new, height=height, width=width)
        if self.key is None:
            return session.edits.create(session.draw_category, rle=rle)
        title = "erase from the mask" if self.erase else "paint the mask"
        if self.key == SUGGESTED and not masks.area(new, height=height, width=width):
            session.failed.emit("Nothing would be left of the suggested mask: Esc leaves it.")
            return False
        return taking.set_mask(self.canvas, self.key, rle, title=title)

    def _update(self, place: Rectangle) -> None:
        left, top, right, bottom = place
        area = self.canvas.view.rect((left, top, right - left, bottom - top))
        self.canvas.update(area.toAlignedRect().adjusted(-2, -2, 2, 2))


def _painted(mask: bytes, covered: Trail, *, erase: bool, height: int, width: int) -> bytes | None:
    """A mask after a stroke, b"" for none before; None where the stroke changes nothing."""
    size = {"height": height, "width": width}
    drawn = covered.mask(**size)
    if not mask:
        return drawn
    new = (repainting.without if erase else repainting.union)(mask, drawn, **size)
    return None if masks.area(new, **size) == masks.area(mask, **size) else new
