"""What lies inside crowd and ignore regions is neither missing nor spurious: they stand for many objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.pairs import Pairs, crossing, ranges
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
        from labelmend.geometry import masks

        out = np.zeros(len(pairs))
        regions, which = np.unique(pairs.first, return_inverse=True)
        assert self.masks is not None
        every, begin = masks.rectangles(self.masks.take(regions), self.height[self.image[regions]])
        # Pieces go from left to right: a box meets those of its own columns only.
        far = float(every[:, 0].max(initial=0.0)) + 2.0
        place = np.repeat(np.arange(len(regions)), np.diff(begin)) * far + every[:, 0]
        left, right = (
            np.clip(edge, 0.0, far - 1.0)
            for edge in (
                np.floor(box[pairs.second, 0]),
                np.ceil(box[pairs.second, 0] + box[pairs.second, 2]),
            )
        )
        start = np.searchsorted(place, which * far + left)
        end = np.searchsorted(place, which * far + right)
        for pair, at in ranges(start, end):
            if len(pair):
                shared = intersection_pairs(every[at], box[pairs.second[pair]])
                out[pair[0] : pair[-1] + 1] = np.bincount(pair - pair[0], shared)
        return out / area(box)[pairs.second]

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
