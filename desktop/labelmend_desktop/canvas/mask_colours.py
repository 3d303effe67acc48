"""The colours that a mask is painted with, as its image holds them."""

from functools import lru_cache

from PySide6.QtGui import QColor

FILL_ALPHA, EDGE_ALPHA, CASING_ALPHA = 64, 220, 170


@lru_cache(maxsize=256)  # hundreds of masks have the colours of a few classes
def shades(rgba: int) -> tuple[int, ...]:
    """What a mask of this colour is painted with: fill, border, border of a lit one, what is around that."""
    colour = QColor.fromRgba(rgba)
    lit, casing = QColor(255, 255, 255, colour.alpha()), QColor(0, 0, 0, colour.alpha())
    told = ((colour, FILL_ALPHA), (colour, EDGE_ALPHA), (lit, EDGE_ALPHA), (casing, CASING_ALPHA))
    return tuple(_premultiplied(*shade) for shade in told)


def _premultiplied(colour: QColor, alpha: int) -> int:
    alpha = alpha * colour.alpha() // 255  # a hidden mask has a clear colour
    red, green, blue = (part * alpha // 255 for part in (colour.red(), colour.green(), colour.blue()))
    return alpha << 24 | red << 16 | green << 8 | blue
