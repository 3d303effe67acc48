"""The reviewer and the expert at the window: reasons by a key, corrections, the story of a hard case."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import LEA, REV
from labelmend.project.policy import policy_of
from labelmend.review.policy import Policy, Reason
from labelmend.review.sampling import Rates
from labelmend_desktop.sample_dialog import SampleChoice

K = Qt.Key


@pytest.fixture
def hands(hands):
    """Ann fixed three labels, the lead drew them, Rev reviews."""
    hands.press(K.Key_Return, K.Key_Return, K.Key_Return)
    hands.answers.given |= {"who": LEA, "sample": SampleChoice(Rates(1.0), 7)}
    hands.click("person")
    hands.window.actions_.run("draw_sample")
    work_as(hands, REV)
    return hands


def work_as(hands, actor):
    hands.answers.given["who"] = actor
    hands.click("person")


def reason_of(hands, issue):
    return hands.session.project.standing(issue).reason


def test_two_keys_reject_for_a_reason_and_go_on(hands):
    first, second = hands.listed()[:2]
    hands.session.set_issue(first)
    verdicts = hands.window.panel.verdicts
    assert not verdicts.reasons.isVisible()
    hands.press(K.Key_X)
    assert verdicts.reasons.isVisible()
    assert hands.status(first) == "in_review"
    hands.press(K.Key_3)
    assert (hands.status(first), reason_of(hands, first)) == ("rejected", "Wrong class")
    assert hands.session.issue == second
    assert not verdicts.reasons.isVisible()
    hands.press(K.Key_X)
    hands.click("reason_0")
    assert reason_of(hands, second) == "Too loose"
    assert hands.session.issue not in (first, second)


def test_the_reasons_key_comes_with_a_comment_or_own_words_come_instead(hands):
    first, second = hands.listed()[:2]
    hands.session.set_issue(first)
    hands.press(K.Key_M)
    QTest.keyClicks(hands.window.panel.comment, "the tail 1")
    hands.press(K.Key_Escape, K.Key_X, K.Key_2)
    story = hands.session.project.story(first)
    assert story[-1].comment == "Cuts the object off: the tail 1"
    hands.press(K.Key_X, K.Key_Return)
    assert hands.window.panel.comment.hasFocus()
    assert hands.status(second) == "in_review"
    QTest.keyClicks(hands.window.panel.comment, "3 of them")
    hands.press(K.Key_Return)
    assert (hands.status(second), reason_of(hands, second)) == ("rejected", "")
    assert hands.session.project.story(second)[-1].comment == "3 of them"


def test_esc_leaves_the_question_and_going_on_does_too(hands):
    issue = hands.session.issue
    for key in (K.Key_Escape, K.Key_N):
        hands.press(K.Key_X)
        assert hands.session.asking.verdict == "reject"
        hands.press(key)
        assert hands.session.asking.verdict == ""
        assert not hands.window.panel.verdicts.reasons.isVisible()
    hands.session.set_issue(issue)
    hands.press(K.Key_X, K.Key_Escape, K.Key_Return)
    assert hands.status(issue) == "approved"


def test_the_lead_sets_the_reasons_and_their_keys(hands):
    issue = hands.session.issue
    ours = Policy(reasons=(Reason("Blurred", "B"), Reason("Ask the lead", "")))
    hands.answers.given["policy"] = ours
    action = hands.window.actions_.action("review_rules")
    assert not action.isEnabled()
    work_as(hands, LEA)
    assert action.isEnabled()
    action.trigger()
    assert policy_of(hands.session.project) == ours
    work_as(hands, REV)
    hands.session.set_issue(issue)
    hands.press(K.Key_X, K.Key_B)
    assert reason_of(hands, issue) == "Blurred"
    work_as(hands, LEA)
    hands.answers.given["policy"] = Policy(reasons=())
    action.trigger()
    work_as(hands, REV)
    issue = hands.session.issue
    hands.press(K.Key_X)
    assert hands.window.panel.comment.hasFocus()
    QTest.keyClicks(hands.window.panel.comment, "no list")
    hands.press(K.Key_Return)
    assert (hands.status(issue), reason_of(hands, issue)) == ("rejected", "")
