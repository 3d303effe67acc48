"""The line below the canvas: image, zoom, cursor, size of the shape, and that all is saved."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QSizePolicy, QWidget

from labelmend.words import counted
from labelmend_desktop import theme
from labelmend_desktop.actions import BY_NAME
from labelmend_desktop.elided import ElidedLabel
from labelmend_desktop.narrow import NarrowRow
from labelmend_desktop.session import Session
from labelmend_desktop.shape_fields import ShapeFields

LEVELS_KEY = BY_NAME["show_levels"].keys[0]
_DARK = f"Little can be seen of this picture: View › Brightness and levels… ({LEVELS_KEY}) brings it out."
_SAVED = 240
_FILE = 80
_LEVELS = 160


class StatusLine(NarrowRow):
    """Numbers are image pixels, in figures of one width, so that nothing jumps."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("room", "status")
        self.image = QLabel()
        self.file = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self.file.setProperty("tone", "quiet")
        self.zoom = _Number("0,000 %")
        self.cursor_place = _Number("x 0000.0  y 0000.0")
        self.cursor_place.setProperty("tone", "quiet")
        self.shape = ShapeFields()
        self.selected = QLabel()
        self.levels = ElidedLabel()
        self.levels.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.levels.setProperty("tone", "warn")
        self.levels.hide()
        self.dark = ElidedLabel()
        self.dark.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.dark.setProperty("tone", "quiet")
        self.dark.hide()
        self.word = ElidedLabel()
        self.word.hide()
        self._said, self._hint, self._undo_first = "", "", ""
        self.saved = ElidedLabel()
        self.saved.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.saved.setProperty("tone", "quiet")
        self.setFixedHeight(3 * theme.GRID + 4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID, 0, theme.GRID, 0)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(self.image)
        layout.addWidget(self.file, 2)
        for part in (self.zoom, self.cursor_place, self.shape, self.selected, self.levels, self.dark):
            layout.addWidget(part)
        layout.addWidget(self.word, 2)
        layout.addWidget(self.saved)
        self._boxed = self._pointed = False
        self._make_room()
        self.shape.refused.connect(session.failed.emit)
        session.project_changed.connect(self.refresh)
        session.issue_changed.connect(self._arrived)
        session.changed.connect(lambda _changes: self.refresh())
        session.selection_changed.connect(self.refresh)
        session.classes.changed.connect(self.refresh)
        session.said.connect(self.say)
        session.seeing.levels_changed.connect(self._show_levels)
        session.pictures.ready.connect(lambda _image: self._show_levels())
        self.refresh()

    def refresh(self) -> None:
        """Show what holds now."""
        project, image = self._session.project, self._session.image
        self.setVisible(project is not None)
        if project is None:
            return
        if 0 <= image < project.n_images:
            self.image.setText(f"image {image + 1:,} of {project.n_images:,}")
            name = project.images.file_name[image]
            self.file.say(name, tip=str(project.image_path(image)), least=_FILE)
        else:
            self.image.setText(f"{project.n_images:,} images")
            self.file.clear()
        several = len(self._session.selection.several)
        selected = f"{counted(several)} selected" if several else ""
        words = " · ".join(word for word in (selected, self._hidden()) if word)
        self.selected.setText(words)
        self.selected.setVisible(bool(words))
        undo = self._undo_first or self._session.undo_title
        state = "read only" if project.tampered else "saved"
        told = f"{state} · undo: {undo}" if undo and not project.tampered else state
        self.saved.say(state if self._said or self._hint else told, tip=told, least=_SAVED)
        self.fit()

    def _hidden(self) -> str:
        """What is hidden, and that the suspect is shown although it would be hidden too."""
        project, issue, classes = self._session.project, self._session.issue, self._session.classes
        words = classes.in_words()
        row = -1 if project is None or issue is None else project.issues.row_of(issue)
        own = project.annotation(int(project.issues.annotation[row])) if project and row >= 0 else None
        return f"{words}, but the suspect is shown" if own is not None and classes.hides(own) else words

    def say(self, sentence: str) -> None:
        """Show a passing word; the next issue takes it away, and so does an empty one."""
        if sentence != self._said:  # every press takes away what was said
            self._said = sentence
            self._tell()

    def _tell(self) -> None:
        self.word.say(self._said or self._hint)
        self.word.setVisible(bool(self.word.text()))
        self.refresh()

    def show_hint(self, hint: str) -> None:
        """Show how the tool in hand is used, where nothing else is to be said; "" without one."""
        self._hint = hint
        self._tell()

    def show_undo(self, first: str) -> None:
        """Show what undo takes back ``first``, which is no step yet; "" where that is the last step."""
        if first != self._undo_first:
            self._undo_first = first
            self.refresh()

    def fit(self) -> None:
        """A sentence gets its room before the numbers do."""
        layout = self.layout()
        if layout is not None and self.word.isVisibleTo(self):
            shown = [widget for widget in self.spare if not widget.isHidden()]
            numbers = sum(_least(layout, widget) + layout.spacing() for widget in shown)
            self.word.setMinimumWidth(0)
            room = self.width() - layout.minimumSize().width() + numbers
            self.word.setMinimumWidth(max(0, min(self.word.sizeHint().width(), room)))
        super().fit()

    def _show_levels(self) -> None:
        """Say how the picture is shown while that is not as it is."""
        words = self._session.seeing.levels.in_words()
        tip = f"The picture is shown otherwise than it is: {words}. Shift+0 resets it."
        self.levels.say(words, tip=tip, least=_LEVELS)
        self.levels.setVisible(bool(words))
        loaded = self._session.pictures.picture(self._session.image)
        dark = not words and loaded is not None and loaded.dark
        self.dark.say(f"dark picture: {LEVELS_KEY}" if dark else "", tip=_DARK, least=_LEVELS)
        self.dark.setVisible(dark)
        self.fit()

    def show_pointer(self, x: float, y: float) -> None:
        """Show where the cursor is, in image pixels; nan when it is outside."""
        pointed = math.isfinite(x) and math.isfinite(y)
        self.cursor_place.tell(f"x {x:.1f}  y {y:.1f}" if pointed else "")
        if pointed != self._pointed:
            self._pointed = pointed
            self._make_room()

    def show_scale(self, scale: float) -> None:
        """Show the zoom; 1.0 is one screen pixel for an image pixel."""
        self.zoom.tell(f"{100 * scale:,.0f} %")

    def show_shape(self, bbox: object) -> None:
        """Show the box of a shape that is in hand, (4,) xywh; None when there is none."""
        box = np.asarray(np.nan if bbox is None else bbox, np.float64)
        known = box.shape == (4,) and bool(np.isfinite(box).all())
        self.shape.show_box(box if known else None)
        if known != self._boxed:
            self._boxed = known
            self._make_room()

    def _make_room(self) -> None:
        """Where there is no box, and where nothing is pointed at, the file's name has their room."""
        numbers = [self.shape, self.zoom, self.cursor_place, self.file]
        order = numbers if self._boxed else [self.zoom, self.file, self.cursor_place]
        self.spare = [part for part in order if self._pointed or part is not self.cursor_place]
        self.shape.setVisible(self._boxed)
        self.cursor_place.setVisible(self._pointed)
        self.fit()

    def _arrived(self) -> None:
        self.show_pointer(math.nan, math.nan)  # another picture is below the cursor, or another place of it
        self._show_levels()
        self._said = ""
        self._tell()


class _Number(QLabel):
    """A number that changes with every move of the mouse: of a fixed size, so that nothing is laid out."""

    def __init__(self, widest: str) -> None:
        super().__init__()
        self.setFont(theme.font(tabular=True))
        self._make_room(widest)

    def tell(self, text: str) -> None:
        """Show it."""
        if len(text) > self._characters:
            self._make_room(text)
        self.setText(text)

    def _make_room(self, widest: str) -> None:
        self._characters, metrics = len(widest), self.fontMetrics()
        self.setFixedSize(metrics.horizontalAdvance(widest), metrics.height())


def _least(layout: QLayout, widget: QWidget) -> int:
    item = layout.itemAt(layout.indexOf(widget))
    return 0 if item is None else item.minimumSize().width()
