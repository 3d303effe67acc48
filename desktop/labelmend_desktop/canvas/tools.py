"""The ONE table of tools: what a press on the canvas begins while each is taken, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from labelmend_desktop.canvas import partwork, repaint
from labelmend_desktop.canvas.gestures import boxes, outlines, wires
from labelmend_desktop.canvas.gestures.story import Event, Gesture
from labelmend_desktop.canvas.own_keys import BACK, FINISH

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


@dataclass(frozen=True)
class Tool:
    """One tool. ``begin`` makes the gesture of a press on the canvas.

    A tool with ``points`` sets point after point: Enter and a double click end its gesture, Backspace
    takes the last point back, Esc puts the tool away. ``stays`` keeps the tool in hand after a gesture,
    until Esc. A ``sized`` one is a brush. ``hint`` is said when the tool is taken.
    """

    name: str
    begin: Callable[[Event, Canvas], Gesture]
    hint: str
    points: bool = False
    stays: bool = False
    sized: bool = False

    def own_keys(self) -> tuple[Qt.Key, ...]:
        """Keys that a gesture of this tool takes for itself while it runs."""
        return (*FINISH, BACK) if self.points else ()


def _box(press: Event, canvas: Canvas) -> Gesture:
    return boxes.draw(press, session=canvas.session, limits=canvas.limits())


def _polygon(press: Event, canvas: Canvas) -> Gesture:
    return outlines.draw(press, limits=canvas.limits(), done=canvas.mending.add)


def _wire(press: Event, canvas: Canvas) -> Gesture:
    return wires.draw(press, limits=canvas.limits(), loaded=canvas.loaded, done=canvas.mending.add)


def _brush(press: Event, canvas: Canvas) -> Gesture:
    return repaint.begin(press, canvas, erase=False)


def _eraser(press: Event, canvas: Canvas) -> Gesture:
    return repaint.begin(press, canvas, erase=True)


_SIZE = "Ctrl+[ ] or Alt+wheel: size. Ctrl+click: another mask."


def _part(press: Event, canvas: Canvas) -> Gesture:
    return outlines.draw(press, limits=canvas.limits(), done=partial(partwork.add_part, canvas))


def _cut(press: Event, canvas: Canvas) -> Gesture:
    return outlines.draw(press, limits=canvas.limits(), done=partial(partwork.cut_out, canvas))


def _line(press: Event, canvas: Canvas) -> Gesture:
    done = partial(partwork.divide, canvas)
    return outlines.draw(press, limits=canvas.limits(), done=done, closes=False)


TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("box", _box, "Drag from corner to corner, or click both; Shift: square, Alt: from the middle."),
        Tool("polygon", _polygon, "Click along the outline; Enter or a double click closes it.", points=True),
        Tool("wire", _wire, "Click along an edge; Enter closes, Backspace takes a point back.", points=True),
        Tool("part", _part, "Click around what belongs to it too; Enter adds that.", points=True),
        Tool("cut", _cut, "Click around what does not belong to it; Enter cuts that out.", points=True),
        Tool("line", _line, "Click a line across it, Enter; or Shift+J again: each part.", points=True),
        Tool("brush", _brush, f"Paint. {_SIZE}", stays=True, sized=True),
        Tool("eraser", _eraser, f"Erase. {_SIZE}", stays=True, sized=True),
    )
}
