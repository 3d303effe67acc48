"""Reopening at the window: a judged issue returns to Fix with its history, as a step like any other."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from builders.datasets import ANN, EXP, REV
from labelmend.project.project import Project

K, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def work_as(hands, actor):
    hands.answers.given["who"] = actor
    hands.click("person")


def button(hands):
    return hands.window.findChild(QPushButton, "reopen")


def label_of(hands, issue):
    project = hands.session.project
    return project.record(int(project.issues.annotation[project.issues.row_of(issue)]))


def test_a_fix_is_reopened_in_done_and_the_label_stays_until_undo(hands):
    issue = hands.go_to("location")
    assert not button(hands).isVisible()
    before = label_of(hands, issue)
    hands.press(K.Key_Return)
    fixed = label_of(hands, issue)
    assert fixed != before
    hands.session.set_queue("done")
    hands.session.set_issue(issue)
    hands.click("reopen")
    assert hands.status(issue) == "flagged"
    assert label_of(hands, issue) == fixed
    titles = [entry.what for entry in hands.session.project.story(issue)]
    assert titles[-2:] == ["accept the suggestion", "reopen"]
    hands.session.set_issue(issue)
    hands.session.set_queue("fix")
    assert issue in hands.listed()
    hands.press(K.Key_Z)
    assert hands.status(issue) == "fixed"
    hands.press(K.Key_Z)
    assert (hands.status(issue), label_of(hands, issue)) == ("flagged", before)


def test_the_key_reopens_in_the_experts_queue_and_others_may_not(hands):
    issue = hands.go_to("class")
    hands.press(K.Key_U)
    work_as(hands, REV)
    hands.session.set_queue("expert")
    hands.session.set_issue(issue)
    assert not button(hands).isVisible()
    hands.press(K.Key_R, modifier=CTRL)
    assert hands.status(issue) == "ambiguous"
    work_as(hands, EXP)
    hands.session.set_queue("expert")
    hands.session.set_issue(issue)
    assert button(hands).isVisible()
    hands.press(K.Key_R, modifier=CTRL)
    assert hands.status(issue) == "flagged"
    path = hands.session.project.path
    work_as(hands, ANN)
    hands.window.close()
    project = Project.open(path)
    assert (project.standing(issue).status, project.tampered) == ("flagged", "")
    project.close()
