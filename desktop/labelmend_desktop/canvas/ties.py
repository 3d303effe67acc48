"""Ties each label to the detection that it matches: a thin line from middle to middle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from labelmend.find.evidence.matching import one_to_one
from labelmend.geometry.boxes import iou_pairs
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.scene import Scene
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

Ints = NDArray[np.int64]
LEAST_IOU = 0.5
LEAST_SIDE = 20.0
"""A label smaller than this on the screen, in widget pixels, shows no tie."""
MOST = 10_000
"""Among more shapes in sight than this no pairs are looked for, so that no step has to wait for them."""
_DOT, _RING = 2.5, 5.0
_CASING = QColor(0, 0, 0, 190)
_BATCH = 24


def tied(scene: Scene, rows: Ints) -> tuple[Ints, Ints]:
    """Rows (k,) of labels and (k,) of their detections, among ``rows``: boxes with an IoU from LEAST_IOU on.

    One to one: first pairs of the same class, the best first, then those of another.
    """
    labels, seen = rows[~scene.is_detection[rows]], rows[scene.is_detection[rows]]
    first, second = shapely.STRtree(shapely.box(*scene.boxes[seen].T)).query(
        shapely.box(*scene.boxes[labels].T)
    )
    boxes = np.hstack([scene.boxes[:, :2], scene.boxes[:, 2:] - scene.boxes[:, :2]])
    iou = iou_pairs(boxes[labels[first]], boxes[seen[second]])
    on = iou >= LEAST_IOU
    first, second, iou = first[on], second[on], iou[on]
    same = scene.category[labels[first]] == scene.category[seen[second]]
    best = one_to_one(first, second, iou + same)
    best = best[np.argsort(first[best])]
    return labels[first[best]], seen[second[best]]


class Ties:
    """A layer above the quiet shapes. A detection of the same class has a ring, one of another a square."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._layer = Layer(self._paint, canvas.update, canvas)
        self.labels: Ints = np.zeros(0, np.int64)
        self.detections: Ints = np.zeros(0, np.int64)
        self._too_many = False
        self._looked_at: tuple[Ints, NDArray[np.float64]] = (self.labels, np.zeros((0, 5)))

    def refresh(self) -> None:
        """Look again which pairs there are, and where."""
        session, scene = self._canvas.session, self._canvas.contents.scene
        wanted = session.seeing["show_ties"] and session.show_detections and session.project is not None
        rows = self._few(self._canvas.contents.shown()) if wanted else np.zeros(0, np.int64)
        shapes = np.column_stack([scene.boxes, scene.category])[rows]
        if np.array_equal(rows, self._looked_at[0]) and np.array_equal(shapes, self._looked_at[1]):
            return
        self._looked_at = rows, shapes
        self.labels, self.detections = tied(scene, rows)
        self._layer.drop()
        self._canvas.update()

    def _few(self, rows: Ints) -> Ints:
        """These rows, or none of them when they are too many, which is said once."""
        before, self._too_many = self._too_many, len(rows) > MOST
        if self._too_many and not before:
            self._canvas.session.said.emit(
                f"{len(rows):,} shapes are in sight: pairs are tied among {MOST:,} at the most (H, Shift+D)."
            )
        return rows[:0] if self._too_many else rows

    def draw(self, painter: QPainter, rect: QRect) -> None:
        """Draw them into ``rect``."""
        if len(self.labels):
            canvas = self._canvas
            self._layer.follow(canvas.view, canvas.size(), canvas.devicePixelRatioF())
            self._layer.draw(painter, rect)

    def _paint(self, painter: QPainter, view: View, rect: QRectF) -> Iterator[None]:
        scene, near = self._canvas.contents.scene, _RING + 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        boxes = scene.boxes * view.scale + [view.x, view.y] * 2
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        start, end = middles[self.labels], middles[self.detections]
        large = (boxes[self.labels, 2:] - boxes[self.labels, :2]).max(axis=1, initial=0) >= LEAST_SIDE
        low, high = np.minimum(start, end) - near, np.maximum(start, end) + near
        reached = (low <= (rect.right(), rect.bottom())) & (high >= (rect.left(), rect.top()))
        for at, pair in enumerate(np.flatnonzero(large & reached.all(axis=1)).tolist()):
            label, detection = int(self.labels[pair]), int(self.detections[pair])
            colours = int(scene.category[label]), int(scene.category[detection])
            _paint_tie(painter, QPointF(*start[pair]), QPointF(*end[pair]), *colours)
            if at % _BATCH == _BATCH - 1:
                yield


def _paint_tie(painter: QPainter, start: QPointF, end: QPointF, label: int, detection: int) -> None:
    mark = QRectF(end - QPointF(_RING, _RING), end + QPointF(_RING, _RING))
    draw_mark = painter.drawEllipse if label == detection else painter.drawRect
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for own, others, wide in ((_CASING, _CASING, 3.0), (colour_of(label), colour_of(detection), 1.0)):
        painter.setPen(QPen(own, wide))
        painter.drawLine(start, end)
        painter.setPen(QPen(others, wide))
        draw_mark(mark)
    painter.setPen(QPen(_CASING, 1))
    painter.setBrush(colour_of(label))
    painter.drawEllipse(start, _DOT, _DOT)
