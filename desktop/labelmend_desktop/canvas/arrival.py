"""Where the view goes when an issue comes into sight: to the suspect, at its own zoom or at the one kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from labelmend_desktop.canvas.view import View, fit, fit_suspect

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_SEEN_ENOUGH = 0.5
"""So much of a label's width and height is seen where it can be taken in hand, or of the canvas's."""
_LARGE_ENOUGH = 32.0
"""Screen pixels from which on the longer side of a label has room for its handles."""


class Arrival:
    """Remembers of every kind of issue the zoom that the user chose last."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._kind = ""
        self._kept: dict[str, float] = {}

    def leave(self, *, chosen: bool) -> None:
        """Keep the zoom of the issue in sight before another comes; one that was not ``chosen`` is none."""
        if chosen and self._kind:
            self._kept[self._kind] = self._canvas.view.scale
        focus = self._canvas.contents.focus
        self._kind = "" if focus is None else focus.kind

    def forget(self) -> None:
        """The user wants the suspect's own zoom again."""
        self._kept.pop(self._kind, None)

    def view_of_hand(self, *, least: float = _LARGE_ENOUGH) -> View | None:
        """The view of the label in hand; None where it is seen as it is, no smaller than ``least`` pixels."""
        canvas, scene = self._canvas, self._canvas.contents.scene
        key = canvas.session.selected
        row = None if key is None else scene.row_of.get(key)
        box = canvas.contents.held_box() if row is None else scene.box(row)
        if box is None:
            return None
        size = float(canvas.width()), float(canvas.height())
        shown = canvas.view.rect(box)
        large = max(shown.width(), shown.height()) >= least
        seen = QRectF(canvas.rect()).intersected(shown)
        wide = seen.width() >= _SEEN_ENOUGH * min(shown.width(), size[0])
        if large and wide and seen.height() >= _SEEN_ENOUGH * min(shown.height(), size[1]):
            return None
        return fit_suspect(box, canvas.picture_size(), size)

    def view(self) -> View:
        """The view of the issue in sight, or of the whole picture when there is none."""
        canvas = self._canvas
        size, picture = (float(canvas.width()), float(canvas.height())), canvas.picture_size()
        focus = canvas.contents.focus
        if focus is None:
            return fit((0, 0, *canvas.limits()), size)
        kept = self._kept.get(self._kind) if canvas.session.seeing["keep_zoom"] else None
        return fit_suspect(focus.area(canvas.contents.scene), picture, size, scale=kept)
