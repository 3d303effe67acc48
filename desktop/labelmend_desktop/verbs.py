"""What the actions of judging, mending, drawing and seeing do, by their names in the table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication, QWidget

from labelmend.errors import Refused
from labelmend.project.policy import policy_of
from labelmend.review.policy import Reason
from labelmend.review.rules import Outcome
from labelmend_desktop.accepting import Accepting
from labelmend_desktop.action_set import Verb
from labelmend_desktop.asking import Asked
from labelmend_desktop.review.panel import ReviewPanel
from labelmend_desktop.seeing import SWITCHES
from labelmend_desktop.session import Session

_STEPS = ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0))
_NUDGES = (1.0, 10.0, 0.1)


class Drawing(Protocol):
    """What the verbs need of the canvas."""

    def fit_suspect(self) -> object: ...  # noqa: D102
    def come_to_hand(self) -> bool: ...  # noqa: D102
    def fit_image(self) -> object: ...  # noqa: D102
    def take_tool(self, name: str) -> object: ...  # noqa: D102
    def adjust(self, by: int) -> object: ...  # noqa: D102
    def swap_grips(self) -> bool: ...  # noqa: D102
    def cycle(self) -> object: ...  # noqa: D102
    def cursor_place(self) -> QPoint | None: ...  # noqa: D102
    def nudge(self, dx: float, dy: float) -> object: ...  # noqa: D102
    def take_back(self) -> bool: ...  # noqa: D102
    def cancel(self) -> object: ...  # noqa: D102
    def zoom_in(self) -> object: ...  # noqa: D102
    def zoom_out(self) -> object: ...  # noqa: D102


class Verbs(QObject):
    """Verdicts, mending and seeing. Nothing here knows a key or a menu."""

    def __init__(
        self,
        session: Session,
        *,
        accepting: Accepting,
        canvas: Drawing,
        canvas_widget: QWidget,
        panel: ReviewPanel,
    ) -> None:
        super().__init__(canvas_widget)
        self._session = session
        self._accepting = accepting
        self._canvas = canvas
        self._canvas_widget = canvas_widget
        self._panel = panel
        panel.class_choice.chosen.connect(self._set_class)
        panel.class_choice.picker.left.connect(canvas_widget.setFocus)
        panel.comment_given.connect(self._comment_given)
        panel.verdicts.reasons.chosen.connect(self._reject_for)

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        session, canvas = self._session, self._canvas
        return self._verdicts() | {
            "undo": self._undo,
            "redo": session.redo,
            "edit": self._edit,
            "choose_class": lambda: self._panel.class_choice.pick(canvas.cursor_place()),
            "likely_class": self._likely_class,
            "delete": self._delete,
            "nudge": self._nudge,
            "next_issue": session.next_issue,
            "previous_issue": session.previous_issue,
            "draw_box": lambda: canvas.take_tool("box"),
            "draw_polygon": lambda: canvas.take_tool("polygon"),
            "gentler": lambda: canvas.adjust(-1),
            "stronger": lambda: canvas.adjust(1),
            "cycle": self._on_canvas(canvas.cycle),
            "escape": self._escape,
            "fit_suspect": canvas.fit_suspect,
            "fit_image": canvas.fit_image,
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "show_detections": self._flag("show_detections"),
            "show_others": self._flag("show_others"),
            **{name: partial(session.seeing.switch, name) for name in SWITCHES},
            "show_ties": self._show_ties,
            "bare": lambda held: session.set_flag("bare", held),
            "flip": lambda held: session.set_flag("flip", held),
        }

    def _verdicts(self) -> dict[str, Verb]:
        session = self._session
        return {
            "accept": self._accepting.accept,
            "dismiss": lambda: session.dismiss(session.asking.comment),
            "ambiguous": lambda: session.ambiguous(session.asking.comment),
            "reopen": lambda: session.reopen(session.asking.comment),
            "approve": self._accepting.or_else(lambda: session.approve(session.asking.comment)),
            "reject": self._ask_why,
            "give_reason": self._reject_for,
            "own_words": lambda: self._with_words("reject"),
            "fix_stands": self._accepting.or_else(lambda: self._decide("fix stands")),
            "original_stands": lambda: self._decide("original stands"),
            "corrected": lambda: self._decide("corrected"),
            "take_suggestion": lambda: session.take_suggestion(session.asking.comment),
            "send_back": lambda: self._with_words("send_back"),
            "comment": self._panel.comment.setFocus,
        }

    def _undo(self) -> None:
        """Take back what is not done yet, else the last step."""
        if not self._canvas.take_back():
            self._session.undo()

    def _on_canvas(self, verb: Callable[[], object]) -> Callable[[], None]:
        """Give the canvas the focus too: the keys of the gesture are its own."""

        def do() -> None:
            self._canvas_widget.setFocus()
            verb()

        return do

    def _flag(self, name: str) -> Callable[[], None]:
        return lambda: self._session.set_flag(name, not getattr(self._session, name))

    def _show_ties(self) -> None:
        """Ties on or off; on they need the detections too."""
        self._session.seeing.switch("show_ties")
        if self._session.seeing["show_ties"]:
            self._session.set_flag("show_detections", True)

    # ---------------------------------------------------------------- verdicts that need words
    def _ask_why(self) -> None:
        """Let the reviewer choose a reason; where the lead has set none, ask for words."""
        if self._reasons():
            self._session.asking.ask("reject")
        else:
            self._with_words("reject")

    def _reasons(self) -> tuple[Reason, ...]:
        return () if self._session.project is None else policy_of(self._session.project).reasons

    def _reject_for(self, place: int) -> None:
        """Reject for a reason of the list, with the comment that was typed."""
        self._session.asking.stop()
        self._session.reject(self._reasons()[place].text, self._session.asking.comment)

    def _with_words(self, verdict: Asked) -> None:
        if self._session.asking.comment:
            self._give(verdict)
        else:
            self._session.asking.ask(verdict)
            self._panel.comment.setFocus()

    def _comment_given(self, text: str) -> None:
        waiting = self._session.asking.verdict
        if waiting and text.strip():
            self._give(waiting)
        elif waiting:
            self._session.said.emit(
                "It waits for a word of yours: write why, then press Enter; Esc leaves it."
            )
        if not waiting or text.strip():
            self._canvas_widget.setFocus()

    def _give(self, verdict: Asked) -> None:
        words = self._session.asking.comment
        self._session.asking.stop()
        if verdict == "reject":
            self._session.reject(words)
        else:
            self._session.decide("sent back", words)

    def _decide(self, outcome: Outcome) -> None:
        self._session.decide(outcome, self._session.asking.comment)

    # ---------------------------------------------------------------- mending
    def _edit(self) -> None:
        """Handles on or off; of a polygon being edited, its box instead of its vertices and back; of a mask
        the brush, and the eraser and back.

        Where another label is in hand than the one that was edited last, that one is edited. Where a label is
        missing, the suggested one is taken in hand.
        """
        session = self._session
        annotation = self._panel.annotation()
        if session.selected is None and annotation is not None:
            session.select(annotation.key)
        if session.selected is None and self._canvas.come_to_hand():
            return  # the suggested label, where one is missing
        if session.selected is None:
            raise Refused("There is no label to edit here: draw one (B or G), or select one (click, or Tab).")
        begins = not session.editing or session.edited != session.selected
        if begins or not self._canvas.swap_grips():
            session.set_editing(begins)
            if begins:
                self._canvas.come_to_hand()
        self._canvas_widget.setFocus()

    def _delete(self) -> None:
        if self._session.selection.several:
            self._session.edits.delete_several()
            return
        annotation = self._panel.annotation()
        if annotation is None:
            raise Refused("There is no label to delete here: select one first (click, or Tab).")
        self._session.edits.delete(annotation.key)

    def _nudge(self, place: int) -> None:
        dx, dy = _STEPS[place % 4]
        by = _NUDGES[place // 4]
        self._canvas.nudge(dx * by, dy * by)

    def _likely_class(self, place: int) -> None:
        if place >= len(self._panel.class_choice.likely):
            raise Refused(f"No class has the number {place + 1} here: C chooses among all.")
        self._set_class(self._panel.class_choice.likely[place])

    def _set_class(self, category: int) -> None:
        """Give the label this class; where the label is missing still, add it with this class."""
        annotation, suggestion = self._panel.annotation(), self._session.suggestion()
        self._panel.class_choice.remember(category)
        self._session.draw_category = category
        if self._session.selection.several:
            self._session.edits.set_category_of_several(category)
        elif annotation is not None:
            self._session.edits.set_category(annotation.key, category)
        elif not self._accepting.take() and suggestion is not None and suggestion.fix == "create":
            self._session.edits.create(category, bbox=suggestion.bbox, polygons=suggestion.polygons)
        self._canvas_widget.setFocus()

    def _escape(self) -> None:
        """Out of a text field first, else off a sheet that is done, else out of gesture and editing."""
        focus = QApplication.focusWidget() or self._canvas_widget.window().focusWidget()
        own = focus is not None and (focus.inherits("QLineEdit") or focus.property("own_keys"))
        asked = self._session.asking.verdict
        self._session.asking.stop()
        if asked or (own and focus is not self._canvas_widget):
            self._canvas_widget.setFocus()
        elif self._session.sitting.end is not None:
            self._session.sitting.leave()
        else:
            self._canvas.cancel()
