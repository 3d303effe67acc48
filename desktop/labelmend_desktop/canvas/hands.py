"""The user's hands on the canvas: which gesture runs, which tool is taken, what lies below the cursor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from labelmend_desktop.canvas import taking
from labelmend_desktop.canvas.gestures import several
from labelmend_desktop.canvas.gestures.pan import pan
from labelmend_desktop.canvas.gestures.story import Draft, Event, Gesture, Happening
from labelmend_desktop.canvas.grasp import gesture_on
from labelmend_desktop.canvas.hit import NOTHING, Hit
from labelmend_desktop.canvas.own_keys import FINISH, takes_back
from labelmend_desktop.canvas.proposal import Proposals
from labelmend_desktop.canvas.tools import TOOLS, Tool

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_Keys = Qt.Key
_REMOVE = (_Keys.Key_Delete, _Keys.Key_Backspace)


class Hands:
    """Turns mouse events into gestures; one gesture is one call of the session, at its end."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.tool: Tool | None = None
        self.draft: Draft | None = None
        self.active: Hit = NOTHING
        self._gesture: Gesture | None = None
        self._sending = False
        self._pan: Gesture | None = None
        self._pan_button = Qt.MouseButton.NoButton

    @property
    def _proposals(self) -> Proposals:
        return self._canvas.proposals

    # ---- events

    def event(self, what: Happening, at: QPointF, modifiers: Qt.KeyboardModifier) -> Event:
        """What happened at a widget point, as gestures are told."""
        view = self._canvas.view
        x, y = view.to_picture(at)
        return Event(
            what=what,
            x=x,
            y=y,
            scale=view.scale,
            at=at,
            shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
            ctrl=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
        )

    def press(self, event: QMouseEvent) -> None:
        """A button went down: go on drawing, or take hold of what is below."""
        told = self.event("press", event.position(), event.modifiers())
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin_pan(told, event.button())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._canvas.session.said.emit("")  # what was said of the action before is over
            if self._gesture is not None:
                self._send(told)
            elif self.tool is not None:
                self._proposals.make_way(self.tool)  # before: the brush may propose a mask
                if not self.tool.points:
                    self._canvas.hint.emit("")  # the numbers of what is drawn want its room
                self._start(self.tool.begin(told, self._canvas))
            else:
                self._grasp(told)

    def move(self, event: QMouseEvent) -> None:
        """The mouse moved."""
        told = self.event("move", event.position(), event.modifiers())
        if self._pan is not None:
            self._send_pan(told)
        elif self._gesture is not None:
            self._send(told)
        else:
            self._canvas.pointing.at(event.position())

    def release(self, event: QMouseEvent) -> None:
        """A button went up."""
        told = self.event("release", event.position(), event.modifiers())
        if self._pan is not None and event.button() == self._pan_button:
            self._send_pan(told)
            self._canvas.pointing.at(event.position())
        elif self._gesture is not None and event.button() == Qt.MouseButton.LeftButton:
            self._send(told)
            if self._gesture is None:
                self._canvas.pointing.at(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Ends a polygon; elsewhere it is a second press."""
        if self._gesture is not None and self.tool is not None and self.tool.points:
            self._send(self.event("finish", event.position(), event.modifiers()))
        else:
            self.press(event)

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key belongs to what the hands are doing, rather than to the window."""
        key = event.key()
        if key == _Keys.Key_Escape:
            return self._gesture is not None or self.tool is not None or self._proposals.current is not None
        if self._gesture is not None and self.tool is not None:
            return key in self.tool.own_keys() or (self.tool.points and takes_back(event))
        return self._proposals.want(event) or (key in _REMOVE and bool(self._canvas.picking.of_hand()))

    def key(self, event: QKeyEvent) -> bool:
        """Take a key that was wanted; False when it was not."""
        if not self.wants(event):
            return False
        if event.key() == _Keys.Key_Escape:
            self.cancel()
        elif self._gesture is not None:
            self._tell("finish" if event.key() in FINISH else "back")
        elif self._proposals.want(event):
            self._proposals.key(event)
        else:
            self._canvas.picking.remove()
        return True

    def take_back(self) -> bool:
        """Take back what is not done yet, a point or what is proposed; False where there is nothing."""
        if self._gesture is not None and self.tool is not None and self.tool.points:
            self._tell("back")
        elif self._proposals.current is not None:
            self._proposals.back()
        else:
            return False
        return True

    def _tell(self, what: Happening) -> None:
        """Tell the gesture what a key means, where the cursor is."""
        at = self._canvas.pointing.last or QPointF()
        self._send(self.event(what, at, Qt.KeyboardModifier.NoModifier))

    # ---- gestures

    def _grasp(self, press: Event) -> None:
        canvas, session = self._canvas, self._canvas.session
        below = self._canvas.pointing.below(press)
        in_hand = canvas.contents.in_hand()
        self.active = NOTHING if below.kind in ("nothing", "shape", "inside", "edge") else below
        click: Callable[[], None] = _nothing
        if in_hand is not None and below.within and not (press.shift or press.ctrl):
            # A drag goes on with the label in hand, a click takes the smaller one that lies over it.
            click, below = partial(self._click, below), Hit("inside", in_hand.key)
        if below.kind == "middle":  # the vertex that is about to be there
            self.active = Hit("vertex", below.key, "", below.part, below.index + 1)
        if in_hand is not None and below.kind == "vertex" and (press.shift or press.ctrl or press.alt):
            if press.alt:
                canvas.picking.pick(in_hand.key, in_hand.parts, [(below.part, below.index)])
                canvas.picking.remove()
            else:
                canvas.picking.toggle(in_hand, (below.part, below.index))
            return
        if in_hand is not None and in_hand.parts and in_hand.box is None and session.editing and press.shift:
            choose = partial(canvas.picking.pick_within, in_hand)
            self._begin(several.band(press, choose=choose, click=partial(self._click_one_more, below)))
            return
        if below.kind != "vertex":
            canvas.picking.forget()
        if (
            in_hand is None
            or below.kind in ("nothing", "shape")
            or (below.kind == "inside" and (press.ctrl or not session.editing))
        ):
            self._grasp_others(press, below)
            return
        if not session.edits.may_change(in_hand.key):
            return  # said now, not at the end of the drag
        taking.begin(canvas)
        gesture = gesture_on(canvas, below, in_hand, press, click=click)
        if gesture is not None:
            self._begin(gesture)

    def _grasp_others(self, press: Event, below: Hit) -> None:
        """Not on the shape in hand: Shift draws a band, a drag moves several that are selected, or pans."""
        canvas, session = self._canvas, self._canvas.session
        click = partial(self._click_one_more if press.shift or press.ctrl else self._click, below)
        around = canvas.contents.around_several() if below.key in session.selection.several else None
        if press.shift:
            choose = partial(self._choose, add=press.ctrl)
            self._begin(several.band(press, choose=choose, click=click))
        elif around is not None and not press.ctrl:
            limits, whole = canvas.limits(), canvas.contents.several_with_mask()
            self._begin(
                several.move_several(
                    press, session=session, around=around, limits=limits, whole=whole, click=click
                )
            )
        else:
            self._begin_pan(press, Qt.MouseButton.LeftButton, click)

    def _choose(self, box: NDArray[np.float64], *, add: bool) -> None:
        """Select what lies within a band, or add it to what is selected."""
        selection = self._canvas.session.selection
        selection.take([*(selection.keys if add else ()), *self._canvas.contents.within(box)])

    def _click_one_more(self, below: Hit) -> None:
        """A click with Ctrl: select one more, or one less."""
        if below.key is not None:
            self._canvas.session.selection.toggle(below.key)

    def _begin_pan(
        self, press: Event, button: Qt.MouseButton, click: Callable[[], None] | None = None
    ) -> None:
        canvas = self._canvas
        self._pan = pan(
            press,
            view=canvas.view,
            show=canvas.look,
            click=click or _nothing,
            dpr=canvas.devicePixelRatioF(),
        )
        self._pan_button = button
        next(self._pan)
        self._canvas.pointing.show_cursor()

    def _click(self, below: Hit) -> None:
        """A click: take a shape in hand, leave what is proposed, or let go and come back to the suspect."""
        if below.key is None and self._proposals.current is not None:
            if self._canvas.contents.held is None:
                self._proposals.leave()
            return
        session, focus = self._canvas.session, self._canvas.contents.focus
        if below.key is not None:
            session.select(below.key)
            session.set_editing(True)
        else:
            session.set_editing(False)
            session.select(focus.key if focus is not None else None)

    def _begin(self, gesture: Gesture) -> None:
        if self._canvas.contents.held is None:
            self._proposals.leave()
        self._start(gesture)

    def _start(self, gesture: Gesture) -> None:
        self._canvas.pointing.forget()  # a name below the cursor would stay where it was
        self._gesture = gesture
        self._show(next(gesture))

    def _send(self, event: Event) -> None:
        gesture = self._gesture
        if gesture is None:
            return
        self._canvas.pointing.last = event.at
        self._sending = True  # what it changes at its end must not stop it
        try:
            draft = gesture.send(event)
        except StopIteration:
            self._gesture, self._sending = None, False
            self._put_tool_back(drawn=self._drew())
            self._show(None)
            self._canvas.pointing.show_cursor()
        else:
            self._show(draft)
        finally:
            self._sending = False

    def _drew(self) -> bool:
        return self.tool is not None and (self.tool.points or self.draft is not None)

    def _put_tool_back(self, *, drawn: bool) -> None:
        if self.tool is not None and drawn and not self.tool.stays:
            self.put_tool_back()

    def _send_pan(self, event: Event) -> None:
        if self._pan is None:
            return
        try:
            self._pan.send(event)
        except StopIteration:
            self._pan = None
            self._canvas.pointing.show_cursor()

    def _show(self, draft: Draft | None) -> None:
        before, self.draft = self.draft, draft
        self._canvas.mending.look(draft)
        if (before is None) != (draft is None) and (draft is None or draft.key is None):
            self._canvas.update()  # more than the label in hand looks another way
        if before is not None or draft is not None:
            self._canvas.shapes.repaint_draft()
        if draft is not None and not draft.band and self._gesture is not None:
            self._canvas.shape_changed.emit(tuple(draft.around.tolist()))
        elif before is not None:
            self._canvas.tell_shape()

    # ---- tools and verbs

    def take_tool(self, name: str) -> None:
        """Take a tool of the table."""
        if not self._canvas.has_picture:
            return
        self.stop()
        self._proposals.make_way(TOOLS[name])
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._change_tool(TOOLS[name])

    def tool_name(self) -> str:
        """The name of the tool in hand, "" for none."""
        return "" if self.tool is None else self.tool.name

    def put_tool_back(self) -> None:
        """Have empty hands."""
        self.stop()
        self._change_tool(None)

    def _change_tool(self, tool: Tool | None) -> None:
        if tool is not self.tool:
            self.tool = tool
            self._canvas.tool_changed.emit(self.tool_name())
            self._canvas.hint.emit("" if tool is None else tool.hint)
            self._canvas.update()
        self._canvas.pointing.show_cursor()

    def cancel(self) -> None:
        """Leave the gesture, else the proposal, else the tool, else the editing."""
        session = self._canvas.session
        session.said.emit("")
        self._proposals.moment += 1
        if self._gesture is not None:
            self.stop()
            if self.tool is not None and self.tool.points:
                self.put_tool_back()
        elif self._proposals.current is not None:
            self._proposals.leave()
        elif self.tool is not None:
            self.put_tool_back()
        elif len(self._canvas.picking.of_hand()) > 1:
            self._canvas.picking.forget()
            self._canvas.update()
        elif session.editing or session.selection.several:
            self._click(NOTHING)
        self._canvas.pointing.show_cursor()

    def let_go(self) -> None:
        """Let go of the handle and the vertices that were taken hold of last."""
        self.active = NOTHING
        self._canvas.picking.forget()

    @property
    def panning(self) -> bool:
        """Whether the picture is being dragged."""
        return self._pan is not None

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    def drop(self) -> None:
        """Let go of everything: another issue comes into sight."""
        self.stop()
        self._proposals.leave()
        self._pan = None
        self.let_go()
        self._canvas.pointing.forget()
        self.put_tool_back()

    def drop_unless_running(self) -> None:
        """The shapes changed below the hands: let go, unless it was this very gesture that changed them."""
        self._proposals.leave()
        if self._gesture is not None and not self._sending:
            self.stop()

    def stop(self) -> None:
        """Leave the gesture under way, as if it had never begun."""
        if self._gesture is not None and not self._sending:
            self._gesture.close()
            self._gesture = None
        if self.draft is not None:
            self._show(None)

    def refresh(self) -> None:
        """Another shape may be in hand."""
        selected = self._canvas.session.selected
        if self.active.key != selected:
            self.active = NOTHING  # of another shape; picked vertices know theirs
        self._proposals.refresh()
        if self._gesture is None and self._pan is None:
            self._canvas.pointing.again()


def _nothing() -> None:
    """A middle click does nothing."""
