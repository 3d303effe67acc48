"""The masks and regions of labels, made when a block of images asks for them: while others are examined."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelmend.coco.mask_column import mask_column
from labelmend.coco.outlines import polygons_of
from labelmend.find.evidence.overlaps import sharing_place
from labelmend.find.inputs import Bools, Floats, Ints, Labels
from labelmend.geometry.masks import Rles
from labelmend.geometry.polygon_pairs import Regions, regions


class LabelMasks:
    """One RLE a label, empty where it has none, an unreadable one, or one of no use.

    labels: in whose order rows count. read(row) gives a label's JSON, from bytes that do not change, or None;
    width and height (n,) are those of its image in pixels, nan where they are not known. compared: detections
    have masks too. Each mask is drawn once; one thread asks at a time.

    Masks of use are all where they are compared with detections'. Otherwise those of crowd regions, and of
    labels that share their place with another: of a man on a chair the boxes are one, the outlines are not.
    Those that share it have regions too, where polygons draw them, and are drawn only in images where
    something is compared with them by pixels.
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
        self._shares = self._mixed = np.zeros(0, bool)
        self._record_of = self._mask_of = np.zeros(0, np.int64)
        self._drawn: list[Rles] = []
        self._regions: Regions = np.zeros(0, object)

    def read(self, tick: Callable[[], None] = lambda: None) -> None:
        """Read what will be drawn, in the order of the rows, which is the file's: images are not in it.

        tick is called for each, and may raise Cancelled: nothing is kept then.
        """
        if self._records is not None:
            return
        self._shares = sharing_place(self._labels)
        of, crowd = self._labels.image, self._labels.crowd
        self._mixed = np.zeros(int(of.max(initial=-1)) + 1, bool)
        self._mixed[of[crowd & (of >= 0)]] = True
        records, rows = [], np.flatnonzero(self._compared | crowd | self._shares)
        for row in rows.tolist():
            records.append(self._read_one(row))
            tick()
        self._record_of = np.full(len(self._labels), -1)
        self._record_of[rows] = np.arange(len(rows))
        self._mask_of = np.full(len(self._labels), -1)
        self._regions = np.full(len(self._labels), None, object)
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

    def regions(self, rows: Ints) -> Regions:
        """The regions of these rows, in that order; None without one of use."""
        self.read()
        new = rows[self._shares[rows] & (self._mask_of[rows] < 0)]
        if len(new):
            self.take(new)
        return self._regions[rows]

    def _draw(self, rows: Ints) -> Rles:
        records: list[bytes | None] = self._records or []
        at: list[int] = self._record_of[rows].tolist()
        near = np.flatnonzero(self._shares[rows])
        self._regions[rows[near]] = regions(polygons_of([records[at[k]] or b"" for k in near.tolist()]))
        wanted: list[bool] = self._by_pixels(rows).tolist()

        def read(i: int) -> bytes | None:
            record = records[at[i]] if wanted[i] else None
            records[at[i]] = None  # its mask is kept from now on
            return record

        return mask_column(read, height=self._height[rows], width=self._width[rows])

    def _by_pixels(self, rows: Ints) -> Bools:
        """Which of these labels (k,) something is compared with by pixels: regions are by their lines, with
        each other and with nothing else."""
        if self._compared:
            return np.ones(len(rows), bool)
        of = self._labels.image[rows]
        self._mixed[of[self._regions[rows] == np.array(None)]] = True
        return self._mixed[of]
