"""The colours of classes: twelve hues told apart by colour-blind eyes, then the same paler."""

from PySide6.QtGui import QColor

HUES = (
    "#eca838",  # amber
    "#38ffc0",  # mint
    "#eca8ff",  # orchid
    "#109058",  # green
    "#ec3810",  # vermilion
    "#ecff10",  # lemon
    "#d838a8",  # magenta
    "#ff7890",  # salmon
    "#10c0c0",  # teal
    "#c0c078",  # khaki
    "#a8ecff",  # pale sky
    "#a87890",  # mauve
)
"""Found by search: the two that look most alike to protan, deutan or tritan eyes are as far apart as can be.

The first six are further apart than the others. No strong blue is among them: blue is the accent, which
on the canvas means a suggestion.
"""
PALER = 0.5
"""How much white the hues are mixed with when classes outnumber them; after that they begin again."""

ACCENT = "#4f97ff"
"""The accent on a picture; the same in both themes, since pictures know no theme."""
DETECTION_DASH = (3.0, 3.0)
"""In line widths. Of shapes on a picture labels are solid and detections dashed, whatever their class."""


def colour_of(category_row: int) -> QColor:
    """The colour of a class by its row in the source; grey for an unknown class (-1)."""
    if category_row < 0:
        return QColor("#b0b0b0")
    hue = QColor(HUES[category_row % len(HUES)])
    if category_row // len(HUES) % 2 == 0:
        return hue
    channels = (hue.red(), hue.green(), hue.blue())
    return QColor(*(round(value + (255 - value) * PALER) for value in channels))
