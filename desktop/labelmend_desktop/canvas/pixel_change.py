"""What a proposal adds to a mask and takes from it, pixel by pixel: for masks too intricate for outlines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from labelmend.geometry import repainting
from labelmend_desktop.canvas.change import REMOVED
from labelmend_desktop.canvas.colours import ACCENT
from labelmend_desktop.canvas.view import View

INTRICATE = 20_000
"""Characters of a mask's counts, or points of an outline, from which a change is shown by its pixels."""
_BEFORE, _AFTER = 1, 2
_APART, _WIDE = 7, 2
"""Of hatching lines, in logical pixels."""
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PixelChange:
    """``pixels`` (h, w) of the place around two masks: 1 where the one before is, 2 the one after, 3 both."""

    pixels: NDArray[np.uint8]
    left: int
    top: int

    @property
    def box(self) -> NDArray[np.float64]:
        """That place, (4,) xywh."""
        high, wide = self.pixels.shape
        return np.array([self.left, self.top, wide, high], np.float64)


def pixel_change(before: bytes, after: bytes, *, height: int, width: int) -> PixelChange:
    """Of two masks of one picture, given by their compressed counts."""
    cuts = [repainting.cut(one, height=height, width=width) for one in (before, after)]
    left, top = min(one.left for one in cuts), min(one.top for one in cuts)
    right, bottom = max(one.right for one in cuts), max(one.bottom for one in cuts)
    pixels = np.zeros((bottom - top, right - left), np.uint8)
    for kind, one in zip((_BEFORE, _AFTER), cuts, strict=True):
        pixels[one.top - top : one.bottom - top, one.left - left : one.right - left] |= kind * one.pixels
    return PixelChange(pixels, left, top)


def paint_pixels(painter: QPainter, change: PixelChange, view: View, rect: QRectF, dpr: float) -> None:
    """Hatch what is added and what is taken within a widget rectangle, and draw the edge of what comes."""
    across = _device_pixels(rect.left() - view.x, rect.width(), dpr)
    down = _device_pixels(rect.top() - view.y, rect.height(), dpr)
    code = _sampled(change, across, down, 1 / (view.scale * dpr))
    after = code // _AFTER
    edge = after > cv2.erode(after, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    apart, wide = round(_APART * dpr), round(_WIDE * dpr)
    rising, falling = ((down[:, None] + way * across) % apart < wide for way in (1, -1))
    colours = np.zeros(code.shape, np.uint32)
    colours[(code == _BEFORE) & falling] = QColor(REMOVED).rgba()
    colours[((code == _AFTER) & rising) | edge] = QColor(ACCENT).rgba()
    inner = np.ascontiguousarray(colours[1:-1, 1:-1])
    high, wide = inner.shape
    image = QImage(inner.data, wide, high, wide * 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(dpr)
    painter.drawImage(rect.topLeft(), image)


def _device_pixels(start: float, length: float, dpr: float) -> Places:
    """The device pixels of a stretch, counted from where the picture begins, and one more at each end."""
    first = math.floor(start * dpr)
    return np.arange(first - 1, first + math.ceil(length * dpr) + 1)


def _sampled(change: PixelChange, across: Places, down: Places, step: float) -> NDArray[np.uint8]:
    """The pixels below the middles of device pixels, each ``step`` picture pixels from the next."""
    found = np.zeros((len(down), len(across)), np.uint8)
    x = np.floor((across + 0.5) * step).astype(np.int64) - change.left
    y = np.floor((down + 0.5) * step).astype(np.int64) - change.top
    (x0, x1), (y0, y1) = (
        np.searchsorted(at, [0, end]) for at, end in zip((x, y), change.pixels.shape[::-1], strict=True)
    )
    found[y0:y1, x0:x1] = change.pixels[y[y0:y1, None], x[x0:x1]]
    return found
