"""The dialog in which the lead sets the rules of review."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from labelmend.review.policy import DEFAULT, REASONS, Policy, Reason
from labelmend_desktop.policy_dialog import PolicyDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot):
    made = PolicyDialog(Policy(reasons=(Reason("Blurred", "B"), Reason("Dark", "1")), second=0.25))
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_given_is_what_is_answered(dialog, qtbot):
    assert dialog.answer() == Policy(reasons=(Reason("Blurred", "B"), Reason("Dark", "1")), second=0.25)
    usual = PolicyDialog(DEFAULT)
    qtbot.addWidget(usual)
    assert usual.answer() == DEFAULT


def test_reasons_are_added_moved_and_taken_off(dialog):
    QTest.mouseClick(dialog.findChild(QPushButton, "add_reason"), LEFT)
    row = dialog.rows[-1]
    assert row.key.text() == "2"
    QTest.keyClicks(row.text, "Not ours ")
    QTest.keyClicks(row.key, "n")  # one key: what is there stays
    row.key.clear()
    QTest.keyClicks(row.key, "n")
    for _ in range(3):
        QTest.mouseClick(row.up, LEFT)
    QTest.mouseClick(dialog.rows[1].down, LEFT)
    assert [one.text for one in dialog.answer().reasons] == ["Not ours", "Dark", "Blurred"]
    assert dialog.answer().reasons[0].key == "N"
    QTest.mouseClick(dialog.rows[1].off, LEFT)
    assert [one.text for one in dialog.answer().reasons] == ["Not ours", "Blurred"]
    QTest.mouseClick(dialog.findChild(QPushButton, "usual_reasons"), LEFT)
    assert dialog.answer().reasons == REASONS


def test_what_cannot_be_is_said_and_the_dialog_stays(dialog):
    dialog.rows[1].key.setText("b")
    dialog.do.click()
    assert dialog.isVisible()
    assert "Two reasons have the key B" in dialog._problem.text()
    dialog.rows[1].key.clear()
    dialog.blind.setValue(10)
    dialog.do.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.answer().blind == 0.1


def test_tab_goes_down_the_list_of_reasons_and_a_new_one_comes_into_sight(dialog, qtbot):
    dialog._show(REASONS)
    row, after = dialog.rows[-1], dialog.findChild(QPushButton, "add_reason")
    dialog.add()
    new = dialog.rows[-1]
    qtbot.waitUntil(lambda: not new.visibleRegion().isEmpty())  # scrolled to
    order = [row.off]
    while order[-1] is not after and len(order) < 20:
        order.append(order[-1].nextInFocusChain())
    wanted = [one for one in order if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert wanted == [row.off, new.key, new.text, new.up, new.down, new.off, after]
