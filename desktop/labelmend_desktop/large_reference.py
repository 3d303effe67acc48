"""One reference picture large, beside the work; the arrow keys show the class's others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from labelmend.review.instructions import Reference
from labelmend_desktop import theme
from labelmend_desktop.on_screen import room_for
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.reference_pictures import icon_of, words_of

_WHOLE = 1280
"""Device pixels of the longer side that a picture is decoded to, at the most of what it has."""
_WAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class LargeReference(QDialog):
    """Stays open while a label is judged; Esc closes it."""

    def __init__(self, images: ReferenceImages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("large_reference")
        self._name = ""
        self._pictures: tuple[Reference, ...] = ()
        self._at = 0
        self._canvas = _Picture(images)
        self._icon = QLabel()
        self.caption = QLabel()
        self.caption.setWordWrap(True)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self._origin = QLabel()
        self._origin.setProperty("tone", "quiet")
        self._origin.setFont(theme.font(theme.SIZE_SMALL))
        self._origin.setTextFormat(Qt.TextFormat.PlainText)
        self._back, self._on = self._arrow(-1), self._arrow(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.caption)
        words.addWidget(self._origin)
        below = QHBoxLayout()
        below.setSpacing(theme.GRID)
        below.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        below.addLayout(words, 1)
        below.addWidget(self._back)
        below.addWidget(self._on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._canvas, 1)
        layout.addLayout(below)
        self.resize(room_for(self, QSize(660, 740), share=0.85))

    def _arrow(self, way: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName("reference_back" if way < 0 else "reference_on")
        button.setIcon(theme.icon("mdi6.chevron-left" if way < 0 else "mdi6.chevron-right"))
        button.setToolTip("The picture before (Left)" if way < 0 else "The next picture (Right)")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._go(way))
        return button

    def show_picture(self, name: str, pictures: Sequence[Reference], at: int) -> None:
        """Show the picture ``at`` of those of the class ``name``."""
        self._name, self._pictures, self._at = name, tuple(pictures), at
        self._go(0)
        self.show()
        self.raise_()
        self.activateWindow()

    def _go(self, way: int) -> None:
        if not self._pictures:
            return
        self._at = (self._at + way) % len(self._pictures)
        one = self._pictures[self._at]
        self.setWindowTitle(f"{self._name}: picture {self._at + 1} of {len(self._pictures)}")
        self._icon.setPixmap(icon_of(one.good).pixmap(18, 18))
        self.caption.setText(f"{words_of(one.good)}: {one.caption}" if one.caption else words_of(one.good))
        self._origin.setText(f"From {one.origin}" if one.origin else "")
        for arrow in (self._back, self._on):
            arrow.setVisible(len(self._pictures) > 1)
        self._canvas.picture = one.picture
        self._canvas.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the picture before or after by an arrow."""
        way = _WAYS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        else:
            self._go(way)


class _Picture(QWidget):
    """The picture as large as there is room."""

    def __init__(self, images: ReferenceImages) -> None:
        super().__init__()
        self._images = images
        self.picture = ""
        self.setMinimumSize(240, 240)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        image = self._images.image(self.picture, _WHOLE)
        if image.isNull():
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "This picture is not there any more.")
            return
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawImage(QRect(QPoint(left, top), size), image)
