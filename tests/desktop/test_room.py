"""Windows within their screen, and words within their line."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from builders.window import Answers
from labelmend_desktop.main_window import MainWindow
from labelmend_desktop.on_screen import bring_within, room_for
from labelmend_desktop.session import Session


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


def test_the_first_size_of_the_main_window_fits_and_so_does_a_stored_one(qtbot):
    for left in (QSize(5000, 4000), QSize(600, 400)):
        window = MainWindow(Session(), prompts=Answers())
        free = window.screen().availableGeometry()
        assert window.width() <= free.width()
        assert window.height() <= free.height()
        window.resize(left)
        window.close()


def test_what_is_undone_next_is_told_whole_where_there_is_room(hands):
    hands.window.resize(1600, 1000)
    line = hands.window.status_line
    line.saved.say("saved · undo: accept the suggested fix")
    QTest.qWait(0)
    saved = line.saved
    assert saved.width() >= saved.fontMetrics().horizontalAdvance(saved.text())
