"""The list of classes: counts, eye, lock, one class alone, by mouse and keys; what the canvas makes of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from labelmend_desktop.classes.counts import ClassCounts
from labelmend_desktop.classes.model import ALL, EYE, HERE, LOCK, NAME

K, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(hands):
    hands.press(K.Key_L, modifier=CTRL)
    return hands.window.classes


def text(panel, place, column):
    return panel.model.data(panel.model.index(place, column))


def click(panel, place, column):
    at = panel.view.visualRect(panel.model.index(place, column)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_it_comes_by_key_and_goes_by_the_same(hands, panel):
    assert panel.view.hasFocus()
    assert panel.view.isVisible()
    hands.press(K.Key_L, modifier=CTRL)
    assert not panel.view.isVisible()
    assert hands.window.canvas.hasFocus()


def test_counts_of_picture_and_project_follow_every_step(hands, panel):
    session = hands.session
    session.set_image(2)
    names = [text(panel, place, NAME) for place in range(3)]
    assert names == ["cat", "dog", "bird"]
    before = [(text(panel, place, HERE), text(panel, place, ALL)) for place in range(3)]
    own = [one for one in session.annotations() if one.category == 0]
    assert before[0][0] == str(len(own))
    session.edits.set_category(own[0].key, 2)
    assert text(panel, 0, HERE) == (str(len(own) - 1) if len(own) > 1 else "")
    assert int(text(panel, 2, ALL)) == int(before[2][1]) + 1
    session.edits.create(1, bbox=[5, 5, 30, 30])
    assert int(text(panel, 1, ALL)) == int(before[1][1]) + 1
    session.undo()
    session.undo()
    assert [(text(panel, place, HERE), text(panel, place, ALL)) for place in range(3)] == before
    assert ClassCounts(session.project).of_project.tolist() == [int(all_) for _, all_ in before]


def test_the_eye_hides_a_class_and_the_status_line_says_so(hands, panel):
    session, contents = hands.session, hands.window.canvas.contents
    session.set_image(1)
    cats = {one.key for one in session.annotations() if one.category == 0}
    click(panel, 0, EYE)
    assert session.classes.hidden == {0}
    assert cats
    assert not cats & set(contents.clickable_keys())
    shown = {contents.scene.annotations[row].key for row in contents.rows.tolist()}
    assert not cats & shown
    assert hands.window.status_line.selected.text() == "1 class hidden"
    hands.press(K.Key_A, modifier=CTRL)
    assert not cats & set(session.selection.keys)
    assert len(session.selection.keys) == len(session.annotations()) - len(cats)
    hands.click("show_all_classes")
    assert cats <= set(contents.clickable_keys())
    assert not hands.window.status_line.selected.isHidden()  # the selection is still told


def test_a_selected_label_of_a_class_that_is_hidden_is_let_go_of(hands, panel):
    session = hands.session
    session.set_image(1)
    cats = [one.key for one in session.annotations() if one.category == 0]
    session.select(cats[0])
    click(panel, 0, EYE)
    assert session.selection.keys == ()


def test_the_suspect_is_shown_although_its_class_is_hidden(hands, panel):
    hands.go_to("location")
    session, contents = hands.session, hands.window.canvas.contents
    key = session.selected
    click(panel, session.project.annotation(key).category, EYE)
    assert session.selected == key
    assert contents.in_hand() is not None
    assert key in contents.clickable_keys()
    assert hands.window.status_line.selected.text() == "1 class hidden, but the suspect is shown"


def test_a_locked_class_is_seen_but_neither_selected_nor_changed(hands, panel):
    session, contents = hands.session, hands.window.canvas.contents
    session.set_image(1)
    cats = [one for one in session.annotations() if one.category == 0]
    click(panel, 0, LOCK)
    assert session.classes.locked == {0}
    shown = {contents.scene.annotations[row].key for row in contents.rows.tolist()}
    assert {one.key for one in cats} <= shown
    assert not {one.key for one in cats} & set(contents.clickable_keys())
    rows = len(session.project.store.history())
    assert not session.edits.delete(cats[0].key)
    assert not session.edits.set_category(cats[0].key, 1)
    assert len(session.project.store.history()) == rows
    assert "cat is locked" in hands.window.error_bar.text.text()
    hands.press(K.Key_A, modifier=CTRL)
    assert not {one.key for one in cats} & set(session.selection.keys)
    click(panel, 0, LOCK)
    assert session.edits.delete(cats[0].key)


def test_a_locked_suspect_has_no_handles_and_can_still_be_judged(hands, panel):
    issue = hands.go_to("location")
    session = hands.session
    click(panel, session.project.annotation(session.selected).category, LOCK)
    assert hands.window.canvas.contents.in_hand() is None
    hands.window.canvas.setFocus()
    hands.press(K.Key_X)
    assert hands.status(issue) == "dismissed"


def test_a_click_on_the_name_shows_one_class_alone_and_all_again(hands, panel):
    click(panel, 1, NAME)
    assert hands.session.classes.hidden == {0, 2}
    click(panel, 1, NAME)
    assert hands.session.classes.hidden == frozenset()


def test_the_list_by_keys(hands, panel):
    issue = hands.session.issue
    hands.press(K.Key_Space)
    assert hands.session.classes.hidden == {0}
    assert not hands.session.bare
    hands.press(K.Key_Down, K.Key_Right, K.Key_Return)
    assert hands.session.classes.locked == {1}
    assert hands.session.issue == issue
    hands.press(K.Key_Escape)
    assert hands.window.canvas.hasFocus()
    hands.press(K.Key_Down)
    assert hands.session.issue != issue


def test_another_project_begins_with_everything_shown(hands, panel):
    click(panel, 0, EYE)
    click(panel, 1, LOCK)
    hands.session.classes.hide_labels([0])
    hands.session.close()
    classes = hands.session.classes
    assert not classes.hidden | classes.locked | classes.labels
