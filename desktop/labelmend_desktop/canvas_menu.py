"""The menu of a right click on the picture: what makes sense for what lies below the cursor."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu

from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.canvas.canvas import Canvas
from labelmend_desktop.canvas.scene import BOX, MASK

_SEPARATOR: Final = ""
_LABEL: Final = ("edit", "choose_class", "delete", _SEPARATOR)
_OF_BOX: Final = ("fit_detection", "fit_edges", "cut_out")
_OF_POLYGON: Final = ("fit_detection", "simplify", "convert")
_OF_MASK: Final = ("fill_holes", "drop_specks", "convert", "split_or_join")
_OF_CROWD: Final = ("fill_holes", "drop_specks", "split_or_join")
_ASIDE: Final = (_SEPARATOR, "copy", "hide_labels")
_SEVERAL: Final = ("choose_class", "delete", "align", "join", "split_or_join", *_ASIDE)
_VERDICTS: Final = (
    _SEPARATOR,
    *("accept", "dismiss", "ambiguous", "approve", "reject", "fix_stands", "original_stands"),
)
"""Those of another queue are not to be seen."""
_GROUND: Final = (
    *("draw_box", "draw_polygon", "draw_wire", "brush", _SEPARATOR),
    *("paste", "select_all", _SEPARATOR),
    *("fit_suspect", "fit_image", "show_detections", "show_others"),
)


class CanvasMenu(QMenu):
    """A label below the cursor is selected first, as long as it is not selected already."""

    def __init__(self, canvas: Canvas, actions: ActionSet) -> None:
        super().__init__(canvas)
        self._canvas, self._actions = canvas, actions
        self.setToolTipsVisible(True)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come when it is asked for, by a right click or by the key for menus."""
        if watched is not self._canvas or not isinstance(event, QContextMenuEvent):
            return super().eventFilter(watched, event)
        hands = self._canvas.hands
        if self._canvas.has_picture and not (hands.busy or hands.panning):
            by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
            key = self._canvas.session.selected if by_key else self._take(QPointF(event.pos()))
            self._fill(key)
            self.popup(event.globalPos())
        return True

    def _take(self, at: QPointF) -> int | None:
        """Select the label at a widget point, and return its key."""
        canvas, session = self._canvas, self._canvas.session
        below = canvas.pointing.below(canvas.hands.event("press", at, Qt.KeyboardModifier.NoModifier))
        known = below.key in canvas.contents.scene.row_of  # a suggested label in hand is none yet
        if known and below.key not in session.selection.keys:
            session.set_editing(False)
            session.select(below.key)
        return below.key

    def _fill(self, key: int | None) -> None:
        self.clear()
        for name in self._names(key):
            if name == _SEPARATOR:
                self.addSeparator()
            else:
                self.addAction(self._actions.action(name))

    def _names(self, key: int | None) -> tuple[str, ...]:
        contents, selection = self._canvas.contents, self._canvas.session.selection
        if key is None or key not in contents.scene.row_of:
            return _GROUND
        if key in selection.several:
            return _SEVERAL
        label, kind = contents.scene.annotation(key), contents.scene.kind[contents.scene.row_of[key]]
        of_mask = _OF_CROWD if label is not None and label.crowd else _OF_MASK
        own = _OF_BOX if kind == BOX else of_mask if kind == MASK else _OF_POLYGON
        verdicts = _VERDICTS if contents.focus is not None and contents.focus.key == key else ()
        return (*_LABEL, *own, *_ASIDE, *verdicts)
