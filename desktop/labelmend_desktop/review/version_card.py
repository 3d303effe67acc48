"""One version of a label: its picture with the outline, whose it is, when, and what was changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from labelmend.errors import BadFile
from labelmend.geometry import contours, masks
from labelmend.geometry.polygons import Parts
from labelmend.project.annotation import Annotation
from labelmend_desktop import theme
from labelmend_desktop.decoding import crop_side
from labelmend_desktop.elided import ElidedLabel, WrappedLabel

SIDE, SMALL_SIDE = 132, 92
"""Of the picture, in pixels; the small one where there is little room."""
_TEXT: Final = 120
"""What is beside the picture takes so much at the least, with the margins."""
_CASING: Final = QColor(0, 0, 0, 170)


class VersionCard(QFrame):
    """Emits ``taken`` when its button or its picture is clicked."""

    taken = Signal()

    def __init__(self, who: str, at: str, words: str, *, key: str) -> None:
        super().__init__()
        self.setProperty("room", "card")
        self.setToolTip(f"{who}: {words}")
        self.side = 0
        self.picture = QLabel()
        self.who, self.at, self.words = ElidedLabel(), QLabel(at), WrappedLabel()
        self.words.setText(words)
        self.who.setFont(theme.font(bold=True))
        self.who.say(who)
        if not at:
            self.at.hide()
        for label in (self.at, self.words):
            label.setFont(theme.font(theme.SIZE_SMALL))
        self.at.setWordWrap(True)
        self.at.setProperty("tone", "quiet")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.button = QPushButton(f"Take   {key}")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.taken)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self.who, self.at):
            texts.addWidget(label)
        texts.addWidget(self.words, 1)
        texts.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self.set_side(SIDE)

    def set_side(self, side: int) -> None:
        """How large the picture is shown."""
        self.side = side
        self.picture.setFixedSize(side, side)
        self.setMinimumWidth(side + _TEXT)
        self.setMaximumWidth(3 * side)

    def set_takeable(self, may: bool) -> None:
        """Whether who works may take it."""
        self.button.setEnabled(may)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        if self.picture.geometry().contains(event.position().toPoint()) and self.button.isEnabled():
            self.taken.emit()


def paint_labels(
    pixmap: QPixmap,
    crop: QImage | None,
    place: NDArray[np.float64],
    labels: Sequence[Annotation],
    *,
    size: tuple[int, int] | None,
    colour_of: Callable[[int], QColor],
) -> None:
    """Paint labels over the square that ``Pictures.crop`` shows of ``place`` (4,) xywh.

    size: of the whole picture, width and height, for labels that are masks.
    """
    painter = QPainter(pixmap)
    if crop is not None:
        painter.drawImage(pixmap.rect(), crop)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    grow = pixmap.width() / crop_side(place)
    corner = np.nan_to_num(place[:2] + place[2:] / 2) - crop_side(place) / 2
    for label in labels:
        for part in _outlines(label, size):
            outline = QPolygonF([QPointF(x, y) for x, y in ((part - corner) * grow).tolist()])
            for colour, width in ((_CASING, 4), (colour_of(label.category), 2)):
                painter.setPen(QPen(colour, width * pixmap.width() / SIDE))
                painter.drawPolygon(outline)
    painter.end()


def _outlines(label: Annotation, size: tuple[int, int] | None) -> Parts:
    """What is drawn of a label: a mask's borders, its polygons, or its box."""
    if label.rle is not None and size is not None:
        try:
            counts = masks.counts(label.rle, height=size[1], width=size[0])
            return contours.borders(counts, height=size[1], width=size[0])
        except BadFile:
            pass
    if label.polygons:
        return label.polygons
    x, y, w, h = label.bbox.tolist()
    return (
        (np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]),) if np.isfinite(label.bbox).all() else ()
    )
