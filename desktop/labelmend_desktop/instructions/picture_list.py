"""The pictures of a class while they are written: order, good or bad, caption."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from labelmend.review.instructions import Reference
from labelmend_desktop import theme
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.reference_pictures import icon_of, words_of

_SIDE = 56


class PictureList(QWidget):
    """Emits ``changed(pictures)`` for what is done here, ``opened(n)`` for a picture that is clicked."""

    changed = Signal(object)
    opened = Signal(int)

    def __init__(self, images: ReferenceImages) -> None:
        super().__init__()
        self._images = images
        self._pictures: tuple[Reference, ...] = ()
        self._may_write = True
        self.rows: list[PictureRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.GRID // 2)

    def show_pictures(self, pictures: Sequence[Reference], *, may_write: bool) -> None:
        """Show these; a caption that is being typed keeps its cursor."""
        known = [one.picture for one in self._pictures], self._may_write
        self._pictures, self._may_write = tuple(pictures), may_write
        if known != ([one.picture for one in self._pictures], may_write):
            self._make_rows()
        for row, one in zip(self.rows, self._pictures, strict=True):
            row.show_picture(one)

    def _make_rows(self) -> None:
        for row in self.rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        last = len(self._pictures) - 1
        self.rows = [PictureRow(self._images, may_write=self._may_write) for _ in self._pictures]
        for n, row in enumerate(self.rows):
            row.up.setEnabled(self._may_write and n > 0)
            row.down.setEnabled(self._may_write and n < last)
            row.up.clicked.connect(lambda _=False, n=n: self._swap(n, n - 1))
            row.down.clicked.connect(lambda _=False, n=n: self._swap(n, n + 1))
            row.remove.clicked.connect(lambda _=False, n=n: self._remove(n))
            row.picture.clicked.connect(lambda _=False, n=n: self.opened.emit(n))
            row.caption.textEdited.connect(lambda text, n=n: self._change(n, caption=text))
            row.good.activated.connect(lambda at, n=n: self._change(n, good=at == 0))
            self._layout.addWidget(row)

    def _change(self, place: int, **fields: object) -> None:
        pictures = list(self._pictures)
        pictures[place] = msgspec.structs.replace(pictures[place], **fields)
        self._tell(pictures)

    def _swap(self, one: int, other: int) -> None:
        pictures = list(self._pictures)
        pictures[one], pictures[other] = pictures[other], pictures[one]
        self._tell(pictures)

    def _remove(self, place: int) -> None:
        self._tell([*self._pictures[:place], *self._pictures[place + 1 :]])

    def _tell(self, pictures: Sequence[Reference]) -> None:
        self.changed.emit(tuple(pictures))


class PictureRow(QWidget):
    """One picture and what can be changed of it."""

    def __init__(self, images: ReferenceImages, *, may_write: bool) -> None:
        super().__init__()
        self._images = images
        self.picture = _tool("", "Click to see it large.")
        self.picture.setProperty("picture", True)
        self.picture.setIconSize(QSize(_SIDE, _SIDE))
        self.picture.setFixedSize(_SIDE + theme.GRID // 2, _SIDE + theme.GRID // 2)
        self.good = QComboBox()
        for good in (True, False):
            self.good.addItem(icon_of(good), words_of(good))
        self.caption = QLineEdit()
        self.caption.setPlaceholderText("What it shows")
        self.up = _tool("mdi6.arrow-up", "Move it up.")
        self.down = _tool("mdi6.arrow-down", "Move it down.")
        self.remove = _tool("mdi6.close", "Take it out of the instructions.")
        above = QHBoxLayout()
        above.setSpacing(0)
        above.addWidget(self.good)
        above.addStretch(1)
        for tool in (self.up, self.down, self.remove):
            tool.setVisible(may_write)
            above.addWidget(tool)
        beside = QVBoxLayout()
        beside.setSpacing(theme.GRID // 2)
        beside.addLayout(above)
        beside.addWidget(self.caption)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, theme.GRID // 2)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.picture)
        layout.addLayout(beside, 1)
        self.good.setEnabled(may_write)
        self.caption.setReadOnly(not may_write)

    def show_picture(self, one: Reference) -> None:
        """Show this one."""
        image = self._images.image(one.picture, round(_SIDE * self.devicePixelRatioF()))
        broken = theme.icon("mdi6.image-broken-variant")
        self.picture.setIcon(broken if image.isNull() else QIcon(QPixmap.fromImage(image)))
        self.good.setCurrentIndex(0 if one.good else 1)
        self.good.setToolTip(f"From {one.origin}" if one.origin else "")
        if self.caption.text() != one.caption:
            self.caption.setText(one.caption)
            self.caption.setCursorPosition(0)


def _tool(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("quiet", True)
    button.setProperty("small", True)
    button.setToolTip(tip)
    if icon:
        button.setIcon(theme.icon(icon))
    return button
