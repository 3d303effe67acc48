"""Another shape for a label, drawn over it until it is taken (Enter) or left (Esc); nothing moves before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter

from labelmend.geometry.differences import Difference
from labelmend.geometry.polygons import Parts, bounds_of_each
from labelmend_desktop.canvas.colours import ACCENT
from labelmend_desktop.canvas.hit import SUGGESTED, InHand
from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.own_keys import FINISH, does_again, takes_back
from labelmend_desktop.canvas.pixel_change import PixelChange, paint_pixels
from labelmend_desktop.canvas.scene import contours, corners
from labelmend_desktop.canvas.strokes import path_of, stroke
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.canvas.tools import Tool
    from labelmend_desktop.session import Session

Box = NDArray[np.float64]
_LEFT = "What was proposed is left; nothing has changed."
_NOTHING = "Nothing is proposed that could be made gentler or stronger: O, T and Y propose a fit."
_NO_FURTHER = "Nothing else is proposed that way."
_REACH = 6.0
_BATCH = 12


@dataclass(frozen=True, eq=False)
class Proposal:
    """What annotation ``key`` would become (None: a new one; SUGGESTED: a new one that can be dragged): a
    ``box``, ``parts`` (k, 2) or a mask ``rle``.

    ``title`` names the step that taking it makes; ``words`` say with numbers what would change.
    ``adjusted`` makes a stronger (+1) or gentler (-1) one of the same sort, where that makes sense;
    ``ways`` say what that means.
    ``make`` is how it is made so, where that is more than giving this label this shape. ``before`` is what
    it is compared with, where that is not the label's outline; ``change`` what it adds and takes away, where
    that is known already, by its ``pixels`` where it is too intricate for outlines; a ``plain`` one, of too
    many labels for that, shows its outlines alone. ``moved`` (n, 2) are the vertices that a hand has just
    moved there. ``since`` is what a hand made it from, by a ``gesture``: undo goes back to that.
    """

    key: int | None
    title: str
    words: str
    box: NDArray[np.float64] | None = None
    parts: Parts = ()
    rle: dict[str, Any] | None = None
    adjusted: Callable[[int], Proposal | None] | None = None
    make: Callable[[Session], bool] | None = None
    before: Parts = ()
    change: Difference | None = None
    pixels: PixelChange | None = None
    ways: str = "less and more"
    plain: bool = False
    moved: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    since: Proposal | None = None
    gesture: str = ""
    outline: Parts = field(init=False)

    def __post_init__(self) -> None:
        outline = self.parts
        if self.pixels is not None:
            outline = (corners(self.pixels.box),)
        elif self.rle is not None and self.key != SUGGESTED:  # that one is shown by its pixels
            outline = contours(self.rle)
        elif self.box is not None:
            outline = (corners(self.box),)
        object.__setattr__(self, "outline", outline)

    @property
    def is_still(self) -> bool:
        """Whether it is painted once for each view, since that takes long."""
        return self.plain or self.pixels is not None

    def take(self, session: Session) -> bool:
        """Make it so: one step; whether it was done."""
        if self.make is not None:
            return self.make(session)
        if self.key is None:
            return False
        if self.rle is not None:
            return session.edits.set_mask(self.key, self.rle, title=self.title)
        if self.box is not None:
            return session.edits.set_box(self.key, self.box, title=self.title)
        return session.edits.set_polygons(self.key, self.parts, title=self.title)


class Proposals(QObject):
    """Holds the one that is shown, if any; ``shown`` tells whether one is now.

    ``undone`` are those that undo went back from, the last one last. ``moment`` is another whenever one was
    shown or left, or Esc pressed: what a thread was asked to propose before that comes too late.
    """

    shown = Signal(bool)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.current: Proposal | None = None
        self.undone: tuple[Proposal, ...] = ()
        self.moment = 0
        self._selected: tuple[int, ...] = ()
        self._layer = Layer(self._paint, canvas.update, canvas)

    @property
    def words(self) -> str:
        """What is said of the one that is shown, and below that its keys; "" without one."""
        if self.current is None:
            return ""
        more = "" if self.current.adjusted is None else f"[ ]  {self.current.ways}    "
        return f"{self.current.words}\n{more}Enter  takes it    Esc  leaves it"

    @property
    def undo_title(self) -> str:
        """What undo takes back first, before any step; "" where nothing is shown."""
        if self.current is None:
            return ""
        return self.current.gesture if self.current.since is not None else "what is proposed"

    def show(self, proposal: Proposal, *, undone: tuple[Proposal, ...] = ()) -> None:
        """Show another shape for a label, in place of the one shown before."""
        self._canvas.hands.stop()
        self._selected = self._canvas.session.selection.keys
        self._set(proposal, undone=undone)
        self._layer.drop()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._canvas.update()
        self.shown.emit(True)

    def draw(self, painter: QPainter, rect: QRect) -> None:
        """Draw one into ``rect`` that is plain, or shown by its pixels."""
        if self.current is not None and self.current.is_still:
            self._layer.follow(self._canvas.view, self._canvas.size(), self._canvas.devicePixelRatioF())
            self._layer.draw(painter, rect)

    def _paint(self, painter: QPainter, view: View, rect: QRectF) -> Iterator[None]:
        if self.current is not None and self.current.pixels is not None:
            paint_pixels(painter, self.current.pixels, view, rect, self._canvas.devicePixelRatioF())
            return
        outline = () if self.current is None else self.current.outline
        left, top, wide, high = view.box_of(rect.adjusted(-_REACH, -_REACH, _REACH, _REACH)).tolist()
        b = bounds_of_each([(part,) for part in outline])
        near = (b[:, 0] <= left + wide) & (b[:, 0] + b[:, 2] >= left)
        near &= (b[:, 1] <= top + high) & (b[:, 1] + b[:, 3] >= top)
        for at, row in enumerate(np.flatnonzero(near).tolist()):
            stroke(painter, path_of(outline[row : row + 1], view), QColor(ACCENT), width=1.0)
            if at % _BATCH == _BATCH - 1:
                yield

    def take(self) -> bool:
        """Make what is shown so; False where nothing is shown."""
        proposal, session = self.current, self._canvas.session
        if proposal is None:
            return False
        self._set(None)
        done = proposal.take(session)
        if proposal.key == SUGGESTED and not done:
            self.show(proposal)  # refused: what was dragged is not lost
            return True
        self._put_down(proposal)
        if proposal.key == SUGGESTED and session.issue is not None and not session.is_waiting(session.issue):
            session.next_issue()  # as Enter does where it is added as it was suggested
        return True

    def refresh(self) -> None:
        """Leave it when other labels are selected than it was shown for; a new label is for none of them."""
        if self.current is None or (self.current.key is None and len(self._selected) < 2):
            return
        if self._canvas.session.selection.keys != self._selected:
            self.leave()

    def make_way(self, tool: Tool) -> None:
        """Leave it for a tool; a suggested mask is painted on by brush and eraser."""
        held = self._canvas.contents.held
        if not tool.sized or held is None or held.rle is None:
            self.leave()

    def leave(self) -> None:
        """Show none any more; nothing has changed."""
        proposal = self.current
        if proposal is not None:
            self._set(None)
            self._put_down(proposal)

    def want(self, event: QKeyEvent) -> bool:
        """Whether a key is for the one that is shown."""
        if self.current is None:
            return False
        return event.key() in FINISH or takes_back(event) or (bool(self.undone) and does_again(event))

    def key(self, event: QKeyEvent) -> None:
        """Take a key that was wanted."""
        if event.key() in FINISH:
            self.take()
        elif takes_back(event):
            self.back()
        else:
            *others, proposal = self.undone
            self.show(proposal, undone=tuple(others))
            self._canvas.session.said.emit(f"Done again: {proposal.gesture}")

    def back(self) -> None:
        """Take back what a hand did to it last; leave it where that is nothing."""
        proposal = self.current
        if proposal is None or proposal.since is None:
            self.leave()
            self._canvas.session.said.emit(_LEFT)
        else:
            self.show(proposal.since, undone=(*self.undone, proposal))
            self._canvas.session.said.emit(f"Undone: {proposal.gesture}")

    def _set(self, proposal: Proposal | None, *, undone: tuple[Proposal, ...] = ()) -> None:
        self.current, self.undone, held = proposal, undone, None
        if proposal is not None and proposal.key == SUGGESTED:
            held = InHand(SUGGESTED, proposal.box, proposal.parts, proposal.rle)
        self._canvas.contents.hold(held)
        self.moment += 1
        self._canvas.tell_shape()

    def _put_down(self, proposal: Proposal) -> None:
        if proposal.key == SUGGESTED:
            self._canvas.session.set_editing(False)
            if proposal.rle is not None:
                self._canvas.hands.put_tool_back()
        self._canvas.update()
        self.shown.emit(False)

    def adjust(self, by: int) -> None:
        """Make the one shown stronger (+1) or gentler (-1)."""
        again = None if self.current is None else self.current.adjusted
        other = None if again is None else again(by)
        if other is not None:
            self.show(other)
        else:
            self._canvas.session.said.emit(_NOTHING if self.current is None else _NO_FURTHER)
