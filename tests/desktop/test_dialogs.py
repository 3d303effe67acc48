"""What every dialog has in common: Enter does what its blue button says, Esc leaves it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDoubleSpinBox

from labelmend_desktop.dialogs import Dialog
from labelmend_desktop.start.who import WhoDialog


@pytest.mark.parametrize(
    ("key", "result"),
    [(Qt.Key.Key_Return, QDialog.DialogCode.Accepted), (Qt.Key.Key_Escape, QDialog.DialogCode.Rejected)],
)
def test_a_key_in_a_field_does_what_the_dialog_is_for(qtbot, key, result):
    dialog = Dialog("Rules", "Set", parent=None)
    number = QDoubleSpinBox()
    dialog.column.addWidget(number)
    qtbot.addWidget(dialog)
    dialog.open()
    number.setFocus()
    with qtbot.waitSignal(dialog.finished) as finished:
        QTest.keyClick(number, key)
    assert finished.args == [result.value]


def test_enter_takes_the_name_of_who_is_working(qtbot):
    dialog = WhoDialog(None)
    dialog.name.setText("Mina")
    qtbot.addWidget(dialog)
    dialog.open()
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.answer().name == "Mina"
