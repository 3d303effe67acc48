"""The comment: it goes with every verdict, and waits for it."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

K = Qt.Key


def test_a_comment_goes_with_what_is_accepted_or_was_fixed(hands):
    first, comment = hands.session.issue, hands.window.panel.comment
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "as the model says")
    hands.press(K.Key_Return, K.Key_Return)
    assert hands.session.project.story(first)[-1].comment == "as the model says"
    second = hands.session.issue
    hands.press(K.Key_Delete, K.Key_M)
    QTest.keyClicks(comment, "no thing of ours")
    hands.press(K.Key_Return, K.Key_Return)
    assert hands.session.issue not in (first, second)
    assert hands.session.project.standing(second).verdict == "fixed"
    assert hands.session.project.story(second)[-1].comment == "no thing of ours"
    steps = len(hands.session.project.store.history())
    hands.session.set_issue(second)
    hands.press(K.Key_Return)
    assert len(hands.session.project.store.history()) == steps


def test_a_comment_waits_for_its_verdict(hands):
    issue, comment = hands.session.issue, hands.window.panel.comment
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "later")
    hands.press(K.Key_Return, K.Key_N)
    assert comment.text() == ""
    hands.press(K.Key_P)
    assert comment.text() == "later"
    hands.press(K.Key_X)
    assert hands.session.project.story(issue)[-1].comment == "later"
    assert comment.text() == ""
    hands.session.set_issue(issue)
    assert comment.text() == ""
