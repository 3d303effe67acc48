"""The masks of a file's annotations as one column of compressed RLEs."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from labelmend.coco.columns import RLE, Dataset
from labelmend.coco.record import annotation_of
from labelmend.coco.source import Source
from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles
from labelmend.progress import Progress, silent

BLOCK = 2048


class _Record(msgspec.Struct, gc=False):
    segmentation: Any = None


_DECODER = msgspec.json.Decoder(_Record)


def read_masks(
    source: Source,
    dataset: Dataset,
    *,
    rows: npt.NDArray[np.int64] | None = None,
    progress: Progress = silent,
) -> Rles:
    """One element per annotation: its compressed counts, empty where it has no usable mask.

    `rows` are the annotations whose masks are asked for; polygons among them are drawn (some 50 microseconds
    each). Without it they are those whose segmentation is an RLE. A mask that is damaged, or not of its
    image's declared size, counts as none.
    """
    annotations = dataset.annotations
    asked = np.flatnonzero(annotations.shape == RLE) if rows is None else np.asarray(rows, np.int64)
    counts = [b""] * len(annotations)
    width, height = dataset.images.width, dataset.images.height
    for first in range(0, len(asked), BLOCK):
        block = asked[first : first + BLOCK]
        image = annotations.image[block]
        pixels = np.where(image >= 0, height[image] * width[image], np.nan)
        found = [
            b"" if np.isnan(size) else _counts(source.record("annotations", row), height[of], width[of])
            for row, of, size in zip(block.tolist(), image.tolist(), pixels.tolist(), strict=True)
        ]
        for row, one, good in zip(block.tolist(), found, masks.fits(Rles.of(found), pixels), strict=True):
            counts[row] = one if good else b""
        progress(min(first + BLOCK, len(asked)), len(asked))
    return Rles.of(counts)


def _counts(record: bytes, height: float, width: float) -> bytes:
    """The compressed counts of a record's mask; their text is not yet checked."""
    size = int(height), int(width)
    try:
        segmentation = _DECODER.decode(record).segmentation
    except (msgspec.DecodeError, RecursionError):
        segmentation = annotation_of(record).values.get("segmentation")
    if not segmentation:
        return b""
    if isinstance(segmentation, dict) and isinstance(counts := segmentation.get("counts"), str):
        return counts.encode("utf-8", "replace") if segmentation.get("size") == list(size) else b""
    try:
        return masks.counts(segmentation, height=size[0], width=size[1])
    except BadFile:
        return b""
