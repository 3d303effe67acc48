"""The loupe beside the cursor: the corner, side or vertex that is being dragged, magnified on its pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from labelmend.geometry.polygons import bounds
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


class Loupe(QWidget):
    """In sight while a gesture drags a handle, a side or a vertex; it takes no part in the mouse's doings."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.point: NDArray[np.float64] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedSize(SIDE, SIDE)
        self.hide()

    def follow(self) -> None:
        """Show what is being dragged now, or nothing."""
        canvas, hands = self._canvas, self._canvas.hands
        self.point, cursor = None, canvas.pointing.last
        wanted = canvas.session.seeing["show_loupe"] and canvas.view.scale < GRID_FROM
        if wanted and hands.busy and hands.draft is not None and cursor is not None:
            self.point = held_point(hands.draft, hands.active, canvas.view.to_picture(cursor))
        place = None
        if self.point is not None and cursor is not None and hands.draft is not None:
            place = self._place(cursor, canvas.view.rect(_box_of(hands.draft)))
        if place is not None:
            self.move(place.topLeft().toPoint())
            self.update()
        self.setVisible(place is not None)

    def _place(self, cursor: QPointF, shape: QRectF) -> QRectF | None:
        here, tags = QRectF(self.geometry()), self._canvas.tags
        best = beside(cursor, QRectF(self._canvas.rect()), avoid=tags, shape=shape)
        if not self.isVisible() or not stays(cursor, here) or any(here.intersects(tag) for tag in tags):
            return best
        more = 0.0 if best is None else hidden(here, shape) - hidden(best, shape)
        return best if more > _HIDES_MORE else here

    def view(self) -> View:
        """From picture pixels to this widget's: the point that is dragged lies in the middle."""
        scale = max(TIMES * self._canvas.view.scale, LEAST_SCALE)
        x, y = (0.0, 0.0) if self.point is None else self.point.tolist()
        return View(scale, SIDE / 2 - x * scale, SIDE / 2 - y * scale)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pixels, the draft's outline, a cross on the point."""
        canvas, view = self._canvas, self.view()
        painter = QPainter(self)
        levels, dpr = canvas.session.seeing.levels, self.devicePixelRatioF()
        paint_hastily(painter, canvas.loaded, levels=levels, view=view, rect=self.rect(), dpr=dpr)
        draft = canvas.hands.draft
        if draft is not None:
            for part in (corners(draft.box),) if draft.box is not None else draft.parts:
                _paint_outline(painter, qpolygon(part * view.scale + (view.x, view.y)))
        _paint_cross(painter)
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def _box_of(draft: Draft) -> NDArray[np.float64]:
    return draft.box if draft.box is not None else bounds(draft.parts)


def _paint_outline(painter: QPainter, outline: QPolygonF) -> None:
    """White beside black, by thin lines: this is painted in every frame of a drag, and wide ones are slow."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for colour, by in ((QColor(0, 0, 0, 170), 1.0), (QColor("white"), 0.0)):
        painter.setPen(QPen(colour, 1))
        painter.drawPolygon(outline.translated(by, by))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_cross(painter: QPainter) -> None:
    """Four arms that leave the point itself free."""
    arm, middle = SIDE / 2 - _GAP, SIDE / 2
    for colour, wide in ((QColor(0, 0, 0, 110), 3.0), (QColor(255, 255, 255, 210), 1.0)):
        for start in (0.0, SIDE - arm):
            painter.fillRect(QRectF(start, middle - wide / 2, arm, wide), colour)
            painter.fillRect(QRectF(middle - wide / 2, start, wide, arm), colour)
