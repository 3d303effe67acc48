"""The reviewer and the expert at the window: reasons by a key, corrections, the story of a hard case."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from builders.datasets import ANN, EXP, LEA, REV, make_project
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


def test_a_letter_begins_ones_own_words_and_what_helps_to_see_does_not(hands):
    issue, comment = hands.session.issue, hands.window.panel.comment
    hands.press(K.Key_X, K.Key_D)
    assert hands.session.show_detections
    assert not comment.hasFocus()
    QTest.keyClick(hands.window.canvas, K.Key_W)
    QTest.keyClicks(comment, "hat a mess")
    assert comment.text() == "what a mess"
    assert hands.window.canvas.hands.tool is None
    hands.press(K.Key_Return)
    assert hands.status(issue) == "rejected"
    assert hands.session.project.story(issue)[-1].comment == "what a mess"


def test_esc_leaves_the_question_and_going_on_does_too(hands):
    issue = hands.session.issue
    for key in (K.Key_Escape, K.Key_Down):
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
    assert "The rules of review are saved" in hands.window.status_line.word.text()
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
    hands.press(K.Key_Return)
    assert "write why" in hands.window.status_line.word.text()
    QTest.keyClicks(hands.window.panel.comment, "no list")
    hands.press(K.Key_Return)
    assert (hands.status(issue), reason_of(hands, issue)) == ("rejected", "")


# -------------------------------------------------------------------- corrections
def go_to_drawn(hands, kind):
    """Go to the issue of a kind that waits in this queue."""
    project = hands.session.project
    issue = next(one for one in hands.listed() if project.issues.kind_of(project.issues.row_of(one)) == kind)
    hands.session.set_issue(issue)
    return issue


@pytest.fixture
def all_fixed(tmp_path, open_window):
    """One fix of each kind that changes a label waits for Rev."""
    project = make_project(tmp_path)
    project.close()
    hands = open_window(project.path)
    for kind in ("missing", "spurious", "class", "location"):
        hands.go_to(kind)
        hands.press(K.Key_Return)
    hands.answers.given["sample"] = SampleChoice(Rates(1.0), 7)
    work_as(hands, LEA)
    hands.window.actions_.run("draw_sample")
    work_as(hands, REV)
    return hands


def test_a_reviewer_corrects_and_approves(all_fixed):
    hands = all_fixed
    issue = go_to_drawn(hands, "class")
    project, key = hands.session.project, hands.session.selected
    button = hands.window.panel.verdicts._buttons["approve"]
    assert button.text() == "Approve   Enter"
    bird = project.categories.name.index("bird")
    hands.session.edits.set_category(key, bird)
    assert button.text() == "Approve corrected   Enter"
    assert hands.window.panel.state.text().endswith("in review, corrected by Rev")
    hands.press(K.Key_X, K.Key_1)
    assert hands.status(issue) == "in_review"
    assert "undo the correction" in hands.window.error_bar.text.text()
    hands.press(K.Key_Return)
    assert hands.status(issue) == "approved"
    assert project.last_row.title == "approve with a correction"
    assert hands.session.issue != issue
    hands.press(K.Key_Z, K.Key_Z)
    assert project.standing(issue).corrected == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("class", "as in the source: cat"),
        ("location", "as in the source"),
        ("missing", "as in the source: no label"),
        ("spurious", "as in the source"),
    ],
)
def test_the_flip_shows_what_was_before_the_fix(all_fixed, kind, name):
    hands = all_fixed
    go_to_drawn(hands, kind)
    outlines, told = hands.window.canvas.contents.other_state()
    assert told == name
    assert bool(outlines) == (kind != "missing")
    assert hands.window.panel.fix.text().startswith("Changed: ")


def test_the_flip_of_a_dismissed_issue_shows_what_was_not_taken(hands):
    work_as(hands, ANN)
    issue = hands.go_to("location")
    hands.press(K.Key_X)
    work_as(hands, LEA)
    hands.window.actions_.run("draw_sample")
    work_as(hands, REV)
    hands.session.set_issue(issue)
    outlines, told = hands.window.canvas.contents.other_state()
    assert (told, len(outlines)) == ("as suggested", 1)
    name, words = hands.window.panel.fix.text().split(": ", 1)
    assert (name, words[0]) == ("Not taken", words[0].lower())


def test_the_flip_of_a_wrong_class_names_the_one_that_is_suggested(hands):
    work_as(hands, ANN)
    hands.go_to("class")
    outlines, told = hands.window.canvas.contents.other_state()
    names, wanted = hands.session.project.categories.name, hands.session.suggestion().category
    assert (told, len(outlines)) == (f"as suggested: {names[wanted]}", 1)


def test_going_on_keeps_to_the_filter(all_fixed):
    """What the filter hides is not gone to, in the list nor by going on."""
    hands = all_fixed
    combo = hands.window.issues.filters.kind
    combo.setCurrentIndex(combo.findText("Nothing there"))
    hands.window.issues.refilter()
    shown = hands.listed()
    assert 0 < len(shown) < len(hands.session.waiting_rows())
    for left in range(len(shown), 0, -1):
        assert hands.session.issue in shown
        assert len([one for one in shown if hands.status(one) == "in_review"]) == left
        hands.press(K.Key_Return)
    assert {hands.status(one) for one in shown} == {"approved"}
    assert hands.session.issue in shown


# -------------------------------------------------------------------- the expert, and back to the annotator
def test_the_expert_sees_the_case_and_the_annotator_what_to_do(all_fixed):
    hands, panel = all_fixed, all_fixed.window.panel
    issue = go_to_drawn(hands, "location")
    hands.press(K.Key_M)
    QTest.keyClicks(panel.comment, "left <side>")
    hands.press(K.Key_Escape, K.Key_X, K.Key_1)
    work_as(hands, EXP)
    assert hands.listed() == [issue]
    assert panel.case.isVisible()
    original, now = panel.case.text().split("\n")
    assert original.startswith("Original: ")
    assert now.startswith("Now: ")
    assert panel.fix.text().startswith("Changed: ")
    opinions = panel.opinions.text()
    assert opinions.index("<b>Ann</b>, annotator: accept the suggestion") < opinions.index("<b>Rev</b>")
    assert "“Too loose: left &lt;side&gt;”" in opinions
    assert "draw" not in opinions
    hands.press(K.Key_K)
    corrected = panel.verdicts.findChild(QPushButton, "corrected")
    assert not corrected.isEnabled()
    assert "corrected nothing" in corrected.toolTip()
    assert hands.status(issue) == "rejected"
    hands.press(K.Key_S)
    QTest.keyClicks(panel.comment, "see the left edge")
    hands.press(K.Key_Return)
    work_as(hands, ANN)
    assert hands.listed()[0] == issue == hands.session.issue
    assert panel.told.isVisible()
    assert panel.told.text() == "Sent back by Exp:<br><b>see the left edge</b>"
    assert panel.told.y() < panel.heading.y()
    assert "Rev: “Too loose: left &lt;side&gt;”" in panel.opinions.text()
    assert panel.verdicts._buttons["accept"].text() == "Keep the fix   Enter"
    hands.press(K.Key_Return)
    assert hands.status(issue) == "fixed"
    assert hands.session.issue != issue
    assert not panel.told.isVisible()


def in_sight(widget):
    return widget.visibleRegion().boundingRect().height() == widget.height()


def test_nothing_has_to_be_scrolled_for_to_decide(all_fixed, qtbot):
    hands, panel = all_fixed, all_fixed.window.panel
    hands.window.resize(1280, 720)
    hands.window.below.hide()
    go_to_drawn(hands, "location")
    hands.press(K.Key_X)
    assert all(in_sight(button) for button in panel.verdicts.reasons.buttons)
    hands.press(K.Key_1)
    work_as(hands, EXP)
    qtbot.waitUntil(lambda: in_sight(panel.verdicts))
    names = ("fix_stands", "original_stands", "corrected", "take_suggestion", "send_back")
    assert all(in_sight(panel.verdicts._buttons[name]) for name in names)
    assert in_sight(panel.opinions)
    assert panel.how.visibleRegion().boundingRect().height() > 80
    hands.window.resizeDocks([hands.window.right], [240], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: panel.verdicts._buttons["send_back"].x() == 0)  # one below the other
    assert panel.verdicts.minimumSizeHint().width() < 210


def test_who_rejects_sees_the_reasons_and_the_words_in_a_low_panel(all_fixed, qtbot):
    hands, panel = all_fixed, all_fixed.window.panel
    hands.window.resize(1278, 695)
    hands.window.below.show()  # the list of classes takes a part of its height
    qtbot.waitUntil(lambda: panel.height() < 480)
    go_to_drawn(hands, "location")
    qtbot.waitUntil(lambda: panel.verdicts.height() >= panel.verdicts.sizeHint().height())
    panel.verticalScrollBar().setValue(0)
    hands.press(K.Key_X)
    assert all(in_sight(button) for button in panel.verdicts.reasons.buttons)
    panel.verticalScrollBar().setValue(0)
    assert not in_sight(panel.comment)
    QTest.keyClicks(hands.window.canvas, "n")
    assert panel.comment.text() == "n"
    assert in_sight(panel.comment)
    hands.press(K.Key_Return)
    qtbot.waitUntil(lambda: in_sight(panel.heading))
    assert panel.verticalScrollBar().value() == 0


def test_what_was_sent_back_is_shown_whatever_scores_are_hidden(all_fixed):
    hands = all_fixed
    issue = go_to_drawn(hands, "spurious")
    hands.press(K.Key_X, K.Key_5)
    work_as(hands, EXP)
    hands.press(K.Key_S)
    QTest.keyClicks(hands.window.panel.comment, "zoom in")
    hands.press(K.Key_Return)
    work_as(hands, ANN)
    hands.window.issues.filters._wish_scores(0.0, 0.0)
    hands.window.issues.refilter()
    assert hands.listed() == [issue]


def test_the_expert_corrects_by_hand_and_decides(all_fixed):
    hands = all_fixed
    issue = go_to_drawn(hands, "class")
    hands.press(K.Key_X, K.Key_3)
    work_as(hands, EXP)
    project, key = hands.session.project, hands.session.selected
    hands.session.edits.set_category(key, project.categories.name.index("bird"))
    assert hands.status(issue) == "rejected"
    assert hands.session.issue == issue
    hands.press(K.Key_K)
    assert (hands.status(issue), project.standing(issue).outcome) == ("decided", "corrected")


def test_the_digits_choose_reasons_and_change_no_class_unless_the_label_is_in_hand(all_fixed):
    hands = all_fixed
    issue = go_to_drawn(hands, "class")
    project, key = hands.session.project, hands.session.selected
    before = project.record(key)
    hands.press(K.Key_1)
    assert project.record(key) == before
    assert hands.window.panel.class_choice.likely == []
    hands.press(K.Key_E, K.Key_1)
    assert project.record(key) != before
    assert project.standing(issue).corrected == "Rev"


def test_who_works_and_what_waits_for_them_are_shown_at_once(hands):
    told = []
    hands.session.mode_changed.connect(lambda: told.append("mode"))
    hands.session.issue_changed.connect(lambda: told.append("issue"))
    work_as(hands, EXP)
    assert hands.session.queue == "expert"
    assert sorted(told) == ["issue", "mode"]  # everybody looks again at each: twice would take twice as long
    told.clear()
    work_as(hands, LEA)
    assert (hands.session.queue, sorted(told)) == ("expert", ["issue", "mode"])
