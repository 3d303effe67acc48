"""What undo leads to has a line in the issue list, for as long as it is in sight."""

from PySide6.QtCore import Qt

K = Qt.Key


def marked(hands):
    """The place of the line that is marked, and of the issue in sight."""
    return hands.window.issues.view.currentIndex().row(), hands.listed().index(hands.session.issue)


def test_undo_of_a_second_verdict_leaves_its_issue_in_the_list(hands):
    hands.press(K.Key_N)
    before, issue = hands.listed(), hands.session.issue
    hands.press(K.Key_1, K.Key_X)
    assert hands.status(issue) == "dismissed"
    assert issue not in hands.listed()
    hands.press(K.Key_Z)
    assert hands.session.issue == issue
    assert hands.status(issue) == "fixed"
    assert hands.listed() == before
    assert marked(hands) == (1, 1)
    hands.press(K.Key_N)
    assert hands.session.issue == before[2]  # not the first of the list
    assert hands.listed() == [one for one in before if one != issue]


def test_what_waits_again_keeps_its_line_when_it_is_left(hands):
    before, issue = hands.listed(), hands.session.issue
    hands.press(K.Key_1, K.Key_X, K.Key_Z, K.Key_Z)
    assert hands.status(issue) == "flagged"
    hands.press(K.Key_N)
    assert hands.session.issue == before[1]
    assert hands.listed() == before


def test_undo_past_the_filter_lets_the_issue_in_until_it_is_left(hands):
    issue = hands.go_to("class")
    hands.press(K.Key_X)
    hands.window.issues.filters.kind.setCurrentText("Loose label")
    hands.window.issues.refilter()
    loose = hands.listed()
    assert hands.session.issue == loose[0]
    hands.press(K.Key_Z)
    assert hands.session.issue == issue
    assert sorted(hands.listed()) == sorted([issue, *loose])
    assert marked(hands)[0] == marked(hands)[1]
    hands.press(K.Key_N)
    assert hands.listed() == loose


def test_a_long_list_that_is_opened_anew_leaves_the_issue_in_sight(hands, qtbot, monkeypatch):
    monkeypatch.setattr("labelmend_desktop.issues.panel._LONG", 1)
    hands.press(K.Key_N, K.Key_N)
    issue, before = hands.session.issue, hands.listed()
    hands.window.actions_.run("turn_pictures")
    qtbot.waitUntil(lambda: not hands.window.issues._arrival.isActive())
    assert hands.session.issue == issue
    assert hands.listed() == before
    assert marked(hands) == (2, 2)
