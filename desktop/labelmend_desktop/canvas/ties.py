"""Ties each label to the detection that it matches: a thin line from middle to middle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from labelmend.find.matching import one_to_one
from labelmend.find.pairs import crossing, pair_iou
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
MOST = 5000
"""Among more shapes in sight than this no pairs are looked for, so that no step has to wait for them."""
_DOT, _RING = 2.5, 5.0
_CASING = QColor(0, 0, 0, 190)
_BATCH = 24


def tied(scene: Scene, rows: Ints) -> tuple[Ints, Ints]:
    """Rows (k,) of labels and (k,) of their detections, among ``rows``: boxes with an IoU from LEAST_IOU on.

    One to one: first pairs of the same class, the best first, then those of another.
    """
    boxes = scene.boxes.copy()
    boxes[:, 2:] -= boxes[:, :2]
    labels, seen = rows[~scene.is_detection[rows]], rows[scene.is_detection[rows]]
    here = np.zeros(max(len(labels), len(seen)), np.int64)
    pairs = crossing(here[: len(labels)], boxes[labels], here[: len(seen)], boxes[seen])
    iou = pair_iou(pairs, boxes[labels], boxes[seen])
    on = np.flatnonzero(iou >= LEAST_IOU)
    first, second = pairs.first[on], pairs.second[on]
    same = scene.category[labels[first]] == scene.category[seen[second]]
    best = np.sort(one_to_one(first, second, iou[on] + same))
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
            self._layer.draw(painter, rect, canvas.view, canvas.size(), canvas.devicePixelRatioF())

    def _paint(self, painter: QPainter, view: View, rect: QRectF) -> Iterator[None]:
        scene = self._canvas.contents.scene
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        b, near = scene.boxes, rect.adjusted(-_RING - 2, -_RING - 2, _RING + 2, _RING + 2)
        large = (b[self.labels, 2:] - b[self.labels, :2]).max(axis=1, initial=0) * view.scale >= LEAST_SIDE
        pairs = np.column_stack([self.labels, self.detections])[large]
        middles = (b[:, :2] + b[:, 2:]) / 2
        for at, (label, detection) in enumerate(pairs.tolist()):
            start, end = (
                view.to_widget(*middles[label].tolist()),
                view.to_widget(*middles[detection].tolist()),
            )
            if QRectF(start, end).normalized().adjusted(-1, -1, 1, 1).intersects(near):
                _paint_tie(painter, start, end, *(int(scene.category[row]) for row in (label, detection)))
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
