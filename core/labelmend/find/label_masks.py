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
        self._labels, self._read, self._compared = labels, read, compared
        self._width, self._height = width, height
        self._known = np.zeros(len(labels), bool)
        self._drawn: dict[int, bytes] = {}

    def take(self, rows: Ints) -> Rles:
        """The masks of these rows; whole images at a time, since which are of use depends on neighbours."""
        self._draw(rows[~self._known[rows]])
        return Rles.of([self._drawn.get(row, b"") for row in rows.tolist()])

    def _draw(self, rows: Ints) -> None:
        if not len(rows):
            return
        self._known[rows] = True
        wanted = rows[masks_of_use(self._labels.take(rows), compared=self._compared)]
        numbers = wanted.tolist()
        found = mask_column(
            lambda i: self._read(numbers[i]), height=self._height[wanted], width=self._width[wanted]
        )
        self._drawn |= {row: mask for n, row in enumerate(numbers) if (mask := found[n])}
