"""What lies below the cursor, and how that is shown: the shape's name, and what a press would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt

from labelmend_desktop.canvas.cursors import cursor_for
from labelmend_desktop.canvas.gestures.outlines import nearest_on
from labelmend_desktop.canvas.gestures.story import Event
from labelmend_desktop.canvas.hit import NOTHING, REACH, Hit, hit, named_at

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


class Pointing:
    """``hovered`` is the row named below the cursor; ``over_hand``: a press would take the shape in hand.

    ``spot`` (2,) is where on an edge below the cursor a click would add a vertex.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.hovered: int | None = None
        self.over_hand = False
        self.spot: NDArray[np.float64] | None = None
        self.last: QPointF | None = None

    def below(self, event: Event) -> Hit:
        """What a press there would take hold of."""
        contents, session = self._canvas.contents, self._canvas.session
        if session.bare or session.flip:
            return NOTHING
        return hit(
            contents.scene,
            event.x,
            event.y,
            scale=event.scale,
            in_hand=contents.in_hand(),
            rows=contents.clickable(),
            edges=session.editing,
        )

    def at(self, at: QPointF) -> None:
        """The cursor rests at a widget point: name the shape below and show what a press would do."""
        self.last = at
        contents, scene, session = self._canvas.contents, self._canvas.contents.scene, self._canvas.session
        event = self._canvas.hands.event("move", at, Qt.KeyboardModifier.NoModifier)
        idle = self._canvas.hands.tool is None
        below = self.below(event) if idle else NOTHING
        row = scene.row_of.get(below.key) if below.kind == "shape" and below.key is not None else None
        if idle and not (session.bare or session.flip) and below.kind in ("nothing", "shape"):
            reach = REACH / event.scale
            row = named_at(scene, event.x, event.y, reach=reach, rows=contents.rows, below=row)
        self._show(row, over=below.kind not in ("nothing", "shape"))
        self._show_spot(self._on_edge(below, event))
        self.show_cursor(below)

    def _on_edge(self, below: Hit, event: Event) -> NDArray[np.float64] | None:
        in_hand = self._canvas.contents.in_hand()
        if below.kind != "edge" or in_hand is None or self._canvas.proposals.current is not None:
            return None
        part = in_hand.parts[below.part]
        return nearest_on(part[below.index], part[(below.index + 1) % len(part)], event.point)

    def again(self) -> None:
        """Something changed below the resting cursor."""
        if self.last is not None:
            self.at(self.last)

    def forget(self) -> None:
        """Nothing is below the cursor any more."""
        self._show(None, over=False)
        self._show_spot(None)

    def left(self) -> None:
        """The cursor has left."""
        self.last = None
        self.forget()

    def _show(self, row: int | None, *, over: bool) -> None:
        if row != self.hovered or over != self.over_hand:
            self.hovered, self.over_hand = row, over
            self._canvas.shapes.repaint_name(row)

    def _show_spot(self, spot: NDArray[np.float64] | None) -> None:
        for point in (self.spot, spot):
            if point is not None:
                x, y = self._canvas.view.to_widget(*point.tolist()).toTuple()
                self._canvas.update(QRectF(x - 8, y - 8, 16, 16).toAlignedRect())
        self.spot = spot

    def show_cursor(self, below: Hit = NOTHING) -> None:
        """Show by the cursor what a press would do."""
        hands = self._canvas.hands
        self._canvas.setCursor(
            cursor_for(
                below,
                tool=hands.tool is not None,
                panning=hands.panning,
                editing=self._canvas.session.editing,
            )
        )
