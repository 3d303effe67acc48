"""Brush and eraser: their size, their ring at the cursor, and the mask that they are over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QWheelEvent

from labelmend_desktop.canvas.hit import SUGGESTED
from labelmend_desktop.canvas.strokes import stroke

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

LEAST, MOST, STEP = 0.5, 500.0, 1.2
"""The radius in picture pixels, and by what a step changes it."""
_FIRST = 14.0
"""The radius with which a brush is taken the first time, in widget pixels."""
_CASED = 4.0
"""Device pixels of a picture pixel, below which a white edge of one pixel needs a dark one beside it."""


class Brush(QObject):
    """``radius`` is in picture pixels. While brush or eraser is in hand, the mask it is for has an edge."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._at: QPointF | None = None
        self._was_in_hand = False
        self.radius = 0.0
        session = canvas.session
        canvas.tool_changed.connect(self._tool_changed)
        canvas.camera.moved.connect(self._light)
        for signal in (session.selection_changed, session.issue_changed, session.project_changed):
            signal.connect(self._light)
        session.changed.connect(lambda _changes: self._light())

    # ---- size and ring

    @property
    def in_hand(self) -> bool:
        """Whether brush or eraser is in hand."""
        tool = self._canvas.hands.tool
        return tool is not None and tool.sized

    def resize(self, by: int) -> None:
        """Make it larger (+1) or smaller (-1)."""
        self.radius = float(np.clip(self.radius * STEP**by, LEAST, MOST))
        self._canvas.session.said.emit(f"The brush is {2 * self.radius:.3g} pixels across.")
        self._canvas.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The ring follows the cursor; the wheel with Alt changes the size."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._follow(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._follow(None)
        elif isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            turned = event.angleDelta().y() or event.angleDelta().x()  # Alt may turn the wheel's axis
            self.resize(1 if turned > 0 else -1)
            return True
        return False

    def paint(self, painter: QPainter) -> None:
        """The ring: whole for the brush, dashed for the eraser."""
        tool = self._canvas.hands.tool
        if tool is None or not self.in_hand or self._at is None:
            return
        ring = QPainterPath()
        reach = self.radius * self._canvas.view.scale
        ring.addEllipse(self._at, reach, reach)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        stroke(painter, ring, QColor("white"), width=1.2, dash=(4.0, 3.0) if tool.name == "eraser" else ())

    def _follow(self, at: QPointF | None) -> None:
        before = self._ring()
        self._at = at
        for area in (before, self._ring()):
            if not area.isEmpty():
                self._canvas.update(area.toAlignedRect())

    def _ring(self) -> QRectF:
        if self._at is None:
            return QRectF()
        reach = self.radius * self._canvas.view.scale + 4
        return QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach)

    def _tool_changed(self) -> None:
        self._canvas.removeEventFilter(self)
        self._at = None
        if self.in_hand != self._was_in_hand:
            self._was_in_hand = self.in_hand
            self._canvas.session.set_editing(self.in_hand)  # undo leaves brush and mask in hand
        if self.in_hand:
            self.radius = self.radius or float(np.clip(_FIRST / self._canvas.view.scale, LEAST, MOST))
            self._at = self._canvas.pointing.last
            self._canvas.installEventFilter(self)
        self._light()

    # ---- the mask that it is over

    @property
    def key(self) -> int | None:
        """The label whose mask is shown by its pixels, since it can be painted on; the suggested one too."""
        return self._subject() if self._canvas.contents.masks.image is not None else None

    def _subject(self) -> int | None:
        contents = self._canvas.contents
        if not self.in_hand:
            return None
        if contents.held is not None and contents.held.rle is not None:
            return SUGGESTED
        annotation = contents.scene.annotation(self._canvas.session.selected)
        return annotation.key if annotation is not None and annotation.rle is not None else None

    def _light(self) -> None:
        """Let the edge of the mask that can be painted on stand out."""
        contents, key = self._canvas.contents, self._subject()
        row = None if key is None else contents.scene.row_of.get(key, contents.held_row)
        scale = self._canvas.view.scale * self._canvas.devicePixelRatioF()
        contents.masks.light(row, cased=scale < _CASED)
        self._look()

    def _look(self) -> None:
        """Have masks of a large picture shown by their pixels where somebody sees who paints."""
        canvas, shown = self._canvas, self._canvas.contents.masks
        if not self.in_hand:
            shown.shut()
        elif not canvas.hands.busy:
            left, top, wide, high = canvas.view.box_of(QRectF(canvas.rect())).tolist()
            ends = math.floor(left), math.floor(top), math.ceil(left + wide), math.ceil(top + high)
            shown.see(ends, canvas.view.scale * canvas.devicePixelRatioF())
