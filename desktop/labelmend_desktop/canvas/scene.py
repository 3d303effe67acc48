"""Everything there is to draw on one picture, as arrays: its annotations first, then its detections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPolygonF
from shiboken6 import VoidPtr

from labelmend.errors import BadFile
from labelmend.geometry import masks, polygons
from labelmend.geometry.contours import borders
from labelmend.geometry.polygons import Parts

if TYPE_CHECKING:
    from labelmend.coco.detections import Detections
    from labelmend.project.annotation import Annotation

BOX, POLYGON, MASK = 0, 1, 2
EXACT = -1
"""The octave at which polygons are drawn point by point; at octave o they are drawn for scales near 2**-o."""
FEW_MASKS = 100
"""Up to this many masks are outlined along their pixels; more are outlined in the mask image, in one go."""
_WITHIN = 0.35
"""How far, in screen pixels, a simplified outline may lie from the exact one."""


class Scene:
    """Shapes by row. ``boxes`` (n, 4) are x0 y0 x1 y1 in picture pixels and hold all that a row draws.

    ``category`` (n,) class rows, ``kind`` (n,) BOX, POLYGON or MASK, ``alive`` (n,) False once deleted,
    ``is_detection`` (n,), ``score`` (n,) nan for annotations. ``row_of`` finds an annotation by its key.
    """

    def __init__(
        self,
        annotations: Sequence[Annotation] = (),
        detections: Detections | None = None,
        models: Sequence[str] = (),
    ) -> None:
        self.annotations: list[Annotation | None] = list(annotations)
        self.row_of: dict[int, int] = {annotation.key: row for row, annotation in enumerate(annotations)}
        n, m = len(annotations), 0 if detections is None else len(detections.score)
        self.boxes = np.full((n + m, 4), np.nan)
        self.category = np.zeros(n + m, dtype=np.int32)
        self.kind = np.zeros(n + m, dtype=np.uint8)
        self.alive = np.ones(n + m, dtype=bool)
        self.is_detection = np.arange(n + m) >= n
        self.score = np.full(n + m, np.nan)
        self._polygons: dict[int, dict[int, list[QPolygonF]]] = {}
        self._contours: dict[int, Parts] = {}
        for row, annotation in enumerate(annotations):
            self._set(row, annotation)
        self.few_masks = int((self.kind == MASK).sum()) <= FEW_MASKS
        if detections is not None and m:
            self.annotations += [None] * m
            self.boxes[n:, :2] = detections.bbox[:, :2]
            self.boxes[n:, 2:] = detections.bbox[:, :2] + detections.bbox[:, 2:]
            self.category[n:] = detections.category
            self.score[n:] = detections.score
        self._first_detection, self._models = n, models
        self._source = None if detections is None else detections.source

    def model(self, row: int) -> str:
        """The name of the model that a detection is of, where there are several; otherwise empty."""
        at = row - self._first_detection
        if self._source is None or not 0 <= at < len(self._source):
            return ""
        return self._models[int(self._source[at])]

    def __len__(self) -> int:
        return len(self.boxes)

    def _set(self, row: int, annotation: Annotation) -> None:
        self.annotations[row] = annotation
        self.category[row] = annotation.category
        self.kind[row] = POLYGON if annotation.polygons else MASK if annotation.rle else BOX
        box = polygons.bounds(annotation.polygons) if annotation.polygons else annotation.bbox
        self.boxes[row] = [box[0], box[1], box[0] + box[2], box[1] + box[3]]
        self.alive[row] = True
        self._contours.pop(row, None)
        self._polygons.pop(row, None)

    def update(self, key: int, annotation: Annotation | None) -> None:
        """Take in what an annotation has become; None: it was deleted."""
        row = self.row_of.get(key)
        if annotation is None:
            if row is not None:
                self.alive[row] = False
            return
        if row is None:
            row = self._append(key)
        self._set(row, annotation)

    def _append(self, key: int) -> int:
        row = len(self)
        self.boxes = np.vstack([self.boxes, np.full((1, 4), np.nan)])
        self.category = np.append(self.category, np.int32(-1))
        self.kind = np.append(self.kind, np.uint8(BOX))
        self.alive = np.append(self.alive, True)
        self.is_detection = np.append(self.is_detection, False)
        self.score = np.append(self.score, np.nan)
        self.annotations.append(None)
        self.row_of[key] = row
        return row

    def annotation(self, key: int | None) -> Annotation | None:
        """The annotation of a key, None when it is not here or deleted."""
        row = None if key is None else self.row_of.get(key)
        return self.annotations[row] if row is not None and self.alive[row] else None

    def box(self, row: int) -> NDArray[np.float64]:
        """What a row covers, (4,) xywh."""
        x0, y0, x1, y1 = self.boxes[row]
        return np.array([x0, y0, x1 - x0, y1 - y0])

    def touching(self, box: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Of every row (n,): whether it is alive and reaches into the box (4,) xywh."""
        b = self.boxes
        with np.errstate(invalid="ignore"):
            inside: NDArray[np.bool_] = (
                self.alive
                & (b[:, 0] <= box[0] + box[2])
                & (b[:, 2] >= box[0])
                & (b[:, 1] <= box[1] + box[3])
                & (b[:, 3] >= box[1])
            )
        return inside

    def outline(self, row: int) -> Parts:
        """The closed outlines of a row in picture pixels: its polygon, its mask's contours, or its box.

        () for a record without a usable box.
        """
        annotation = self.annotations[row]
        if annotation is not None and self.kind[row] == POLYGON:
            return annotation.polygons
        if annotation is not None and self.kind[row] == MASK:
            if row not in self._contours:
                self._contours[row] = contours(annotation.rle or {})
            if self._contours[row]:
                return self._contours[row]
        box = self.box(row)
        return (corners(box),) if np.isfinite(box).all() else ()

    def polygons(self, row: int, octave: int) -> list[QPolygonF]:
        """A row's polygon ready to draw at scales near 2**-octave; exact at EXACT."""
        known = self._polygons.setdefault(row, {})
        if octave not in known:
            known[octave] = [qpolygon(_simplified(part, octave)) for part in self.outline(row)]
        return known[octave]


def corners(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """The four corners (4, 2) of a box (4,) xywh."""
    x, y, w, h = box
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])


def contours(rle: dict[str, object]) -> Parts:
    """The outlines of an RLE mask along its pixels' borders, to a quarter of a pixel; () when unreadable."""
    try:
        height, width = (int(side) for side in rle["size"])  # type: ignore[attr-defined]
        if height * width > masks.LARGEST_DECODED:
            return ()
        return borders(masks.counts(rle, height=height, width=width), height=height, width=width)
    except (KeyError, ValueError, TypeError, BadFile):
        return ()


def qpolygon(points: NDArray[np.float64]) -> QPolygonF:
    """A QPolygonF of points (k, 2), copied in one go: point by point it is ten times slower."""
    polygon = QPolygonF()
    if len(points):
        polygon.resize(len(points))
        raw = VoidPtr(polygon.data(), len(points) * 16, True)  # type: ignore[call-arg,arg-type]
        np.frombuffer(raw, dtype=np.float64).reshape(-1, 2)[:] = points  # type: ignore[call-overload]
    return polygon


def _simplified(part: NDArray[np.float64], octave: int) -> NDArray[np.float64]:
    if octave == EXACT or len(part) <= 6:
        return part
    thin = cv2.approxPolyDP(part.astype(np.float32), _WITHIN * 2**octave, True)[:, 0]
    return np.asarray(thin, dtype=np.float64)
