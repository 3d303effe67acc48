"""The strip of tools shows what is in hand."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton


def test_the_tool_in_hand_is_shown_and_stays_at_a_second_click(hands):
    button = hands.window.findChild(QToolButton, "draw_box")
    hands.press(Qt.Key.Key_B)
    assert button.isChecked()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()
    hands.press(Qt.Key.Key_G)
    assert not button.isChecked()
    assert hands.window.findChild(QToolButton, "draw_polygon").isChecked()
    hands.press(Qt.Key.Key_Escape)
    assert not hands.window.findChild(QToolButton, "draw_polygon").isChecked()
