"""The colours of classes: twelve hues told apart by colour-blind eyes, repeated with another dash."""

from PySide6.QtGui import QColor

HUES = (
    "#ff9a1f",  # orange
    "#00b489",  # jade
    "#e8609f",  # pink
    "#f5e342",  # yellow
    "#a97be8",  # violet
    "#5fe3f2",  # cyan
    "#e34a1c",  # vermilion
    "#9be15d",  # lime
    "#f4b8d9",  # pale rose
    "#0f8f96",  # deep teal
    "#c08552",  # tan
    "#e6e6e6",  # near white
)
"""Spread in hue and in lightness, so that they differ for protan, deutan and tritan eyes too.

No blue among them: blue is the accent, which on the canvas means a suggestion.
"""

ACCENT = "#4f97ff"
"""The accent on a picture; the same in both themes, since pictures know no theme."""

DASHES: tuple[tuple[float, ...], ...] = ((), (9.0, 3.0), (9.0, 3.0, 2.0, 3.0), (4.0, 2.0))
"""Dash patterns in line widths: solid first; long ones, since short dashes mean a detection."""
DETECTION_DASH = (3.0, 3.0)


def colour_of(category_row: int) -> QColor:
    """The colour of a class by its row in the source; grey for an unknown class (-1)."""
    return QColor(HUES[category_row % len(HUES)]) if category_row >= 0 else QColor("#b0b0b0")


def dash_of(category_row: int) -> tuple[float, ...]:
    """The dash pattern of a class in line widths; empty is solid. It changes after every twelve classes."""
    return DASHES[(category_row // len(HUES)) % len(DASHES)] if category_row >= 0 else ()
