"""The lines of the canvas: every one with a thin dark casing, so that it reads on snow and on night."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from labelmend.geometry.polygons import Parts
from labelmend_desktop.canvas.colours import ACCENT
from labelmend_desktop.canvas.intricate import INTRICATE, intricate_path, is_intricate
from labelmend_desktop.canvas.scene import qpolygon
from labelmend_desktop.canvas.view import View

CASING = QColor(0, 0, 0, 170)
EDGE = QColor("white")
HALO = QColor(255, 255, 255, 105)
HANDLE = 8.0
HATCH = 16.0
"""Distance of hatching lines along x, in widget pixels."""
MANY = 800
"""An outline of more points has no halo and no wide lines: the more there are, the longer each takes."""
SIGN = 8.0
"""Half the width of a plus or minus on its plate, in widget pixels."""
WARNING = "#ff5d5d"
_BESIDE = ((0.0, 0.0), (1.0, 1.0))
_AROUND = ((-1.0, -1.0), (2.0, 2.0), (2.0, -1.0), (-1.0, 2.0))
"""Where thin lines lie to be two pixels wide, and where their casing does: on both sides at every slope."""
_DENSE = 20_000
"""Lines of an outline with more points in sight than this are jagged, and cased on one side."""

Places = tuple[tuple[float, float], ...]


def path_of(parts: Parts, view: View, *, room: QRectF | None = None, closed: bool = True) -> QPainterPath:
    """Outlines in picture pixels as a path in widget pixels, of which ``room`` is seen; filled even-odd."""
    if is_intricate(parts):
        return intricate_path(parts, view, room, closed=closed)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for part in parts:
        path.addPolygon(qpolygon(part * view.scale + (view.x, view.y)))
        if closed:
            path.closeSubpath()
    return path


def stroke(
    painter: QPainter, path: QPainterPath, colour: QColor, *, width: float = 2.0, dash: Sequence[float] = ()
) -> None:
    """A line with its casing."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if path.elementCount() > INTRICATE:
        slender(painter, path, colour, dash=dash)
        return
    if path.elementCount() > MANY:
        thin(painter, path, colour, dash=[2 * length for length in dash])
        return
    for pen in (_pen(CASING, width + 2), _dashed(_pen(colour, width), dash)):
        painter.setPen(pen)
        painter.drawPath(path)


def edged(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    """A line white on both sides, within its casing: it lies along edges of a picture of any colour."""
    if path.elementCount() <= MANY:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(CASING, 5.5))
        painter.drawPath(path)
        painter.setPen(_pen(EDGE, 4))
        painter.drawPath(path)
        painter.setPen(_pen(colour, 1.5))
        painter.drawPath(path)
    else:
        stroke(painter, path, colour)


def thin(painter: QPainter, path: QPainterPath, colour: QColor, *, dash: Sequence[float] = ()) -> None:
    """A line of two pixels with its casing, of thin ones side by side: a tenth of the time of wide ones.

    For what changes in every frame, and shows the picture's edge below it.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen, places in ((QPen(CASING, 1), _AROUND), (_dashed(QPen(colour, 1), dash), _BESIDE)):
        painter.setPen(pen)
        for across, down in places:
            painter.drawPath(path.translated(across, down))


def slender(painter: QPainter, path: QPainterPath, colour: QColor, *, dash: Sequence[float] = ()) -> None:
    """A line of one pixel with its casing beside it, of lines of one device pixel: the quickest."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dpr, before = painter.device().devicePixelRatioF(), painter.transform()
    lines, casings = side_by_side(dpr)
    if path.elementCount() > _DENSE:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        casings = casings[:1]
    longer = [length * max(1, round(dpr)) for length in dash]
    for pen, places in ((QPen(CASING, 1), casings), (_dashed(QPen(colour, 1), longer), lines)):
        pen.setCosmetic(True)
        painter.setPen(pen)
        for place in places:  # the path itself is not moved: that takes as long as to draw it
            painter.setTransform(QTransform.fromTranslate(*place) * before)
            painter.drawPath(path)
    painter.restore()


def side_by_side(dpr: float) -> tuple[Places, Places]:
    """Where lines of one device pixel lie to be a line of one logical pixel, and where its casing does.

    In logical pixels; a pen above one device pixel costs eight times as much. The casing is beside the line
    at every slope: where one part of it lies along the line, the other does not.
    """
    wide = max(1, round(dpr))
    lines = tuple((by / dpr, by / dpr) for by in range(wide))
    return lines, tuple((wide / dpr, by / dpr) for by in (wide, -1))


def halo(painter: QPainter, path: QPainterPath) -> None:
    """The soft band around the suspect."""
    if path.elementCount() > MANY:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(HALO, 10))
    painter.drawPath(path)


def whiten(painter: QPainter, path: QPainterPath) -> None:
    """Lighten the inside of a path: it is selected."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, path.elementCount() <= INTRICATE)
    painter.fillPath(path, QColor(255, 255, 255, 28))
    painter.restore()


def hatch(
    painter: QPainter, path: QPainterPath, colour: QColor, *, room: QRectF, falling: bool = False
) -> None:
    """Hatch the inside of a path, a difference; wide apart, to see through. Rising or ``falling`` lines."""
    if path.elementCount() > INTRICATE:
        pattern = Qt.BrushStyle.FDiagPattern if falling else Qt.BrushStyle.BDiagPattern
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillPath(path, QBrush(colour, pattern))
        painter.restore()
        return
    area = path.boundingRect().intersected(room)
    lines = QPainterPath()
    start, end = (area.top(), area.bottom()) if falling else (area.bottom(), area.top())
    first = math.floor((area.left() - area.height()) / HATCH)
    for number in range(first, math.ceil(area.right() / HATCH)):
        lines.moveTo(number * HATCH, start)
        lines.lineTo(number * HATCH + area.height(), end)
    _clipped(painter, path, lines, colour)


def sign(painter: QPainter, middle: QPointF, colour: QColor, *, plus: bool) -> None:
    """A small round plate with a plus or a minus: what would be added, what would go."""
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(QColor(18, 19, 22, 225))
    painter.drawEllipse(middle, SIGN, SIGN)
    painter.setPen(QPen(QColor("#f2f3f5"), 2))
    arm = SIGN / 2
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    if plus:
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))


def cross_out(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    """Two lines from corner to corner: what would go."""
    area = path.boundingRect()
    lines = QPainterPath(area.topLeft())
    lines.lineTo(area.bottomRight())
    lines.moveTo(area.topRight())
    lines.lineTo(area.bottomLeft())
    if path.elementCount() > INTRICATE:  # to clip to it would take several frames
        path = QPainterPath()
        path.addRect(area)
    _clipped(painter, path, lines, colour)


def _clipped(painter: QPainter, path: QPainterPath, lines: QPainterPath, colour: QColor) -> None:
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_pen(QColor(0, 0, 0, 110), 3), _pen(colour, 1.5)):
        painter.setPen(pen)
        painter.drawPath(lines)
    painter.restore()


def handles(
    painter: QPainter,
    points: NDArray[np.float64],
    view: View,
    *,
    active: Collection[int] = (),
    size: float = HANDLE,
) -> None:
    """Square handles at picture points (k, 2); the active ones in the accent."""
    painter.setPen(QPen(QColor(20, 20, 20), 1))
    corners = points * view.scale + (view.x - size / 2, view.y - size / 2)
    rects = [QRectF(x, y, size, size) for x, y in corners.tolist()]
    painter.setBrush(QColor("white"))
    painter.drawRects(rects)  # in one call: a frame of a drag has hundreds of them
    painter.setBrush(QColor(ACCENT))
    painter.drawRects([rects[index] for index in active if index < len(rects)])


def dots(painter: QPainter, points: NDArray[np.float64], view: View) -> None:
    """Small round marks at picture points (k, 2): where an edge can be taken."""
    painter.setPen(QPen(QColor(20, 20, 20, 200), 1))
    painter.setBrush(QColor(255, 255, 255, 170))
    for x, y in points.tolist():
        painter.drawEllipse(view.to_widget(x, y), 2.8, 2.8)


def warnings(painter: QPainter, points: NDArray[np.float64], view: View) -> None:
    """A ringed cross at picture points (k, 2): where an outline crosses itself."""
    painter.setBrush(QColor(18, 19, 22, 200))
    for x, y in points.tolist():
        middle, arm = view.to_widget(x, y), SIGN / 2.2
        painter.setPen(QPen(QColor(WARNING), 2))
        painter.drawEllipse(middle, SIGN, SIGN)
        painter.drawLine(middle - QPointF(arm, arm), middle + QPointF(arm, arm))
        painter.drawLine(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm))


def dim(painter: QPainter, rect: QRectF, hole: QRectF, shade: QColor) -> None:
    """Shade everything in ``rect`` but ``hole``."""
    hole = hole.intersected(rect)
    if hole.isEmpty():
        painter.fillRect(rect, shade)
        return
    top, bottom = hole.top(), hole.bottom()
    painter.fillRect(QRectF(rect.topLeft(), QPointF(rect.right(), top)), shade)
    painter.fillRect(QRectF(QPointF(rect.left(), bottom), rect.bottomRight()), shade)
    painter.fillRect(QRectF(QPointF(rect.left(), top), QPointF(hole.left(), bottom)), shade)
    painter.fillRect(QRectF(QPointF(hole.right(), top), QPointF(rect.right(), bottom)), shade)


def _dashed(pen: QPen, dash: Sequence[float]) -> QPen:
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
