"""The labels that are selected together: a layer above the quiet shapes, which follows a drag as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.quiet import FEW
from labelmend_desktop.canvas.scene import octave_of
from labelmend_desktop.canvas.strokes import CASING, MANY, edged, stroke
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_FILL = QColor(255, 255, 255, 60)
_EDGE = QColor("white")
_REACH = 6.0
_BATCH = 12


class Chosen:
    """``rows`` of the scene are selected together; each has a white edge on both sides of its line."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._layer = Layer(self._paint, canvas.update, canvas)
        self.rows: NDArray[np.int64] = np.zeros(0, np.int64)

    def refresh(self) -> None:
        """Look again which labels these are, and what became of them."""
        scene = self._canvas.contents.scene
        rows = [scene.row_of[key] for key in self._canvas.session.selection.several if key in scene.row_of]
        if rows or len(self.rows):
            self.rows = np.array([row for row in rows if scene.alive[row]], np.int64)
            self._layer.drop()

    def draw(self, painter: QPainter, rect: QRect) -> None:
        """Draw them into ``rect``, as far aside as they are being dragged."""
        if not len(self.rows):
            return
        view, dpr, draft = self._canvas.view, self._canvas.devicePixelRatioF(), self._canvas.hands.draft
        if draft is not None and draft.by is not None:
            dx, dy = (np.round(draft.by * view.scale * dpr) / dpr).tolist()
            view = view.moved(dx, dy)
        self._layer.follow(view, self._canvas.size(), dpr)
        self._layer.draw(painter, rect)

    def _paint(self, painter: QPainter, view: View, rect: QRectF) -> Iterator[None]:
        scene, dpr = self._canvas.contents.scene, self._canvas.devicePixelRatioF()
        near = view.box_of(rect.adjusted(-_REACH, -_REACH, _REACH, _REACH))
        rows = self.rows[scene.touching(near)[self.rows]]
        octave, few = octave_of(view.scale * dpr), len(self.rows) <= FEW
        painter.setTransform(view.transform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
        for at, row in enumerate(rows.tolist()):
            if is_intricate(outline := scene.drawn(row)):
                path = self._canvas.paths.of(outline, view, later=self._layer.renew)
                _paint_intricate(painter, path, colour_of(int(scene.category[row])))
                painter.setTransform(view.transform())
                yield
                continue
            pens = _pens(colour_of(int(scene.category[row])), dpr, few=few)
            for place, pen in enumerate(pens):
                painter.setPen(pen)
                painter.setBrush(_FILL if place == 0 else Qt.BrushStyle.NoBrush)
                for polygon in scene.polygons(row, octave):
                    painter.drawPolygon(polygon)
            if at % _BATCH == _BATCH - 1:
                yield


def _paint_intricate(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    painter.resetTransform()
    painter.fillPath(path, _FILL)
    if path.elementCount() > MANY:
        stroke(painter, path.translated(2, 2), _EDGE)
    edged(painter, path, colour)


def _pens(colour: QColor, dpr: float, *, few: bool) -> list[QPen]:
    lines = [(CASING, 6.0), (_EDGE, 4.5), (colour, 1.5)] if few else [(_EDGE, 2.0)]
    pens = []
    for line, width in lines:
        pen = QPen(line, width * dpr)
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pens.append(pen)
    return pens
