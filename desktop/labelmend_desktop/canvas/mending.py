"""Outlines made by hand: written where they are sound, proposed mended where they cross themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.fit.wire import is_tangled
from labelmend.geometry.crossing import crossings, mended
from labelmend.geometry.differences import difference
from labelmend.geometry.polygons import Part, Parts, is_simple
from labelmend.project.annotation import Annotation
from labelmend_desktop.canvas import taking
from labelmend_desktop.canvas.gestures.story import Draft
from labelmend_desktop.canvas.hit import SUGGESTED
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.proposal import Proposal

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.session import Session

Points = NDArray[np.float64]
_Result = TypeVar("_Result")
_CROSSING = "The line crosses itself where it is marked"
_NONE = np.zeros((0, 2))


class Mending:
    """``marks`` (m, 2) are where the outline that is being dragged or drawn crosses itself."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.marks: Points = _NONE

    # ---- where outlines cross themselves

    def look(self, draft: Draft | None) -> None:
        """Look whether the draft crosses itself; say so when it begins to."""
        before, self.marks = len(self.marks), _NONE
        along_edges = draft is not None and draft.marks is not None
        if draft is not None and draft.parts and not (along_edges and not is_tangled(draft.parts[0])):
            self.marks = np.concatenate([crossings(part, closed=draft.closed) for part in draft.parts])
        if bool(before) != bool(len(self.marks)):
            self._canvas.update()

    @property
    def words(self) -> str:
        """What is said while it does; "" otherwise."""
        if not len(self.marks):
            return ""
        return f"{_CROSSING}: move it clear, or mend it (R)." if self._mendable() else f"{_CROSSING}."

    def marks_of(self, annotation: Annotation | None) -> Points:
        """Where a label's outline crosses itself as it stands, (m, 2)."""
        return _NONE if annotation is None or not annotation.polygons else _marks(annotation)

    # ---- writing

    def reshape(self, key: int, parts: Parts, *, title: str) -> bool:
        """Give a label the outline that was made by hand; whether it was done.

        One that crosses itself is not written: it is proposed mended.
        """
        annotation = self._canvas.contents.scene.annotation(key)
        had = () if annotation is None else annotation.polygons
        if all(is_simple(part) or any(np.array_equal(part, old) for old in had) for part in parts):
            return taking.set_polygons(self._canvas, key, parts, title=title)
        self._propose(None if key == SUGGESTED else key, parts, title=title, had=had)
        return False

    def add(self, points: Part) -> None:
        """Make a label of a new outline (k, 2); one that crosses itself is proposed mended."""
        session = self._canvas.session
        if is_simple(points):
            session.edits.create(session.draw_category, polygons=(points,))
        else:
            self._propose(None, (points,), title="add a label")

    def mend(self) -> None:
        """Propose the selected polygon, or the one that is being made, mended."""
        canvas, draft = self._canvas, self._canvas.hands.draft
        annotation = canvas.contents.scene.annotation(canvas.session.selected)
        if draft is not None and len(self.marks) and self._mendable():
            parts = draft.parts if draft.closed else (draft.parts[0][:-1],)
            canvas.hands.put_tool_back()
            self._propose(draft.key, parts, title="mend the outline")
        elif annotation is not None and len(self.marks_of(annotation)):
            self._propose(annotation.key, annotation.polygons, title="mend the outline")
        else:
            raise Refused(
                "No outline that crosses itself is selected or being drawn: there is nothing to mend."
            )

    def _mendable(self) -> bool:
        """Whether what is being made is an outline of a label, rather than one to add or to cut out."""
        tool = self._canvas.hands.tool
        return tool is None or tool.name in ("polygon", "wire")

    def _propose(self, key: int | None, parts: Parts, *, title: str, had: Parts = ()) -> None:
        proposal = self._proposal(key, parts, title, had=had, least=0)
        if proposal is None:
            self._canvas.session.failed.emit("This outline has no area: draw it anew.")
        else:
            self._canvas.proposals.show(proposal)

    def _proposal(
        self, key: int | None, parts: Parts, title: str, *, had: Parts, least: int
    ) -> Proposal | None:
        """The outlines mended, without so many of the smallest pieces. None: nothing is left.

        ``had`` are the outlines as they were before vertices were moved, if they were.
        """
        found = self._aside(parts, partial(_mended, parts, had=had, least=least))
        if found is None:
            return None
        new = found.parts
        count = "one part" if len(new) == 1 else f"{len(new)} parts"

        def adjusted(by: int) -> Proposal | None:
            if least + by < 0:
                return None
            other = self._proposal(key, parts, title, had=had, least=least + by)
            return None if other is None or len(other.parts) == len(new) else other

        head = "Mended, the outline that crosses itself has"
        if found.were_moved:
            head = "Your change is in it; mended, the outline that crosses itself has"
        return Proposal(
            key,
            title,
            f"{head} {count}, IoU {found.iou:.3f} with what was drawn.",
            parts=new,
            adjusted=adjusted if found.pieces > 1 else None,
            ways="with and without the smallest part",
            make=_creating(new) if key is None else None,
            moved=found.moved,
        )

    def _aside(self, parts: Parts, work: Callable[[], _Result]) -> _Result:
        """What work on outlines comes to; of very many points it is done by a thread."""
        return self._canvas.session.making.aside(work) if is_intricate(parts) else work()


@dataclass(frozen=True, eq=False)
class _Mended:
    """Outlines that cross no more, of so many ``pieces`` at most, and their IoU with those that did.

    ``moved`` (n, 2) are those of the vertices that were moved before which are still there.
    """

    parts: Parts
    pieces: int
    iou: float
    moved: Points
    were_moved: bool


def _mended(parts: Parts, *, had: Parts, least: int) -> _Mended | None:
    """Without so many of the smallest pieces; None: nothing is left. In any thread."""
    whole = mended(parts)
    new = whole if least == 0 else mended(parts, least=least)
    if not new:
        return None
    moved = _new_points(parts, had) if had else _NONE
    return _Mended(new, len(whole), difference(parts, new).iou, _among(moved, new), bool(len(moved)))


def _new_points(parts: Parts, had: Parts) -> Points:
    """The vertices (n, 2) of ``parts`` that ``had`` has not."""
    old = {tuple(point) for part in had for point in part.tolist()}
    new = [point for part in parts for point in part.tolist() if tuple(point) not in old]
    return np.array(new, np.float64).reshape(-1, 2)


def _among(points: Points, parts: Parts) -> Points:
    """Those of the points (n, 2) that are vertices of the parts still."""
    there = {tuple(point) for part in parts for point in part.tolist()}
    return points[[tuple(point) in there for point in points.tolist()]] if len(points) else points


def _creating(parts: Parts) -> Callable[[Session], bool]:
    return lambda session: session.edits.create(session.draw_category, polygons=parts)


@lru_cache(maxsize=16)  # asked for in every frame
def _marks(annotation: Annotation) -> Points:
    return np.concatenate([crossings(part) for part in annotation.polygons])
