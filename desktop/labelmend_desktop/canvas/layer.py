"""What is still, as an image for one view: patched, shifted, rebuilt in slices; a frame costs one copy."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QTransform

from labelmend_desktop.canvas.view import View

Paint = Callable[[QPainter, View, QRectF], Iterator[None]]
"""Paints what touches a widget rectangle for a view, a little between two yields."""


Hasty = Callable[[QPainter, QRect], None]
"""Paints a widget rectangle for the view at hand, quickly rather than well."""


_NOWHERE = View(0.0)
"""No view is equal to it."""


class Layer(QObject):
    """Asked to draw itself in every frame; says by ``changed`` that there is something better to draw.

    A pan shifts what there is and paints the bared strips. A zoom stretches it at once and rebuilds it
    when the view has been still for SETTLE ms, in slices of SLICE ms between which events are served.
    With ``hasty`` the layer is opaque, painted whole at first sight, and not stretched but painted hastily.
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
        self._paint, self._changed, self._hasty = paint, changed, hasty
        self._shown: QImage | None = None
        self._shown_view = View()
        self._spare: QImage | None = None
        self._job: Iterator[None] | None = None
        self._job_painter: QPainter | None = None
        self._job_view = View()
        self._whole, self._told = False, 0.0
        self._view, self._dpr, self._size = View(), 1.0, QSize()
        self._settle = QTimer(self, singleShot=True, interval=self.SETTLE)
        self._settle.timeout.connect(self._begin_rebuild)
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._go_on)

    @property
    def settled(self) -> bool:
        """Whether what is shown is whole and made for the last view asked for."""
        return self._whole and self._shown is not None and self._shown_view == self._view

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

    def patch(self, rect: QRectF) -> None:
        """Paint one widget rectangle anew, since shapes in it changed."""
        if self._job is not None or not self.settled:
            self.drop()
            return
        area = rect.toAlignedRect().adjusted(-2, -2, 2, 2).intersected(QRect(0, 0, *self._size.toTuple()))
        if self._shown is not None and not area.isEmpty():
            self._paint_part(self._shown, area)

    def draw(self, painter: QPainter, rect: QRect, view: View, size: QSize, dpr: float) -> None:
        """Draw what there is for ``view`` into ``rect`` of a widget of ``size`` logical pixels."""
        moved = view != self._view
        self._view = view
        if self._shown is None or size != self._size or dpr != self._dpr:
            self._size, self._dpr = size, dpr
            self._build_first()
        elif view != self._shown_view and not self._shift():
            if moved or (self._job is None and not self._settle.isActive()):
                self._cancel()
                self._settle.start()
            if self._hasty is not None:
                self._hasty(painter, rect)
            else:
                self._draw_stretched(painter)
            return
        self._draw_exact(painter, rect)

    def _draw_exact(self, painter: QPainter, rect: QRect) -> None:
        d, region = self._dpr, painter.clipRegion()
        painter.save()
        # PySide's stubs do not know that a region is iterated over.
        for part in cast("Iterable[QRect]", region) if region.rectCount() > 1 else (rect,):
            # Where widgets lie on the canvas its region is several rectangles: one by one they are copied
            # line by line, together they are not.
            if part is not rect:
                painter.setClipRect(part)
            pixels = QRectF(part.x() * d, part.y() * d, part.width() * d, part.height() * d)
            self._blit(painter, pixels, pixels)
        painter.restore()

    def _draw_stretched(self, painter: QPainter) -> None:
        if self._shown is None:
            return
        grow = self._view.scale / self._shown_view.scale
        x, y = self._view.x - self._shown_view.x * grow, self._view.y - self._shown_view.y * grow
        whole = QRectF(self._shown.rect())
        target = QRectF(x * self._dpr, y * self._dpr, whole.width() * grow, whole.height() * grow)
        self._blit(painter, target, whole)

    def _blit(self, painter: QPainter, target: QRectF, source: QRectF) -> None:
        """Draw a part of what is shown, both in device pixels: without a scale Qt copies whole lines."""
        if self._shown is None:
            return
        painter.save()
        painter.setTransform(QTransform.fromScale(1 / self._dpr, 1 / self._dpr))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(target, self._shown, source)
        painter.restore()

    # ---- making it

    def _blank(self) -> QImage:
        wide, high = round(self._size.width() * self._dpr), round(self._size.height() * self._dpr)
        clear, opaque = QImage.Format.Format_ARGB32_Premultiplied, QImage.Format.Format_RGB32
        image = QImage(max(1, wide), max(1, high), clear if self._hasty is None else opaque)
        image.setDevicePixelRatio(self._dpr)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def _build_first(self) -> None:
        """Nothing to show yet: paint into what is shown, for a while now and the rest between events."""
        self._cancel()
        self._settle.stop()
        self._spare = None
        self._shown, self._shown_view, self._whole = self._blank(), self._view, False
        self._start(self._shown)
        self._run(self.FIRST if self._hasty is None else math.inf)

    def _begin_rebuild(self) -> None:
        """The view has come to rest: paint a second image, then show it instead."""
        if self._shown is None or self._view == self._shown_view:
            return
        self._cancel()
        if self._spare is None or self._spare.size() != self._shown.size():
            self._spare = self._blank()
        else:
            self._spare.fill(Qt.GlobalColor.transparent)
        self._start(self._spare)
        self._slices.start()

    def _start(self, image: QImage) -> None:
        self._job_view = self._view
        self._job_painter = QPainter(image)
        self._job = self._paint(self._job_painter, self._view, QRectF(QPointF(0, 0), self._size))

    def _go_on(self) -> None:
        if self._job is not None:
            self._run(self.SLICE)
            growing = self._shown_view == self._job_view and time.perf_counter() > self._told + self.TELL
            if self._job is None or growing:
                self._told = time.perf_counter()
                self._changed()

    def _run(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        assert self._job is not None
        for _ in self._job:
            if time.perf_counter() > until:
                self._slices.start()
                return
        self._end_painter()
        self._job, self._whole = None, True
        if self._shown_view != self._job_view:
            self._shown, self._spare = self._spare, self._shown
            self._shown_view = self._job_view

    def _end_painter(self) -> None:
        if self._job_painter is not None:
            self._job_painter.end()
            self._job_painter = None

    def _cancel(self) -> None:
        self._slices.stop()
        if self._job is not None:
            if self._shown_view == self._job_view:
                self._whole = False
            self._job = None
        self._end_painter()

    def _shift(self) -> bool:
        """Follow a pan by whole device pixels; False when the view has changed in another way."""
        shown = self._shown_view
        dx, dy = (self._view.x - shown.x) * self._dpr, (self._view.y - shown.y) * self._dpr
        if self._view.scale != shown.scale or max(abs(dx - round(dx)), abs(dy - round(dy))) > 1e-6:
            return False
        if not self._whole or self._shown is None:
            self._build_first()
            return True
        self._cancel()
        wide, high = self._shown.width(), self._shown.height()
        if abs(dx) >= wide or abs(dy) >= high:
            self._build_first()
            return True
        self._shift_image(round(dx), round(dy))
        self._shown_view = self._view
        self._paint_bared(dx / self._dpr, dy / self._dpr)
        return True

    def _shift_image(self, dx: int, dy: int) -> None:
        assert self._shown is not None
        if self._spare is None or self._spare.size() != self._shown.size():
            self._spare = self._blank()
        painter = QPainter(self._spare)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        whole = QRectF(self._shown.rect())
        self._blit(painter, whole.translated(dx, dy), whole)
        painter.end()
        self._shown, self._spare = self._spare, self._shown

    def _paint_bared(self, dx: float, dy: float) -> None:
        assert self._shown is not None
        wide, high = self._size.width(), self._size.height()
        strip_x, strip_y = int(-(-abs(dx) // 1)), int(-(-abs(dy) // 1))
        if strip_x:
            self._paint_part(self._shown, QRect(0 if dx > 0 else wide - strip_x, 0, strip_x, high))
        if strip_y:
            self._paint_part(self._shown, QRect(0, 0 if dy > 0 else high - strip_y, wide, strip_y))

    def _paint_part(self, image: QImage, area: QRect) -> None:
        painter = QPainter(image)
        painter.setClipRect(area)
        if self._hasty is None:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(area, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for _ in self._paint(painter, self._shown_view, QRectF(area)):
            pass
        painter.end()
