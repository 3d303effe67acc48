"""The masks of many annotations as one column of compressed RLEs."""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from labelmend.coco.record import annotation_of
from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles
from labelmend.progress import Progress, silent

BLOCK = 2048


class _Record(msgspec.Struct, gc=False):
    segmentation: Any = None


_DECODER = msgspec.json.Decoder(_Record)


def mask_column(
    read: Callable[[int], bytes | None],
    *,
    height: npt.NDArray[np.float64],
    width: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.bool_] | None = None,
    progress: Progress = silent,
) -> Rles:
    """One element per record: its compressed counts, empty where it has no usable mask.

    `read(i)` gives the bytes of record i, or None; `height` and `width` (n,) are those of its image, nan
    where they are not known. Polygons are drawn (some 50 microseconds each). A mask that is damaged, or
    not of its image's size, counts as none. Where not wanted (n,), nothing is read.
    """
    if wanted is not None and not wanted.all():
        rows = np.flatnonzero(wanted)
        some = mask_column(
            lambda i: read(int(rows[i])), height=height[rows], width=width[rows], progress=progress
        )
        return some.spread(rows, len(height))
    n = len(height)
    pixels = height * width
    column: list[bytes] = []
    for first in range(0, n, BLOCK):
        block = range(first, min(first + BLOCK, n))
        found = [
            b"" if np.isnan(pixels[i]) else _counts(read(i), int(height[i]), int(width[i])) for i in block
        ]
        sound = masks.fits(Rles.of(found), pixels[first : first + BLOCK]).tolist()
        column += [one if good else b"" for one, good in zip(found, sound, strict=True)]
        progress(block.stop, n)
    return Rles.of(column)


def _counts(record: bytes | None, height: int, width: int) -> bytes:
    """The compressed counts of a record's mask; their text is not yet checked."""
    if record is None:
        return b""
    try:
        segmentation = _DECODER.decode(record).segmentation
    except (msgspec.DecodeError, RecursionError):
        segmentation = annotation_of(record).values.get("segmentation")
    if not segmentation:
        return b""
    if isinstance(segmentation, dict) and isinstance(counts := segmentation.get("counts"), str):
        return counts.encode("utf-8", "replace") if segmentation.get("size") == [height, width] else b""
    try:
        return masks.counts(segmentation, height=height, width=width)
    except BadFile:
        return b""
