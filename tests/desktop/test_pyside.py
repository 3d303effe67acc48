import sys

from PySide6.QtGui import QPainterPath


def test_pyside_leaves_the_reference_count_of_none_alone():
    """PySide6 6.12.0 on Python 3.11 loses one reference a call, and the program dies after a few thousand."""
    path = QPainterPath()
    before = sys.getrefcount(None)
    for _ in range(300):
        path.moveTo(1, 1)
    assert sys.getrefcount(None) > before - 100
