"""All RLE masks of a picture in one image, painted from their run lengths and mended where they change."""

from __future__ import annotations

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

FILL_ALPHA, EDGE_ALPHA = 64, 220
_FILL, _EDGE, _LIT = range(3)
LARGEST = 50_000_000
"""Pictures of more pixels than this show no masks, only their boxes."""
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_LARGE_MASK = 500_000
"""Pixels of the columns that a mask reaches into, from which it is painted by itself."""
_ONE_BY_ONE = 40
"""Up to this many masks are recoloured one by one; for more, all of the image is."""

Rectangle = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels; right and bottom are the first behind it."""


class MaskPicture:
    """The masks of one picture by their rows in the scene; the last row lies on top.

    ``labels`` (height, width) says whose pixel each is: 0 where no mask is, else a row's ``name``. Masks of
    another size than the picture's, or that cannot be read, are left out. ``image`` is None where there is
    no mask, or the picture is too large.
    """

    def __init__(self, width: int, height: int, *, edges: bool = False) -> None:
        """With ``edges`` the border pixels of every mask stand out."""
        self.image: QImage | None = None
        self.size = width, height
        self.labels = np.zeros((0, 0), np.uint16)
        self._pixels = np.zeros((0, 0), np.uint32)
        self._edges = edges
        self._told: dict[int, bytes] = {}
        self._bounds: dict[int, Rectangle] = {}
        self._names: dict[int, int] = {}
        self._colours = np.zeros((1, 3), np.uint32)
        self._tinted: dict[int, QColor] = {}
        self._lit: int | None = None

    @property
    def can_show(self) -> bool:
        """Whether masks of this picture are shown: it is not too large."""
        return 0 < self.size[0] * self.size[1] <= LARGEST

    # ---- which masks there are

    def load(self, rles: Mapping[int, dict[str, Any]]) -> None:
        """Take in masks (COCO's dictionaries) by their rows, whole."""
        width, height = self.size
        told = {row: self._counts(rle) for row, rle in rles.items()}
        sound = masks.fits(Rles.of(list(told.values())), width * height).tolist()
        for (row, counts), fits in zip(told.items(), sound, strict=True):
            if fits:
                self._take(row, counts)
        if self._told and self._is_ready():
            self.labels[:] = self._painted((0, 0, width, height))

    def __contains__(self, row: int) -> bool:
        """Whether a row has a mask here."""
        return row in self._told

    def set(self, row: int, rle: dict[str, Any] | None) -> None:
        """Take in what became of one mask; None: it is gone."""
        width, height = self.size
        counts = b"" if rle is None else self._counts(rle)
        if counts and not masks.fits(Rles.of([counts]), width * height)[0]:
            counts = b""
        before = self._told.pop(row, b"")
        self._bounds.pop(row, None)
        if counts:
            self._take(row, counts)
        if counts != before and self._is_ready():
            empty = masks.pack([width * height], height=height, width=width)
            place = changed_place(before or empty, counts or empty, height=height)
            if place is not None:
                self.mend(place)

    def mend(self, place: Rectangle) -> None:
        """Paint a rectangle anew."""
        left, top, right, bottom = place = self._within(place)
        if left < right and top < bottom and self._is_ready():
            self.labels[top:bottom, left:right] = self._painted(place)
            self._fill((left - 1, top - 1, right + 1, bottom + 1))

    def colour(self, colours: Mapping[int, QColor]) -> None:
        """Give the masks of these rows their colours; a hidden one has a clear colour."""
        changed = [row for row, colour in colours.items() if self._tint(row, colour)]
        if len(changed) > _ONE_BY_ONE:
            self._fill((0, 0, *self.size))
        else:
            for row in changed:
                self._fill(self._bounds.get(row, (0, 0, 0, 0)))

    # ---- under the brush

    def light(self, row: int | None) -> None:
        """Lay one mask on top, its border pixels in white; or none."""
        before, self._lit = self._lit, row
        if row == before:
            return
        for one, kind in ((before, _EDGE if self._edges else _FILL), (row, _LIT)):
            if one is None or one not in self._bounds:
                continue
            place = self._bounds[one]
            if any(_touch(place, other) for other_row, other in self._bounds.items() if other_row != one):
                self.mend(place)
            else:
                self._draw_borders(place, kind, of=self._names[one])

    def lay(self, row: int, cut: Cut, colour: QColor, *, erase: bool) -> None:
        """Show a brush's stroke over the mask of a row, which may be about to come."""
        if not self._is_ready():
            return
        self._tint(row, colour)
        name = self._names[row]
        part = self.labels[cut.top : cut.bottom, cut.left : cut.right]
        if erase:
            part[(cut.pixels > 0) & (part == name)] = 0
        else:
            part[cut.pixels > 0] = name
        self._fill((cut.left - 1, cut.top - 1, cut.right + 1, cut.bottom + 1))

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

    def _take(self, row: int, counts: bytes) -> None:
        width, height = self.size
        x, y, w, h = masks.bounds(counts, height=height, width=width).astype(int).tolist()
        self._told[row], self._bounds[row] = counts, (x, y, x + w, y + h)
        self._name(row)

    def _is_ready(self) -> bool:
        """Make the image when it is first needed; False for a picture that is too large."""
        width, height = self.size
        if self.image is None and self.can_show:
            self.labels = np.zeros((height, width), np.uint16)
            self._pixels = np.zeros((height, width), np.uint32)
            form = QImage.Format.Format_ARGB32_Premultiplied
            self.image = QImage(self._pixels.data, width, height, width * 4, form)
        return self.image is not None

    def _name(self, row: int) -> int:
        """The label of a row's mask; a new row gets the next one."""
        if row not in self._names:
            self._names[row] = len(self._names) + 1
            self._colours = np.vstack([self._colours, np.zeros((1, 3), np.uint32)])
        return self._names[row]

    def _tint(self, row: int, colour: QColor) -> bool:
        """Set the colour of a mask; whether that is another than before."""
        if self._tinted.get(row) == colour:
            return False
        self._tinted[row] = colour
        lit = QColor(255, 255, 255, colour.alpha())
        shades = ((colour, FILL_ALPHA), (colour, EDGE_ALPHA), (lit, EDGE_ALPHA))
        name = self._name(row)  # it may make room for itself
        self._colours[name] = [_premultiplied(*shade) for shade in shades]
        return True

    def _within(self, place: Rectangle) -> Rectangle:
        left, top, right, bottom = place
        return max(left, 0), max(top, 0), min(right, self.size[0]), min(bottom, self.size[1])

    def _painted(self, place: Rectangle) -> NDArray[np.uint16]:
        """The labels of a rectangle, from the masks that reach into it."""
        left, top, right, bottom = place
        rows = [row for row in self._told if _touch(self._bounds[row], place)]
        rows.sort(key=lambda row: (row == self._lit, row))
        columns = np.zeros((right - left, self.size[1]), np.uint16)
        for is_large, group in groupby(rows, key=self._is_large):
            if is_large:
                for row in group:
                    self._paint_large(columns, row, left)
            else:
                self._paint_small(columns, list(group), left)
        return columns.T[top:bottom]

    def _is_large(self, row: int) -> bool:
        left, _, right, _ = self._bounds[row]
        return (right - left) * self.size[1] > _LARGE_MASK

    def _paint_small(self, columns: NDArray[np.uint16], rows: list[int], left: int) -> None:
        """Paint masks pixel by pixel, all at once, into the columns from ``left`` on."""
        start, stop, first = masks.pieces(Rles.of([self._told[row] for row in rows]))
        name = np.repeat([self._names[row] for row in rows], np.diff(first))
        flat, skipped = columns.reshape(-1), left * self.size[1]
        start, stop = np.maximum(start - skipped, 0), np.minimum(stop - skipped, flat.size)
        length = np.maximum(stop - start, 0)
        # A pixel's place is where its run starts, and one more for each before it in the run.
        places = np.repeat((start - np.cumsum(length) + length).astype(np.int32), length)
        places += np.arange(len(places), dtype=np.int32)
        flat[places] = np.repeat(name.astype(np.uint16), length)

    def _paint_large(self, columns: NDArray[np.uint16], row: int, left: int) -> None:
        """Paint one mask column by column: its pixels would take eight bytes each."""
        height = self.size[1]
        start, stop = masks.stretches(self._told[row])
        begin = max(self._bounds[row][0] - left, 0)
        end = min(self._bounds[row][2] - left, len(columns))
        edges = np.stack([start, stop], axis=1).ravel() - left * height
        edges = np.clip(edges, begin * height, end * height)
        lengths = np.diff(edges, prepend=begin * height, append=end * height)
        inside = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
        columns[begin:end].reshape(-1)[inside] = self._names[row]

    def _fill(self, place: Rectangle) -> None:
        """Colour the pixels of a rectangle after their labels."""
        left, top, right, bottom = self._within(place)
        if self.image is None or left >= right or top >= bottom:
            return
        labels = self.labels[top:bottom, left:right]
        self._pixels[top:bottom, left:right] = np.take(self._colours[:, _FILL], labels, mode="clip")
        if self._edges:
            self._draw_borders(place, _EDGE)
        if self._lit in self._names:
            self._draw_borders(place, _LIT, of=self._names[self._lit])

    def _draw_borders(self, place: Rectangle, kind: int, *, of: int | None = None) -> None:
        """Colour the border pixels of every mask, or of one, with its fill, its edge or as lit."""
        left, top, right, bottom = self._within(place)
        if self.image is None or left >= right or top >= bottom:
            return
        x, y = max(left - 1, 0), max(top - 1, 0)
        around = self.labels[y : bottom + 1, x : right + 1]
        around = around if of is None else (around == of).view(np.uint8)
        border = _borders(around)[top - y :, left - x :][: bottom - top, : right - left]
        names = self.labels[top:bottom, left:right][border]
        self._pixels[top:bottom, left:right][border] = self._colours[names, kind]


def _premultiplied(colour: QColor, alpha: int) -> int:
    alpha = alpha * colour.alpha() // 255  # a hidden mask has a clear colour
    red, green, blue = (part * alpha // 255 for part in (colour.red(), colour.green(), colour.blue()))
    return alpha << 24 | red << 16 | green << 8 | blue


def _touch(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _borders(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a mask's pixel has a neighbour above, below, left or right that is not of the mask."""
    least = cv2.erode(labels, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    most = cv2.dilate(labels, _CROSS)
    return np.asarray((labels > 0) & ((least != labels) | (most != labels)), np.bool_)
