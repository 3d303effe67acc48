"""Masks changed pixel by pixel: painted over, filled, freed of specks, grown and shrunk, taken apart.

A mask is its compressed counts, with the height and width of its picture. Pixel (column i, row j) has its
middle at (i + 0.5, j + 0.5). Pixels that touch at a corner belong to one piece; a hole is background that
no way along pixels' sides leads out of.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pycocotools import mask as coco_mask

from labelmend.geometry import masks

_MANY_EDGES = 200_000
_LEVEL = 1e-9
Pixels = NDArray[np.uint8]
Sizes = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cut:
    """A rectangle cut out of a picture's pixels: ``pixels`` (h, w), 0 and 1; its corner in the picture."""

    pixels: Pixels
    left: int
    top: int

    @property
    def right(self) -> int:
        """The first column behind it."""
        return self.left + int(self.pixels.shape[1])

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.top + int(self.pixels.shape[0])


# -------------------------------------------------------------------- between runs and pixels
def cut(mask: bytes, *, height: int, width: int, margin: int = 0) -> Cut:
    """The pixels of a mask within its bounds and a margin, as far as the picture reaches; one at least."""
    columns, left, top = in_columns(mask, height=height, width=width, margin=margin)
    return Cut(np.ascontiguousarray(columns.T), left, top)


def in_columns(mask: bytes, *, height: int, width: int, margin: int = 0) -> tuple[Pixels, int, int]:
    """The same, column by column as a mask's runs are: pixels (w, h), and the corner in the picture."""
    x, y, w, h = masks.bounds(mask, height=height, width=width).astype(int).tolist()
    left, right = max(x - margin, 0), min(x + max(w, 1) + margin, width)
    top, bottom = max(y - margin, 0), min(y + max(h, 1) + margin, height)
    edges = np.stack(masks.stretches(mask), axis=1).ravel()
    column, row = np.divmod(edges, height)  # as they lie along the columns of the rectangle
    edges = (column - left) * (bottom - top) + np.clip(row - top, 0, bottom - top)
    lengths = np.diff(edges, prepend=0, append=(right - left) * (bottom - top))
    inside = (np.arange(len(lengths)) % 2).astype(np.uint8)
    return np.repeat(inside, lengths).reshape(right - left, bottom - top), left, top


def encoded(region: Cut, *, height: int, width: int) -> bytes:
    """The mask that holds the pixels of a cut and no others."""
    return _from_edges(_edges(region, height), height=height, width=width)


def _edges(region: Cut, height: int) -> NDArray[np.int64]:
    """Where the runs of a cut's columns begin and end, along the columns of its picture."""
    wide, high = region.pixels.shape[::-1]
    columns = np.zeros((wide, high + 2), np.int8)
    columns[:, 1:-1] = region.pixels.T != 0
    column, row = np.divmod(np.flatnonzero(np.diff(columns, axis=1)), high + 1)
    edges: NDArray[np.int64] = (column + region.left) * height + row + region.top
    return edges


def _from_edges(edges: NDArray[np.int64], *, height: int, width: int) -> bytes:
    # Where one column's run ends at the bottom and the next one's begins at the top, it is one run.
    again = np.flatnonzero(edges[1:-1:2] == edges[2::2]) * 2 + 1
    edges = np.delete(edges, np.concatenate([again, again + 1]))
    last = [] if len(edges) and edges[-1] == height * width else [height * width]
    return masks.pack(np.diff(edges, prepend=0, append=last), height=height, width=width)


def union(a: bytes, b: bytes, *, height: int, width: int) -> bytes:
    """The pixels that are in one mask or the other."""
    return _merged(a, b, height, width, intersect=False)


def without(a: bytes, b: bytes, *, height: int, width: int) -> bytes:
    """The pixels of one mask that the other has not."""
    return _merged(a, _inverse(b, height, width), height, width, intersect=True)


def _merged(a: bytes, b: bytes, height: int, width: int, *, intersect: bool) -> bytes:
    both = [{"size": [height, width], "counts": counts} for counts in (a, b)]
    return bytes(coco_mask.merge(both, intersect=intersect)["counts"])


def _inverse(mask: bytes, height: int, width: int) -> bytes:
    lengths, _ = masks.lengths(mask)
    turned = lengths[1:] if lengths[0] == 0 else np.concatenate([[0], lengths])
    return masks.pack(turned if len(turned) else [0], height=height, width=width)


def changed_place(a: bytes, b: bytes, *, height: int) -> tuple[int, int, int, int] | None:
    """Where two masks of one picture differ: left, top, the first column and row behind. None: nowhere.

    Where they differ in very many runs it is all of the columns.
    """
    before, after = _unlike(*(np.stack(masks.stretches(one), axis=1).ravel() for one in (a, b)))
    edges = np.concatenate([before, after])
    if len(edges) > _MANY_EDGES:
        return int(edges.min()) // height, 0, (int(edges.max()) - 1) // height + 1, height
    edges.sort(kind="stable")  # two sorted stretches: merged in one go
    other = np.diff(edges, prepend=-1, append=-1) != 0
    edges = edges[other[:-1] & other[1:]]  # what begins or ends in both is no edge of the difference
    if not len(edges):
        return None
    first, last = edges[0::2], edges[1::2] - 1
    left, right = int(first[0]) // height, int(last[-1]) // height + 1
    if (first // height != last // height).any():
        return left, 0, right, height  # it reaches from one column into the next
    return left, int((first % height).min()), right, int((last % height).max()) + 1


def _unlike(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two rows of numbers without what is the same at their beginning and at their end."""
    begin, end = (_alike(a[::way], b[::way]) for way in (1, -1))
    end = min(end, len(a) - begin, len(b) - begin)
    return a[begin : len(a) - end], b[begin : len(b) - end]


def _alike(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """How many numbers two rows have in common before they differ."""
    least = min(len(a), len(b))
    other = np.append(a[:least] != b[:least], True)
    return int(other.argmax())


# -------------------------------------------------------------------- a brush
def stroke(start: ArrayLike, end: ArrayLike, *, radius: float, height: int, width: int) -> Cut | None:
    """Where a round brush goes from one point (x, y) to another: pixels whose middle is within the radius.

    The pixel below its end is painted by the smallest brush too. None when all that is off the picture.
    """
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    low = np.floor(np.minimum(a, b) - radius).astype(int)
    high = np.floor(np.maximum(a, b) + radius).astype(int) + 1
    left, top = np.maximum(low, 0).tolist()
    right, bottom = np.minimum(high, [width, height]).tolist()
    if left >= right or top >= bottom:
        return None
    first, last = _reach(np.arange(top, bottom) + 0.5, a, b, radius)
    # Of the pixels whose middle lies between: a pixel's middle is half of one behind its beginning.
    ends = ((np.clip(at, left, right) - left).astype(int).tolist() for at in (first, last))
    near = np.zeros((bottom - top, right - left), np.uint8)
    for row, begin, behind in zip(near, *ends, strict=True):  # of a long way most lies beside it
        row[begin:behind] = 1
    below_x, below_y = np.floor(b).astype(int).tolist()
    if left <= below_x < right and top <= below_y < bottom:
        near[below_y - top, below_x - left] = 1
    return Cut(near, left, top)


def _reach(y: Floats, a: Floats, b: Floats, radius: float) -> tuple[Floats, Floats]:
    """Of each height (n,) the first pixel whose middle is within the radius of a line, and the first behind.

    There is one stretch of them, as the place is convex: from the leftmost of two discs and of the strip
    between them to the rightmost.
    """
    low, high = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for x, at in (a, b):
        square = radius**2 - (y - at) ** 2
        half = np.where(square >= 0, np.sqrt(np.maximum(square, 0)), -np.inf)
        low, high = np.minimum(low, x - half), np.maximum(high, x + half)
    (dx, dy), length = b - a, float(np.hypot(*(b - a)))
    if length > _LEVEL:
        # Along the line from 0 to its length, and across it by the radius at the most.
        along = _between(dx, dy * (y - a[1]), 0.0, length**2)
        across = _between(dy, -dx * (y - a[1]), -radius * length, radius * length)
        left, right = np.maximum(along[0], across[0]), np.minimum(along[1], across[1])
        some = left <= right
        low = np.where(some, np.minimum(low, left + a[0]), low)
        high = np.where(some, np.maximum(high, right + a[0]), high)
    return np.ceil(low - 0.5), np.floor(high - 0.5) + 1


def _between(slope: float, offset: Floats, least: float, most: float) -> tuple[Floats, Floats]:
    """From where to where (n,) ``slope * x + offset`` (n,) is neither below ``least`` nor above ``most``."""
    if abs(slope) < _LEVEL:
        inside = (least <= offset) & (offset <= most)
        return np.where(inside, -np.inf, np.inf), np.where(inside, np.inf, -np.inf)
    ends = (least - offset) / slope, (most - offset) / slope
    return np.minimum(*ends), np.maximum(*ends)


class Trail:
    """What a brush went over, in tiles: a long way over a large picture takes no more memory than it is wide.

    ``pixels`` of tiles count, and ``place`` is around the way: left, top, the first column and row behind.
    """

    TILE = 512

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], Pixels] = {}
        self.place = (0, 0, 0, 0)

    @property
    def pixels(self) -> int:
        """As many are looked at to make a mask of it."""
        return len(self._tiles) * self.TILE**2

    def add(self, cut: Cut) -> None:
        """It went over these pixels too."""
        place = (cut.left, cut.top, cut.right, cut.bottom)
        low, high = (cut.left // self.TILE, cut.top // self.TILE), (cut.right, cut.bottom)
        if self._tiles:
            ends = zip(self.place, place, (min, min, max, max), strict=True)
            left, top, right, bottom = (which(one, other) for one, other, which in ends)
            place = (left, top, right, bottom)
        self.place = place
        for column in range(low[0], (high[0] - 1) // self.TILE + 1):
            for row in range(low[1], (high[1] - 1) // self.TILE + 1):
                self._lay(column, row, cut)

    def _lay(self, column: int, row: int, cut: Cut) -> None:
        x, y, side = column * self.TILE, row * self.TILE, self.TILE
        left, top = max(cut.left, x), max(cut.top, y)
        right, bottom = min(cut.right, x + side), min(cut.bottom, y + side)
        own = cut.pixels[top - cut.top : bottom - cut.top, left - cut.left : right - cut.left]
        if not own.any():
            return
        tile = self._tiles.setdefault((column, row), np.zeros((side, side), np.uint8))
        tile[top - y : bottom - y, left - x : right - x] |= own

    def mask(self, *, height: int, width: int) -> bytes:
        """The mask of it, of a picture of this size."""
        edges = [np.zeros(0, np.int64)]
        for column in sorted({column for column, _ in self._tiles}):
            rows = sorted(row for other, row in self._tiles if other == column)
            strip = np.zeros(((rows[-1] + 1 - rows[0]) * self.TILE, self.TILE), np.uint8)
            for row in rows:
                begin = (row - rows[0]) * self.TILE
                strip[begin : begin + self.TILE] = self._tiles[column, row]
            edges.append(_edges(Cut(strip, column * self.TILE, rows[0] * self.TILE), height))
        return _from_edges(np.concatenate(edges), height=height, width=width)


# -------------------------------------------------------------------- pieces and holes
def components(mask: bytes, *, height: int, width: int, most: int | None = None) -> list[bytes]:
    """The pieces of a mask, each as a mask, the largest first; with ``most`` no more than that."""
    region = cut(mask, height=height, width=width)
    _, of, stats, _ = cv2.connectedComponentsWithStats(region.pixels, connectivity=8)
    found = []
    for piece in (np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:most] + 1).tolist():
        x, y, w, h = stats[piece, : cv2.CC_STAT_AREA].tolist()
        own = (of[y : y + h, x : x + w] == piece).astype(np.uint8)
        found.append(encoded(Cut(own, region.left + x, region.top + y), height=height, width=width))
    return found


def piece_sizes(mask: bytes, *, height: int, width: int) -> Sizes:
    """Pixels of each piece of a mask, the smallest first."""
    return np.sort(_sizes(cut(mask, height=height, width=width).pixels, connectivity=8)[1])


def hole_sizes(mask: bytes, *, height: int, width: int) -> Sizes:
    """Pixels of each hole in a mask, the smallest first."""
    return np.sort(_holes(cut(mask, height=height, width=width))[1])


def drop_specks(mask: bytes, up_to: int, *, height: int, width: int) -> bytes:
    """A mask without its pieces of up to so many pixels; the largest always stay."""
    region = cut(mask, height=height, width=width)
    of, sizes = _sizes(region.pixels, connectivity=8)
    stays = np.append(False, sizes > min(up_to, int(sizes.max(initial=1)) - 1))
    return encoded(Cut(stays[of].astype(np.uint8), region.left, region.top), height=height, width=width)


def fill_holes(mask: bytes, up_to: int, *, height: int, width: int) -> bytes:
    """A mask with its holes of up to so many pixels filled."""
    region = cut(mask, height=height, width=width)
    of, sizes = _holes(region)
    filled = region.pixels | np.append(False, sizes <= up_to)[of]
    return encoded(Cut(filled, region.left, region.top), height=height, width=width)


def _sizes(pixels: Pixels, *, connectivity: int) -> tuple[NDArray[np.int32], Sizes]:
    """Of each pixel (h, w) the number of its piece, counted from 1, or 0; of each piece its pixels (n,)."""
    _, of, stats, _ = cv2.connectedComponentsWithStats(pixels, connectivity=connectivity)
    return np.asarray(of, np.int32), stats[1:, cv2.CC_STAT_AREA].astype(np.int64)


def _holes(region: Cut) -> tuple[NDArray[np.int32], Sizes]:
    """The same for the holes: background that does not reach the bounds of the mask."""
    around = np.pad(1 - region.pixels, 1, constant_values=1)
    of, sizes = _sizes(around, connectivity=4)
    outside = of[0, 0]  # the first there is, since pieces are numbered in reading order
    of = np.maximum(of - outside, 0)[1:-1, 1:-1]
    return of, sizes[outside:]


# -------------------------------------------------------------------- growing
def grown(mask: bytes, by: int, *, height: int, width: int) -> bytes:
    """A mask with all pixels that are at most ``by`` pixels from it, middle to middle; below 0 it shrinks.

    A mask that shrinks loses what is that near to its background; nothing comes from beyond the picture.
    """
    region = cut(mask, height=height, width=width, margin=abs(by) + 1)
    away_from = region.pixels if by < 0 else 1 - region.pixels
    distance = cv2.distanceTransform(away_from, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near = distance <= abs(by) + 1e-3
    pixels = region.pixels & ~near if by < 0 else near
    return encoded(Cut(pixels.astype(np.uint8), region.left, region.top), height=height, width=width)
