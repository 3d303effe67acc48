"""The colours that a mask is painted with, as its image holds them."""

from functools import lru_cache

from PySide6.QtGui import QColor

FILL_ALPHA, EDGE_ALPHA, SHEER_ALPHA, CASING_ALPHA = 64, 220, 150, 170


@lru_cache(maxsize=256)  # hundreds of masks have the colours of a few classes
def shades(rgba: int) -> tuple[int, ...]:
    """What a mask of this colour is painted with: fill, border, border of a lit one, the same where the
    picture is seen through it, what is around a lit one."""
    colour = QColor.fromRgba(rgba)
    lit, casing = QColor(255, 255, 255, colour.alpha()), QColor(0, 0, 0, colour.alpha())
    own, under_brush = ((colour, FILL_ALPHA), (colour, EDGE_ALPHA)), ((lit, EDGE_ALPHA), (lit, SHEER_ALPHA))
    return tuple(_premultiplied(*shade) for shade in (*own, *under_brush, (casing, CASING_ALPHA)))


def _premultiplied(colour: QColor, alpha: int) -> int:
    alpha = alpha * colour.alpha() // 255  # a hidden mask has a clear colour
    red, green, blue = (part * alpha // 255 for part in (colour.red(), colour.green(), colour.blue()))
    return alpha << 24 | red << 16 | green << 8 | blue
