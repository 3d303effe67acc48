"""The masks of many annotations as one column of compressed RLEs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
    progress: Progress = silent,
) -> Rles:
    """One element per record: its compressed counts, empty where it has no usable mask.

    `read(i)` gives the bytes of record i, or None; `height` and `width` (n,) are those of its image, nan
    where they are not known. Polygons are drawn (some 50 microseconds each). A mask that is damaged, or
    not of its image's size, counts as none.
    """
    n = len(height)
    pixels, tall, wide = height * width, height.tolist(), width.tolist()
    unknown = np.isnan(pixels).tolist()
    column: list[bytes] = []
    blocks = [range(first, min(first + BLOCK, n)) for first in range(0, n, BLOCK)]
    for block, records in zip(blocks, _ahead(read, blocks), strict=True):
        told: list[int] = []
        for i, record in zip(block, records, strict=True):
            segmentation = None if unknown[i] else _segmentation(record)
            text = _text(segmentation, int(tall[i]), int(wide[i])) if segmentation else b""
            if text:
                told.append(i)
            column.append(_drawn(segmentation, int(tall[i]), int(wide[i])) if text is None else text)
        sound = masks.fits(Rles.of([column[i] for i in told]), pixels[told])
        for row in np.array(told, np.int64)[~sound].tolist():
            column[row] = b""
        progress(block.stop, n)
    return Rles.of(column)


def _ahead(read: Callable[[int], bytes | None], blocks: Iterable[range]) -> Iterator[list[bytes | None]]:
    """The records of each block; a thread unpacks the next one's while this one's are drawn."""
    coming: deque[Future[list[bytes | None]]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for block in blocks:
            coming.append(pool.submit(lambda rows: [read(i) for i in rows], block))
            if len(coming) > 1:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _segmentation(record: bytes | None) -> Any:
    if record is None:
        return None
    try:
        return _DECODER.decode(record).segmentation
    except (msgspec.DecodeError, RecursionError):
        return annotation_of(record).values.get("segmentation")


def _text(segmentation: Any, height: int, width: int) -> bytes | None:
    """Compressed counts as they are written, not yet checked; None for what is written in another way."""
    if isinstance(segmentation, dict) and isinstance(counts := segmentation.get("counts"), str):
        return counts.encode("utf-8", "replace") if segmentation.get("size") == [height, width] else b""
    return None


def _drawn(segmentation: Any, height: int, width: int) -> bytes:
    """Compressed counts of polygons or of listed runs."""
    try:
        return masks.counts(segmentation, height=height, width=width)
    except BadFile:
        return b""
