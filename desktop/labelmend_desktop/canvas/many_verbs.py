"""What keys do with several labels: select all, align, hide, copy and paste."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from labelmend.errors import Refused
from labelmend.geometry.polygons import bounds
from labelmend.project import clipboard
from labelmend.words import counted
from labelmend_desktop.canvas.aligning import Picture, aligned
from labelmend_desktop.canvas.scene import corners
from labelmend_desktop.canvas.view import fit_suspect

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


class ManyVerbs:
    """Nothing here knows a key or a menu. All of it is about what can be seen and is not locked."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._session = canvas, canvas.session

    def table(self) -> dict[str, Callable[..., object]]:
        """Verbs by the names of their actions."""
        return {
            "select_all": self.select_all,
            "align": self.align,
            "hide_labels": self.hide,
            "copy": self.copy,
            "paste": self.paste,
        }

    def select_all(self) -> None:
        """Select every label of the picture that can be seen."""
        keys = self._canvas.contents.clickable_keys()
        self._canvas.setFocus()
        if not keys:
            raise Refused("There is no label in sight to select.")
        self._session.selection.take(keys)

    def hide(self) -> None:
        """Hide the selected labels but the suspect; where there are none, show all that are hidden so."""
        classes, focus = self._session.classes, self._canvas.contents.focus
        keys = [key for key in self._session.selection.keys if focus is None or key != focus.key]
        if keys:
            classes.hide_labels(keys)
            self._session.said.emit(f"Hidden: {counted(len(keys))}. Shift+X with none selected shows them.")
        elif classes.labels:
            self._session.said.emit(f"Shown again: {counted(len(classes.labels))}.")
            classes.show_labels()
        else:
            raise Refused("There is no label to hide: select some first; the suspect is always shown.")

    # ---------------------------------------------------------------- the clipboard
    def copy(self) -> None:
        """Put the selected labels on the clipboard as COCO records."""
        session, keys = self._session, self._session.selection.keys
        if session.project is not None:
            text = session.making.aside(partial(clipboard.copied, session.project.still(), keys))
            QGuiApplication.clipboard().setText(text)
            session.said.emit(f"Copied: {counted(len(keys))}. Ctrl+V adds them where you are then.")

    def paste(self) -> None:
        """Add the labels on the clipboard to the picture; go to them where none of them is in sight."""
        canvas = self._canvas
        if not canvas.has_picture:
            raise Refused("There is no picture in sight to paste into.")
        canvas.setFocus()
        text = QGuiApplication.clipboard().text()
        if self._session.edits.paste(text, size=canvas.limits()):
            self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        """Go to the selected labels, unless some are in sight."""
        canvas, scene = self._canvas, self._canvas.contents.scene
        rows = [scene.row_of[key] for key in self._session.selection.keys if key in scene.row_of]
        seen = scene.touching(canvas.view.box_of(QRectF(canvas.rect())))[rows]
        if rows and not seen.any():
            around = bounds([corners(scene.box(row)) for row in rows])
            size = float(canvas.width()), float(canvas.height())
            canvas.camera.go(fit_suspect(around, canvas.picture_size(), size))

    # ---------------------------------------------------------------- aligning
    def align(self) -> None:
        """Propose each selected label as its detection has it."""
        session, project, selected = self._session, self._session.project, self._session.selection.keys
        if project is None or not selected:
            raise Refused("There is no label to align: select some first (Shift and a drag, or Ctrl+A).")
        size, names = project.declared_size(self._canvas.contents.image), project.categories.name
        picture = Picture(session.annotations(), session.detections(), names, size)
        self._canvas.proposals.show(session.making.aside(partial(aligned, picture, selected)))
