"""Errors are looked for in the background, and what the dialog before it says."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from labelmend.find.to_check import LEAST
from labelmend_desktop.bars import WorkBar
from labelmend_desktop.dialogs import FindChoice, FindDialog


def test_find_runs_in_the_background_and_keeps_verdicts(hands, qtbot):
    first = hands.session.issue
    hands.press(Qt.Key.Key_X)
    hands.press(Qt.Key.Key_X)
    hands.click("undo")
    hands.window.actions_.run("find_issues")
    assert hands.window.tasks.busy
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    asked = {"detections": 72, "models": ("detections.json",), "judged": 1, "images": 12}
    assert hands.answers.shown[-1] == ("find", asked)
    assert hands.status(first) == "dismissed"
    assert first not in hands.listed()
    assert hands.session.issue == hands.listed()[0]
    waiting = len(hands.session.waiting_rows("fix"))
    assert waiting < len(hands.session.project.issues)
    assert hands.window.status_line.word.text().startswith(f"{waiting} issues to look at")


def test_find_can_be_cancelled(hands, qtbot):
    before, room = hands.listed(), hands.window.canvas.geometry()
    hands.window.actions_.run("find_issues")
    assert hands.window.findChild(WorkBar).geometry().bottom() < hands.window.status_line.y()
    hands.click("cancel_work")
    assert hands.window.canvas.geometry() == room
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert hands.listed() == before


def test_without_detections_find_looks_at_the_pictures_unless_told_not_to(qtbot):
    few = FindDialog(detections=0, judged=0, images=40)
    many = FindDialog(detections=0, judged=0, images=118_287)
    asked = FindDialog(detections=9, judged=0, images=40)
    for dialog in (few, many, asked):
        qtbot.addWidget(dialog)
    assert [dialog.answer().pictures for dialog in (few, many, asked)] == [True, False, False]
    said = [label.text() for label in many.findChildren(QLabel)]
    assert any("118,287 pictures take about 20 minutes." in text for text in said)
    asked.pictures.click()
    assert asked.answer() == FindChoice(pictures=True)


def test_the_scores_are_checked_by_some_of_all_and_follow_when_found_again(hands, qtbot, monkeypatch):
    monkeypatch.setattr("labelmend_desktop.find_verbs.MANY", 1)
    hands.window.finding.find_now()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert "Nobody has checked their scores yet (Ctrl+Shift+F)" in hands.window.status_line.word.text()
    chip, empty = hands.window.issues.filters.chip, hands.window.issues._empty
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hands.press(Qt.Key.Key_F, modifier=both)
    chosen = hands.listed()
    assert chip.words.text() == f"To check the scores: {len(chosen)} of {len(chosen)} left"
    assert (hands.session.project.issues.score[hands.window.issues.model.rows] >= LEAST).all()
    hands.press(Qt.Key.Key_X)
    assert chip.words.text() == f"To check the scores: {len(chosen) - 1} of {len(chosen)} left"
    assert not chip.places.isVisible()
    for _ in chosen[1:]:
        hands.press(Qt.Key.Key_X)
    assert chip.words.text() == f"To check the scores: 0 of {len(chosen)} left"
    assert chip.places.text() == "Find again (Ctrl+F): all scores follow."
    assert chip.places.isVisible()
    assert len(hands.listed()) == 1  # what was judged last is still in sight
    assert hands.window.issues.view.isVisible()
    assert empty._find.isVisible()
    assert empty._text.text() == "The scores can follow what you said: find errors again."
    empty._find.click()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert not chip.isVisible()
    told = hands.window.status_line.word.text()
    assert "Scores follow" in told
    assert "checked" not in told
    for _ in range(len(hands.listed())):
        hands.press(Qt.Key.Key_X)
    hands.window.actions_.run("check_scores")
    assert hands.window.status_line.word.text() == "No issue is left that the scores could be checked by."
