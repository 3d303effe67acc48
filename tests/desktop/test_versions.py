"""The expert sees what two people made of a label, and takes one of the versions."""

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from builders.datasets import ANN, EXP, annotation, issue_of, make_project
from labelmend.project import editing, verbs
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.review.states import Actor


def opened(tmp_path, open_window):
    labels = [annotation(1, 1, [10, 20, 30, 40]), annotation(2, 1, [90, 20, 30, 40])]
    project = make_project(tmp_path, annotations=labels, images=1, find=False, detections_given=False)
    paths = []
    for name, actor, x in (("first", ANN, 12), ("second", Actor("Bea", "annotator"), 15)):
        paths.append(tmp_path / f"{name}.labelmend")
        share(project, paths[-1], [0])
        package = Project.open(paths[-1], actor=actor)
        package.apply(editing.set_box(package, 0, [x, 20, 30, 40]))
        package.close()
    for path in paths:
        merge(project, path)
    project.close()
    hands = open_window(project.path)
    hands.answers.given["who"] = EXP
    hands.click("person")
    return hands


def test_an_expert_takes_one_of_two_versions(tmp_path, open_window):
    hands = opened(tmp_path, open_window)
    hands.session.set_issue(next(iter(hands.session.project.state.versions)))
    _, second, third = hands.window.versions.cards
    assert [card.who.text() for card in hands.window.versions.cards] == ["Original", "Ann", "Bea"]
    assert second.words.text() == "moved 2.0 px right"
    assert third.at.text()
    QTest.mouseClick(third.button, Qt.MouseButton.LeftButton)
    assert hands.session.project.annotation(0).bbox[0] == 15
    assert not hands.session.project.state.versions
    assert hands.window.versions.isHidden()


def test_a_version_is_taken_by_its_key_and_the_original_by_its_own(tmp_path, open_window):
    hands = opened(tmp_path, open_window)
    session, (issue,) = hands.session, hands.session.project.state.versions
    session.set_issue(issue)
    hands.press(Qt.Key.Key_3)
    assert session.project.state.versions  # there is no third one
    hands.press(Qt.Key.Key_1)
    assert session.project.annotation(0).bbox[0] == 12
    hands.press(Qt.Key.Key_Z)
    assert session.issue == issue
    assert session.project.annotation(0).bbox[0] == 10
    assert hands.window.versions.isVisible()
    hands.press(Qt.Key.Key_X)
    assert session.project.record(0) == session.project.original(0)
    assert session.project.standing(issue).outcome == "original stands"


def test_an_expert_mends_by_hand_what_nobody_got_right(tmp_path, open_window):
    hands = opened(tmp_path, open_window)
    session, (issue,) = hands.session, hands.session.project.state.versions
    session.set_issue(issue)
    enter = hands.window.panel.verdicts.findChild(QPushButton, "fix_stands")
    assert enter.text().startswith("Original stands")
    session.edits.set_box(0, [14, 20, 30, 40])
    assert enter.text().startswith("Keep as it is now")
    assert session.project.state.versions
    session.decide("corrected")
    assert session.project.annotation(0).bbox[0] == 14
    assert session.project.standing(issue).outcome == "corrected"


def judged(tmp_path, open_window, first, second):
    """Two people judged the surest missing label, each in a package."""
    project = make_project(tmp_path)
    issue = issue_of(project, "missing")
    image = int(project.issues.image[project.issues.row_of(issue)])
    for name, act in (("Ann", first), ("Bea", second)):
        path = tmp_path / f"{name}.labelmend"
        share(project, path, np.array([image]))
        package = Project.open(path, actor=Actor(name, "annotator"))
        package.apply(act(package, issue))
        package.close()
    for name in ("Ann", "Bea"):
        merge(project, tmp_path / f"{name}.labelmend")
    project.close()
    hands = open_window(project.path)
    hands.answers.given["who"] = EXP
    hands.click("person")
    hands.session.set_issue(issue)
    return hands, issue


def test_a_missing_label_is_taken_with_or_without(tmp_path, open_window):
    hands, issue = judged(tmp_path, open_window, verbs.accept, verbs.dismiss)
    project, (without, with_it) = hands.session.project, hands.window.versions.cards
    assert without.words.text() == "no label here\nBea: not an error"
    assert (with_it.who.text(), "added" in with_it.words.text()) == ("Ann", True)
    assert hands.status(issue) == "conflict"
    QTest.mouseClick(without.button, Qt.MouseButton.LeftButton)
    assert project.standing(issue).outcome == "original stands"
    assert not project.annotations_of(project.issues.image[project.issues.row_of(issue)])[-1].key < 0
    hands.press(Qt.Key.Key_Z, Qt.Key.Key_1)
    assert project.annotations_of(project.issues.image[project.issues.row_of(issue)])[-1].key < 0


def test_a_comment_goes_with_the_version_that_is_taken(tmp_path, open_window):
    hands, issue = judged(tmp_path, open_window, verbs.accept, verbs.dismiss)
    comment = hands.window.panel.comment
    hands.press(Qt.Key.Key_M)
    QTest.keyClicks(comment, "seen in part")
    hands.press(Qt.Key.Key_Return, Qt.Key.Key_1)
    assert hands.status(issue) == "decided"
    assert hands.session.project.story(issue)[-1].comment == "seen in part"
    hands.session.set_issue(issue)
    assert comment.text() == ""


def test_who_only_judged_differently_shares_a_card_and_the_suggestion_has_a_key(tmp_path, open_window):
    dark = partial(verbs.dismiss, comment="too dark")
    hands, issue = judged(tmp_path, open_window, verbs.ambiguous, dark)
    (card,) = hands.window.versions.cards
    assert card.words.text() == "no label here\nAnn: cannot tell · Bea: not an error"
    assert hands.window.versions.height() > card.button.height()
    assert "<b>Bea</b>, annotator: not an error “too dark”" in hands.window.panel.opinions.text()
    hands.press(Qt.Key.Key_1)
    assert hands.status(issue) == "conflict"  # there is no other version
    hands.press(Qt.Key.Key_U)
    assert hands.session.project.standing(issue).outcome == "corrected"
    assert len(hands.session.project.state.added) == 1


def test_pictures_show_the_outlines(tmp_path, open_window, qtbot):
    hands = opened(tmp_path, open_window)
    hands.session.set_issue(next(iter(hands.session.project.state.versions)))
    cards = hands.window.versions.cards
    qtbot.waitUntil(lambda: len({card.picture.pixmap().toImage().cacheKey() for card in cards}) == 3)
    pictures = [card.picture.pixmap().toImage() for card in cards]
    assert pictures[0] != pictures[1] != pictures[2]
    hands.session.set_queue("fix")
    assert hands.window.versions.isHidden()


def sent_back(tmp_path, open_window):
    """The expert sent back what two people made; the annotator looks at it."""
    hands = opened(tmp_path, open_window)
    session, (issue,) = hands.session, hands.session.project.state.versions
    session.set_issue(issue)
    session.decide("sent back", "measure it again")
    hands.answers.given["who"] = ANN
    hands.click("person")
    session.set_queue("fix")
    session.set_issue(issue)
    return hands, issue


def test_what_was_sent_back_keeps_its_versions_for_the_annotator(tmp_path, open_window):
    hands, issue = sent_back(tmp_path, open_window)
    assert hands.window.versions.isVisible()
    assert [card.who.text() for card in hands.window.versions.cards] == ["Original", "Ann", "Bea"]
    assert "sent it back" in hands.window.versions.told.text()
    hands.press(Qt.Key.Key_2)
    assert hands.session.project.annotation(0).bbox[0] == 15
    assert hands.status(issue) == "fixed"
    hands.press(Qt.Key.Key_Z)
    assert hands.status(issue) == "flagged"
    assert hands.window.versions.isVisible()
    QTest.mouseClick(hands.window.versions.cards[0].button, Qt.MouseButton.LeftButton)
    assert hands.status(issue) == "dismissed"
    assert hands.session.project.record(0) == hands.session.project.original(0)


def test_a_package_brings_the_versions_of_what_was_sent_back(tmp_path, open_window):
    hands, issue = sent_back(tmp_path, open_window)
    project = hands.session.project
    share(project, tmp_path / "again.labelmend", np.array([0]))
    package = Project.open(tmp_path / "again.labelmend", actor=ANN)
    assert [one.who for one in package.state.versions_of(issue)] == ["Ann", "Bea"]
    package.apply(verbs.take_version(package, issue, 1))
    package.close()
    merge(project, tmp_path / "again.labelmend")
    assert project.standing(issue).status == "fixed"
    assert project.annotation(0).bbox[0] == 15
