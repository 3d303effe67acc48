"""Of which images a part of the picture is painted: one level of its pyramid, in tiles when it is large."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QRect, QRectF, QSize

from labelmend.large_pictures import TILE
from labelmend_desktop.decoding import Loaded, Sheet

Piece = tuple[QSize, QRect, Sheet]
"""The size of the whole picture in the piece's pixels, where in that the piece lies, and its pixels."""
_SHIMMERS = 3.0
"""Pixels so many times smaller, painted without means of them, shimmer."""


def pieces(loaded: Loaded, part: QRectF, shrink: float) -> list[Piece]:
    """What to paint for a ``part`` (picture pixels) that is shown ``shrink`` times smaller, bottom to top."""
    tiles = list(_tiles(loaded, part, shrink))
    there = [piece for piece in tiles if piece is not None]
    if tiles and len(there) == len(tiles):
        return there
    own = shrink * loaded.levels[0].width() / loaded.width
    level = min(len(loaded.levels) - 1, _halvings(own))
    sheet = loaded.sheet(level)
    return [(sheet.image.size(), sheet.image.rect(), sheet), *_close(loaded, shrink), *there]


def _close(loaded: Loaded, shrink: float) -> Iterator[Piece]:
    """The place that is sharp before there are tiles, unless it is shown so small that it would shimmer."""
    if loaded.close is not None and shrink < _SHIMMERS:
        yield QSize(loaded.width, loaded.height), *loaded.close


def _tiles(loaded: Loaded, part: QRectF, shrink: float) -> Iterator[Piece | None]:
    """The tiles that ``part`` touches, None for one that is not at hand; none where the small one does."""
    if loaded.pyramid is None or loaded.tile is None or shrink * loaded.levels[0].width() >= loaded.width:
        return
    level = min(len(loaded.pyramid.sizes) - 1, _halvings(shrink))
    wide, high = loaded.pyramid.sizes[level]
    rows, columns = _grid(loaded, (wide, high), part)
    for row in rows:
        for column in columns:
            sheet = loaded.tile(level, column, row)
            if sheet is None:
                yield None
            else:
                place = QRect(column * TILE, row * TILE, sheet.image.width(), sheet.image.height())
                yield QSize(wide, high), place, sheet


def _grid(loaded: Loaded, size: tuple[int, int], part: QRectF) -> tuple[range, range]:
    """The rows and columns of tiles that ``part`` (picture pixels) touches in a level of this size."""
    across, down = size[0] / loaded.width, size[1] / loaded.height
    scaled = QRectF(part.x() * across, part.y() * down, part.width() * across, part.height() * down)
    inside = scaled.toAlignedRect().intersected(QRect(0, 0, *size))
    if inside.isEmpty():
        return range(0), range(0)
    rows = range(inside.top() // TILE, inside.bottom() // TILE + 1)
    return rows, range(inside.left() // TILE, inside.right() // TILE + 1)


def _halvings(shrink: float) -> int:
    """The level that is shrunk by 2 at the most."""
    return int(math.log2(shrink) + 1e-6) if shrink > 1 else 0
