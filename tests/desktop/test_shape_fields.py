"""The four numbers of a box below the picture."""

import numpy as np
from PySide6.QtWidgets import QLabel

from labelmend_desktop.shape_fields import ShapeFields


def test_letters_are_shown_beside_numbers_only_and_leave_the_line_as_wide(qapp):
    fields = ShapeFields()
    fields.show()
    letters = fields.findChildren(QLabel)
    wide = fields.sizeHint().width()
    assert [letter.isVisible() for letter in letters] == [False] * 4
    fields.show_box(np.array([1, 2, 30, 40.0]))
    assert [letter.text() for letter in letters if letter.isVisible()] == ["x", "y", "w", "h"]
    assert fields.sizeHint().width() == wide
    fields.show_box(None)
    assert [letter.isVisible() for letter in letters] == [False] * 4
    fields.close()
