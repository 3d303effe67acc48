"""The loupe beside the cursor: the corner, side or vertex that is being dragged, magnified on its pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from labelmend_desktop import theme
from labelmend_desktop.canvas.backdrop import paint_hastily
from labelmend_desktop.canvas.gestures.story import Draft
from labelmend_desktop.canvas.hit import Hit
from labelmend_desktop.canvas.pixel_grid import GRID_FROM
from labelmend_desktop.canvas.scene import corners, qpolygon
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

SIDE = 144
AWAY = 36.0
"""From the cursor to the loupe, in widget pixels."""
NEAR, FAR = 16.0, 160.0
"""It stays where it is while the cursor is between these, in widget pixels from its edge: that is calmer."""
TIMES, LEAST_SCALE = 4.0, 4.0
"""It magnifies what the canvas shows by this; a picture pixel is at the least this large in it."""
_GAP = 6.0
_HIDES_MORE = 0.15
"""It goes elsewhere where it hides less of the shape by so much of itself."""


def beside(
    cursor: QPointF, room: QRectF, avoid: Sequence[QRectF] = (), *, shape: QRectF | None = None
) -> QRectF | None:
    """Where the loupe goes: above and right of the cursor, else in the first other direction with room.

    It is off what it is to ``avoid`` where there is such a place, and of these there where it hides the
    least of the ``shape``.
    """
    found = [rect for rect in _around(cursor) if room.contains(rect)]
    free = [rect for rect in found if not any(rect.intersects(other) for other in avoid)]
    return min(free or found, key=lambda rect: hidden(rect, shape), default=None)


def hidden(rect: QRectF, shape: QRectF | None) -> float:
    """How much of the loupe in ``rect`` lies over a shape, as a share."""
    common = QRectF() if shape is None else rect.intersected(shape)
    return common.width() * common.height() / (SIDE * SIDE)


def _around(cursor: QPointF) -> Iterator[QRectF]:
    for across, down in ((1, -1), (-1, -1), (1, 1), (-1, 1)):
        x = cursor.x() + AWAY if across > 0 else cursor.x() - AWAY - SIDE
        y = cursor.y() + AWAY if down > 0 else cursor.y() - AWAY - SIDE
        yield QRectF(x, y, SIDE, SIDE)


def stays(cursor: QPointF, rect: QRectF) -> bool:
    """Whether a loupe in ``rect`` is well placed still: near the cursor, and not below it."""
    inner, outer = (rect.adjusted(-by, -by, by, by) for by in (NEAR, FAR))
    return outer.contains(cursor) and not inner.contains(cursor)


def held_point(draft: Draft, active: Hit, cursor: tuple[float, float]) -> NDArray[np.float64] | None:
    """The picture point (2,) of the draft that is being dragged, of a new box its corner; None when none is.

    Along a side it is where the cursor is. Sides may cross, so that of the two the nearer one is held.
    """
    new = draft.key is None and draft.box is not None and not draft.band and draft.by is None
    if not new and (active.key is None or draft.key != active.key):
        return None
    if active.kind == "vertex" and active.part < len(draft.parts):
        part = draft.parts[active.part]
        return part[active.index] if active.index < len(part) else None
    if draft.box is None or not (new or active.kind in ("handle", "side")):
        return None
    point, moving = np.array(cursor), set("nwse" if new else active.handle)
    for axis, letters in enumerate(("we", "ns")):
        if set(letters) & moving:
            ends = draft.box[axis] + np.array([0.0, draft.box[axis + 2]])
            point[axis] = ends[np.abs(ends - point[axis]).argmin()]
    return point


class Loupe:
    """In sight, at ``place`` on the canvas, while a gesture drags a handle, a side or a vertex.

    The canvas paints it: a widget on what is painted in every frame would double what a frame takes.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.point: NDArray[np.float64] | None = None
        self.place: QRect | None = None

    def follow(self) -> QRectF:
        """Show what is being dragged now, or nothing; what has to be painted for that."""
        canvas, hands, before = self._canvas, self._canvas.hands, self.place
        self.point, cursor = None, canvas.pointing.last
        wanted = canvas.session.seeing["show_loupe"] and canvas.view.scale < GRID_FROM
        if wanted and hands.busy and hands.draft is not None and cursor is not None:
            self.point = held_point(hands.draft, hands.active, canvas.view.to_picture(cursor))
        self.place = None
        if self.point is not None and cursor is not None and hands.draft is not None:
            self.place = self._beside(cursor, canvas.view.rect(hands.draft.around), before)
        return QRectF(before or QRect()).united(QRectF(self.place or QRect()))

    def _beside(self, cursor: QPointF, shape: QRectF, before: QRect | None) -> QRect | None:
        here, tags = QRectF(before or QRect()), self._canvas.shapes.tags
        lies_well = before is not None and stays(cursor, here) and not any(map(here.intersects, tags))
        hides = hidden(here, shape)
        if lies_well and hides <= _HIDES_MORE:
            return before
        best = beside(cursor, QRectF(self._canvas.rect()), avoid=tags, shape=shape)
        if lies_well and (best is None or hides - hidden(best, shape) <= _HIDES_MORE):
            return before
        return None if best is None else QRect(best.topLeft().toPoint(), QSize(SIDE, SIDE))

    def view(self) -> View:
        """From picture pixels to the canvas's within it: the point that is dragged lies in the middle."""
        scale = max(TIMES * self._canvas.view.scale, LEAST_SCALE)
        x, y = (0.0, 0.0) if self.point is None else self.point.tolist()
        left, top = (0, 0) if self.place is None else self.place.topLeft().toTuple()
        return View(scale, left + SIDE / 2 - x * scale, top + SIDE / 2 - y * scale)

    def paint(self, painter: QPainter, within: QRect) -> None:
        """The pixels, the draft's outline, a cross on the point."""
        canvas, view, place = self._canvas, self.view(), self.place
        if place is None or not place.intersects(within):
            return
        painter.save()
        painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        levels, dpr = canvas.session.seeing.levels, canvas.devicePixelRatioF()
        paint_hastily(painter, canvas.loaded, levels=levels, view=view, rect=place, dpr=dpr)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draft = canvas.hands.draft
        if draft is not None:
            for part in (corners(draft.box),) if draft.box is not None else draft.parts:
                _paint_outline(painter, qpolygon(part * view.scale + (view.x, view.y)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        _paint_cross(painter, QPointF(place.topLeft()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.restore()


def _paint_outline(painter: QPainter, outline: QPolygonF) -> None:
    """White beside black, by thin lines: this is painted in every frame of a drag, and wide ones are slow."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for colour, across, down in _LINES:
        painter.setPen(QPen(colour, 1))
        painter.drawPolygon(outline.translated(across, down))


_LINES = ((QColor(0, 0, 0, 170), 1.0, 1.0), (QColor(0, 0, 0, 170), -1.0, 1.0), (QColor("white"), 0.0, 0.0))
"""A line of any slope has black beside it."""


def _paint_cross(painter: QPainter, corner: QPointF) -> None:
    """Four arms that leave the point itself free."""
    painter.translate(corner)
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, arms in _CROSS:
        painter.setBrush(colour)
        painter.drawRects(arms)
    painter.translate(-corner)


def _arms(wide: float) -> list[QRectF]:
    arm, beside = SIDE / 2 - _GAP, (SIDE - wide) / 2
    lying = [QRectF(start, beside, arm, wide) for start in (0.0, SIDE - arm)]
    return [*lying, *(QRectF(one.y(), one.x(), wide, arm) for one in lying)]


_CROSS = ((QColor(0, 0, 0, 110), _arms(3.0)), (QColor(255, 255, 255, 210), _arms(1.0)))
