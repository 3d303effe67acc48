"""Paints masks from their run lengths into the columns of a rectangle, all pixels or one of so many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry import masks
from labelmend.geometry.masks import Rles

Rectangle = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels; right and bottom are the first behind it."""


# ``columns`` (w, h) are those of the rectangle ``place`` of what is seen of a picture of ``height``: of a
# ``step`` above 1 that is one pixel of so many in one column of so many.
def paint_small(
    columns: NDArray[np.uint16],
    told: Sequence[bytes],
    names: Sequence[int],
    place: Rectangle,
    *,
    height: int,
    step: int,
) -> None:
    """Paint masks, by their compressed counts, with their names: pixel by pixel, all at once."""
    start, stop, first = masks.pieces(Rles.of(told))
    name = np.repeat(names, np.diff(first))
    start, stop = (_into(edges, place, height=height, step=step) for edges in (start, stop))
    length = np.maximum(stop - start, 0)
    # A pixel's place is where its run starts, and one more for each before it in the run.
    places = np.repeat((start - np.cumsum(length) + length).astype(np.int32), length)
    places += np.arange(len(places), dtype=np.int32)
    columns.reshape(-1)[places] = np.repeat(name.astype(np.uint16), length)


def paint_large(
    columns: NDArray[np.uint16],
    mask: bytes,
    name: int,
    box: Rectangle,
    place: Rectangle,
    *,
    height: int,
    step: int,
) -> None:
    """Paint one mask, which is seen within ``box``, by columns: its pixels would take eight bytes each."""
    high = columns.shape[1]
    begin, end = max(box[0] - place[0], 0), min(box[2] - place[0], len(columns))
    start, stop = masks.stretches(mask)
    first = np.searchsorted(stop, place[0] * step * height)
    last = np.searchsorted(start, place[2] * step * height)
    edges = np.stack([start[first:last], stop[first:last]], axis=1).ravel()
    edges = np.clip(_into(edges, place, height=height, step=step), begin * high, end * high)
    lengths = np.diff(edges, prepend=begin * high, append=end * high)
    inside = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
    columns[begin:end].reshape(-1)[inside] = name


def _into(edges: NDArray[np.int64], place: Rectangle, *, height: int, step: int) -> NDArray[np.int64]:
    """Edges of runs along the picture's columns as edges along those of a rectangle."""
    left, top, right, bottom = place
    column, row = np.divmod(edges, height)
    inside: NDArray[np.int64] = np.clip(-(-row // step) - top, 0, bottom - top)
    if step > 1:  # of a column that is not seen there is nothing
        inside *= column % step == 0
        column = -(-column // step)
    inside += (column - left) * (bottom - top)
    return inside.clip(0, (right - left) * (bottom - top))
