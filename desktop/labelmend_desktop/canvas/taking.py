"""The label that is suggested where one is missing, taken in hand: changed by hand before it is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labelmend.errors import Refused
from labelmend.geometry.polygons import Parts, bounds, scaled
from labelmend_desktop.canvas.hit import SUGGESTED
from labelmend_desktop.canvas.proposal import Box, Proposal

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.session import Session

_WORDS = "The suggested label is in hand: drag its sides or corners. It is not added yet."
_PAINTED = "The suggested mask is in hand: paint what it lacks; E again erases. It is not added yet."
_NOT_ADDED = "The suggested label is not added yet: Enter adds it. Till then it is changed by hand alone."
_TITLE = "add a label"


def no_label(canvas: Canvas, otherwise: str) -> Refused:
    """Why there is no label to work on: the one in hand is not added yet, or ``otherwise``."""
    return Refused(otherwise if canvas.contents.held is None else _NOT_ADDED)


def begin(canvas: Canvas) -> bool:
    """Take the suggested label in hand, as it is suggested or was changed already; False without one."""
    focus, in_hand = canvas.contents.focus, canvas.contents.in_hand()
    if in_hand is None or in_hand.key != SUGGESTED or focus is None or focus.suggestion is None:
        return False
    if canvas.contents.held is None:
        canvas.session.draw_category = focus.suggestion.category
        _show(canvas, box=in_hand.box, parts=in_hand.parts, rle=in_hand.rle)
        canvas.session.set_editing(True)
    return True


def set_box(canvas: Canvas, key: int, box: Box, *, title: str = "move the box") -> bool:
    """Give a label another box (4,) xywh: a step, but of the suggested one, which is only shown so."""
    if key != SUGGESTED:
        return canvas.session.edits.set_box(key, box, title=title)
    in_hand = canvas.contents.in_hand()
    if in_hand is not None and in_hand.parts:
        return set_polygons(canvas, key, scaled(in_hand.parts, bounds(in_hand.parts), box), title=title)
    _show(canvas, box=box, gesture=title)
    return True


def set_polygons(canvas: Canvas, key: int, parts: Parts, *, title: str) -> bool:
    """Give a label other polygons, in the same way."""
    if key != SUGGESTED:
        return canvas.session.edits.set_polygons(key, parts, title=title)
    _show(canvas, parts=parts, gesture=title)
    return True


def set_mask(canvas: Canvas, key: int, rle: dict[str, Any], *, title: str) -> bool:
    """Give a label another mask (COCO's dictionary), in the same way."""
    if key != SUGGESTED:
        return canvas.session.edits.set_mask(key, rle, title=title)
    _show(canvas, rle=rle, gesture=title)
    return True


def _show(
    canvas: Canvas,
    *,
    box: Box | None = None,
    parts: Parts = (),
    rle: dict[str, Any] | None = None,
    gesture: str = "",
) -> None:
    def make(session: Session) -> bool:
        category, said = session.draw_category, session.asking.comment
        return session.edits.create(
            category, bbox=box, polygons=parts or None, rle=rle, suggested=True, comment=said
        )

    now = canvas.proposals.current
    proposal = Proposal(
        SUGGESTED,
        _TITLE,
        _WORDS if rle is None else _PAINTED,
        box=box,
        parts=parts,
        rle=rle,
        make=make,
        since=now if now is not None and now.key == SUGGESTED else None,
        gesture=gesture,
    )
    canvas.proposals.show(proposal)
