"""What keys do to the shape in hand: nudge it or what is picked of it, go to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from labelmend.errors import Refused
from labelmend.geometry import masks
from labelmend.geometry.polygons import bounds, moved
from labelmend_desktop.canvas import taking
from labelmend_desktop.canvas.contents import Contents
from labelmend_desktop.canvas.gestures.boxes import held_inside, resized
from labelmend_desktop.canvas.gestures.outlines import shifted
from labelmend_desktop.canvas.gestures.several import held_together
from labelmend_desktop.canvas.gestures.story import Limits
from labelmend_desktop.canvas.hit import SUGGESTED, InHand
from labelmend_desktop.canvas.mask_proposals import subject_of
from labelmend_desktop.canvas.picking import told
from labelmend_desktop.session import Session

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

Vector = NDArray[np.float64]


def nudge(canvas: Canvas, by: Vector) -> None:
    """Move the active handle or the picked vertices, else the whole shape, by (dx, dy); one step."""
    in_hand, active = canvas.contents.in_hand(), canvas.hands.active
    if in_hand is None:
        return
    if in_hand.box is not None and (active.handle or not in_hand.parts):
        _nudge_box(canvas, in_hand, by)
    elif in_hand.parts:
        _nudge_polygon(canvas, in_hand, by)
    else:
        _nudge_mask(canvas, in_hand.key, by)


def take_brush(canvas: Canvas) -> bool:
    """Take the brush for the mask in hand, and from the brush the eraser; False when it is no mask."""
    in_hand = canvas.contents.in_hand()
    if in_hand is None or _mask(canvas, in_hand.key) is None:
        return False
    canvas.take_tool("eraser" if canvas.hands.tool_name() == "brush" else "brush")
    return True


def nudge_several(session: Session, contents: Contents, *, by: Vector, limits: Limits) -> None:
    """Move the selected labels together, as far as all of them stay within the picture."""
    around, whole = contents.around_several(), contents.several_with_mask()
    if around is None:
        return
    if whole and not np.rint(by).any():
        raise Refused("A mask is among them, which is moved by whole pixels: press the arrow without Ctrl.")
    by = held_together(around, by, limits, whole=whole)
    if by.any():
        session.edits.move_several(by)


def type_box(canvas: Canvas, box: Vector) -> bool:
    """Give the label in hand the box (4,) xywh that was typed; False when it was refused, which is said."""
    session, annotation = canvas.session, canvas.contents.scene.annotation(canvas.session.selected)
    had = canvas.contents.held_box() if annotation is None else annotation.bbox
    if had is None:
        return False
    wide, high = canvas.limits()
    end, furthest = box[:2] + box[2:], np.maximum((wide, high), had[:2] + had[2:])
    if (box[:2] < np.minimum(0, had[:2])).any() or (end > furthest).any():
        session.failed.emit(
            f"This box would leave the picture, which is {wide:g} × {high:g} px: type numbers within it."
        )
        return False
    held = canvas.contents.held
    if annotation is None and held is not None and held.rle is not None:
        session.failed.emit("A mask cannot be stretched with its box: paint what it lacks (W).")
        return False
    key = SUGGESTED if annotation is None else annotation.key
    return taking.set_box(canvas, key, box, title="type the box")


def _nudge_box(canvas: Canvas, in_hand: InHand, by: Vector) -> None:
    box, handle, limits = in_hand.box, canvas.hands.active.handle, canvas.limits()
    assert box is not None
    if handle:
        new = resized(box, handle, by, limits=limits)
    else:
        new = np.concatenate([box[:2] + held_inside(box, by, limits), box[2:]])
    if not np.array_equal(new, box) and (new[2:] > 0).all():
        taking.set_box(canvas, in_hand.key, new, title="nudge a side" if handle else "nudge the box")


def _nudge_mask(canvas: Canvas, key: int, by: Vector) -> None:
    rle = _mask(canvas, key)
    if rle is None:
        return
    dx, dy = np.rint(by).astype(int).tolist()
    if not (dx or dy):
        raise Refused("A mask is moved by whole pixels: press the arrow without Ctrl.")
    subject = subject_of(key, rle, canvas.contents.masks.size)
    new = masks.moved(subject.mask, dx, dy, **subject.size)
    if new != subject.mask:
        rle = masks.written(new, like=rle, **subject.size)
        taking.set_mask(canvas, key, rle, title="nudge the mask")


def _mask(canvas: Canvas, key: int) -> dict[str, Any] | None:
    """The mask of a label, or of the suggested one in hand; None without one."""
    held, annotation = canvas.contents.held, canvas.contents.scene.annotation(key)
    if key == SUGGESTED:
        return None if held is None else held.rle
    return None if annotation is None else annotation.rle


def _nudge_polygon(canvas: Canvas, in_hand: InHand, by: Vector) -> None:
    picked, limits = canvas.picking.of_hand(), canvas.limits()
    if picked:
        new, title = shifted(in_hand.parts, picked, by, limits), told("nudge", picked)
    else:
        new = moved(in_hand.parts, held_inside(bounds(in_hand.parts), by, limits))
        title = "nudge the polygon"
    if any(not np.array_equal(a, b) for a, b in zip(new, in_hand.parts, strict=True)):
        canvas.mending.reshape(in_hand.key, new, title=title)


def cycle(canvas: Canvas) -> None:
    """Select the next annotation by its distance from the suspect, or from the middle; go where it is."""
    session, contents = canvas.session, canvas.contents
    scene, rows = contents.scene, contents.clickable()
    about = canvas.view.to_picture(QPointF(canvas.width() / 2, canvas.height() / 2))
    if not len(rows):
        return
    if contents.focus is not None:
        area = contents.focus.area(scene)
        about = tuple((area[:2] + area[2:] / 2).tolist())
    middles = (scene.boxes[rows, :2] + scene.boxes[rows, 2:]) / 2
    rows = rows[np.argsort(np.hypot(*(middles - about).T), kind="stable")]
    keys = [annotation.key for row in rows.tolist() if (annotation := scene.annotations[row]) is not None]
    at = keys.index(session.selected) + 1 if session.selected in keys else 0
    session.select(keys[at % len(keys)])
    view = canvas.arrival.view_of_hand(least=0)
    if view is not None:
        canvas.camera.go(view)
