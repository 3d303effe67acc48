"""The comment: it goes with every verdict, and waits for it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from labelmend.review.states import Actor
from labelmend_desktop import places
from labelmend_desktop.review.kept_comments import keep_comments, kept_comments

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


def found_again(hands, qtbot):
    """Errors are looked for anew: issues that nothing was said of have other ids then."""
    hands.window.actions_.run("find_issues")
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)


def test_a_comment_stays_with_its_issue_when_errors_are_found_again(hands, qtbot):
    comment, table = hands.window.panel.comment, hands.session.project.issues
    issues = {kind: hands.go_to(kind) for kind in ("missing", "class", "location")}
    keys = {kind: int(table.annotation[table.row_of(issue)]) for kind, issue in issues.items()}
    for kind in issues:
        hands.go_to(kind)
        hands.press(K.Key_M)
        QTest.keyClicks(comment, f"of the {kind} one")
        hands.press(K.Key_Return)
    found_again(hands, qtbot)
    now = hands.session.project.issues
    assert not set(issues.values()) & set(now.id.tolist())
    assert hands.listed()
    for issue in hands.listed():
        hands.session.set_issue(issue)
        row = now.row_of(issue)
        kind = now.kind_of(row)
        told = f"of the {kind} one" if keys.get(kind) == now.annotation[row] else ""
        assert comment.text() == told
    row = now.row_of(hands.go_to("class"))
    assert comment.text() == "of the class one"
    hands.press(K.Key_X)
    assert hands.session.project.story(int(now.id[row]))[-1].comment == "of the class one"


def test_who_writes_while_errors_are_found_again_goes_on_writing_of_the_same(hands, qtbot):
    comment, table = hands.window.panel.comment, hands.session.project.issues
    key = table.annotation[table.row_of(hands.go_to("class"))]
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "it has ")
    found_again(hands, qtbot)
    assert hands.session.issue != hands.listed()[0]
    QTest.keyClicks(hands.window.focusWidget(), "wings")
    now = hands.session.project.issues
    row = now.row_of(hands.session.issue)
    assert (now.kind_of(row), now.annotation[row]) == ("class", key)
    hands.press(K.Key_Return, K.Key_X)
    assert hands.session.project.story(int(now.id[row]))[-1].comment == "it has wings"
    assert comment.text() == ""


def test_a_comment_of_what_is_judged_stays_when_errors_are_found_again(hands, qtbot):
    comment, issue = hands.window.panel.comment, hands.session.issue
    hands.press(K.Key_1, K.Key_M)
    QTest.keyClicks(comment, "not sure")
    found_again(hands, qtbot)
    assert (hands.session.issue, comment.text()) == (issue, "not sure")


def test_a_comment_on_what_was_fixed_by_hand_is_given_when_that_is_left(hands):
    project, comment = hands.session.project, hands.window.panel.comment

    def go_by_line():
        view, place = hands.window.issues.view, hands.listed().index(hands.session.issue) + 1
        at = view.visualRect(hands.window.issues.model.index(place, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)

    for leave in (lambda: hands.press(K.Key_N), go_by_line, lambda: hands.click("queue_done")):
        issue = hands.session.issue
        hands.press(K.Key_1, K.Key_M)
        QTest.keyClicks(comment, "as its neighbours")
        hands.press(K.Key_Return)
        leave()
        assert hands.session.issue != issue
        assert comment.text() == ""
        assert project.story(issue)[-1].comment == "as its neighbours"
    path, issue = project.path, hands.session.issue
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "the last")
    hands.session.close()
    hands.window.files.open_path(path)
    assert hands.session.project.story(issue)[-1].comment == "the last"


def test_what_others_judged_takes_no_comment_when_it_is_left(hands):
    project, comment, issue = hands.session.project, hands.window.panel.comment, hands.session.issue
    hands.press(K.Key_1)
    hands.session.work_as(Actor("Bea", "annotator"))
    hands.session.set_issue(issue)
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "by whom")
    steps = len(project.store.history())
    hands.press(K.Key_Return, K.Key_N)
    assert len(project.store.history()) == steps
    hands.session.set_issue(issue)
    assert comment.text() == "by whom"


def test_a_comment_goes_with_the_suggested_label_that_is_taken(hands):
    project, comment = hands.session.project, hands.window.panel.comment
    for take in ("enter", "button", "digit"):
        issue = hands.go_to("missing")
        hands.press(K.Key_M)
        QTest.keyClicks(comment, "half of it is seen")
        hands.press(K.Key_Return, K.Key_E)
        assert hands.window.canvas.proposals.current is not None
        steps = len(project.store.history())
        if take == "button":
            hands.click("accept")
        else:
            hands.press(K.Key_Return if take == "enter" else K.Key_2)
        assert len(project.store.history()) == steps + 1
        assert hands.session.issue != issue
        assert comment.text() == ""
        assert hands.status(issue) == "fixed"
        assert project.story(issue)[-1].comment == "half of it is seen"
        hands.press(K.Key_Z)
        assert hands.session.issue == issue
        assert comment.text() == "half of it is seen"
        comment.clear()


def test_a_label_drawn_elsewhere_takes_no_comment_along(hands):
    issue, comment = hands.go_to("missing"), hands.window.panel.comment
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "which one")
    hands.session.edits.create(0, bbox=[300, 220, 10, 10], comment="which one")
    assert hands.status(issue) == "flagged"
    assert comment.text() == "which one"


def test_a_verdict_that_is_refused_leaves_its_comment(hands):
    issue, comment = hands.go_to("missing"), hands.window.panel.comment
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "it is there")
    hands.press(K.Key_Return)
    hands.session.project.tampered = "This history was altered."
    hands.press(K.Key_X)
    assert hands.status(issue) == "flagged"
    assert comment.text() == "it is there"


def test_a_verdict_that_is_taken_back_has_its_comment_again(hands):
    project, comment, issue = hands.session.project, hands.window.panel.comment, hands.session.issue
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "the wrong key")
    hands.press(K.Key_Return, K.Key_X)
    assert comment.text() == ""
    hands.press(K.Key_Z)
    assert (hands.session.issue, comment.text()) == (issue, "the wrong key")
    hands.press(K.Key_Z, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert comment.text() == ""
    assert project.story(issue)[-1].comment == "the wrong key"
    hands.press(K.Key_Z)
    assert comment.text() == "the wrong key"
    hands.press(K.Key_U)
    assert hands.status(issue) == "ambiguous"
    assert project.story(issue)[-1].comment == "the wrong key"


def test_a_comment_on_what_is_judged_already_is_taken_back_and_given_again_too(hands):
    project, comment, issue = hands.session.project, hands.window.panel.comment, hands.session.issue
    hands.press(K.Key_1, K.Key_M)
    QTest.keyClicks(comment, "it has wings")
    hands.press(K.Key_Return, K.Key_Return)
    assert hands.session.issue != issue
    hands.press(K.Key_Z)
    assert (hands.session.issue, comment.text()) == (issue, "it has wings")
    hands.press(K.Key_Z, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert comment.text() == ""
    assert project.story(issue)[-1].comment == "it has wings"


def test_what_is_written_now_stands_before_what_is_taken_back(hands):
    comment, issue = hands.window.panel.comment, hands.session.issue
    for text in ("the first", "the second"):
        hands.press(K.Key_M)
        QTest.keyClicks(comment, text)
        hands.press(K.Key_Return)
        if text == "the first":
            hands.press(K.Key_X)
            hands.session.set_issue(issue)
    hands.press(K.Key_Z)
    assert (hands.session.issue, comment.text()) == (issue, "the second")
    hands.press(K.Key_X)
    hands.session.set_issue(issue)
    assert comment.text() == ""


@pytest.mark.parametrize("verdict", [K.Key_X, K.Key_U])
def test_the_same_verdict_again_is_no_step(hands, verdict):
    issue, project = hands.session.issue, hands.session.project
    hands.press(verdict)
    steps, redo = len(project.store.history()), project.redo_title()
    for _ in range(2):
        hands.session.set_issue(issue)
        hands.press(verdict)
        assert hands.session.issue != issue  # it goes on all the same
    assert (len(project.store.history()), project.redo_title()) == (steps, redo)
    hands.session.set_issue(issue)
    hands.press(K.Key_M)
    QTest.keyClicks(hands.window.panel.comment, "a word")
    hands.press(K.Key_Return, verdict)
    assert [entry.comment for entry in project.story(issue)[-2:]] == ["", "a word"]


def test_comments_that_are_taken_back_one_after_the_other_wait_together(hands):
    comment, issue = hands.window.panel.comment, hands.session.issue
    for text in ("the first", "the second"):
        hands.session.set_issue(issue)
        hands.press(K.Key_M)
        QTest.keyClicks(comment, text)
        hands.press(K.Key_Return, K.Key_X)
    hands.press(K.Key_Z)
    assert (hands.session.issue, comment.text()) == (issue, "the second")
    hands.press(K.Key_Z)
    assert (hands.session.issue, comment.text()) == (issue, "the first; the second")
    hands.press(K.Key_Z, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert comment.text() == "the second"
    hands.press(K.Key_Z, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert comment.text() == ""
    hands.press(K.Key_Z, K.Key_Z, K.Key_U)
    assert hands.session.project.story(issue)[-1].comment == "the first; the second"


def test_comments_that_wait_are_there_again_after_the_program_was_closed(hands, open_window):
    path, told = hands.session.project.path, {}
    for kind in ("class", "missing", "location"):
        told[hands.go_to(kind)] = f"of the {kind} one"
        hands.press(K.Key_M)
        QTest.keyClicks(hands.window.panel.comment, f"of the {kind} one")
        hands.press(K.Key_Return)
    given = next(iter(told))
    hands.session.set_issue(given)
    hands.press(K.Key_X)
    del told[given]
    hands.window.close()
    again = open_window(path)
    for issue in (*told, given):
        again.session.set_issue(issue)
        assert again.window.panel.comment.text() == told.get(issue, "")
    again.session.set_issue(max(told))
    again.press(K.Key_X)
    again.window.close()
    last = open_window(path)
    last.session.set_issue(max(told))
    assert last.window.panel.comment.text() == ""


def test_what_somebody_writes_waits_for_them_alone(hands, open_window):
    path, issue, comment = hands.session.project.path, hands.session.issue, hands.window.panel.comment
    ann = hands.session.actor
    hands.press(K.Key_M)
    QTest.keyClicks(comment, "not sure of this one")
    hands.press(K.Key_Return)
    hands.session.work_as(Actor("Ben", "annotator"))
    assert (hands.session.issue, comment.text()) == (issue, "")
    hands.window.close()
    again = open_window(path, actor=Actor("Ben", "annotator"))
    assert (again.session.issue, again.window.panel.comment.text()) == (issue, "")
    again.session.work_as(ann)
    assert again.window.panel.comment.text() == "not sure of this one"


def test_comments_that_somebody_spoilt_in_the_settings_are_passed_over(hands):
    places.settings().setValue("comments", "{not json")
    path = hands.session.project.path
    assert kept_comments(path, "Ann") == {}
    keep_comments(path, "Ann", {3: "kept"})
    assert kept_comments(path, "Ann") == {3: "kept"}
    keep_comments(path, "Ann", {})
    assert kept_comments(path, "Ann") == {}
