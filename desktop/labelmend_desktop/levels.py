"""How a picture's numbers become brightness on the screen: black, white, gamma and the like, by one table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

CHANNELS: Final = ("red", "green", "blue")
GAMMA: Final = (0.1, 10.0)
"""The least and the greatest gamma."""
_STEEPEST = 4.0


@dataclass(frozen=True)
class Levels:
    """What a person chose; as made, pictures are shown as they are.

    ``black`` and ``white`` are parts (0 to 1) of the greatest number a picture can hold; None leaves them
    to the picture: the whole range of 8 bits, its automatic levels when it is deeper or ``stretch`` is on.
    ``brightness`` and ``contrast`` are -1 to 1, ``channel`` the row in CHANNELS of the only one shown.
    """

    black: float | None = None
    white: float | None = None
    stretch: bool = False
    gamma: float = 1.0
    brightness: float = 0.0
    contrast: float = 0.0
    invert: bool = False
    channel: int | None = None

    @property
    def plain(self) -> bool:
        """Whether pictures are shown as they are."""
        return self == Levels()

    def ends(self, *, most: int, automatic: tuple[int, int]) -> tuple[float, float]:
        """The numbers shown as black and as white, of a picture that holds up to ``most``."""
        low, high = automatic if self.stretch or most > 255 else (0, most)
        return (
            low if self.black is None else self.black * most,
            high if self.white is None else self.white * most,
        )

    def in_words(self) -> str:
        """What is on, in a line; empty when nothing is."""
        words = []
        if self.black is not None or self.white is not None:
            black, white = (100 * (value or 0) for value in (self.black, self.white))
            words.append(f"black {black:.3g} %, white {100 if self.white is None else white:.3g} %")
        elif self.stretch:
            words.append("stretched")
        words += [
            f"{name} {100 * value:+.0f} %"
            for name, value in (("brightness", self.brightness), ("contrast", self.contrast))
            if value
        ]
        if self.gamma != 1:
            words.append(f"gamma {self.gamma:.2f}")
        if self.invert:
            words.append("inverted")
        if self.channel is not None:
            words.append(f"only {CHANNELS[self.channel]}")
        return ", ".join(words)


def for_screen(pixels: NDArray[Any], levels: Levels, automatic: tuple[int, int]) -> NDArray[np.uint8]:
    """Pixels as the screen shows them, (h, w, 4) BGRA, which Qt draws three times faster than other kinds.

    ``pixels`` are 8 or 16 bits deep: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA. ``automatic`` holds the
    picture's own numbers of black and white.
    """
    if levels.channel is not None and pixels.ndim == 3:
        pixels = cv2.extractChannel(pixels, 2 - levels.channel)
    table = _table(levels, 1 << (8 * pixels.dtype.itemsize), automatic)
    if table is not None:
        pixels = cv2.LUT(pixels, table)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    code = cv2.COLOR_GRAY2BGRA if pixels.ndim == 2 else cv2.COLOR_BGR2BGRA
    return np.asarray(cv2.cvtColor(pixels, code), dtype=np.uint8)


@lru_cache(maxsize=16)
def _table(levels: Levels, numbers: int, automatic: tuple[int, int]) -> NDArray[np.uint8] | None:
    """What each number a pixel can have is shown as; None when that is the number itself."""
    low, high = levels.ends(most=numbers - 1, automatic=automatic)
    value = np.clip((np.arange(numbers) - low) / max(high - low, 1e-9), 0, 1)
    if levels.gamma != 1:
        value **= 1 / levels.gamma
    value = (value - 0.5) * _STEEPEST**levels.contrast + 0.5 + levels.brightness
    value = np.clip(1 - value if levels.invert else value, 0, 1)
    table: NDArray[np.uint8] = (value * 255).round().astype(np.uint8)
    return None if numbers == 256 and np.array_equal(table, np.arange(256)) else table
