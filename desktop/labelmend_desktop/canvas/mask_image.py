"""All RLE masks of a picture in one image, painted from their run lengths and mended where they change."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles
from labelmend.geometry.repainting import Cut, changed_place
from labelmend_desktop.canvas.mask_colours import shades
from labelmend_desktop.canvas.mask_runs import Rectangle, paint_large, paint_small

_FILL, _EDGE, _LIT, _SHEER, _CASING = range(5)
LARGEST = 50_000_000
"""Pictures of more pixels than this show masks by their lines alone, and by pixels where one is painted."""
WINDOW = 8_000_000
"""Such a window has no more pixels than this."""
_MARGIN = 256
"""Pixels of a window around what it was opened for."""
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_LARGE_MASK = 500_000
"""Pixels within its bounds, from which a mask is painted by itself."""
_ONE_BY_ONE = 40
"""Up to this many masks are recoloured one by one; for more, all of the image is."""
_AT_ONCE = 1_000_000
"""Pixels of a rectangle up to which it is painted at once; a larger one strip by strip, by and by."""
_STRIP = 64
"""Columns of a strip: a mask's runs go down the columns."""
_COLOUR, _PAINT = 1, 2
"""What is to be done to a strip: its pixels are to be coloured, or painted and coloured."""

_NOWHERE: Rectangle = (0, 0, 0, 0)


class MaskPicture:
    """The masks of one picture by their rows in the scene; the last row lies on top.

    ``labels`` (height, width) of the ``window`` says whose pixel each is: 0 where no mask is, else a row's
    ``name``. Masks of another size than the picture's, or that cannot be read, are left out. ``image``, of
    the window too, is None where there is no mask. The window is the whole picture or, of one that is too
    large, what somebody sees who paints there: from afar every ``step``-th pixel of every ``step``-th column.
    Rectangles are told in picture pixels and used in those that are seen, which at a step of 1 are the same.
    While it is ``behind``, ``go_on`` is to be called.
    """

    def __init__(self, width: int, height: int, *, edges: bool = False) -> None:
        """With ``edges`` the border pixels of every mask stand out."""
        self.image: QImage | None = None
        self.size = width, height
        self.step, self.window = 1, _NOWHERE
        self.labels = np.zeros((0, 0), np.uint16)
        self._pixels = np.zeros((0, 0), np.uint32)
        self._due, self._touched = np.zeros(-(-width // _STRIP), np.uint8), 0
        self._edges = edges
        self._told: dict[int, bytes] = {}
        self._bounds: dict[int, Rectangle] = {}
        self._names: dict[int, int] = {}
        self._colours = np.zeros((1, _CASING + 1), np.uint32)
        self._tinted: dict[int, QColor] = {}
        self._lit: int | None = None
        self._cased = False

    @property
    def can_show(self) -> bool:
        """Whether all masks of this picture are shown: it is not too large."""
        return 0 < self.size[0] * self.size[1] <= LARGEST

    @property
    def place(self) -> Rectangle:
        """Where the window is, in picture pixels."""
        left, top, right, bottom = (side * self.step for side in self.window)
        return left, top, right, bottom

    def see(self, place: Rectangle, scale: float) -> None:
        """Have the window of a large picture where somebody paints who sees ``place`` at ``scale``."""
        if self.can_show:
            return
        step = 1
        while step * scale <= 0.5 or _area(self._seen(place, step)) > WINDOW:
            step *= 2
        seen = self._seen(place, step)
        if (self.image is not None and step == self.step and self._within(seen) == seen) or not _area(seen):
            return
        was, self.step = self.step, step
        larger = self._wider(seen, _MARGIN)
        before, labels, pixels = self.window, self.labels, self._pixels
        self._open(larger if _area(larger) <= WINDOW else seen)
        both = self._within(before)
        if step == was and both[0] < both[2] and both[1] < both[3]:
            for new, old in ((self.labels, labels), (self._pixels, pixels)):
                _part(new, both, of=self.window)[:] = _part(old, both, of=before)
        self.mend(self.place)

    def shut(self) -> None:
        """Nobody paints any more: a large picture has no window."""
        if not self.can_show:
            self._open(_NOWHERE)
            self.image = None

    # ---- which masks there are

    def load(self, rles: Mapping[int, dict[str, Any]]) -> None:
        """Take in masks (COCO's dictionaries) by their rows, whole."""
        told = {row: self._counts(rle) for row, rle in rles.items()}
        sound = masks.fits(Rles.of(list(told.values())), self.size[0] * self.size[1]).tolist()
        self._take({row: counts for (row, counts), fits in zip(told.items(), sound, strict=True) if fits})
        if self._told and self._is_ready():
            self.mend((0, 0, *self.size))

    def among(self, rows: NDArray[np.int64]) -> list[int]:
        """Those of some rows that have a mask here."""
        held = np.fromiter(self._told, np.int64, len(self._told))
        return [int(row) for row in np.intersect1d(rows, held)]

    def set(self, row: int, rle: dict[str, Any] | None) -> None:
        """Take in what became of one mask; None: it is gone."""
        width, height = self.size
        counts = b"" if rle is None else self._counts(rle)
        if counts and not masks.fit(counts, width * height):
            counts = b""
        before = self._told.pop(row, b"")
        self._bounds.pop(row, None)
        if counts:
            self._take({row: counts})
        if counts != before and self._is_ready():
            empty = masks.pack([width * height], height=height, width=width)
            place = changed_place(before or empty, counts or empty, height=height)
            if place is not None:
                self.mend(place)

    def mend(self, place: Rectangle) -> None:
        """Paint a rectangle anew, a large one by and by."""
        left, top, right, bottom = place = self._within(self._seen(place, self.step))
        if left < right and top < bottom and self._is_ready() and not self._put_off(place, _PAINT):
            self._paint(place)

    @property
    def behind(self) -> bool:
        """Whether a part of the image is not yet as it is to be."""
        return bool(self._due.any())

    def go_on(self, seconds: float, *, near: float) -> Rectangle:
        """Go on painting for so long, what is near a column first; where that was."""
        near /= self.step
        until, left, right = time.perf_counter() + seconds, self.window[2], self.window[0]
        while self._touched < len(self.labels):
            rows = slice(self._touched, self._touched + _STRIP)
            self._touched += _STRIP
            for pixels in (self.labels, self._pixels):
                pixels[rows] |= 0  # fresh memory comes with its first touch: a strip would fetch all of it
            if time.perf_counter() > until:
                return 0, 0, 0, 0
        strips = np.flatnonzero(self._due)
        for strip in strips[np.argsort(np.abs(strips * _STRIP - near), kind="stable")].tolist():
            self._catch_up(strip)
            left, right = min(left, strip * _STRIP), max(right, (strip + 1) * _STRIP)
            if time.perf_counter() > until:
                break
        return (left - 1) * self.step, 0, (right + 1) * self.step, self.size[1]

    def colour(self, colours: Mapping[int, QColor]) -> None:
        """Give the masks of these rows their colours; a hidden one has a clear colour."""
        changed = [row for row, colour in colours.items() if self._tint(row, colour)]
        if len(changed) > _ONE_BY_ONE:
            self._fill((0, 0, *self.size))
        else:
            for row in changed:
                self._fill(self._wider(self._box(row), 1))

    # ---- under the brush

    def light(self, row: int | None, *, cased: bool = False) -> None:
        """Lay one mask on top, or none. Its border pixels are white, if ``cased`` with dark ones around;
        else they are large, and the picture is seen through them."""
        before, self._lit = self._lit, row
        was, self._cased = self._cased, cased
        if (row, cased) == (before, was) or self.image is None:
            return
        for one, kind in ((before, _EDGE if self._edges else _FILL), (row, self._lit_shade)):
            if one is None or one not in self._bounds:
                continue
            place = self._wider(self._box(one), 1)
            if any(_touch(place, self._box(other)) for other in self._bounds if other != one):
                self.mend(self._bounds[one])
            elif not self._put_off(place, _COLOUR):
                self._draw_borders(place, kind, of=self._names[one])

    def lay(self, row: int, cut: Cut, colour: QColor, *, erase: bool) -> None:
        """Show a brush's stroke over the mask of a row, which may be about to come."""
        if not self._is_ready():
            return
        self._tint(row, colour)
        step, name = self.step, self._names[row]
        x, y = -(-cut.left // step), -(-cut.top // step)
        covered = cut.pixels[y * step - cut.top :: step, x * step - cut.left :: step]
        own = (x, y, x + covered.shape[1], y + covered.shape[0])
        left, top, right, bottom = place = self._within(own)
        if left >= right or top >= bottom:
            return
        for strip in range(left // _STRIP, (right - 1) // _STRIP + 1):
            self._catch_up(strip)
        part, covered = _part(self.labels, place, of=self.window), _part(covered, place, of=own)
        if erase:
            part[(covered > 0) & (part == name)] = 0
        else:
            part[covered > 0] = name
        self._fill((left - 1, top - 1, right + 1, bottom + 1))

    # ---- how it is done

    def _counts(self, rle: dict[str, Any]) -> bytes:
        """The compressed counts, not yet checked; empty for a mask that is not of this picture's size."""
        width, height = self.size
        told = rle.get("counts")
        if isinstance(told, str) and told.isascii() and list(rle.get("size", ())) == [height, width]:
            return told.encode()
        try:
            return masks.counts(rle, height=height, width=width)
        except BadFile:
            return b""

    def _take(self, told: Mapping[int, bytes]) -> None:
        """Hold these masks, by their rows and sound."""
        width, height = self.size
        boxes = masks.bounds_of(list(told.values()), height=height, width=width).astype(int).tolist()
        self._told |= told
        for row, (x, y, w, h) in zip(told, boxes, strict=True):
            self._bounds[row] = x, y, x + w, y + h
            self._name(row)

    def _is_ready(self) -> bool:
        """Make the image when it is first needed; False where a window is to be opened first."""
        if self.image is None and self.can_show:
            self._open((0, 0, *self.size))
        return self.image is not None

    def _open(self, window: Rectangle) -> None:
        width, height = window[2] - window[0], window[3] - window[1]
        self.window, self._due[:] = window, 0
        self.labels = np.zeros((height, width), np.uint16)
        self._pixels = np.zeros((height, width), np.uint32)
        self._touched = 0
        form = QImage.Format.Format_ARGB32_Premultiplied
        self.image = QImage(self._pixels.data, width, height, width * 4, form)

    def _wider(self, place: Rectangle, by: int) -> Rectangle:
        left, top, right, bottom = place
        width, height = (-(-side // self.step) for side in self.size)
        return max(left - by, 0), max(top - by, 0), min(right + by, width), min(bottom + by, height)

    def _seen(self, place: Rectangle, step: int) -> Rectangle:
        """The rectangle in which what lies in one of the picture is seen."""
        (left, top, right, bottom), (width, height) = place, self.size
        x, y = max(left, 0) // step, max(top, 0) // step
        return x, y, max(-(-min(right, width) // step), x), max(-(-min(bottom, height) // step), y)

    def _box(self, row: int) -> Rectangle:
        """Where the mask of a row is seen."""
        return self._seen(self._bounds.get(row, _NOWHERE), self.step)

    def _name(self, row: int) -> int:
        """The label of a row's mask; a new row gets the next one."""
        if row not in self._names:
            self._names[row] = len(self._names) + 1
            if len(self._names) >= len(self._colours):  # room for as many again
                self._colours = np.vstack([self._colours, np.zeros_like(self._colours)])
        return self._names[row]

    def _tint(self, row: int, colour: QColor) -> bool:
        """Set the colour of a mask; whether that is another than before."""
        if self._tinted.get(row) == colour:
            return False
        self._tinted[row] = colour
        name = self._name(row)  # it may make room for itself
        self._colours[name] = shades(colour.rgba())
        return True

    def _put_off(self, place: Rectangle, what: int) -> bool:
        """Have a large rectangle done by and by; whether it is."""
        left, _, right, _ = place = self._within(place)
        if _area(place) <= _AT_ONCE:
            return False
        due = self._due[left // _STRIP : -(-right // _STRIP)]
        np.maximum(due, what, out=due)
        return True

    def _catch_up(self, strip: int) -> None:
        place = self._within((strip * _STRIP, 0, (strip + 1) * _STRIP, self.size[1]))
        due, self._due[strip] = int(self._due[strip]), 0
        if due == _PAINT:
            self._paint(place)
        elif due == _COLOUR:
            self._colour_in(place)

    def _paint(self, place: Rectangle) -> None:
        """Paint and colour the pixels of a rectangle."""
        left, top, right, bottom = place
        _part(self.labels, place, of=self.window)[:] = self._painted(place)
        if self._tinted:  # else all of it is about to be
            self._colour_in((left - 1, top - 1, right + 1, bottom + 1))

    def _within(self, place: Rectangle) -> Rectangle:
        (left, top, right, bottom), window = place, self.window
        return max(left, window[0]), max(top, window[1]), min(right, window[2]), min(bottom, window[3])

    def _painted(self, place: Rectangle) -> NDArray[np.uint16]:
        """The labels of a rectangle, from the masks that reach into it."""
        rows = [row for row in self._told if _touch(self._box(row), place)]
        rows.sort(key=lambda row: (row == self._lit, row))
        columns = np.zeros((place[2] - place[0], place[3] - place[1]), np.uint16)
        height = self.size[1]
        for is_large, group in groupby(rows, key=self._is_large):
            if is_large:
                for row in group:
                    mask, name = self._told[row], self._names[row]
                    paint_large(columns, mask, name, self._box(row), place, height=height, step=self.step)
            else:
                some = list(group)
                told, names = [self._told[row] for row in some], [self._names[row] for row in some]
                paint_small(columns, told, names, place, height=height, step=self.step)
        return columns.T

    def _is_large(self, row: int) -> bool:
        left, top, right, bottom = self._bounds[row]
        return (right - left) * (bottom - top) > _LARGE_MASK

    def _fill(self, place: Rectangle) -> None:
        """Colour the pixels of a rectangle after their labels, those of a large one by and by."""
        if not self._put_off(place, _COLOUR):
            self._colour_in(place)

    def _colour_in(self, place: Rectangle) -> None:
        left, top, right, bottom = place = self._within(place)
        if self.image is None or left >= right or top >= bottom:
            return
        labels = _part(self.labels, place, of=self.window)
        filled = np.take(self._colours[:, _FILL], labels, mode="clip")
        _part(self._pixels, place, of=self.window)[:] = filled
        if self._edges:
            self._draw_borders(place, _EDGE)
        if self._lit in self._names:
            self._draw_borders(place, self._lit_shade, of=self._names[self._lit])

    @property
    def _lit_shade(self) -> int:
        return _LIT if self._cased else _SHEER

    def _draw_borders(self, place: Rectangle, kind: int, *, of: int | None = None) -> None:
        """Colour the border pixels of every mask, or of one, and what is around those of one if cased."""
        left, top, right, bottom = place = self._within(place)
        if self.image is None or left >= right or top >= bottom:
            return
        x, y, *ends = self._within((left - 1, top - 1, right + 1, bottom + 1))
        around = _part(self.labels, (x, y, ends[0], ends[1]), of=self.window)
        around = around if of is None else (around == of).view(np.uint8)
        border = _borders(around)[top - y :, left - x :][: bottom - top, : right - left]
        names, pixels = (_part(them, place, of=self.window) for them in (self.labels, self._pixels))
        pixels[border] = self._colours[names[border], kind]
        if of is not None and kind != _SHEER:
            ring = ((cv2.dilate(around, _CROSS) > around)[top - y :, left - x :])[
                : bottom - top, : right - left
            ]
            pixels[ring] = self._colours[of, _CASING] if kind == _LIT else self._colours[names[ring], _FILL]


def _touch(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _area(a: Rectangle) -> int:
    return (a[2] - a[0]) * (a[3] - a[1])


def _part(pixels: NDArray[Any], place: Rectangle, *, of: Rectangle) -> NDArray[Any]:
    """The pixels of a rectangle, of those of a larger one."""
    return pixels[place[1] - of[1] : place[3] - of[1], place[0] - of[0] : place[2] - of[0]]


def _borders(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a mask's pixel has a neighbour above, below, left or right that is not of the mask."""
    least = cv2.erode(labels, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    most = cv2.dilate(labels, _CROSS)
    return np.asarray((labels > 0) & ((least != labels) | (most != labels)), np.bool_)
