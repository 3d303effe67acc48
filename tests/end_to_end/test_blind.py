"""Judging blind by keys and mouse: the second look and the trial, which leave the labels as they are."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from builders.datasets import ANN, EXP, LEA, REV, faulty, issue_of, make_project
from labelmend.project import looks, sampling, trials, verbs
from labelmend.project.agreeing import agreement_of
from labelmend.project.instructing import revise
from labelmend.project.policy import change_policy
from labelmend.review.instructions import ClassInstructions, Instructions
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.trial_dialogs import TrialChoice

BEA = Actor("Bea", "annotator")
KINDS = ("location", "class", "spurious")


@pytest.fixture
def path(tmp_path):
    """Ann has judged three labels; all of them are drawn for a blind second look, none for review."""
    project = make_project(tmp_path, **faulty())
    project.apply(verbs.accept(project, issue_of(project, "location")))
    project.apply(verbs.accept(project, issue_of(project, "class")))
    project.apply(verbs.dismiss(project, issue_of(project, "spurious")))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(0.0), seed=4), op="draw")
    project.close()
    return project.path


def sit_down(user, action):
    user.choose(action)
    user.wait(lambda: bool(user.window.session.sitting.title))
    user.look()


def on_sheet(user, issue):
    """The sheet's issue that stands for one of the project's, brought into sight by N."""
    sheet = user.window.session.sitting._sheet
    wanted = next(own for own, stands_for in sheet.asked.items() if stands_for == issue)
    for _ in range(10):
        if user.issue == wanted:
            user.look()
            return
        user.press(Qt.Key.Key_N)
    raise AssertionError(f"{issue} is not on the sheet")


def texts(user):
    """Everything that the panel and the header say."""
    window = user.window
    labels = [*window.panel.findChildren(QLabel), *window.menuWidget().findChildren(QLabel)]
    return " ".join(label.text() for label in labels if label.isVisible())


def test_a_blind_second_look_hides_what_was_said(path, open_user):
    user = open_user(path, actor=BEA)
    project = user.project
    issue = issue_of(project, "location")
    sit_down(user, "second_look")
    window = user.window
    assert user.project is not project
    assert window.issues.model.rowCount() == 3
    assert "Blind second look" in texts(user)
    on_sheet(user, issue)
    assert user.suspect() is not None
    assert user.project.record(user.suspect().key) == project.original(0) != project.record(0)
    told = texts(user)
    for word in ("Ann", "score", "Suggested", " px", "sure", "accept"):
        assert word not in told, told
    table = user.project.issues
    assert len({table.short(row) for row in range(len(table))}) == 1
    user.press(Qt.Key.Key_D)
    assert window.session.show_detections
    assert not window.canvas.contents.scene.is_detection.any()
    assert window.session.suggestion() is None


def test_a_blind_second_look_is_answered_by_keys_and_changes_nothing(path, open_user):
    user = open_user(path, actor=BEA)
    project, session = user.project, user.window.session
    wanted = {kind: issue_of(project, kind) for kind in KINDS}
    mended = project.record(0)
    sit_down(user, "second_look")
    shown = [button.text() for button in user.window.panel.verdicts._buttons.values() if button.isVisible()]
    assert [text.split("   ")[0] for text in shown] == ["It is right", "Cannot tell"]
    user.press(Qt.Key.Key_Return)  # with nothing done it is no answer
    assert user.project.standing(user.issue).status == "flagged"
    on_sheet(user, wanted["spurious"])
    user.press(Qt.Key.Key_X)
    assert (0, wanted["spurious"]) in project.state.opinions
    on_sheet(user, wanted["class"])
    user.choose_class("bird")
    user.press(Qt.Key.Key_Return)
    on_sheet(user, wanted["location"])
    user.drag_corner("nw", 12, 8)
    user.press(Qt.Key.Key_E)
    user.drag_corner("se", 0, -8)
    assert session.sitting.left == 1
    user.press(Qt.Key.Key_Return)

    # After the last answer Esc ends it; the project is as it was, but for the opinions.
    user.press(Qt.Key.Key_Escape)
    assert session.sitting.title == ""
    assert user.project is project
    assert project.record(0) == mended
    states = {kind: project.standing(issue).status for kind, issue in wanted.items()}
    assert states == {"spurious": "done", "class": "ambiguous", "location": "done"}
    (pair,) = agreement_of(project).pairs
    assert (pair.n, pair.agreed, pair.classes.observed) == (3, 3, pytest.approx(2 / 3))
    assert looks.waiting(project) == []


def test_what_two_judged_differently_does_not_go_out(path, open_user):
    user = open_user(path, actor=BEA)
    issue = issue_of(user.project, "class")
    sit_down(user, "second_look")
    on_sheet(user, issue)
    user.press(Qt.Key.Key_X)
    user.choose("leave_sheet")
    out = path.with_name("out.json")
    user.export(out, ExportChoice(out, every_fix=False))
    records = {one["id"]: one for one in json.loads(out.read_text())["annotations"]}
    assert records[8]["category_id"] == 1  # as in the source
    assert records[1] == json.loads(user.project.record(0))


def test_the_expert_sees_both_opinions_and_takes_one(path, open_user):
    user = open_user(path, actor=BEA)
    issue = issue_of(user.project, "class")
    sit_down(user, "second_look")
    on_sheet(user, issue)
    user.press(Qt.Key.Key_X)
    user.choose("leave_sheet")
    assert user.project.standing(issue).status == "ambiguous"
    user.work_as(EXP)
    user.window.session.set_issue(issue)
    original, of_ann = user.window.versions.cards
    assert original.words.text().endswith("Bea: not an error")
    assert of_ann.who.text() == "Ann"
    user.press(Qt.Key.Key_X)
    assert user.project.record(7) == user.project.original(7)


def test_leaving_in_between_keeps_what_was_answered_and_the_rest_waits(path, open_user):
    user = open_user(path, actor=BEA)
    project = user.project
    here = user.issue
    sit_down(user, "second_look")
    user.press(Qt.Key.Key_X)
    user.press(Qt.Key.Key_Z)  # handed in: it cannot be taken back
    assert user.window.session.sitting.left == 2
    user.choose("leave_sheet")
    assert user.project is project
    assert user.issue == here
    assert len(looks.waiting(project)) == 2
    sit_down(user, "second_look")
    assert user.window.issues.model.rowCount() == 2
    user.window.close()
    project.close()


def test_only_the_label_in_question_is_changed(path, open_user):
    user = open_user(path, actor=BEA)
    sit_down(user, "second_look")
    asked = user.suspect()
    other = next(one for one in user.window.session.annotations() if one.key != asked.key)
    user.window.session.select(other.key)
    user.press(Qt.Key.Key_Delete)
    assert "Only the label that is asked about" in user.window.error_bar.text.text()
    assert user.project.record(other.key) is not None


def test_who_judged_it_has_nothing_to_look_at_and_files_wait_meanwhile(path, open_user):
    user = open_user(path, actor=ANN)
    user.choose("second_look")
    assert "No label waits for you" in user.window.error_bar.text.text()
    user.work_as(BEA)
    sit_down(user, "second_look")
    assert user.window.windowTitle().startswith("Blind second look – Bea")
    for name in (
        "show_dashboard",
        "export",
        "find_issues",
        "close_project",
        "switch_person",
        "open_project",
        "take_trial",
    ):
        assert not user.window.actions_.action(name).isEnabled(), name
    assert not user.window.menuWidget().findChild(QPushButton, "queue_review").isVisible()
    user.choose("leave_sheet")
    assert user.window.actions_.action("export").isEnabled()


def test_a_trial_is_started_taken_by_keys_and_shown(tmp_path, open_user):
    project = make_project(tmp_path, **faulty())
    for kind in ("location", "class"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.work_as(LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
    project.work_as(REV)
    for kind in ("location", "class"):
        project.apply(verbs.approve(project, issue_of(project, kind)))
    loose, wrong = (issue_of(project, kind) for kind in ("location", "class"))
    project.close()

    user = open_user(project.path, actor=LEA)
    user.answers.given["trial"] = TrialChoice(20, 5)
    user.choose("start_trial")
    known: list[list[int]] = []
    user.answers.shown[-1][1]["known"](known.append)
    user.wait(lambda: bool(known))
    assert len(known[0]) == 2
    user.work_as(Actor("Rob", "reviewer"))
    project = user.project
    records, standings = dict(project.state.records), dict(project.state.standings)
    sit_down(user, "take_trial")
    on_sheet(user, loose)
    user.press(Qt.Key.Key_X)
    on_sheet(user, wrong)
    user.press(Qt.Key.Key_2)
    label = user.project.annotation(user.suspect().key)
    user.press(Qt.Key.Key_Return)
    right = 1 if project.categories.name[label.category] == "dog" else 0
    assert f"{right} of 2 were as known" in texts(user)
    user.press(Qt.Key.Key_Escape)
    assert user.window.session.sitting.title == ""
    assert user.project is project
    assert (project.state.records, project.state.standings) == (records, standings)
    told = trials.result(project)
    assert told.people == (("Rob", 2, right),)
    assert told.of()[0].mistakes == (("left as it was; it is to be changed", 1),)

    user.choose("take_trial")
    assert "You have answered all labels of trial 1" in user.window.error_bar.text.text()
    user.choose("trial_results")
    assert user.answers.shown[-1] == ("trial result", told)


def test_a_key_after_the_last_answer_judges_nothing_of_the_project(path, open_user):
    user = open_user(path, actor=BEA)
    project, before = user.project, user.issue
    sit_down(user, "second_look")
    for _ in range(3):
        assert user.window.session.sitting.end is None
        user.press(Qt.Key.Key_X)
    rows, standings = project.last_row, dict(project.state.standings)
    told, line = texts(user), user.window.status_line.word
    assert "All 3 answered" in told
    assert "Esc goes back to the project." in told
    bar = user.window.findChild(QWidget, "sitting_bar")
    back = bar.findChild(QPushButton, "leave_sheet")
    assert back.text() == "Back to the project   Esc"
    keys = (Qt.Key.Key_X, Qt.Key.Key_Return, Qt.Key.Key_A, Qt.Key.Key_U, Qt.Key.Key_Delete, Qt.Key.Key_1)
    for key in (*keys, Qt.Key.Key_N, Qt.Key.Key_P):
        user.press(key)
        assert user.window.session.sitting.title
        if key == Qt.Key.Key_X:
            assert line.text() == "All are answered: Esc goes back to the project."
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert user.project is project
    assert user.issue == before
    assert (project.last_row, project.state.standings) == (rows, standings)


def test_the_header_tells_what_waits_and_a_click_begins_it(path, open_user):
    user = open_user(path, actor=BEA)
    button = user.window.menuWidget().findChild(QPushButton, "waiting_second_look")
    assert button.text() == "Blind second look  3"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    user.wait(lambda: bool(user.window.session.sitting.title))
    assert not button.isVisible()
    bar = user.window.findChild(QWidget, "sitting_bar")
    assert "0 of 3 answered" in bar.findChildren(QLabel)[1].text()
    user.press(Qt.Key.Key_X)
    assert "1 of 3 answered" in bar.findChildren(QLabel)[1].text()
    assert not user.window.issues.filters.isVisible()
    QTest.mouseClick(bar.findChild(QPushButton, "leave_sheet"), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    assert button.text() == "Blind second look  2"
    user.work_as(ANN)
    assert not button.isVisible()


def test_a_place_where_a_label_was_missing_is_judged_by_drawing_one(tmp_path, open_user):
    project = make_project(tmp_path, **faulty())
    issue = issue_of(project, "missing")
    project.apply(verbs.accept(project, issue))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(0.0), seed=4), op="draw")
    revise(project, Instructions(general="Every pet.", classes=(ClassInstructions("cat", "It purrs."),)))
    made = project.annotation(-1)
    project.close()

    user = open_user(project.path, actor=BEA)
    project = user.project
    sit_down(user, "second_look")
    assert "A place without a label" in texts(user)
    assert "dog" not in texts(user)
    beside = user.window.panel.instructions
    assert beside.isVisible()
    assert "Every pet." in beside._general.toPlainText()
    # By how frequent they are in the file: nothing may tell what the model sees there.
    assert [one.heading.text() for one in beside.seen] == ["cat", "bird"]
    assert "It purrs." in beside.told[0].words.toPlainText()
    user.press(Qt.Key.Key_Return)
    assert "draw it (B, G), or press X" in user.window.status_line.word.text()
    before = len(user.window.session.annotations())
    user.draw_box(made.bbox.tolist())
    assert len(user.window.session.annotations()) == before + 1
    user.choose_class("dog")
    user.press(Qt.Key.Key_Return, Qt.Key.Key_Escape)
    assert user.project is project
    assert project.standing(issue).status == "done"
    (opinion,) = project.state.opinions[0, issue]
    assert project.read_annotation(-1, opinion.own.record).category == made.category
    assert len(project.annotations_of(made.image)) == before + 1
