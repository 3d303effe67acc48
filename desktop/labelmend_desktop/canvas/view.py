"""Where the picture lies in the widget: widget point = picture point * scale + offset, all in floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

LEAST_SCALE, MOST_SCALE = 0.01, 64.0
SUSPECT_SHARE = 1 / 3
"""On arrival the suspect's longer side takes this part of the view."""
SUSPECT_MOST_SCALE = 8.0
LEAST_SIDE, LEAST_SIDE_SHARE = 32.0, 0.05
"""A smaller suspect is shown as if its sides were this many pixels, or this part of the shorter side."""
EMPTY_SHARE = 0.25
"""A suspect without area shows nothing itself: this part of the shorter side is shown around its place."""
MARGIN = 16.0
HEAD = 64.0
"""Screen pixels at the top where sentences lie, which the suspect keeps clear of where there is room."""


@dataclass(frozen=True)
class View:
    """Scale in widget pixels a picture pixel; ``x`` and ``y``: the picture's origin in the widget."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_picture(self, point: QPointF) -> tuple[float, float]:
        """The picture point below a widget point."""
        return (point.x() - self.x) / self.scale, (point.y() - self.y) / self.scale

    def to_widget(self, x: float, y: float) -> QPointF:
        """The widget point of a picture point."""
        return QPointF(x * self.scale + self.x, y * self.scale + self.y)

    def rect(self, box: ArrayLike) -> QRectF:
        """The widget rectangle of a picture box (4,) xywh."""
        x, y, w, h = np.asarray(box, dtype=np.float64).tolist()
        return QRectF(x * self.scale + self.x, y * self.scale + self.y, w * self.scale, h * self.scale)

    def box_of(self, rect: QRectF) -> NDArray[np.float64]:
        """The picture box (4,) xywh below a widget rectangle."""
        x, y = self.to_picture(rect.topLeft())
        return np.array([x, y, rect.width() / self.scale, rect.height() / self.scale])

    def transform(self) -> QTransform:
        """From picture to widget."""
        return QTransform(self.scale, 0, 0, self.scale, self.x, self.y)

    def zoomed(self, factor: float, at: QPointF) -> View:
        """Larger or smaller by ``factor``, the picture point below ``at`` staying where it is."""
        scale = min(MOST_SCALE, max(LEAST_SCALE, self.scale * factor))
        x, y = self.to_picture(at)
        return View(scale, at.x() - x * scale, at.y() - y * scale)

    def moved(self, dx: float, dy: float) -> View:
        """Shifted by widget pixels."""
        return View(self.scale, self.x + dx, self.y + dy)

    def shift_from(self, other: View, dpr: float) -> tuple[int, int] | None:
        """How far another view was shifted to be this one, in whole device pixels; None: not only so."""
        dx, dy = (self.x - other.x) * dpr, (self.y - other.y) * dpr
        if self.scale != other.scale or max(abs(dx - round(dx)), abs(dy - round(dy))) > 1e-6:
            return None
        return round(dx), round(dy)

    def between(self, other: View, part: float, size: tuple[float, float]) -> View:
        """The view at ``part`` (0 to 1) of the way to another: even in zoom, straight for the centre."""
        if part >= 1:
            return other
        middle = QPointF(size[0] / 2, size[1] / 2)
        here, there = self.to_picture(middle), other.to_picture(middle)
        scale = self.scale * (other.scale / self.scale) ** part
        x, y = (a + (b - a) * part for a, b in zip(here, there, strict=True))
        return View(scale, middle.x() - x * scale, middle.y() - y * scale)


def fit(box: ArrayLike, size: tuple[float, float], *, margin: float = MARGIN) -> View:
    """The view that shows a picture box (4,) xywh whole, centred in a widget of ``size`` (width, height)."""
    x, y, w, h = np.asarray(box, dtype=np.float64).tolist()
    room = max(size[0] - 2 * margin, 1.0), max(size[1] - 2 * margin, 1.0)
    scale = min(MOST_SCALE, max(LEAST_SCALE, min(room[0] / max(w, 1e-9), room[1] / max(h, 1e-9))))
    return View(scale, size[0] / 2 - (x + w / 2) * scale, size[1] / 2 - (y + h / 2) * scale)


def fit_suspect(
    box: ArrayLike, picture: tuple[float, float], size: tuple[float, float], *, scale: float | None = None
) -> View:
    """The view of arrival: the suspect (4,) xywh a third of the view, with the picture around it.

    Never smaller than the whole picture fits, never above eight times; kept within the picture as far as
    the picture reaches, so that no needless emptiness shows, but for the room of sentences above a suspect
    that lies at the picture's top. With ``scale`` it is that of the view, as far as the suspect is whole in
    sight at it.
    """
    x, y, w, h = np.asarray(box, dtype=np.float64).tolist()
    scale = _own_scale(w, h, picture, size) if scale is None else min(scale, fit(box, size).scale)
    # What reaches beyond the picture is shown whole too.
    left, top = min(0.0, x), min(0.0, y)
    wide, high = max(picture[0], x + w) - left, max(picture[1], y + h) - top
    down = _offset(y + h / 2 - top, high, size[1], scale) - top * scale
    return View(
        scale,
        _offset(x + w / 2 - left, wide, size[0], scale) - left * scale,
        down + max(0.0, min(HEAD - (down + y * scale), size[1] - MARGIN - (down + (y + h) * scale))),
    )


def centred(
    point: tuple[float, float], picture: tuple[float, float], size: tuple[float, float], *, scale: float
) -> View:
    """The view with a picture point in the middle, moved so far that no needless emptiness shows."""
    x, y = (_offset(*axis, scale) for axis in zip(point, picture, size, strict=True))
    return View(scale, x, y)


def _own_scale(w: float, h: float, picture: tuple[float, float], size: tuple[float, float]) -> float:
    whole = fit((0, 0, *picture), size)
    shorter = min(picture)
    least = EMPTY_SHARE * shorter if w <= 0 or h <= 0 else min(LEAST_SIDE_SHARE * shorter, LEAST_SIDE)
    wanted = SUSPECT_SHARE * min(size[0] / max(w, least, 1e-9), size[1] / max(h, least, 1e-9))
    return max(min(wanted, SUSPECT_MOST_SCALE), min(whole.scale, SUSPECT_MOST_SCALE))


def _offset(centre: float, length: float, room: float, scale: float) -> float:
    """The offset along one axis that centres ``centre``, moved so that the picture fills the room."""
    if length * scale + 2 * MARGIN <= room:
        return (room - length * scale) / 2
    return min(MARGIN, max(room - MARGIN - length * scale, room / 2 - centre * scale))


def united(rects: Iterable[QRectF]) -> list[QRectF]:
    """Rectangles that cover those given with no more pixels in all: of two that overlap, the one around them
    both where that is no larger than they are together."""
    out: list[QRectF] = []
    for rect in rects:
        whole, others = rect, out
        while others:
            near = [one for one in others if _area(one | whole) <= _area(one) + _area(whole)]
            if not near:
                break
            others = [one for one in others if one is not near[0]]
            whole = near[0] | whole
        out = [*others, whole]
    return out


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()
