"""What lies inside crowd and ignore regions is neither missing nor spurious: they stand for many objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from labelmend.find.evidence.pairs import Pairs, crossing, ranges
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.geometry.boxes import area, intersection_pairs

if TYPE_CHECKING:
    from labelmend.geometry.masks import Rles

INSIDE = 0.5
"""Share of an object inside a region from which it is excused."""


@dataclass(frozen=True)
class Crowds:
    """The regions of some images: image (n,), box (n, 4), masks (empty where a region has none) or None.

    height and width are those of the images in pixels.
    """

    image: Ints
    box: Floats
    masks: Rles | None
    width: Floats
    height: Floats

    def hold(self, image: Ints, box: Floats, masks: Rles | None) -> Bools:
        """Which of these things (n,) lie inside a region, by more than half of their own area.

        Masks decide where both have one; a region's mask and the thing's box where one side has.
        """
        out = np.zeros(len(image), bool)
        near = np.flatnonzero(
            np.bincount(self.image, minlength=len(self.width))[image]
        )  # few images have any
        pairs = crossing(self.image, self.box, image[near], box[near])
        pairs = Pairs(pairs.first, near[pairs.second], pairs.shared)
        share = pairs.shared / area(box)[pairs.second]
        pairs, share = pairs.take(share > INSIDE), share[share > INSIDE]  # a mask holds less than its box
        if self.masks is not None and len(pairs):
            drawn = np.diff(self.masks.offsets)[pairs.first] > 0
            drawn &= np.isfinite(self.height[self.image[pairs.first]])
            both = (
                drawn & (np.diff(masks.offsets)[pairs.second] > 0)
                if masks is not None
                else np.zeros_like(drawn)
            )
            share[drawn & ~both] = self._of_boxes(pairs.take(drawn & ~both), box)
            if masks is not None:
                share[both] = self._of_masks(pairs.take(both), masks)
        out[pairs.second[share > INSIDE]] = True
        return out

    def _of_boxes(self, pairs: Pairs, box: Floats) -> Floats:
        """The share of each pair's box that the region's mask covers: its pieces are rectangles."""
        out = np.zeros(len(pairs))
        every, place, far = self._rectangles
        of_pair = box.take(pairs.second, axis=0)
        left, right = np.floor(of_pair[:, 0]), np.ceil(of_pair[:, 0] + of_pair[:, 2])
        start, end = (
            np.searchsorted(place, pairs.first * far + np.clip(edge, 0.0, far - 1.0))
            for edge in (left, right)
        )
        for pair, at in ranges(start, end):
            if len(pair):
                shared = intersection_pairs(every.take(at, axis=0), of_pair.take(pair, axis=0))
                out[pair[0] : pair[-1] + 1] = np.bincount(pair - pair[0], shared)
        return out / area(of_pair)

    @cached_property
    def _rectangles(self) -> tuple[Floats, Floats, float]:
        """The rectangles (k, 4) of all masks, their places (k,) on one line, and how far two masks lie apart.

        They go from left to right: a box meets those of its own columns only.
        """
        from labelmend.geometry import masks

        assert self.masks is not None
        tall = self.height[self.image]
        drawn = np.flatnonzero(np.isfinite(tall))
        every, begin = masks.rectangles(self.masks.take(drawn), tall[drawn])
        far = float(every[:, 0].max(initial=0.0)) + 2.0
        return every, np.repeat(drawn, np.diff(begin)) * far + every[:, 0], far

    def _of_masks(self, pairs: Pairs, things: Rles) -> Floats:
        from labelmend.geometry import masks

        out = np.zeros(len(pairs))
        assert self.masks is not None
        for region in np.unique(pairs.first).tolist():
            on = np.flatnonzero(pairs.first == region)
            height, width = (int(side[self.image[region]]) for side in (self.height, self.width))
            things_here = [things[k] for k in pairs.second[on].tolist()]
            table = masks.iou(things_here, [self.masks[region]], height=height, width=width, crowd=[True])
            out[on] = table[:, 0]
        return out
