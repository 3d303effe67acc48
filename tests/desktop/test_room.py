"""Windows within their screen, and words within their line."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from builders.datasets import make_project
from builders.window import Answers
from labelmend_desktop.actions import LEAD_ONLY, LOOKS_ON, OTHERS_QUEUE, TEACHERS_ONLY
from labelmend_desktop.elided import ElidedButton, WrappedLabel, breakable
from labelmend_desktop.main_window import MainWindow
from labelmend_desktop.on_screen import bring_within, room_for
from labelmend_desktop.review.class_picker import ClassPicker
from labelmend_desktop.session import Session
from labelmend_desktop.when import PICTURE_AT_FAULT, WAITS_FOR_OTHERS


def test_a_window_is_no_larger_than_its_screen(qtbot):
    window = QWidget()
    free = window.screen().availableGeometry()
    room = room_for(window, QSize(9000, 9000))
    assert room.width() == free.width()
    assert room.height() < free.height()
    assert room_for(window, QSize(300, 200)) == QSize(300, 200)
    assert room_for(window, QSize(9000, 9000), share=0.5).height() < free.height() / 2


def test_a_window_stored_on_a_larger_screen_comes_within(qtbot):
    window = QWidget()
    free = window.screen().availableGeometry()
    window.setGeometry(QRect(free.right() - 50, free.bottom() - 50, 9000, 9000))
    bring_within(window)
    assert free.contains(window.geometry())
    window.setGeometry(QRect(40, 30, 300, 200))
    bring_within(window)
    assert window.geometry() == QRect(40, 30, 300, 200)


def test_a_window_does_not_creep_by_its_title_bar_from_one_time_to_the_next(qtbot):
    """Qt offscreen draws no frames but counts them once a window was shown."""
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(QRect(40, 30, 300, 200))
    window.show()
    qtbot.waitExposed(window)
    had = window.geometry()
    bring_within(window)
    assert window.geometry() == had


def test_the_first_size_of_the_main_window_fits_and_so_does_a_stored_one(qtbot):
    for left in (QSize(5000, 4000), QSize(600, 400)):
        window = MainWindow(Session(), prompts=Answers())
        free = window.screen().availableGeometry()
        assert window.width() <= free.width()
        assert window.height() <= free.height()
        window.resize(left)
        window.close()


def test_a_sentence_gets_the_room_that_numbers_had_and_gives_it_back(hands):
    line = hands.window.status_line
    hands.window.resize(1280, 720)
    for sentence in ("A sentence of such a length that it needs the room. " * 2, "Short."):
        hands.session.said.emit(sentence)
        QTest.qWait(0)
        assert line.word.width() >= min(line.word.sizeHint().width(), line.width() - 240), sentence
        assert line.width() - line.saved.geometry().right() < 12
    assert line.zoom.isVisible()
    hands.session.said.emit("")
    assert not line.word.isVisible()


def test_how_a_tool_is_used_is_said_while_it_is_in_hand(hands):
    line = hands.window.status_line
    hands.press(Qt.Key.Key_G)
    assert "Click along the outline" in line.word.text()
    hands.session.said.emit("Something else.")
    assert line.word.text() == "Something else."
    hands.session.said.emit("")
    assert "Click along the outline" in line.word.text()
    hands.press(Qt.Key.Key_Escape)
    assert not line.word.isVisible()


def test_how_many_verdicts_taught_the_scores_is_told_whole_in_a_small_window(hands, qtbot):
    line = hands.window.status_line
    hands.window.resize(1280, 720)
    hands.go_to("missing")
    hands.press(Qt.Key.Key_X)
    hands.window.finding.find_now()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    told = line.word.text()
    assert told.endswith(" issues to look at. Scores follow 1 verdict")
    assert line.word.width() >= line.word.fontMetrics().horizontalAdvance(told)


def test_what_was_said_of_an_action_is_over_with_the_next_one(hands):
    line = hands.window.status_line
    hands.press(Qt.Key.Key_Delete)
    hands.press(Qt.Key.Key_Z)
    assert line.word.text().startswith("Undone")
    hands.press(Qt.Key.Key_D)
    assert not line.word.isVisible()


@pytest.mark.parametrize(
    "why", [OTHERS_QUEUE, TEACHERS_ONLY, LOOKS_ON, LEAD_ONLY, WAITS_FOR_OTHERS, PICTURE_AT_FAULT]
)
def test_why_not_is_told_whole_in_a_small_window(hands, why):
    line = hands.window.status_line
    hands.window.resize(1280, 720)
    QTest.qWait(0)
    hands.session.said.emit(why)
    QTest.qWait(0)
    assert line.word.width() >= line.word.fontMetrics().horizontalAdvance(why)


def test_where_there_is_no_box_the_name_of_the_file_has_its_room(hands):
    line = hands.window.status_line
    hands.window.resize(1280, 720)
    for kind, boxed in (("missing", False), ("location", True), ("missing", False)):
        hands.go_to(kind)
        QTest.qWait(0)
        assert line.shape.isVisible() is boxed
        assert line.zoom.isVisible()
    name = "BloodImage_00259_of_the_third_batch.jpg"
    line.file.say(name)
    QTest.qWait(0)
    assert line.file.width() >= line.file.fontMetrics().horizontalAdvance(name)


def test_the_place_of_the_cursor_is_not_told_of_another_picture(hands):
    line, canvas = hands.window.status_line, hands.window.canvas
    hands.go_to("location")
    QTest.mouseMove(canvas, canvas.rect().center())
    assert line.cursor_place.text().startswith("x ")
    assert line.cursor_place.isVisible()
    hands.press(Qt.Key.Key_N)
    assert line.cursor_place.text() == ""
    assert not line.cursor_place.isVisible()  # its room is the file's name's
    QTest.mouseMove(canvas, canvas.rect().center() / 2)
    assert line.cursor_place.text().startswith("x ")
    QCoreApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert line.cursor_place.text() == ""


def test_whoever_saves_is_told_that_all_is_saved(hands):
    QTest.keyClick(hands.window.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "saved already" in hands.window.status_line.word.text()


def test_menus_are_no_taller_than_a_small_screen(hands):
    for name, menu in hands.window.menus.items():
        assert menu.sizeHint().height() <= 700, name


def test_what_is_undone_next_is_told_whole_where_there_is_room(hands):
    hands.window.resize(1600, 1000)
    line = hands.window.status_line
    line.saved.say("saved · undo: accept the suggested fix")
    QTest.qWait(0)
    saved = line.saved
    assert saved.width() >= saved.fontMetrics().horizontalAdvance(saved.text())


LONG = (
    "Industrial-equipment/hand_held_tools/with_a_name_that_goes_on_and_on_until_its_end",
    "a bottle or any other vessel of glass or plastic that holds a drink and can be closed (no cans)",
    "x" * 90,
)


@pytest.mark.parametrize("kind", ["location", "class", "missing"])
def test_a_class_of_a_long_name_makes_no_button_of_the_panel_leave_the_window(
    tmp_path, open_window, monkeypatch, kind
):
    monkeypatch.setattr("builders.datasets.CLASSES", LONG)
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(path)
    hands.window.resize(1280, 720)
    hands.go_to(kind)
    hands.press(Qt.Key.Key_1, Qt.Key.Key_Z)  # the history names the classes too
    QTest.qWait(0)
    panel = hands.window.panel
    assert panel.widget().width() <= panel.viewport().width()
    button = panel.class_choice.button
    assert button.text().startswith("Class: ")
    assert button.text().endswith("   C")
    assert button.fontMetrics().horizontalAdvance(button.text()) < button.width()
    assert any(button.toolTip() == f"Class: {name}   C" for name in LONG)


def test_names_that_begin_alike_are_told_apart_in_the_list_of_classes_beside_their_digits(qtbot):
    picker = ClassPicker()
    qtbot.addWidget(picker)
    names = [f"{LONG[0]}_{which}" for which in ("fork", "spoon")]
    picker.ask(QPoint(0, 0), names, likely=[0, 1])
    line = picker.list.viewport().width() - 16  # beside the colour
    for row, name in enumerate(names):
        item = picker.list.model().index(row, 0)
        shown = item.data()
        assert shown.endswith(name[-5:])
        assert "…" in shown
        assert picker.list.fontMetrics().horizontalAdvance(f"{shown}  {row}") < line
        assert item.data(Qt.ItemDataRole.ToolTipRole) == name
    picker.hide()


def test_a_long_word_breaks_after_what_joins_its_parts_and_a_short_one_and_a_tag_nowhere():
    told = breakable("see hand_held/tools_of_all-kinds.and&amp;others_of_the_same at 12.5 px")
    assert "_\N{ZERO WIDTH SPACE}" in told
    assert "&amp;" in told
    assert "12.5 px" in told
    assert breakable("x" * 40).count("\N{ZERO WIDTH SPACE}") == 2
    entities = breakable("&amp;" * 40)
    assert entities.replace("\N{ZERO WIDTH SPACE}", "") == "&amp;" * 40
    assert entities.count("&amp;") == 40
    tag = "<span style='color:#123456;font-size:11px;margin:0px'>"
    assert breakable(f"{tag}words of usual length</span>") == f"{tag}words of usual length</span>"


def test_a_name_is_shown_as_it_is_written(qapp):
    label, button = WrappedLabel(), ElidedButton()
    label.setText("<b>salt</b> & pepper")
    assert label.textFormat() == Qt.TextFormat.PlainText
    button.resize(400, 30)
    button.say("Class: salt & pepper   C")
    assert button.text() == "Class: salt && pepper   C"  # Qt takes one of two for the mark of a key
    assert button.toolTip() == "Class: salt & pepper   C"
    button.resize(90, 30)
    button.show()
    qapp.processEvents()
    assert "…" in button.text()
    button.close()
