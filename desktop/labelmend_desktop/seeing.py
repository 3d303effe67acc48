"""What a person wants to see on the canvas: switches that are remembered, and which detections are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from labelmend_desktop import places
from labelmend_desktop.levels import CHANNELS, Levels

SWITCHES: Final = {
    "keep_zoom": False,
    "show_ties": False,
    "show_names": False,
    "show_minimap": True,
    "show_loupe": True,
}
"""Names of the switches, and how they are at the first start."""


@dataclass(frozen=True)
class Shown:
    """Which detections are shown: with a score from ``least`` to ``most``, with ``one_class`` of it only."""

    one_class: bool = False
    least: float = 0.0
    most: float = 1.0

    def mask(
        self, category: NDArray[np.int32], score: NDArray[np.float64], *, wanted: int
    ) -> NDArray[np.bool_]:
        """Whether detections of these classes (n,) and scores (n,) are shown; ``wanted`` is the one class."""
        # Scores are shown with two decimals: what reads 0.30 is within 0.30.
        rounded = np.round(score, 2)
        shown = (rounded >= self.least) & (rounded <= self.most)
        return shown & (category == wanted) if self.one_class else shown

    def in_words(self, *, hidden: int, of: int, class_name: str) -> str:
        """What is hidden and why, in one line; empty when nothing is."""
        reasons = [f"not {class_name}"] if self.one_class else []
        if self.least > 0:
            reasons.append(f"score below {self.least:.2f}")
        if self.most < 1:
            reasons.append(f"score above {self.most:.2f}")
        return f"{hidden:,} of {of:,} detections hidden: {' or '.join(reasons)}" if hidden else ""


AT_FIRST: Final = Shown(least=0.1)
"""What detections show at first: a model writes many more that it does not believe in itself."""


class Seeing(QObject):
    """Holds the choices and says by ``changed`` that one is another, of the levels by ``levels_changed``."""

    changed = Signal()
    levels_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        stored = places.settings()
        self.flags = {name: stored.value(_key(name), on, type=bool) is True for name, on in SWITCHES.items()}
        self.detections = AT_FIRST
        self.levels = Levels()

    def __getitem__(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.flags[name]

    def switch(self, name: str) -> None:
        """Turn a switch, and remember how it stands."""
        self.flags[name] = not self.flags[name]
        places.settings().setValue(_key(name), self.flags[name])
        self.changed.emit()

    def show_detections(self, shown: Shown) -> None:
        """Show these detections and no others."""
        if shown != self.detections:
            self.detections = shown
            self.changed.emit()

    def show_levels(self, levels: Levels) -> None:
        """Show pictures by these levels, until others are chosen; nothing of it is written anywhere."""
        if levels != self.levels:
            self.levels = levels
            self.levels_changed.emit()

    def invert(self) -> None:
        """Show dark as light and light as dark, or no more."""
        self.show_levels(replace(self.levels, invert=not self.levels.invert))

    def next_channel(self) -> None:
        """Show red alone, then green, then blue, then all."""
        channel = 0 if self.levels.channel is None else self.levels.channel + 1
        self.show_levels(replace(self.levels, channel=channel if channel < len(CHANNELS) else None))

    def reset_levels(self) -> None:
        """Show pictures as they are."""
        self.show_levels(Levels())


def _key(name: str) -> str:
    return f"seeing/{name}"
