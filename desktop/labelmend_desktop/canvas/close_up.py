"""The pixels around a label, as fine as wanted, which labels are fitted to; tiles of large pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.fit.wire import Level
from labelmend_desktop.decoding import Loaded, pixels_of
from labelmend_desktop.levels import Levels, for_screen

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class CloseUp:
    """``pixels`` (h, w, 3) from ``low`` (2,) x and y on, of the picture drawn ``scale`` times as large."""

    pixels: Pixels
    low: Floats
    scale: float

    def into(self, box: Floats) -> Floats:
        """A box (4,) xywh of the picture, in these pixels."""
        return np.concatenate([box[:2] * self.scale - self.low, box[2:] * self.scale])

    def back(self, box: Floats) -> Floats:
        """A box (4,) xywh of these pixels, in the picture."""
        return np.concatenate([box[:2] + self.low, box[2:]]) / self.scale

    def points_into(self, points: Floats) -> Floats:
        """Points (k, 2) of the picture, in these pixels."""
        inside: Floats = points * self.scale - self.low
        return inside

    def points_back(self, points: Floats) -> Floats:
        """Points (k, 2) of these pixels, in the picture."""
        outside: Floats = (points + self.low) / self.scale
        return outside


def levels_of(loaded: Loaded) -> Sequence[Level]:
    """The picture and its halves; of a large one, once it has tiles, they are read as they are looked at."""
    if loaded.pyramid is None:
        return [pixels_of(level)[..., :3] for level in loaded.levels]
    return [_Tiled(loaded, number) for number in range(len(loaded.pyramid.sizes))]


def close_up(loaded: Loaded, box: Floats, *, longest: float, around: float = 0.8) -> CloseUp:
    """The finest pixels in which a box (4,) xywh is no longer than that, and as many times that around it.

    Raises Refused while a large picture has no tiles: what is fitted to it small would not fit.
    """
    if loaded.large and loaded.pyramid is None:
        raise Refused("This large picture is still being made ready: fit labels to it when it is sharp.")
    levels = levels_of(loaded)
    scales = [level.shape[1] / loaded.width for level in levels]
    fine = [at for at, scale in enumerate(scales) if float(box[2:].max()) * scale <= longest]
    at = fine[0] if fine else len(levels) - 1
    level, scale = levels[at], scales[at]
    beside = around * float(box[2:].max()) + 8 / scale
    limit = np.array([level.shape[1], level.shape[0]])
    low = np.clip(np.floor((box[:2] - beside) * scale), 0, limit - 1).astype(int)
    high = np.clip(np.ceil((box[:2] + box[2:] + beside) * scale), low + 1, limit).astype(int)
    pixels = np.asarray(level[low[1] : high[1], low[0] : high[0], :3], np.uint8)
    return CloseUp(pixels, low.astype(np.float64), scale)


class _Tiled:
    """One level of a large picture, of which parts are read when they are asked for."""

    def __init__(self, loaded: Loaded, number: int) -> None:
        assert loaded.pyramid is not None
        self._pyramid, self._number, self._automatic = loaded.pyramid, number, loaded.automatic
        width, height = loaded.pyramid.sizes[number]
        self.shape = (height, width, 3)

    def __getitem__(self, where: tuple[slice, slice, slice]) -> NDArray[Any]:
        down, across, channels = where
        left, right, _ = across.indices(self.shape[1])
        top, bottom, _ = down.indices(self.shape[0])
        pixels = self._pyramid.part(self._number, (left, top, right - left, bottom - top))
        return for_screen(pixels, Levels(), self._automatic)[..., channels]
