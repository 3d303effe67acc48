"""Dialogs: Enter does what the blue button says, Esc leaves. The bar of errors: where it lies."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QLabel, QTextEdit, QVBoxLayout, QWidget

from labelmend.review.states import Actor
from labelmend_desktop.bars import ErrorBar
from labelmend_desktop.dialogs import Dialog, ExportDialog, FindDialog, ReportDialog
from labelmend_desktop.report_dialog import WriteReportDialog
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


def test_arrows_choose_the_role_whichever_was_chosen_before(qtbot):
    dialog = WhoDialog(Actor("Mina", "lead"))
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.name.setFocus()
    for key, role in ((Qt.Key.Key_Tab, "lead"), (Qt.Key.Key_Up, "expert"), (Qt.Key.Key_Up, "reviewer")):
        QTest.keyClick(dialog.focusWidget(), key)
        assert dialog.answer().role == role
        assert dialog.focusWidget() is dialog.roles[role]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (1, "1 label keeps its original: it waits to be fixed again, reviewed or decided."),
        (3, "3 labels keep their original: they wait to be fixed again, reviewed or decided."),
    ],
)
def test_an_export_says_whatever_it_may_be_that_keeps_labels_back(qtbot, tmp_path, held, words):
    dialog = ExportDialog(target=tmp_path / "o.json", approved=(5, held), everything=(5 + held, 0))
    qtbot.addWidget(dialog)
    assert words in [label.text() for label in dialog.findChildren(QLabel)]


@pytest.mark.parametrize("text", ["", " ", "/", "."])
def test_a_file_is_written_only_where_it_has_a_name(qtbot, tmp_path, text):
    dialog = WriteReportDialog(target=tmp_path / "report.html", has_detections=False)
    qtbot.addWidget(dialog)
    assert dialog.do.isEnabled()
    dialog.path.setText(text)
    assert not dialog.do.isEnabled()
    dialog.path.setText("/r")
    assert dialog.do.isEnabled()


def test_the_bar_follows_when_what_is_above_the_tools_goes(qtbot):
    room, work, strip = QWidget(), QLabel("Writing"), QLabel("tools")
    column = QVBoxLayout(room)
    column.addWidget(work)
    column.addWidget(strip)
    column.addStretch(1)
    bar = ErrorBar(room, strip=strip)
    qtbot.addWidget(room)
    room.resize(600, 400)
    room.show()
    bar.say("The folder is not there.")
    before = bar.y()
    work.hide()
    qtbot.waitUntil(lambda: bar.y() < before)
    assert bar.y() == strip.geometry().bottom() + 1


@pytest.mark.parametrize(("sentences", "texts"), [([], 0), (["One.", "Two."], 1)])
def test_a_report_has_a_list_only_where_there_is_more_to_say(qtbot, sentences, texts):
    dialog = ReportDialog(title="Merge", head="Three steps merged.", sentences=sentences)
    qtbot.addWidget(dialog)
    assert len(dialog.findChildren(QTextEdit)) == texts
    assert len(dialog.buttons.buttons()) == 1


def test_a_report_before_something_is_done_can_be_left(qtbot):
    dialog = ReportDialog(title="Detections", head="Four can be used.", sentences=["One."], do="Use them")
    qtbot.addWidget(dialog)
    assert [button.text() for button in dialog.buttons.buttons()] == ["Use them", "Cancel"]


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        (1, "The verdict given so far is kept; scores of the other issues follow it."),
        (1200, "All 1,200 verdicts given so far are kept; scores of the other issues follow them."),
    ],
)
def test_before_finding_again_it_is_said_what_becomes_of_the_verdicts(qtbot, judged, words):
    dialog = FindDialog(detections=9, judged=judged, images=40)
    qtbot.addWidget(dialog)
    assert words in [label.text() for label in dialog.findChildren(QLabel)]
