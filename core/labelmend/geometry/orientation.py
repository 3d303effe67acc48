"""In which of a picture's two frames its labels live: the pixels as stored, or as turned by EXIF."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Prefer = Literal["stored", "turned"]
Size = tuple[int, int]
Part = tuple[int, int, int, int]


@dataclass(frozen=True)
class Frame:
    """The label frame of one picture.

    ``orientation`` is what the stored pixels must be turned by (1: nothing), ``width`` and ``height`` are
    the picture's size in pixels after that, and ``fits`` tells whether they are what the file declares.
    ``either``: the stored pixels and the turned ones fit alike, so that this is what is preferred, no more.
    """

    orientation: int
    width: int
    height: int
    fits: bool
    either: bool = False


def swaps_sides(orientation: int) -> bool:
    """Whether turning by this EXIF orientation (1 to 8) exchanges width and height."""
    return orientation >= 5


def turn(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Stored pixels (h, w) or (h, w, channels), turned upright as EXIF's orientation tag (1 to 8) asks.

    Returns a contiguous array; the very one given when there is nothing to turn. An orientation outside
    1 to 8 counts as 1, as every viewer has it. Table: CIPA DC-008 (Exif 2.3), tag 274.
    """
    if orientation not in range(2, 9):
        return np.ascontiguousarray(pixels)
    turned = pixels.swapaxes(0, 1) if swaps_sides(orientation) else pixels
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    return np.ascontiguousarray(turned)


def stored_part(part: Part, *, size: Size, orientation: int) -> Part:
    """Where a part (x, y, w, h) of a turned picture of ``size`` (width, height) is in the stored one."""
    x, y, w, h = part
    if orientation in (2, 3, 6, 7):
        x = size[0] - x - w
    if orientation in (3, 4, 7, 8):
        y = size[1] - y - h
    return (y, x, h, w) if swaps_sides(orientation) else (x, y, w, h)


def turned_part(part: Part, *, size: Size, orientation: int) -> Part:
    """Where a part (x, y, w, h) of a stored picture is in the turned one of ``size`` (width, height)."""
    x, y, w, h = (part[1], part[0], part[3], part[2]) if swaps_sides(orientation) else part
    if orientation in (2, 3, 6, 7):
        x = size[0] - x - w
    if orientation in (3, 4, 7, 8):
        y = size[1] - y - h
    return x, y, w, h


def label_frame(
    stored: Size, *, orientation: int, declared: tuple[float, float] | None, prefer: Prefer = "stored"
) -> Frame:
    """The frame in which the labels of a picture of stored size (width, height) live.

    The file's ``declared`` (width, height) decides. Where both frames fit (a turned square) or the file
    declares nothing, ``prefer`` does. Where neither fits, the frame that lies the same way (upright or
    lying) as the declared size is taken.
    """
    width, height = stored
    orientation = orientation if orientation in range(1, 9) else 1
    turned = (height, width) if swaps_sides(orientation) else stored
    keep = Frame(orientation=1, width=width, height=height, fits=True)
    turn_it = Frame(orientation=orientation, width=turned[0], height=turned[1], fits=True)
    preferred = turn_it if prefer == "turned" else keep
    if declared is None:
        return replace(preferred, either=orientation != 1)
    wanted = (round(declared[0]), round(declared[1]))
    fitting = [frame for frame in (keep, turn_it) if (frame.width, frame.height) == wanted]
    if len(fitting) == 2:
        return replace(preferred, either=orientation != 1)
    if fitting:
        return fitting[0]
    lies = wanted[0] >= wanted[1]
    same_way = [frame for frame in (keep, turn_it) if (frame.width >= frame.height) == lies]
    best = preferred if preferred in same_way or not same_way else same_way[0]
    return Frame(orientation=best.orientation, width=best.width, height=best.height, fits=False)
