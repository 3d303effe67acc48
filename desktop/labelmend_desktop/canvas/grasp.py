"""What dragging a part of the shape in hand does: the gesture that a press on it begins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from labelmend.geometry.polygons import bounds
from labelmend_desktop.canvas import taking
from labelmend_desktop.canvas.gestures import boxes, outlines
from labelmend_desktop.canvas.gestures.story import Event, Gesture
from labelmend_desktop.canvas.hit import Hit, InHand

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


def gesture_on(
    canvas: Canvas, below: Hit, in_hand: InHand, press: Event, *, click: Callable[[], None]
) -> Gesture | None:
    """The gesture, or None where there is nothing to drag; ``click`` is what a click inside does."""
    write, limits = partial(taking.set_box, canvas, in_hand.key), canvas.limits()
    key, box, parts = in_hand.key, in_hand.box, in_hand.parts
    if below.kind == "vertex":
        return _drag_vertex(canvas, below, in_hand, press)
    if below.kind in ("middle", "edge"):
        return outlines.drag_edge(
            press,
            parts=parts,
            key=key,
            part=below.part,
            edge=below.index,
            bends=below.kind == "middle",
            limits=limits,
            write=partial(canvas.mending.reshape, key),
            pick=partial(canvas.picking.pick, key),
        )
    if box is not None and below.kind in ("handle", "side"):
        return boxes.resize(press, write=write, key=key, box=box, handle=below.handle, limits=limits)
    if below.kind == "inside" and (parts or box is not None):
        box = box if box is not None else bounds(parts)
        if parts:
            write = partial(taking.set_polygons, canvas, key)
        return boxes.move(press, write=write, key=key, box=box, parts=parts, limits=limits, click=click)
    return None


def _drag_vertex(canvas: Canvas, below: Hit, in_hand: InHand, press: Event) -> Gesture:
    picking, vertex = canvas.picking, (below.part, below.index)
    if vertex not in picking.of_hand():
        picking.pick(in_hand.key, in_hand.parts, [vertex])
    return outlines.drag_vertices(
        press,
        parts=in_hand.parts,
        key=in_hand.key,
        picked=picking.of_hand(),
        limits=canvas.limits(),
        write=partial(canvas.mending.reshape, in_hand.key),
        click=partial(picking.pick, in_hand.key, in_hand.parts, [vertex]),
    )
