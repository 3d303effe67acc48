"""How the numbers of a detections file are meant, where not as COCO has them. Files stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

Boxes = Literal["sizes", "corners", "centres", "corners y first"]
"""COCO's x, y, width, height; x1, y1, x2, y2; the centre's x, y, width, height; y1, x1, y2, x2."""

Places = Literal["ids", "places from 0", "places from 1", "numbers"]
"""What stands for an image: its id; its place among the images; the number that its file's name ends in."""

BOXES: dict[Boxes, str] = {
    "sizes": "x, y, width, height",
    "corners": "x1, y1, x2, y2",
    "centres": "centre x, centre y, width, height",
    "corners y first": "y1, x1, y2, x2",
}

PLACES: dict[Places, str] = {
    "places from 0": "places in the list of images, counted from 0",
    "places from 1": "places in the list of images, counted from 1",
    "numbers": "the numbers in the names of the pictures",
}

Floats = npt.NDArray[np.float64]


SMALL = 0.1
"""A scale below which boxes in shares were pixels of a picture of another size."""


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is done to each record on reading.

    boxes: what its four numbers are; shares: they are shares of the picture's width and height, not pixels;
    scale, offset: (x, y) by which they are multiplied, then moved, before that; frame: they are pixels of a
    square of that side which the picture was fitted into in its own proportions, in its middle (centred) or
    from its top left corner; classes: pairs of the file's category id and the dataset's; images: what stands
    for its images. The default is COCO's own.
    """

    boxes: Boxes = "sizes"
    shares: bool = False
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    classes: tuple[tuple[int, int], ...] = ()
    frame: float = 0.0
    centred: bool = False
    images: Places = "ids"

    def sentence(self) -> str:
        """How the file is read, in a few words; empty when it is read as it is written."""
        told = [f"image ids as {PLACES[self.images]}"] if self.images != "ids" else []
        resized = self.shares and max(self.scale) < SMALL
        if self.boxes != "sizes" or (self.shares and not resized):
            told.append(f"boxes as {BOXES[self.boxes]}" + (" in shares of the picture" * self.shares))
        if resized:
            told.append(f"boxes as of pictures of {1 / self.scale[0]:.0f} x {1 / self.scale[1]:.0f} px")
        elif self.scale != (1.0, 1.0):
            told.append(f"boxes {self.scale[0]:.4g} x {self.scale[1]:.4g} times as large")
        if self.offset != (0.0, 0.0):
            unit = "shares of the picture" if self.shares else "px"
            told.append(f"moved by {self.offset[0]:.4g}, {self.offset[1]:.4g} {unit}")
        if self.frame:
            told.append(f"boxes as {self.framed()}")
        if self.classes:
            other = [pair for pair in self.classes if pair[0] != pair[1]] or self.classes
            some = ", ".join(f"{there} as {here}" for there, here in other[:3])
            told.append(f"category ids {some}" + (", …" if len(other) > 3 else ""))
        return "; ".join(told)

    def framed(self) -> str:
        """What the boxes are of where there is a frame."""
        where = "in the middle" if self.centred else "from the top left"
        return f"of pictures fitted into {self.frame:.0f} x {self.frame:.0f} px, {where}"

    def text(self) -> str:
        """All of it, for the history."""
        return msgspec.json.encode(self).decode()

    def boxes_of(self, box: Floats, *, width: Floats, height: Floats) -> Floats:
        """COCO's boxes (n, 4), xywh in pixels, of boxes as written, and the sizes (n,) of their pictures."""
        out: Floats = _as_sizes(box, self.boxes) * np.array(self.scale * 2)
        out[:, :2] += self.offset
        if self.frame:
            side = np.stack([width, height], axis=1)
            larger = side.max(axis=1, keepdims=True) / self.frame
            if self.centred:
                out[:, :2] -= (self.frame - side / larger) / 2
            out *= larger
        return out * np.stack([width, height, width, height], axis=1) if self.shares else out


AS_WRITTEN = Reading()


@dataclass(frozen=True)
class Given:
    """The detections of one file as they are written.

    image, category (n,): rows of the dataset, -1 unknown; image_id, category_id (n,) as in the file; bbox
    (n, 4) the four numbers, nan where there are none; score (n,); names: the file's own names of its category
    ids.
    """

    image: npt.NDArray[np.int32]
    category: npt.NDArray[np.int32]
    category_id: npt.NDArray[np.int64]
    bbox: Floats
    score: Floats
    names: Mapping[int, str] = field(default_factory=dict)
    image_id: npt.NDArray[np.int64] | None = None


Look = Callable[[Given], Reading]
"""Is shown a file as it is written and says how it is to be read."""


def _as_sizes(box: Floats, boxes: Boxes) -> Floats:
    low, high = box[:, :2], box[:, 2:]
    if boxes == "corners":
        return np.concatenate([low, high - low], axis=1)
    if boxes == "corners y first":
        return np.concatenate([low[:, ::-1], (high - low)[:, ::-1]], axis=1)
    if boxes == "centres":
        return np.concatenate([low - high / 2, high], axis=1)
    return box.copy()
