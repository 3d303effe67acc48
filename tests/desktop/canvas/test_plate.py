"""The sentence on the picture: as few lines as there is room for, none of them a word alone."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from labelmend_desktop.canvas.backdrop import place_of_words

LONG = (
    "As the detection, button 0.95: left 16.7 px out, top 15.2 px in, right 15.8 px in, bottom 16.1 px out."
)


def test_a_sentence_too_long_for_a_line_is_parted_in_its_middle(qapp):
    font = QFont()
    whole = QFontMetricsF(font).horizontalAdvance(LONG)
    room = QRectF(0, 0, 0.9 * whole, 400)
    place = place_of_words(LONG, room.getRect(), font.toString())
    assert room.contains(place)
    assert place.height() < 3 * QFontMetricsF(font).lineSpacing()
    assert 0.45 * whole < place.width() < 0.65 * whole
    one = place_of_words("Short.", room.getRect(), font.toString())
    assert abs(one.center().x() - room.center().x()) < 2
