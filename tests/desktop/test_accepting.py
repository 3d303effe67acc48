"""Enter does what the eye expects: a proposal first, then the suggestion; where that is in doubt, a word."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from builders.datasets import LEA, issue_of, make_project
from labelmend.project import editing
from labelmend_desktop.actions import LOOKS_ON

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def said(hands):
    """The sentence in the bar over the picture, "" while it is hidden."""
    bar = hands.window.error_bar
    return lambda: bar.text.text() if bar.isVisible() else ""


def another(hands):
    """A label of the picture in sight that the issue is not about."""
    own = hands.session.selected
    return next(one.key for one in hands.session.annotations() if one.key != own)


def test_a_proposal_is_taken_wherever_the_focus_is(hands):
    issue = hands.go_to("location")
    key, before = hands.session.selected, hands.window.panel.annotation().bbox
    hands.press(K.Key_T)
    wanted = hands.window.canvas.proposals.current.box
    button = hands.window.panel.verdicts.findChild(QPushButton, "accept")
    assert button.text() == "Take it   Enter"
    hands.window.issues.view.setFocus()
    hands.press(K.Key_Return)
    assert hands.session.issue == issue  # it was not the suggestion that was accepted
    now = hands.session.project.annotation(key).bbox
    np.testing.assert_allclose(now, wanted, atol=0.06)
    assert now.tolist() != before.tolist()
    assert hands.window.canvas.proposals.current is None
    assert button.text() == "Keep it, go on   Enter"
    hands.press(K.Key_Return)
    assert hands.status(issue) == "fixed"
    assert hands.session.issue != issue


def test_where_nothing_is_suggested_it_is_grey_until_there_is_something_to_take(hands):
    project, issue = hands.session.project, hands.go_to("duplicate")
    row = project.issues.row_of(issue)
    other = int(project.issues.columns.other[row])
    assert hands.session.apply(lambda p: p.apply(editing.delete(p, other)))
    button = hands.window.panel.verdicts.findChild(QPushButton, "accept")
    assert hands.session.suggestion() is None
    assert not button.isEnabled()
    assert "Nothing is suggested here" in button.toolTip()
    hands.press(K.Key_Return)
    assert (hands.session.issue, hands.status(issue)) == (issue, "flagged")
    box = hands.window.panel.annotation().bbox
    assert hands.session.edits.set_box(hands.session.selected, np.add(box, [1, 1, 2, 2]))
    assert button.isEnabled()  # what was done by hand is kept by it
    hands.press(K.Key_Return)
    assert hands.session.issue != issue


@pytest.mark.parametrize("key", [K.Key_X, K.Key_U])
def test_the_button_says_that_a_verdict_is_left_as_it_is(hands, key):
    issue = hands.session.issue
    hands.press(key)
    hands.session.set_issue(issue)
    button = hands.window.panel.verdicts.findChild(QPushButton, "accept")
    assert button.text() == "Leave it, go on   Enter"
    verdict = hands.session.project.standing(issue)
    hands.press(K.Key_Return)
    assert hands.session.project.standing(issue) == verdict
    assert hands.session.issue != issue


def test_a_click_beside_it_leaves_what_is_proposed_and_a_drag_does_not(hands):
    hands.go_to("location")
    canvas = hands.window.canvas
    hands.press(K.Key_T)
    beside = QPoint(canvas.width() - 20, 100)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=beside)
    QTest.mouseMove(canvas, beside + QPoint(0, 30))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=beside + QPoint(0, 30))
    assert canvas.proposals.current is not None
    beside += QPoint(0, 30)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=beside)
    assert canvas.proposals.current is None
    assert hands.session.selected is not None


def test_with_another_label_in_hand_enter_comes_back_and_says_what_it_does(hands, said):
    issue = hands.go_to("location")
    own, other = hands.session.selected, another(hands)
    hands.session.select(other)
    hands.press(K.Key_Return)
    assert hands.status(issue) == "flagged"
    assert hands.session.selected == own
    assert said().startswith("Another label was in hand. Enter now accepts")
    assert "move left side" in said()
    hands.press(K.Key_Return)
    assert hands.status(issue) == "fixed"
    assert said() == ""


def test_of_a_missing_label_none_is_in_hand_again(hands, said):
    issue = hands.go_to("missing")
    hands.session.select(hands.session.annotations()[0].key)
    hands.press(K.Key_A)
    assert hands.status(issue) == "flagged"
    assert hands.session.selection.keys == ()
    assert "add dog" in said()
    hands.press(K.Key_A)
    assert hands.status(issue) == "fixed"


def test_after_what_was_refused_enter_says_first_what_it_does(hands, said):
    issue = hands.go_to("location")
    hands.press(K.Key_I)
    assert "A box has no parts" in said()
    hands.press(K.Key_Return)
    assert hands.status(issue) == "flagged"
    assert said().startswith("What you asked for last was not done. Enter now accepts")
    hands.press(K.Key_Return)
    assert hands.status(issue) == "fixed"


def test_something_done_since_takes_the_doubt_away(hands):
    issue = hands.go_to("location")
    hands.press(K.Key_I, K.Key_F, K.Key_Return)
    assert hands.status(issue) == "fixed"


@pytest.mark.parametrize("key", [K.Key_B, K.Key_G, K.Key_W])
def test_a_tool_in_hand_is_put_away_before_anything_is_accepted(hands, said, key):
    issue = hands.go_to("location")
    hands.press(key, K.Key_Return)
    assert hands.status(issue) == "flagged"
    assert "Esc puts it away" in said()
    hands.press(K.Key_Escape, K.Key_Return)
    assert hands.status(issue) == "fixed"


def test_what_was_mended_by_hand_is_kept_with_whatever_is_in_hand(hands):
    issue = hands.go_to("location")
    hands.session.edits.set_box(hands.session.selected, [20, 20, 60, 50])
    hands.session.select(another(hands))
    hands.press(K.Key_Return)
    assert hands.status(issue) == "fixed"
    assert hands.session.issue != issue


def test_e_edits_the_label_in_hand_and_comes_to_it(hands):
    canvas, session = hands.window.canvas, hands.session
    canvas.camera.animated = False
    hands.go_to("location")
    hands.press(K.Key_E)
    assert session.editing
    for _ in range(6):
        canvas.zoom_in()
    hands.press(K.Key_Tab)
    other = session.selected
    hands.press(K.Key_E)
    assert session.editing
    assert session.selected == other
    shown = canvas.view.rect(session.project.annotation(other).bbox)
    assert canvas.rect().toRectF().contains(shown)
    hands.press(K.Key_E)
    assert not session.editing


def test_e_leaves_the_view_where_the_label_in_hand_can_be_seen(hands):
    canvas = hands.window.canvas
    canvas.camera.animated = False
    hands.go_to("location")
    canvas.zoom_in()
    view = canvas.view
    hands.press(K.Key_E)
    assert canvas.view == view


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([K.Key_Z], "There is nothing of yours to take back."),
        ([K.Key_Delete], "No label is selected"),
    ],
)
def test_a_key_that_makes_no_sense_now_says_so(hands, keys, words):
    hands.go_to("missing")
    hands.press(*keys)
    assert hands.window.status_line.word.isVisible()
    assert words in hands.window.status_line.word.toolTip() + hands.window.status_line.word.text()


def test_a_lead_is_told_of_a_digit_what_is_told_of_the_classes_key(tmp_path, open_window):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(path, actor=LEA)
    for key in (K.Key_C, K.Key_1, K.Key_9):
        hands.session.said.emit("")
        hands.press(key)
        assert hands.window.status_line.word.text() == LOOKS_ON
        assert not hands.window.error_bar.isVisible()


def test_before_the_first_there_is_none_and_after_the_last_comes_what_was_passed_over(hands):
    order = hands.listed()
    hands.session.set_issue(order[0])
    hands.press(K.Key_P)
    assert hands.session.issue == order[0]
    assert hands.window.status_line.word.text() == "This is the first of the list."
    hands.press(K.Key_N, K.Key_P)
    assert hands.session.issue == order[0]
    hands.session.set_issue(order[-1])
    hands.press(K.Key_N)
    assert hands.session.issue == order[0]


def test_a_verdict_without_an_issue_says_so(hands):
    hands.go_to("location")
    hands.session.set_queue("review")
    hands.press(K.Key_Return)
    assert hands.window.status_line.word.text() == "There is no issue in sight."


def test_the_label_that_was_made_for_a_missing_one_is_the_suspect_then(hands):
    issue = hands.go_to("missing")
    canvas = hands.window.canvas
    box = canvas.contents.focus.suggestion.bbox
    assert canvas.contents.focus.key is None
    assert hands.session.edits.create(1, bbox=box)
    made = hands.session.selected
    assert canvas.contents.focus.key == made
    hands.press(K.Key_Return)
    hands.session.set_queue("done")
    hands.session.set_issue(issue)
    assert hands.session.selected == made
    hands.press(K.Key_Z)
    assert canvas.contents.focus.key is None


def test_what_was_deleted_is_shown_crossed_out(hands, qtbot):
    issue = issue_of(hands.session.project, "spurious", image=3)
    hands.session.set_issue(issue)
    canvas, box = hands.window.canvas, hands.window.panel.annotation().bbox
    canvas.camera.animated = False
    hands.press(K.Key_Return)
    hands.session.set_queue("done")
    hands.session.set_issue(issue)
    qtbot.waitUntil(lambda: canvas.loaded is not None)
    (outline,) = canvas.contents.deleted()
    assert outline.min(axis=0).tolist() == box[:2].tolist()
    middle = canvas.view.rect(box).center().toPoint()
    shown = canvas.grab().toImage().pixelColor(middle)
    hands.session.set_flag("bare", True)
    assert canvas.grab().toImage().pixelColor(middle) != shown
    hands.session.set_flag("bare", False)
    hands.press(K.Key_Z)
    assert canvas.contents.deleted() == ()


def test_a_press_on_the_picture_ends_what_was_said_of_the_action_before(hands, said):
    hands.go_to("location")
    hands.session.select(another(hands))
    hands.press(K.Key_Return)
    assert "Another label was in hand" in said()
    QTest.mouseClick(hands.window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert said() == ""
