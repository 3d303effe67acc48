"""A project whose history was altered elsewhere: it says so, shows what can be believed, changes nothing."""

import sqlite3

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from builders.datasets import LEA, make_project
from labelmend.project import editing
from labelmend_desktop.actions import ACTIONS, READ_ONLY
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
    # a drag is refused at the press already
    hands.window.error_bar.hide()
    hands.go_to("location")
    canvas, box = hands.window.canvas, hands.window.panel.annotation().bbox
    side = canvas.view.to_widget(box[0], box[1] + box[3] / 3).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=side)
    assert "row 4 of 2" in hands.window.error_bar.text.text()
    assert hands.window.error_bar.isVisible()
    QTest.mouseMove(canvas, side + QPoint(30, 0))
    assert not canvas.hands.busy
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=side + QPoint(30, 0))


@pytest.mark.parametrize("action", ["find_issues", "review_rules", "draw_sample", "share"])
def test_nothing_is_asked_that_would_be_refused(hands, action):
    hands.answers.given["who"] = LEA
    hands.click("person")
    asked = len(hands.answers.shown)
    said: list[str] = []
    hands.session.said.connect(said.append)
    assert not hands.window.actions_.run(action)
    assert said == [READ_ONLY]
    assert len(hands.answers.shown) == asked


def test_what_changes_is_grey_and_says_why(hands):
    grey = ("accept", "dismiss", "delete", "draw_box", "brush", "likely_class", "share", "merge", "export")
    for name in (*grey, "undo", "comment", "use_as_reference"):
        action = hands.window.actions_.action(name)
        assert not action.isEnabled(), name
        assert READ_ONLY in action.toolTip(), name
    assert not hands.window.panel.verdicts.findChild(QPushButton, "accept").isEnabled()
    assert not hands.window.panel.class_choice.button.isEnabled()
    for name in ("next_issue", "fit_image", "show_dashboard", "write_report", "new_project", "copy"):
        assert READ_ONLY not in hands.window.actions_.action(name).toolTip(), name
    assert hands.window.actions_.action("next_issue").isEnabled()
    assert hands.window.actions_.action("write_report").isEnabled()


def test_in_a_whole_project_nothing_of_the_kind_is_said(tmp_path, open_window):
    project = make_project(tmp_path)
    project.close()
    actions = open_window(project.path).window.actions_
    assert actions.action("accept").isEnabled()
    assert not [a.name for a in ACTIONS if READ_ONLY in actions.action(a.name).toolTip()]
