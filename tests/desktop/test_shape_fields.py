"""The four numbers of a box below the picture."""

import numpy as np
from PySide6.QtWidgets import QLabel

from labelmend_desktop.shape_fields import ShapeFields


def test_a_box_looks_like_no_place_of_the_cursor_and_leaves_the_line_as_wide(qapp):
    fields = ShapeFields()
    fields.show()
    words = fields.findChildren(QLabel)
    wide = fields.sizeHint().width()
    assert not any(word.isVisible() for word in words)
    fields.show_box(np.array([1, 2, 30, 40.0]))
    assert all(word.isVisible() for word in words)
    told = "".join(
        f"{field.text()}{word.text()}" for field, word in zip(fields.fields, words[1:], strict=True)
    )
    assert told == "1.0,2.0 30.0×40.0 px"
    assert not words[0].pixmap().isNull()
    assert fields.sizeHint().width() == wide
    fields.show_box(None)
    assert not any(word.isVisible() for word in words)
    fields.close()


def test_numbers_of_large_pictures_are_not_cut_off(qapp):
    fields = ShapeFields()
    fields.show()
    for box in ([9, 8, 7, 6], [14010.5, 16010.5, 12345.5, 480], [9, 8, 7, 6]):
        fields.show_box(np.array(box, dtype=float))
        for field in fields.fields:
            assert field.width() >= field.fontMetrics().horizontalAdvance(field.text()) + 6
    fields.close()
