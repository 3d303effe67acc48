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
        self._records: list[bytes | None] | None = None
        self._record_of = self._mask_of = np.zeros(0, np.int64)
        self._drawn: list[Rles] = []

    def read(self, tick: Callable[[], None] = lambda: None) -> None:
        """Read what will be drawn, in the order of the rows, which is the file's: images are not in it.

        tick is called for each, and may raise Cancelled: nothing is kept then.
        """
        if self._records is not None:
            return
        records, rows = [], np.flatnonzero(masks_of_use(self._labels, compared=self._compared))
        for row in rows.tolist():
            records.append(self._read_one(row))
            tick()
        self._record_of = np.full(len(self._labels), -1)
        self._record_of[rows] = np.arange(len(rows))
        self._mask_of = np.full(len(self._labels), -1)
        self._records = records

    def take(self, rows: Ints) -> Rles:
        """The masks of these rows, in that order."""
        self.read()
        new = rows[(self._record_of[rows] >= 0) & (self._mask_of[rows] < 0)]
        if len(new):
            found = self._draw(new)
            self._mask_of[new] = np.arange(len(new)) + sum(map(len, self._drawn))
            self._drawn.append(found)
        there = np.flatnonzero(self._mask_of[rows] >= 0)
        if len(there) != len(new):  # some were drawn before
            self._drawn = [Rles.joined(self._drawn)]
            found = self._drawn[0].take(self._mask_of[rows[there]])
        elif not len(new):
            found = Rles.of([])
        size = np.zeros(len(rows), np.int64)
        size[there] = np.diff(found.offsets)
        return Rles(found.blob, np.concatenate([[0], np.cumsum(size)]))

    def _draw(self, rows: Ints) -> Rles:
        records: list[bytes | None] = self._records or []
        at: list[int] = self._record_of[rows].tolist()

        def read(i: int) -> bytes | None:
            record = records[at[i]]
            records[at[i]] = None  # its mask is kept from now on
            return record

        return mask_column(read, height=self._height[rows], width=self._width[rows])
