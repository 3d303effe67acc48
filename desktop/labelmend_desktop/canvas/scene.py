"""Everything there is to draw on one picture, as arrays: its annotations first, then its detections."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPolygonF
from shiboken6 import VoidPtr

from labelmend.errors import BadFile
from labelmend.geometry import masks, polygons
from labelmend.geometry.contours import borders, borders_of_each
from labelmend.geometry.masks import Rles
from labelmend.geometry.polygons import Parts

if TYPE_CHECKING:
    from labelmend.coco.detections import Detections
    from labelmend.project.annotation import Annotation

BOX, POLYGON, MASK, OUTLINED = 0, 1, 2, 3
"""What a row is drawn as: MASK is that of a label, OUTLINED that of a detection once its outline is there."""
EXACT = -1
"""The octave at which polygons are drawn point by point; at octave o they are drawn for scales near 2**-o."""
FEW_MASKS = 400
"""Up to this many masks are outlined along their pixels; more are outlined in the mask image, in one go, by
whole pixels, which hide what lies below them where the picture is zoomed."""
_SEVERAL, _TOGETHER = 8, 24
"""From so many masks on they are outlined together, and so many at a time."""
_LARGE, _LONG = 500_000, 20_000
"""Pixels within its box, or characters of its counts, from which it takes long to outline a mask."""
_MANY, _MUCH = 1000, 4_000_000
"""Masks of detections, or pixels within their boxes, from which it takes so long to outline them that they
are boxes until then."""
WITHIN = 0.35
"""How far, in screen pixels, a simplified outline may lie from the exact one."""


class Scene:
    """Shapes by row. ``boxes`` (n, 4) are x0 y0 x1 y1 in picture pixels and hold all that a row draws.

    ``category`` (n,) class rows, ``kind`` (n,) BOX, POLYGON, MASK or OUTLINED, ``alive`` (n,) False once
    deleted, ``is_detection`` (n,), ``score`` (n,) nan for annotations. ``row_of`` finds an annotation by its
    key. ``awaited`` (m,) are rows of detections that are not shown: in a moment they will be OUTLINED.
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
        self._counts: dict[int, bytes | None] = {}
        self.ask: Callable[[int, dict[str, Any]], None] | None = None
        """Has the mask of a row outlined elsewhere, to be taken in by `take_outline`."""
        self._set(dict(enumerate(annotations)))
        self.few_masks = int((self.kind == MASK).sum()) <= FEW_MASKS
        if detections is not None and m:
            self.annotations += [None] * m
            self.boxes[n:, :2] = detections.bbox[:, :2]
            self.boxes[n:, 2:] = detections.bbox[:, :2] + detections.bbox[:, 2:]
            self.category[n:] = detections.category
            self.score[n:] = detections.score
        self._first_detection, self._models = n, models
        self._source = None if detections is None else detections.source
        self.awaited = self._not_outlined = _with_masks(detections) + n
        if self._takes_long(self._not_outlined):
            self.awaited = self.awaited[:0]

    def _takes_long(self, rows: NDArray[np.int64]) -> bool:
        areas = np.prod(self.boxes[rows, 2:] - self.boxes[rows, :2], axis=1)
        return len(rows) > _MANY or bool(areas.sum() > _MUCH)

    @property
    def to_outline(self) -> bool:
        """Whether there are detections with masks whose outlines are not there yet."""
        return len(self._not_outlined) > 0

    def outline_detections(self, outlines: Sequence[Parts]) -> None:
        """Take in the outlines of all detections, in their order; those without one are boxes for good."""
        around = polygons.bounds_of_each(outlines)
        some = np.flatnonzero(np.isfinite(around).all(axis=1))
        rows, around = some + self._first_detection, around[some]
        self.kind[rows] = OUTLINED
        self.boxes[rows] = np.hstack([around[:, :2], around[:, :2] + around[:, 2:]])
        self._contours |= {row: outlines[at] for row, at in zip(rows.tolist(), some.tolist(), strict=True)}
        self.awaited = self._not_outlined = rows[:0]

    def is_outlined(self, row: int) -> bool:
        """Whether a row is drawn by an outline, not by its box or by pixels."""
        kind = self.kind[row]
        return bool(kind in (POLYGON, OUTLINED) or (kind == MASK and self.few_masks))

    def model(self, row: int) -> str:
        """The name of the model that a detection is of, where there are several; otherwise empty."""
        at = row - self._first_detection
        if self._source is None or not 0 <= at < len(self._source):
            return ""
        return self._models[int(self._source[at])]

    def __len__(self) -> int:
        return len(self.boxes)

    def _set(self, annotations: Mapping[int, Annotation]) -> None:
        """Take in annotations by their rows, all at once: there may be thousands."""
        rows, every = list(annotations), list(annotations.values())
        for row, annotation in annotations.items():
            self.annotations[row] = annotation
        for known in (self._contours, self._counts, self._polygons):
            for row in known.keys() & annotations.keys():
                del known[row]
        self.category[rows] = [one.category for one in every]
        self.kind[rows] = [POLYGON if one.polygons else MASK if one.rle else BOX for one in every]
        around = polygons.bounds_of_each([one.polygons for one in every])
        box = np.concatenate([np.zeros(0), *(one.bbox for one in every)]).reshape(-1, 4)
        box = np.where(np.isnan(around), box, around)
        self.boxes[rows] = np.hstack([box[:, :2], box[:, :2] + box[:, 2:]])
        self.alive[rows] = True

    def update(self, annotations: Mapping[int, Annotation | None]) -> None:
        """Take in what annotations have become, by their keys; None: it was deleted."""
        there = {key: one for key, one in annotations.items() if one is not None}
        self._make_room(sorted(there.keys() - self.row_of.keys(), reverse=True))
        self._set({self.row_of[key]: one for key, one in there.items()})
        gone = annotations.keys() - there.keys()
        self.alive[[self.row_of[key] for key in gone if key in self.row_of]] = False

    def _make_room(self, keys: Sequence[int]) -> None:
        """Append rows for annotations that are about to come."""
        n = len(keys)
        self.row_of |= {key: row for row, key in enumerate(keys, len(self))}
        self.boxes = np.vstack([self.boxes, np.full((n, 4), np.nan)])
        self.category = np.append(self.category, np.full(n, -1, np.int32))
        self.kind = np.append(self.kind, np.full(n, BOX, np.uint8))
        self.alive = np.append(self.alive, np.zeros(n, bool))
        self.is_detection = np.append(self.is_detection, np.zeros(n, bool))
        self.score = np.append(self.score, np.full(n, np.nan))
        self.annotations += [None] * n

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
        if annotation is not None and self.kind[row] == MASK and row not in self._contours:
            self._contours[row] = contours(annotation.rle or {})
        if self._contours.get(row):
            return self._contours[row]
        box = self.box(row)
        return (corners(box),) if np.isfinite(box).all() else ()

    def outline_masks(self, rows: NDArray[np.int64]) -> Iterator[None]:
        """Outline the masks of those labels that are drawn by outlines, yielding now and then: together they
        take a tenth of the time that one after the other takes."""
        todo = [row for row in rows[self.kind[rows] == MASK].tolist() if row not in self._contours]
        if self.few_masks and len(todo) >= _SEVERAL:
            for at in range(0, len(todo), _TOGETHER):
                self._outline_together(todo[at : at + _TOGETHER])
                yield

    def _outline_together(self, rows: Sequence[int]) -> None:
        """Outline some masks; those that take long or cannot be read are left to `drawn`."""
        of_size: dict[tuple[int, int], dict[int, bytes]] = {}
        for row in rows:
            annotation = self.annotations[row]
            rle = None if annotation is None else annotation.rle
            if rle is not None and not _takes_long(rle, self.box(row)) and (counts := counts_of(rle)):
                height, width = (int(side) for side in rle["size"])
                if height * width <= masks.LARGEST_DECODED:
                    of_size.setdefault((height, width), {})[row] = counts
        for (height, width), told in of_size.items():
            outlines = borders_of_each(Rles.of(list(told.values())), height=height, width=width)
            self._contours |= dict(zip(told, outlines, strict=True))

    def drawn(self, row: int) -> Parts:
        """The outlines of a row to be drawn: of a large mask that is being outlined elsewhere, its box."""
        annotation = self.annotations[row]
        rle = None if annotation is None or self.kind[row] != MASK else annotation.rle
        if rle is None or not self._read_elsewhere(row, rle):
            return self.outline(row)
        return (corners(self.box(row)),)

    def is_read_elsewhere(self, row: int) -> bool:
        """Whether a row's mask has so many runs that a thread reads it, asked now, before it is painted."""
        annotation = self.annotations[row]
        rle = None if annotation is None else annotation.rle
        return rle is not None and _is_long(rle) and self._read_elsewhere(row, rle)

    def _read_elsewhere(self, row: int, rle: dict[str, Any]) -> bool:
        """Whether a large mask is being read elsewhere; until then it is its box."""
        if self.ask is None or row in self._contours or not _takes_long(rle, self.box(row)):
            return False
        self.ask(row, rle)
        return True

    def take_outline(self, row: int, rle: dict[str, Any], outline: Parts, counts: bytes | None) -> bool:
        """Take in the outline and the counts of a mask that a row had; whether it still has it."""
        annotation = self.annotations[row]
        if annotation is None or annotation.rle is not rle:
            return False
        self._contours[row], self._counts[row] = outline, counts
        return True

    def mask_covers(self, row: int, place: tuple[float, float, float, float]) -> bool | None:
        """Whether a row's mask has a pixel in a place (left, top, right, bottom) near its box; None when it
        is unreadable.

        Its runs are looked at: to outline a large mask takes a hundred times as long.
        """
        annotation = self.annotations[row]
        if annotation is None or annotation.rle is None:
            return None
        if row not in self._counts:
            if self._read_elsewhere(row, annotation.rle):
                return True  # of the box that it is meanwhile
            self._counts[row] = counts_of(annotation.rle)
        counts = self._counts[row]
        if counts is None:
            return None
        height, width = annotation.rle["size"]
        return masks.covers(counts, place, height=int(height), width=int(width))

    def polygons(self, row: int, octave: int) -> list[QPolygonF]:
        """A row's polygon ready to draw at scales near 2**-octave; exact at EXACT."""
        known = self._polygons.setdefault(row, {})
        if octave not in known:
            outline = self.drawn(row)
            made = [qpolygon(_simplified(part, octave)) for part in outline]
            if self.kind[row] == MASK and row not in self._contours:
                return made  # its box, for a moment
            known[octave] = made
        return known[octave]


def octave_of(scale: float) -> int:
    """The octave that is drawn at so many screen pixels a picture pixel."""
    return EXACT if scale >= 2 else max(EXACT, min(8, math.floor(-math.log2(scale))))


def _with_masks(detections: Detections | None) -> NDArray[np.int64]:
    """Which of the detections have a mask (k,)."""
    if detections is None or detections.masks is None:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.diff(detections.masks.offsets) > 0)


def corners(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """The four corners (4, 2) of a box (4,) xywh."""
    x, y, w, h = box
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])


def counts_of(rle: dict[str, Any]) -> bytes | None:
    """The compressed counts of a mask; None when it is unreadable."""
    try:
        height, width = (int(side) for side in rle["size"])
        return masks.counts(rle, height=height, width=width)
    except (KeyError, ValueError, TypeError, BadFile):
        return None


def _takes_long(rle: dict[str, Any], box: NDArray[np.float64]) -> bool:
    return bool(box[2] * box[3] > _LARGE) or _is_long(rle)


def _is_long(rle: dict[str, Any]) -> bool:
    counts = rle.get("counts", "")
    return hasattr(counts, "__len__") and len(counts) > _LONG


def contours(rle: dict[str, object]) -> Parts:
    """The outlines of an RLE mask along its pixels' borders, to a quarter of a pixel; () when unreadable."""
    try:
        height, width = (int(side) for side in rle["size"])  # type: ignore[attr-defined]
        counts = masks.counts(rle, height=height, width=width)
        wide, high = masks.bounds(counts, height=height, width=width)[2:]
        return _borders(counts, height, width) if wide * high <= masks.LARGEST_DECODED else ()
    except (KeyError, ValueError, TypeError, BadFile):
        return ()


@lru_cache(64)  # a label comes again with another class, when a step is taken back, as it was proposed
def _borders(counts: bytes, height: int, width: int) -> Parts:
    return borders(counts, height=height, width=width)


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
    thin = cv2.approxPolyDP(part.astype(np.float32), WITHIN * 2**octave, True)[:, 0]
    return np.asarray(thin, dtype=np.float64)
