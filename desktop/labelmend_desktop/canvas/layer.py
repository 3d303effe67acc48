"""What is still, as an image for one view: patched, shifted, rebuilt in slices; a frame costs one copy."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from labelmend_desktop.canvas.roll import Roll
from labelmend_desktop.canvas.view import View

Paint = Callable[[QPainter, View, QRectF], Iterator[None]]
"""Paints what touches a widget rectangle for a view, a little between two yields."""


Hasty = Callable[[QPainter, QRect], None]
"""Paints a widget rectangle for the view at hand, quickly rather than well."""


_NOWHERE = View(0.0)
"""No view is equal to it."""
_WITHIN = Qt.ClipOperation.IntersectClip


class _Job:
    """A painting on its way into an image; events are served between its steps."""

    def __init__(self, roll: Roll, view: View, paint: Paint, size: QSize) -> None:
        self.roll, self.view = roll, view
        self._painter = QPainter(roll.image)
        self._steps = paint(self._painter, view, QRectF(QPointF(0, 0), size))

    def __del__(self) -> None:
        # PySide keeps no image alive for its painter: where both are garbage this comes before either goes.
        self.end()

    def go_on(self, seconds: float) -> bool:
        """Paint for so long; whether it is done."""
        until = time.perf_counter() + seconds
        for _ in self._steps:
            if time.perf_counter() > until:
                return False
        self.end()
        return True

    def end(self) -> None:
        """Paint no more."""
        if self._painter.isActive():
            self._painter.end()


class Layer(QObject):
    """Asked to draw itself in every frame; says by ``changed`` that there is something better to draw.

    A pan shifts what there is and paints the bared strips. A zoom stretches it at once and rebuilds it
    when the view has been still for SETTLE ms, in slices of SLICE ms between which events are served; what
    a zoom outwards bares is seen as it is painted.
    With ``hasty`` the layer is opaque, painted whole at first sight, and not stretched but painted hastily.
    ``edition`` is another number whenever what is shown is another than a pan makes of it.
    """

    SETTLE = 80
    FIRST, SLICE, TELL = 0.012, 0.006, 0.06
    """Seconds: of the first slice, of the others, and between two frames that show what is there so far."""

    def __init__(
        self,
        paint: Paint,
        changed: Callable[[], None],
        parent: QObject | None = None,
        *,
        hasty: Hasty | None = None,
    ) -> None:
        super().__init__(parent)
        self.edition = 0
        self._paint, self._changed, self._hasty = paint, changed, hasty
        self._shown: Roll | None = None
        self._shown_view = View()
        self._spare: Roll | None = None
        self._job: _Job | None = None
        self._whole, self._told = False, 0.0
        self._stale = False
        self._view, self._dpr, self._size = View(), 1.0, QSize()
        self._settle = QTimer(self, singleShot=True, interval=self.SETTLE)
        self._settle.timeout.connect(self._begin_rebuild)
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)

    @property
    def settled(self) -> bool:
        """Whether what is shown is whole and made for the last view asked for."""
        done = self._whole and not self._stale and self._job is None
        return done and self._shown is not None and self._shown_view == self._view

    def drop(self) -> None:
        """Forget everything: another picture, another size, other shapes in sight."""
        self._cancel()
        self._shown, self._whole = None, False
        self._settle.stop()

    def outdate(self) -> None:
        """What is painted looks another way now: as if the view had changed."""
        self._cancel()
        self._settle.stop()
        self._shown_view = _NOWHERE

    def renew(self) -> None:
        """What is painted would be painted better now: it is shown until that is done, between events."""
        self._stale = True
        if self._job is None and not self._settle.isActive():
            self._begin_rebuild()

    def patch(self, rect: QRectF) -> None:
        """Paint one widget rectangle anew, since shapes in it changed."""
        if self._job is not None or not self.settled or self._shown is None:
            self.drop()
            return
        self.edition += 1
        around = self._shown.pixels(rect.toAlignedRect().adjusted(-2, -2, 2, 2))
        self._shown.paint(around.toAlignedRect().intersected(self._shown.rect), self._paint_part)

    def follow(self, view: View, size: QSize, dpr: float) -> None:
        """Take in where the picture lies now, in a widget of ``size`` logical pixels."""
        moved = view != self._view
        self._view = view
        if self._shown is None or size != self._size or dpr != self._dpr:
            self._size, self._dpr = size, dpr
            self._build_first()
        elif view == self._shown_view or self._shift():
            return
        elif moved or (self._job is None and not self._settle.isActive()):
            self._cancel()
            self._settle.start()

    def draw(self, painter: QPainter, rect: QRect) -> None:
        """Draw what there is for the view into a rectangle of the widget."""
        if self._shown is not None and self._shown_view == self._view:
            self._shown.draw(painter, rect)
        elif self._hasty is not None:
            self._hasty(painter, rect)
        else:
            self._draw_stretched(painter)

    def copy(self, painter: QPainter, by: QPointF, area: QRectF) -> None:
        """Draw a rectangle of device pixels as it is shown, moved by logical ones."""
        if self._shown is not None:
            painter.setTransform(QTransform.fromScale(1 / self._dpr, 1 / self._dpr))
            painter.translate(by * self._dpr)
            self._shown.copy(painter, area)

    def _draw_stretched(self, painter: QPainter) -> None:
        if self._shown is None:
            return
        before, self._shown = self._shown, self._shown.unroll(self._second())
        if self._shown is self._spare:
            self._spare = before
        grow = self._view.scale / self._shown_view.scale
        x, y = self._view.x - self._shown_view.x * grow, self._view.y - self._shown_view.y * grow
        size = self._shown.image.deviceIndependentSize() * grow
        place = QRectF(QPointF(x, y), size)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, self._shown.image, QRectF(self._shown.rect))
        if self._job is not None and self._bares(self._job):
            # A zoom outwards has bared what lies around: as much of it as is painted anew already.
            whole = QRect(QPoint(0, 0), self._size)
            painter.setClipRegion(QRegion(whole).subtracted(QRegion(place.toRect())), _WITHIN)
            self._job.roll.draw(painter, whole)
        painter.restore()

    def _bares(self, job: _Job) -> bool:
        """Whether what is painted anew is for the view at hand and shows more than what is stretched."""
        return job.view == self._view and self._view.scale < self._shown_view.scale

    # ---- making it

    def _blank(self) -> Roll:
        clear, opaque = QImage.Format.Format_ARGB32_Premultiplied, QImage.Format.Format_RGB32
        return Roll(self._size, self._dpr, clear if self._hasty is None else opaque)

    def _build_first(self) -> None:
        """Nothing to show yet: paint into what is shown, for a while now and the rest between events."""
        self._cancel()
        self._settle.stop()
        self._spare = None
        self.edition += 1
        self._shown, self._shown_view, self._whole = self._blank(), self._view, False
        self._run(self._start(self._shown), self.FIRST if self._hasty is None else math.inf)

    def _begin_rebuild(self) -> None:
        """The view has come to rest: paint a second image, then show it instead."""
        if self._shown is None or (self._view == self._shown_view and not self._stale):
            return
        self._cancel()
        spare = self._second()
        spare.clear()
        self._start(spare)
        self._slices.start()

    def _second(self) -> Roll:
        """An image to put in place of the one that is shown."""
        if self._spare is None:
            self._spare = self._blank()
        return self._spare

    def _start(self, roll: Roll) -> _Job:
        self._stale = False
        self._job = _Job(roll, self._view, self._paint, self._size)
        return self._job

    def _go_on(self) -> None:
        job = self._job
        if job is None:
            return
        before = self._shown
        self._run(job, self.SLICE)
        grows = self._shown_view == job.view or (self._hasty is None and self._bares(job))
        growing = grows and time.perf_counter() > self._told + self.TELL
        if self._job is None or self._shown is not before or growing:
            self._told = time.perf_counter()
            self._changed()

    def _run(self, job: _Job, seconds: float) -> None:
        if not job.go_on(seconds):
            self._slices.start()
            return
        self._job, self._whole = None, True
        if job.roll is not self._shown:
            self.edition += 1
            self._shown, self._spare = self._spare, self._shown
            self._shown_view = job.view
        if self._stale:
            self._begin_rebuild()

    def _cancel(self) -> None:
        self._slices.stop()
        job, self._job = self._job, None
        if job is None:
            return
        job.end()
        if job.roll is self._shown:
            self._whole = False
        elif job.view == self._shown_view:
            self._stale = True

    def _shift(self) -> bool:
        """Follow a pan by whole device pixels; False when the view has changed in another way."""
        by = self._view.shift_from(self._shown_view, self._dpr)
        if by is None:
            return False
        if not self._whole or self._shown is None:
            self._build_first()
            return True
        self._cancel()
        self._shown_view = self._view
        for strip in self._shown.shift(*by):
            self._shown.paint(strip, self._paint_part)
        if self._stale:
            self._settle.start()
        return True

    def _paint_part(self, painter: QPainter, by: QPointF, part: QRectF) -> None:
        if self._hasty is None:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(part, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for _ in self._paint(painter, self._shown_view.moved(by.x(), by.y()), part):
            pass
