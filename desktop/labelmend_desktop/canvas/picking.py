"""Which vertices of the polygon in hand are picked: they are dragged, nudged and deleted together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import LabelmendError
from labelmend.geometry.polygons import Parts, Vertices, remove_vertices
from labelmend_desktop.canvas.hit import InHand

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

Vertex = tuple[int, int]


class Picking:
    """Holds vertices, each (part, place), of one polygon while it has the same number of them."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._of: tuple[int, tuple[int, ...]] | None = None
        self._picked: frozenset[Vertex] = frozenset()

    def among(self, key: int, parts: Parts) -> Vertices:
        """The picked vertices of a polygon as it is, or as a gesture has it just now."""
        return sorted(self._picked) if self._of == (key, _sizes(parts)) else []

    def of_hand(self) -> Vertices:
        """The picked vertices of the polygon in hand."""
        in_hand = self._canvas.contents.in_hand()
        return [] if in_hand is None or in_hand.box is not None else self.among(in_hand.key, in_hand.parts)

    def pick(self, key: int, parts: Parts, picked: Iterable[Vertex]) -> None:
        """Pick these and no others."""
        self._of, self._picked = (key, _sizes(parts)), frozenset(picked)
        self._canvas.shapes.repaint()

    def toggle(self, in_hand: InHand, vertex: Vertex) -> None:
        """Pick one more, or one less."""
        self.pick(in_hand.key, in_hand.parts, {vertex}.symmetric_difference(self.of_hand()))

    def pick_within(self, in_hand: InHand, band: NDArray[np.float64]) -> None:
        """Pick what lies in a band (4,) xywh, besides those picked before."""
        found = set(self.of_hand())
        low, high = band[:2], band[:2] + band[2:]
        for number, part in enumerate(in_hand.parts):
            inside = ((part >= low) & (part <= high)).all(axis=1)
            found |= {(number, int(place)) for place in np.flatnonzero(inside)}
        self.pick(in_hand.key, in_hand.parts, found)

    def forget(self) -> None:
        """Pick none."""
        self._of, self._picked = None, frozenset()

    def remove(self) -> bool:
        """Remove the picked vertices from their polygon; False when there are none."""
        picked, in_hand = self.of_hand(), self._canvas.contents.in_hand()
        if in_hand is None or not picked:
            return False
        self.forget()
        try:
            parts = remove_vertices(in_hand.parts, picked)
        except LabelmendError as error:
            self._canvas.session.failed.emit(error)
        else:
            self._canvas.mending.reshape(in_hand.key, parts, title=told("remove", picked))
        return True


def told(what: str, picked: Vertices) -> str:
    """What a step is called that does something to these vertices."""
    return f"{what} a vertex" if len(picked) == 1 else f"{what} {len(picked)} vertices"


def _sizes(parts: Parts) -> tuple[int, ...]:
    return tuple(map(len, parts))
