"""A project whose history was altered elsewhere: it says so, shows what can be believed, changes nothing."""

import sqlite3

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from builders.datasets import LEA, make_project
from labelmend.project import editing
from labelmend_desktop.header import Header
from labelmend_desktop.status_line import StatusLine

K = Qt.Key


@pytest.fixture
def hands(tmp_path, open_window):
    project = make_project(tmp_path)
    for key in (3, 4):
        project.apply(editing.delete(project, key))
    path = project.path
    project.close()
    database = sqlite3.connect(path)
    for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute("UPDATE history SET body = x'00' WHERE seq = 4")
    database.commit()
    database.close()
    return open_window(path)


def test_it_is_said_and_stays_said(hands):
    QApplication.processEvents()
    bar = hands.window.error_bar
    assert bar.isVisible()
    assert "row 4 of 2" in bar.text.text()
    assert "read only" in hands.window.findChild(Header).name.text()
    assert "row 4 of 2" in hands.window.findChild(Header).name.toolTip()
    assert hands.window.findChild(StatusLine).saved.text() == "read only"
    project = hands.session.project
    assert [project.record(key) is None for key in (3, 4)] == [True, False]


def test_nothing_is_changed(hands):
    issue, rows = hands.session.issue, len(hands.session.project.store.history())
    for key in (K.Key_Return, K.Key_Delete, K.Key_Z, K.Key_X):
        hands.press(key)
    assert hands.status(issue) == "flagged"
    assert len(hands.session.project.store.history()) == rows
    assert "reading only" in hands.window.error_bar.text.text()


@pytest.mark.parametrize("action", ["find_issues", "review_rules", "draw_sample", "share"])
def test_nothing_is_asked_that_would_be_refused(hands, action):
    hands.answers.given["who"] = LEA
    hands.click("person")
    hands.window.error_bar.hide()
    asked = len(hands.answers.shown)
    assert hands.window.actions_.run(action)
    assert "reading only" in hands.window.error_bar.text.text()
    assert hands.window.error_bar.isVisible()
    assert len(hands.answers.shown) == asked
