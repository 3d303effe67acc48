"""All RLE masks of a picture painted into one image, straight from their run lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from labelmend.errors import BadFile
from labelmend.geometry.masks import Rles, counts, unpack

FILL_ALPHA, EDGE_ALPHA = 64, 220
LARGEST = 50_000_000
"""Pictures of more pixels than this show no masks, only their boxes."""


def label_image(rles: Sequence[dict[str, Any]], *, width: int, height: int) -> NDArray[np.uint16]:
    """(height, width): 0 where no mask is, else 1 + the index of the last mask there.

    Masks of another size than the picture's, or that cannot be read, are left out.
    """
    told = [_counts(rle, width=width, height=height) for rle in rles]
    runs, offsets, sound = unpack(Rles.of(told))
    mask_of = np.repeat(np.arange(len(told)), np.diff(offsets))
    place = np.arange(len(runs)) - np.repeat(offsets[:-1], np.diff(offsets))
    begin = np.cumsum(runs) - runs
    first = np.concatenate([begin, [0]])[np.minimum(offsets[:-1], len(begin))]
    begin = begin - np.repeat(first, np.diff(offsets))
    use = (place % 2 == 1) & sound[mask_of] & (begin + runs <= width * height) & (runs > 0)
    begin, length, label = begin[use], runs[use], mask_of[use] + 1
    within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    labels = np.zeros(width * height, dtype=np.uint16)
    labels[np.repeat(begin, length) + within] = np.repeat(label, length)
    return np.ascontiguousarray(labels.reshape(width, height).T)


def _counts(rle: dict[str, Any], *, width: int, height: int) -> bytes:
    told = rle.get("counts")
    if isinstance(told, str) and told.isascii() and list(rle.get("size", ())) == [height, width]:
        return told.encode()  # checked with all the others, by unpack and by what uses it
    try:
        return counts(rle, height=height, width=width)
    except BadFile:
        return b""


def mask_image(labels: NDArray[np.uint16], colours: Sequence[QColor], *, edges: bool) -> QImage:
    """The masks in their colours, translucent; with ``edges`` their border pixels stand out."""
    palette = np.zeros((len(colours) + 1, 2, 4), dtype=np.uint8)
    for index, colour in enumerate(colours, start=1):
        for kind, alpha in enumerate((FILL_ALPHA, EDGE_ALPHA)):
            bgr = np.array([colour.blue(), colour.green(), colour.red()])
            alpha = alpha * colour.alpha() // 255  # a hidden mask has a clear colour
            palette[index, kind] = [*(bgr * alpha // 255), alpha]
    edge = _edges(labels) if edges else np.zeros(labels.shape, dtype=np.uint8)
    flat = np.ascontiguousarray(palette).view(np.uint32).reshape(-1)
    pixels = flat[labels.astype(np.int32) * 2 + edge].view(np.uint8)
    height, width = labels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.pixels = pixels  # type: ignore[attr-defined]  # QImage keeps no reference to its buffer
    return image


def _edges(labels: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """1 where a mask's pixel has a neighbour above, below, left or right that is not of the mask."""
    around = np.pad(labels, 1)
    middle = around[1:-1, 1:-1]
    other = np.zeros(labels.shape, dtype=bool)
    for neighbour in (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2], around[1:-1, 2:]):
        other |= neighbour != middle
    return (other & (labels > 0)).astype(np.uint8)
