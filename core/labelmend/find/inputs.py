"""What the finder is given: the annotations and the detections of a dataset, as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from labelmend.geometry.masks import Rles
    from labelmend.geometry.polygon_pairs import Regions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class ImageSizes:
    """Declared sizes of all images in pixels, one row an image; nan where the file says nothing."""

    width: Floats
    height: Floats

    def __len__(self) -> int:
        return len(self.width)


class Masks(Protocol):
    """One RLE a row, empty where there is none: Rles, or what makes them when they are asked for."""

    def take(self, rows: Ints) -> Rles:
        """Those of these rows, in that order."""


@dataclass(frozen=True)
class Labels:
    """The annotations as they stand now, in any order.

    key (n,) names each annotation; image and category (n,) are rows, -1 where the file names one that
    does not exist; bbox (n, 4) is xywh in pixels, a row of nan where the file has no usable box;
    crowd (n,) marks regions that stand for many objects, or are to be ignored. masks holds one RLE a row
    (empty where there is none) or is None; of crowd regions they are used even if no detection has one.
    regions gives what the polygons of some rows cover, of labels that share their place with another; None
    for the others. outline (n, 4) is the xywh of the annotation's own polygons or mask, nan
    without one; crossing (n,) marks polygons that cross themselves. nothing (n,), where pictures were
    looked at: how many times likelier a place without anything looks like the label than a label does.
    """

    key: Ints
    image: Rows
    category: Rows
    bbox: Floats
    crowd: Bools
    masks: Masks | None = None
    regions: Callable[[Ints], Regions] | None = None
    outline: Floats | None = None
    crossing: Bools | None = None
    nothing: Floats | None = None

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True)
class Tolerance:
    """What the instructions of every class (k,) let pass, 0 where they say nothing.

    pixels, share: a side may be off by that many pixels or that share of the label's width (left, right) or
    height (top, bottom), whichever is more. margin, margin_share: labels keep so much room around the
    object on every side, likewise of the object's own size. least_side: an object whose longer side is
    shorter, in pixels, need not be labelled.
    """

    pixels: Floats
    share: Floats
    margin: Floats
    margin_share: Floats
    least_side: Floats


@dataclass(frozen=True)
class Predicted:
    """The detections of one model or of several: rows of image and category, xywh in pixels, score in [0, 1].

    Any order will do; of equal scores the earlier row goes first. masks holds one RLE a row, empty
    where there is none, or is None. source (n,) says which model each is of, from 0; None: all of one.
    likeness (n,), where pictures were looked at: log odds that what lies there looks like a label.
    """

    image: Rows
    category: Rows
    bbox: Floats
    score: Floats
    masks: Rles | None = None
    source: NDArray[np.uint8] | None = None
    likeness: Floats | None = None

    def __len__(self) -> int:
        return len(self.score)

    @property
    def n_sources(self) -> int:
        """How many models the detections are of."""
        return 1 if self.source is None else int(self.source.max(initial=0)) + 1
