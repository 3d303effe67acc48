"""One annotation, as the window draws it and the rules of editing read it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import Parts


@dataclass(frozen=True, eq=False)
class Annotation:
    """One human-made region.

    key: row in the source, or below 0 when it was added here; id: as written in the file; image and
    category: rows (-1 unknown); bbox (4,) xywh pixels, nan when the record has no usable box; polygons:
    parts (k, 2); rle: COCO's dictionary or None; changed: whether it differs from the source.
    """

    key: int
    id: Any
    image: int
    category: int
    bbox: NDArray[np.float64]
    polygons: Parts
    rle: dict[str, Any] | None
    crowd: bool
    area: float | None
    changed: bool


Outline = Literal["stretched", "cut", "joined", "mended", "traced"]
"""The label's own outline stretched with its box, the piece of it on one object, joined with those of its
other pieces, or without crossings; or that of the detection's mask."""


@dataclass(frozen=True, eq=False)
class Suggestion:
    """A proposed fix, with what it would write: "create", "delete", "category", "bbox", "outline", "members".

    outline: where its polygons come from. also: labels to add in the same step; drop: keys of labels to
    delete in it. labels: how many labels "members", the fix of a whole cluster, is for.
    """

    fix: str
    category: int
    bbox: NDArray[np.float64] | None = None
    polygons: Parts | None = None
    rle: dict[str, Any] | None = None
    outline: "Outline | None" = None
    also: tuple["Suggestion", ...] = ()
    labels: int = 0
    drop: tuple[int, ...] = ()
