"""What keys do to the shape in hand: nudge it, remove its active vertex, go to the next one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import LabelmendError, Refused
from labelmend.geometry.polygons import bounds, move_vertex, moved
from labelmend.geometry.polygons import remove_vertex as without_vertex
from labelmend_desktop.canvas.contents import Contents
from labelmend_desktop.canvas.gestures.boxes import held_inside, resized
from labelmend_desktop.canvas.gestures.story import Limits
from labelmend_desktop.canvas.hit import Hit, InHand
from labelmend_desktop.session import Session

Vector = NDArray[np.float64]


def nudge(session: Session, contents: Contents, *, active: Hit, dx: float, dy: float, limits: Limits) -> None:
    """Move the active handle or vertex, else the whole shape; one call of the session."""
    in_hand = contents.in_hand()
    if in_hand is None:
        return
    if in_hand.box is not None and (active.handle or not in_hand.parts):
        _nudge_box(session, in_hand, active=active, by=np.array([dx, dy]), limits=limits)
    elif in_hand.parts:
        _nudge_polygon(session, in_hand, active=active, by=np.array([dx, dy]), limits=limits)


def nudge_several(session: Session, contents: Contents, *, by: Vector, limits: Limits) -> None:
    """Move the selected labels together, as far as all of them stay within the picture."""
    around = contents.around_several()
    if around is None:
        raise Refused("Masks cannot be moved: draw them anew.")
    by = held_inside(around, by, limits)
    if by.any():
        session.edits.move_several(by)


def _nudge_box(session: Session, in_hand: InHand, *, active: Hit, by: Vector, limits: Limits) -> None:
    box = in_hand.box
    assert box is not None
    if active.handle:
        new = resized(box, active.handle, by, limits=limits)
    else:
        new = np.concatenate([box[:2] + held_inside(box, by, limits), box[2:]])
    if not np.array_equal(new, box) and (new[2:] > 0).all():
        session.edits.set_box(in_hand.key, new)


def _nudge_polygon(session: Session, in_hand: InHand, *, active: Hit, by: Vector, limits: Limits) -> None:
    if active.kind == "vertex":
        start = in_hand.parts[active.part][active.index]
        to = np.clip(start + by, np.minimum(0, start), np.maximum(limits, start))
        new = move_vertex(in_hand.parts, part=active.part, vertex=active.index, to=to)
    else:
        by = held_inside(bounds(in_hand.parts), by, limits)
        new = moved(in_hand.parts, by)
    if any(not np.array_equal(a, b) for a, b in zip(new, in_hand.parts, strict=True)):
        session.edits.set_polygons(in_hand.key, new)


def remove_vertex(session: Session, contents: Contents, active: Hit) -> bool:
    """Remove the active vertex; False when there is none."""
    in_hand = contents.in_hand()
    if in_hand is None or active.kind != "vertex" or active.key != in_hand.key:
        return False
    try:
        parts = without_vertex(in_hand.parts, part=active.part, vertex=active.index)
    except LabelmendError as error:
        session.failed.emit(str(error))
    else:
        session.edits.set_polygons(in_hand.key, parts)
    return True


def cycle(session: Session, contents: Contents, *, about: tuple[float, float]) -> None:
    """Select the next annotation by its distance from the suspect, or from ``about`` without one."""
    scene, rows = contents.scene, contents.clickable()
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
