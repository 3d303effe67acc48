"""The keyboard: actions from everywhere, letters for text fields, keys that are held."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenuBar, QTextBrowser

from labelmend_desktop.keys import name_of

K, M = Qt.Key, Qt.KeyboardModifier


def event(key, modifier=M.NoModifier):
    return QKeyEvent(QEvent.Type.KeyPress, key, modifier)


def test_names():
    assert name_of(event(K.Key_A)) == "A"
    assert name_of(event(K.Key_Enter, M.KeypadModifier)) == "Return"
    assert name_of(event(K.Key_Z, M.ShiftModifier)) == "Shift+Z"
    assert name_of(event(K.Key_Z, M.ControlModifier | M.ShiftModifier)) == "Ctrl+Shift+Z"
    assert name_of(event(K.Key_Delete)) == "Del"
    assert name_of(event(K.Key_Plus, M.ShiftModifier)) == "+"
    assert name_of(event(K.Key_Shift)) == ""


def test_text_field_keeps_its_letters_and_enter(hands):
    issue = hands.session.issue
    hands.press(K.Key_Slash)
    field = hands.window.issues.filters.text
    assert field.hasFocus()
    for key in (K.Key_A, K.Key_X, K.Key_U, K.Key_Z, K.Key_1, K.Key_Space, K.Key_Delete):
        QTest.keyClick(field, key)
    assert field.text() == "axuz1 "
    assert hands.status(issue) == "flagged"
    QTest.keyClick(field, K.Key_Z, M.ControlModifier)
    assert hands.status(issue) == "flagged"
    assert field.text() != "axuz1 "
    QTest.keyClick(field, K.Key_Return)
    assert hands.window.canvas.hasFocus()  # what is typed now is work again
    assert hands.status(issue) == "flagged"


def test_escape_leaves_the_field_and_keys_are_actions_again(hands):
    hands.press(K.Key_Slash)
    hands.press(K.Key_Escape)
    assert hands.window.canvas.hasFocus()
    first = hands.session.issue
    hands.press(K.Key_X)
    assert hands.status(first) == "dismissed"


def test_f1_works_in_a_text_field(hands):
    hands.press(K.Key_Slash)
    QTest.keyClick(hands.window.issues.filters.text, K.Key_F1)
    sheet = hands.window.findChild(object, "help_sheet")
    assert sheet.isVisible()
    sheet.close()


def test_the_sheet_of_keys_opens_once_and_escape_closes_it(hands):
    hands.press(K.Key_F1)
    sheet = hands.window.findChild(object, "help_sheet")
    text = sheet.findChild(QTextBrowser)
    assert text.toPlainText()
    hands.press(K.Key_F1)
    assert len(hands.window.findChildren(object, "help_sheet")) == 1
    issue = hands.session.issue
    QTest.keyClick(text, K.Key_X)
    assert hands.status(issue) == "flagged"
    QTest.keyClick(text, K.Key_Escape)
    assert not sheet.isVisible()
    hands.press(K.Key_F1)
    assert sheet.isVisible()
    assert sheet.height() <= 0.85 * sheet.screen().availableGeometry().height()
    sheet.close()


def test_space_is_bare_while_held_wherever_the_focus_is(hands):
    for widget in (hands.window.canvas, hands.window.issues.view):
        widget.setFocus()
        QTest.keyPress(widget, K.Key_Space)
        assert hands.session.bare
        QApplication.sendEvent(
            widget, QKeyEvent(QEvent.Type.KeyRelease, K.Key_Space, M.NoModifier, " ", True)
        )
        assert hands.session.bare
        QTest.keyRelease(widget, K.Key_Space)
        assert not hands.session.bare


def test_held_key_is_let_go_when_the_window_is_left(hands):
    QTest.keyPress(hands.window.canvas, K.Key_V)
    assert hands.session.flip
    QApplication.sendEvent(hands.window, QEvent(QEvent.Type.WindowDeactivate))
    assert not hands.session.flip


def test_flags_by_key_and_by_mouse(hands):
    assert not hands.session.show_detections
    hands.press(K.Key_D)
    assert hands.session.show_detections
    hands.click("show_detections")
    assert not hands.session.show_detections
    hands.press(K.Key_H)
    assert not hands.session.show_others


def test_arrows_go_through_the_list_and_nudge_when_editing(hands):
    first, second = hands.listed()[:2]
    hands.press(K.Key_Down)
    assert hands.session.issue == second
    hands.press(K.Key_Up)
    assert hands.session.issue == first
    hands.go_to("location")
    key = hands.session.selected
    before = hands.session.project.annotation(key).bbox.copy()
    hands.press(K.Key_E)
    assert hands.session.editing
    hands.press(K.Key_Right)
    hands.press(K.Key_Down, modifier=M.ShiftModifier)
    moved = hands.session.project.annotation(key).bbox
    assert (moved - before).tolist() == [1, 10, 0, 0]
    hands.press(K.Key_Escape)
    assert not hands.session.editing


@pytest.mark.parametrize(("queue", "key"), [("fix", "K"), ("review", "U"), ("done", "Return"), ("done", "X")])
def test_a_key_that_judges_in_another_queue_says_that_it_does_nothing_in_this_one(hands, queue, key):
    hands.session.set_queue(queue)
    hands.session.said.emit("")
    rows, word = hands.session.project.last_row, hands.window.status_line.word
    hands.press(K[f"Key_{key}"])
    name = "Enter" if key == "Return" else key
    assert word.text() == f"{name} does nothing in this queue: F1 shows all keys."
    assert hands.session.project.last_row == rows
    hands.session.said.emit("")
    hands.press(K.Key_Left)
    assert word.text() == ""


def test_escape_leaves_a_drawing_and_nothing_changed(hands):
    rows = len(hands.session.project.store.history())
    hands.press(K.Key_B, K.Key_Escape)
    hands.press(K.Key_G, K.Key_Escape)
    assert len(hands.session.project.store.history()) == rows


def test_enter_on_a_chosen_button_presses_it(hands):
    first = hands.session.issue
    button = hands.window.panel.verdicts._buttons["dismiss"]
    button.setFocus()
    QTest.keyClick(button, K.Key_Space)
    assert hands.status(first) == "dismissed"


def test_a_click_takes_no_focus_from_the_canvas(hands):
    hands.window.canvas.setFocus()
    hands.click("fit_image")
    hands.click("dismiss")
    assert hands.window.canvas.hasFocus()


def test_enter_in_an_open_list_chooses_there_and_judges_nothing(hands):
    issue, kinds = hands.session.issue, hands.window.issues.filters.kind
    kinds.showPopup()
    QTest.keyClick(kinds.view(), K.Key_Down)
    QTest.keyClick(kinds.view(), K.Key_Return)
    assert QApplication.activePopupWidget() is None
    assert kinds.currentIndex() == 1
    assert hands.status(issue) == "flagged"


def test_the_menu_bar_keeps_its_keys_while_an_entry_is_marked(hands):
    bar, issue = hands.window.findChild(QMenuBar), hands.session.issue
    QTest.keyClick(hands.window, K.Key_Alt)
    assert bar.hasFocus()
    assert bar.activeAction() is not None
    for key in (K.Key_X, K.Key_Right):
        QTest.keyClick(bar, key)
    assert hands.session.issue == issue
    assert hands.status(issue) == "flagged"


def test_a_menu_bar_that_only_kept_the_focus_lets_the_keys_through(hands):
    """As after a menu that was opened by Alt again, after Esc had closed one."""
    bar, issue = hands.window.findChild(QMenuBar), hands.session.issue
    bar.setFocus()
    assert bar.hasFocus()
    QTest.keyClick(bar, K.Key_X)
    assert hands.status(issue) == "dismissed"


def test_a_comment_is_typed_while_no_window_is_the_active_one(hands, qtbot):
    """As without a window manager: nothing has the application's focus, and the keys come yet."""
    issue, window = hands.session.issue, hands.window.windowHandle()
    other = QWindow()
    other.show()
    other.requestActivate()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is None)
    QTest.keyClick(window, K.Key_M)
    for letter in "axz":
        QTest.keyClick(window, letter)
    assert hands.window.panel.comment.text() == "axz"
    assert (hands.status(issue), hands.session.issue) == ("flagged", issue)
    QTest.keyClick(window, K.Key_Escape)
    QTest.keyClick(window, K.Key_X)
    assert hands.status(issue) == "dismissed"
    other.close()


def test_one_goes_on_to_other_pictures_while_brightness_is_chosen(hands):
    levels, first = hands.window.canvas.aids.levels, hands.session.issue
    hands.press(K.Key_B, modifier=M.ShiftModifier)
    assert levels.isVisible()
    QTest.keyClick(QApplication.focusWidget(), K.Key_N)
    assert levels.isVisible()
    second = hands.session.issue
    assert second == hands.listed()[hands.listed().index(first) + 1]
    QTest.keyClick(QApplication.focusWidget(), K.Key_P)
    assert hands.session.issue == first
    for key in (K.Key_X, K.Key_U, K.Key_Down, K.Key_Right):
        QTest.keyClick(levels.brightness, key)
    assert (hands.session.issue, hands.status(first)) == (first, "flagged")
    assert levels.brightness.value() == 0  # one step down, one step up
    QTest.keyClick(QApplication.focusWidget(), K.Key_Escape)
    assert not levels.isVisible()


def test_the_window_can_be_left_while_brightness_is_chosen(hands):
    hands.press(K.Key_B, modifier=M.ShiftModifier)
    QTest.keyClick(hands.window.canvas.aids.levels.brightness, K.Key_Q, M.ControlModifier)
    assert not hands.window.isVisible()
    assert not hands.window.canvas.aids.levels.isVisible()
