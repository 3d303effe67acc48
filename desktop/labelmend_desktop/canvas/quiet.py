"""Paints the quiet shapes: every annotation and detection that is neither the suspect nor in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from labelmend.geometry.polygons import Parts
from labelmend_desktop.canvas.colours import DETECTION_DASH, colour_of
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.scene import BOX, POLYGON, Scene, octave_of
from labelmend_desktop.canvas.strokes import path_of, side_by_side, slender, stroke
from labelmend_desktop.canvas.view import View

CASING = QColor(0, 0, 0, 200)
FEW = 150
"""Up to this many shapes get wide antialiased lines; more get lines of one pixel, eight times as quick."""
FILL_ALPHA = 34
REACH = 4.0
"""How far, in widget pixels, a line reaches beyond the shape's box."""
_SMALL = 4.0
_BATCH = 24
_ANTIALIASING = QPainter.RenderHint.Antialiasing
_NO_PEN, _NO_BRUSH = Qt.PenStyle.NoPen, Qt.BrushStyle.NoBrush


def paint_quiet(
    painter: QPainter,
    scene: Scene,
    rows: NDArray[np.int64],
    *,
    view: View,
    rect: QRectF,
    dpr: float,
    few: bool,
    path: Callable[[Parts, View], QPainterPath] = path_of,
) -> Iterator[None]:
    """Paint those of ``rows`` that touch the widget rectangle, in row order, yielding now and then.

    ``path`` makes the outline of one of very many points.
    """
    near = view.box_of(rect.adjusted(-REACH, -REACH, REACH, REACH))
    rows = rows[scene.touching(near)[rows]]
    yield from scene.outline_masks(rows)
    size = (scene.boxes[rows, 2:] - scene.boxes[rows, :2]).max(axis=1, initial=0) * view.scale
    octave = octave_of(view.scale * dpr)
    places = _places(view, dpr, few=few)
    painter.setTransform(places.lines[0])
    for at, (row, wide) in enumerate(zip(rows.tolist(), size.tolist(), strict=True)):
        ink = _ink(int(scene.category[row]), bool(scene.is_detection[row]), dpr=dpr, few=few)
        if wide < _SMALL:
            x, y, w, h = scene.box(row).tolist()
            painter.fillRect(QRectF(x, y, w, h), ink.colour)
        elif is_intricate(outline := _parts(scene, row)):
            yield
            drawn, dash = path(outline, view), DETECTION_DASH if scene.is_detection[row] else ()
            _paint_intricate(painter, drawn, ink, dash=dash, fills=scene.kind[row] == POLYGON, few=few)
            painter.setTransform(places.lines[0])
            yield
        else:
            _paint_row(painter, scene, row, octave=octave, ink=ink, places=places)
        if at % _BATCH == _BATCH - 1:
            yield


@dataclass(frozen=True)
class _Places:
    """Where a shape's lines are drawn, and its casings; beside level and upright ones the first suffices."""

    lines: list[QTransform]
    casings: list[QTransform]


def _places(view: View, dpr: float, *, few: bool) -> _Places:
    """Of few shapes the lines are wide ones; of many they are thin ones, and casings, side by side."""
    if few:
        return _Places([view.transform()], [view.transform()])
    lines, casings = side_by_side(dpr)
    return _Places(
        [view.moved(*place).transform() for place in lines],
        [view.moved(*place).transform() for place in casings],
    )


@dataclass(frozen=True)
class _Ink:
    """What shapes of a class are drawn with."""

    colour: QColor
    fill: QBrush
    casing: QPen
    line: QPen


@lru_cache(maxsize=4096)
def _ink(category: int, detection: bool, *, dpr: float, few: bool) -> _Ink:
    """Wide lines for few shapes; for more, lines of one pixel, to be drawn side by side."""
    colour, dash = colour_of(category), DETECTION_DASH if detection else ()
    fill = QColor(colour)
    fill.setAlpha(FILL_ALPHA)
    if few:
        return _Ink(colour, QBrush(fill), _pen(CASING, 3.0 * dpr, ()), _pen(colour, 1.5 * dpr, dash))
    wide = max(1, round(dpr))
    line = _pen(colour, 1.0, tuple(length * wide for length in dash))
    return _Ink(colour, QBrush(fill), _pen(CASING, 1.0, ()), line)


def _pen(colour: QColor, width: float, dash: tuple[float, ...]) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if dash:
        pen.setDashPattern(dash)
    return pen


def _paint_row(painter: QPainter, scene: Scene, row: int, *, octave: int, ink: _Ink, places: _Places) -> None:
    lines, casings = places.lines, places.casings
    if scene.kind[row] == POLYGON:
        painter.setRenderHint(_ANTIALIASING, False)  # 14 times cheaper for a fill
        painter.setPen(_NO_PEN)
        painter.setBrush(ink.fill)
        _outline(painter, scene, row, octave)
    painter.setBrush(_NO_BRUSH)
    painter.setRenderHint(_ANTIALIASING, casings == lines)
    painter.setPen(ink.casing)
    for place in casings[:1] if scene.kind[row] == BOX else casings:
        painter.setTransform(place)
        _outline(painter, scene, row, octave)
    painter.setRenderHint(_ANTIALIASING, True)
    painter.setPen(ink.line)
    for place in reversed(lines):
        painter.setTransform(place)
        _outline(painter, scene, row, octave)


def _parts(scene: Scene, row: int) -> Parts:
    """The outline that is drawn of a row; () where it is its box."""
    return scene.drawn(row) if scene.is_outlined(row) else ()


def _paint_intricate(
    painter: QPainter, path: QPainterPath, ink: _Ink, *, dash: Sequence[float], fills: bool, few: bool
) -> None:
    """Paint a shape of very many points by the path of those that are seen."""
    painter.resetTransform()
    painter.setRenderHint(_ANTIALIASING, False)
    if fills:
        painter.fillPath(path, ink.fill)
    painter.setRenderHint(_ANTIALIASING, True)
    if few:
        stroke(painter, path, ink.colour, width=1.5, dash=dash)
    else:
        slender(painter, path, ink.colour, dash=dash)


def _outline(painter: QPainter, scene: Scene, row: int, octave: int) -> None:
    if scene.is_outlined(row):
        for polygon in scene.polygons(row, octave):
            painter.drawPolygon(polygon)
    elif scene.kind[row] == BOX:
        x, y, w, h = scene.box(row).tolist()
        painter.drawRect(QRectF(x, y, w, h))
