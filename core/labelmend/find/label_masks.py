"""The masks of labels, drawn when a block of images asks for them: while others are examined."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelmend.coco.mask_column import mask_column
from labelmend.find.inputs import Floats, Ints, Labels
from labelmend.find.overlaps import masks_of_use
from labelmend.geometry.masks import Rles


class LabelMasks:
    """One RLE a label, empty where it has none, an unreadable one, or one of no use.

    labels: in whose order rows count. read(row) gives a label's JSON, from bytes that do not change, or None;
    width and height (n,) are those of its image in pixels, nan where they are not known. compared: detections
    have masks too. Each mask is drawn once; one thread asks at a time.
    """

    def __init__(
        self,
        labels: Labels,
        read: Callable[[int], bytes | None],
        *,
        width: Floats,
        height: Floats,
        compared: bool,
    ) -> None:
        self._labels, self._read_one, self._compared = labels, read, compared
        self._width, self._height = width, height
        self._records: dict[int, bytes | None] | None = None
        self._drawn: dict[int, bytes] = {}

    def read(self, tick: Callable[[], None] = lambda: None) -> None:
        """Read what will be drawn, in the order of the rows, which is the file's: images are not in it.

        tick is called for each, and may raise Cancelled: nothing is kept then.
        """
        if self._records is not None:
            return
        records = {}
        for row in np.flatnonzero(masks_of_use(self._labels, compared=self._compared)).tolist():
            records[row] = self._read_one(row)
            tick()
        self._records = records

    def take(self, rows: Ints) -> Rles:
        """The masks of these rows, in that order."""
        self.read()
        records = self._records or {}
        new = [row for row in rows.tolist() if row in records]
        found = mask_column(lambda i: records.pop(new[i]), height=self._height[new], width=self._width[new])
        self._drawn |= {row: mask for n, row in enumerate(new) if (mask := found[n])}
        return Rles.of([self._drawn.get(row, b"") for row in rows.tolist()])
