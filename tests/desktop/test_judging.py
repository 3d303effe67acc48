"""An annotator's, a reviewer's and an expert's work in the window, by real keys and clicks."""

import json
import re
import shutil

import numpy as np
import pyvips
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from builders.datasets import ANN, EXP, LEA, REV, grid, make_project
from labelmend.review.sampling import Rates
from labelmend_desktop.canvas.focus import suggested_outline
from labelmend_desktop.sample_dialog import SampleChoice
from labelmend_desktop.when import WAITS_FOR_OTHERS
from labelmend_desktop.words import is_of_picture

K = Qt.Key


def test_opens_on_the_worst_issue(hands):
    project = hands.session.project
    assert hands.session.issue == hands.listed()[0]
    row = project.issues.row_of(hands.session.issue)
    assert project.issues.score[row] == project.issues.score.max()
    assert hands.window.windowTitle() == "test.labelmend – Ann, as annotator – Labelmend"


def test_enter_accepts_and_goes_on(hands):
    first = hands.session.issue
    hands.press(K.Key_Return)
    assert hands.status(first) == "fixed"
    assert hands.session.issue == hands.listed()[0] != first
    assert first not in hands.listed()


def test_a_does_the_same_from_the_list(hands):
    hands.window.issues.view.setFocus()
    first = hands.session.issue
    hands.press(K.Key_A)
    assert hands.status(first) == "fixed"


def test_the_suggestion_is_told_of_the_issues_own_label_whatever_is_selected(hands):
    project = hands.session.project
    for kind in ("location", "class"):
        row = project.issues.row_of(hands.go_to(kind))
        told = hands.window.panel.fix.text()
        assert told.startswith("Suggested: ")
        own = int(project.issues.annotation[row])
        far = next(
            label
            for image in range(project.n_images)
            for label in project.annotations_of(image)
            if label.key != own and np.isfinite(label.bbox).all()
        )
        hands.session.select(far.key)
        assert hands.window.panel.annotation().key == far.key
        assert hands.window.panel.fix.text() == told


def test_x_and_u_judge_and_go_on(hands):
    first, second = hands.listed()[:2]
    hands.press(K.Key_X, K.Key_U)
    assert hands.status(first) == "dismissed"
    assert hands.status(second) == "ambiguous"


def test_own_work_that_waits_for_others_is_told_beside_the_count(hands):
    hands.press(K.Key_U)
    tab = hands.window.findChild(object, "queue_expert")
    assert tab.text() == "Expert  0 + 1 yours"
    assert "somebody else" in tab.toolTip()
    hands.press(K.Key_Z)
    assert tab.text() == "Expert  0"
    assert tab.toolTip() == ""


def test_a_key_that_is_leant_on_judges_once(hands):
    first, second = hands.listed()[:2]
    QTest.keyPress(hands.window.canvas, K.Key_X)
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    for _ in range(5):
        again = QKeyEvent(QEvent.Type.KeyPress, K.Key_X, Qt.KeyboardModifier.NoModifier, "x", True)
        QApplication.sendEvent(hands.window.canvas, again)
    assert hands.status(first) == "dismissed"
    assert hands.status(second) == "flagged"


def test_undo_brings_the_issue_back_and_into_sight(hands):
    before = hands.listed()
    first = hands.session.issue
    hands.press(K.Key_Return, K.Key_N)
    hands.press(K.Key_Z)
    assert hands.status(first) == "flagged"
    assert hands.session.issue == first
    assert hands.listed() == before
    hands.press(K.Key_Z, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert hands.status(first) == "fixed"


def test_what_was_done_here_to_other_labels_is_undone_here(hands):
    session, view = hands.session, hands.window.canvas.view
    issue, suspect = session.issue, session.selected
    others = [one.key for one in session.annotations() if one.key != suspect]
    at = np.flatnonzero(session.project.issues.image == session.image)
    assert set(session.project.issues.annotation[at].tolist()) & set(others)  # some have issues of their own
    session.selection.take(others)
    hands.press(K.Key_Delete)
    assert len(session.annotations()) == 1
    hands.press(K.Key_Z)
    assert len(session.annotations()) == 1 + len(others)
    assert (session.issue, session.selected, hands.window.canvas.view) == (issue, suspect, view)
    category = session.project.annotation(suspect).category
    hands.press(K.Key_1)
    assert session.project.annotation(suspect).category == session.draw_category != category
    hands.press(K.Key_Z)
    assert (session.issue, session.draw_category) == (issue, category)


def test_fixed_by_hand_stays_in_the_list_until_it_is_left(hands):
    issue = hands.go_to("location")
    key = hands.session.selected
    box = hands.session.project.annotation(key).bbox
    hands.session.edits.set_box(key, box + np.array([1, 1, -2, -2]))
    assert hands.status(issue) == "fixed"
    assert issue in hands.listed()
    assert hands.session.issue == issue
    hands.press(K.Key_P)
    assert hands.session.issue != issue
    assert issue not in hands.listed()


def test_buttons_do_what_the_keys_do(hands):
    judged = []
    for verdict in ("accept", "dismiss", "ambiguous"):
        judged.append(hands.session.issue)
        hands.click(verdict)
    first, second, third = judged
    assert [hands.status(i) for i in (first, second, third)] == ["fixed", "dismissed", "ambiguous"]
    hands.click("undo")
    assert hands.status(third) == "flagged"


def test_comment_goes_with_the_verdict(hands):
    first = hands.session.issue
    hands.press(K.Key_M)
    assert hands.window.panel.comment.hasFocus()
    QTest.keyClicks(hands.window.panel.comment, "an x and a u")
    assert hands.status(first) == "flagged"
    hands.press(K.Key_Return)
    assert hands.window.canvas.hasFocus()
    hands.press(K.Key_X)
    assert hands.status(first) == "dismissed"
    last = hands.session.project.store.history()[-1].step()
    assert last.decisions[0].comment == "an x and a u"
    assert hands.window.panel.comment.text() == ""


def test_delete_and_likely_class_and_picker(hands):
    issue = hands.go_to("class")
    key = hands.session.selected
    hands.press(K.Key_9)
    assert "C chooses" in hands.window.error_bar.text.text()
    hands.press(K.Key_1)
    dog = hands.session.project.categories.name.index("dog")
    assert hands.session.project.annotation(key).category == dog
    assert hands.status(issue) == "fixed"
    hands.press(K.Key_C)
    picker = hands.window.panel.class_choice.picker
    assert picker.isVisible()
    QTest.keyClicks(picker.text, "bir")
    QTest.keyClick(picker.text, K.Key_Return)
    assert not picker.isVisible()
    assert hands.session.project.categories.name[hands.session.project.annotation(key).category] == "bird"
    hands.go_to("spurious")
    key = hands.session.selected
    hands.press(K.Key_Delete)
    assert hands.session.project.annotation(key) is None


def test_class_of_a_missing_label_adds_it(hands):
    issue = hands.go_to("missing")
    before = len(hands.session.annotations())
    hands.press(K.Key_2)
    assert hands.status(issue) == "fixed"
    assert len(hands.session.annotations()) == before + 1


def test_reviewer_and_expert(hands):
    first = hands.session.issue
    hands.press(K.Key_Return)
    second = hands.session.issue
    hands.press(K.Key_Return)
    third = hands.session.issue  # not the third of the list: an issue goes with the label it is about
    hands.press(K.Key_U)
    hands.answers.given |= {"who": LEA, "sample": SampleChoice(Rates(1.0), 7)}
    hands.click("person")
    assert hands.session.queue == "fix"
    hands.window.actions_.run("draw_sample")
    assert set(hands.listed()) == {first, second}
    hands.answers.given["who"] = REV
    hands.click("person")
    assert hands.session.queue == "review"
    assert set(hands.listed()) == {first, second}
    kept, refused = hands.listed()
    hands.press(K.Key_Return)
    assert hands.status(kept) == "approved"
    hands.press(K.Key_X)
    assert hands.status(refused) == "in_review"
    hands.press(K.Key_Return)
    assert hands.window.panel.comment.hasFocus()
    QTest.keyClicks(hands.window.panel.comment, "too tight")
    hands.press(K.Key_Return)
    assert hands.status(refused) == "rejected"

    hands.answers.given["who"] = EXP
    hands.click("person")
    assert hands.session.queue == "expert"
    assert set(hands.listed()) == {refused, third}
    hands.session.set_issue(refused)
    assert "“too tight”" in hands.window.panel.opinions.text()
    assert "<b>Ann</b>, annotator: accept the suggestion" in hands.window.panel.opinions.text()
    assert re.search(r">\d{4}-\d\d-\d\d\N{NO-BREAK SPACE}\d\d:\d\d<", hands.window.panel.opinions.text())
    assert hands.window.panel.fix.text().startswith("Changed: ")
    hands.press(K.Key_X)
    assert hands.status(refused) == "decided"
    hands.session.set_issue(third)
    hands.press(K.Key_S)
    QTest.keyClicks(hands.window.panel.comment, "look at the tail")
    hands.press(K.Key_Return)
    assert hands.status(third) == "flagged"


def test_own_work_is_not_offered(hands):
    own = hands.session.issue
    hands.press(K.Key_Return)
    hands.answers.given |= {"who": LEA, "sample": SampleChoice(Rates(1.0), 7)}
    hands.click("person")
    hands.window.actions_.run("draw_sample")
    assert len(hands.listed()) == 1
    hands.answers.given["who"] = type(ANN)("ann ", "reviewer")
    hands.click("person")
    assert hands.listed() == []
    assert "own work" in hands.window.issues._empty._text.text()
    hands.session.set_issue(own)
    hands.press(K.Key_Return)
    assert hands.window.status_line.word.text() == WAITS_FOR_OTHERS


def test_the_wrong_role_is_told_what_to_do(hands):
    first = hands.session.issue
    hands.answers.given["who"] = REV
    hands.click("person")
    hands.click("queue_fix")
    hands.session.set_issue(first)
    assert not hands.window.panel.verdicts._buttons["accept"].isVisible()
    assert "annotator" in hands.window.panel.verdicts._other_role.text()
    hands.press(K.Key_Return)
    assert hands.status(first) == "flagged"


def test_what_the_lead_alone_does_says_so_to_others(hands):
    action = hands.window.actions_.action("draw_sample")
    assert not action.isEnabled()
    assert "Only the lead" in action.toolTip()
    hands.answers.given |= {"who": LEA, "sample": SampleChoice(Rates(1.0), 7)}
    assert hands.window.actions_.run("draw_sample") is False
    hands.click("person")
    assert action.isEnabled()
    assert "Only the lead" not in action.toolTip()
    assert not hands.window.panel.verdicts._buttons["accept"].isVisible()
    assert "annotator; you work as lead" in hands.window.panel.verdicts._other_role.text()


def opened(tmp_path, open_window, **first):
    """The window on twelve pictures whose first label is otherwise than it should be."""
    annotations, detections = grid()
    annotations[0] |= first
    project = make_project(tmp_path, annotations=annotations, detections=detections)
    path = project.path
    project.close()
    return open_window(path)


def test_a_reason_that_tells_of_an_earlier_label_says_so(tmp_path, open_window):
    hands = opened(tmp_path, open_window, bbox=[8, 12, 76, 66], category_id=2)
    panel = hands.window.panel
    loose = hands.go_to("location")
    assert not panel.since.isVisible()
    hands.go_to("class")
    hands.press(K.Key_Return)
    hands.session.set_issue(loose)
    assert panel.since.isVisible()
    assert "what is said here is of how it was" in panel.since.text()
    hands.press(K.Key_Z)
    hands.session.set_issue(loose)
    assert not panel.since.isVisible()


def test_enter_mends_an_outline_that_crosses_itself_as_it_is_shown(tmp_path, open_window):
    bow = [20.0, 20, 80, 60, 80, 20, 20, 60]
    hands = opened(tmp_path, open_window, bbox=[20, 20, 60, 40], segmentation=[bow])
    issue = hands.go_to("structure")
    assert hands.window.panel.fix.text() == "Suggested: mend the outline: 2 parts that cross nowhere."
    focus = hands.window.canvas.contents.focus
    label = hands.session.project.annotation(focus.key)
    shown = suggested_outline(focus.suggestion, label)
    hands.press(K.Key_Return)
    assert hands.status(issue) == "fixed"
    written = hands.session.project.annotation(focus.key).polygons
    assert [part.tolist() for part in written] == [part.tolist() for part in shown]
    hands.press(K.Key_Z)
    assert hands.session.project.annotation(focus.key).polygons[0].ravel().tolist() == bow


def test_a_project_of_fewer_classes_opens_in_place_of_another(tmp_path, hands):
    """The first issue of a project comes before the project is announced."""
    one = tmp_path / "one"
    one.mkdir()
    annotations, detections = grid()
    for record in (*annotations, *detections):
        record["category_id"] = 1
    annotations[0]["bbox"] = [8.0, 12.0, 76.0, 66.0]
    pictures = [{"id": n, "file_name": f"{n:03}.png", "width": 320, "height": 240} for n in range(1, 13)]
    classes = [{"id": 1, "name": "cat"}]
    text = json.dumps({"images": pictures, "categories": classes, "annotations": annotations})
    project = make_project(one, annotations=annotations, detections=detections, text=text)
    path = project.path
    project.close()
    assert hands.window.files.open_path(path)
    assert hands.session.issue is not None
    assert hands.window.panel.class_choice.likely == []
    assert not hands.window.error_bar.isVisible()


def test_after_a_fix_by_hand_the_button_says_that_enter_only_goes_on(hands):
    hands.go_to("location")
    button = hands.window.findChild(QPushButton, "accept")
    assert button.text() == "Accept   Enter"
    hands.session.edits.set_box(hands.session.selected, [20, 20, 60, 50])
    assert button.text() == "Keep it, go on   Enter"
    hands.press(K.Key_Z)
    assert button.text() == "Accept   Enter"


def test_a_picture_whose_turn_its_size_does_not_tell_is_turned_if_wanted(tmp_path, open_window, qtbot):
    project = make_project(tmp_path)
    path, image = project.path, int(project.issues.image[0])
    upside_down = pyvips.Image.black(320, 240).copy()
    upside_down.set_type(pyvips.GValue.gint_type, "orientation", 3)
    project.image_path(image).write_bytes(upside_down.jpegsave_buffer())
    issue = int(project.issues.id[0])
    project.close()
    hands = open_window(path)
    hands.session.set_issue(issue)
    canvas = hands.window.canvas
    qtbot.waitUntil(lambda: "shown as stored" in canvas.words)
    hands.window.actions_.run("turn_pictures")
    qtbot.waitUntil(lambda: "shown turned" in canvas.words)
    assert hands.session.issue == issue
    assert "turned by EXIF" in hands.window.status_line.word.text()


def test_a_missing_picture_offers_its_folder_and_nothing_to_accept(tmp_path, open_window, qtbot):
    project = make_project(tmp_path)
    path, image = project.path, int(project.issues.image[0])
    project.image_path(image).unlink()
    project.close()
    hands = open_window(path)
    hands.session.set_image(image)
    issues = hands.session.project.issues

    def noted():
        return [row for row in range(len(issues)) if is_of_picture(issues, row)]

    qtbot.waitUntil(lambda: bool(noted()))
    hands.session.set_issue(int(issues.id[noted()[0]]))
    assert hands.window.panel.heading.text() == "Picture missing"
    assert not hands.window.panel.verdicts.findChild(QPushButton, "accept").isVisible()
    hands.press(K.Key_Return)
    assert "choose its folder" in hands.window.status_line.word.text()
    hands.click("find_pictures")
    assert [name for name, _asked in hands.answers.shown if name == "images_folder"]
    assert hands.window.panel.heading.text() == "Picture missing"
    shutil.copytree(hands.session.project.images_folder, tmp_path / "all")
    name = hands.session.project.images.file_name[image]
    (tmp_path / "all" / name).write_bytes(next((tmp_path / "all").iterdir()).read_bytes())
    hands.answers.given["images_folder"] = tmp_path / "all"
    hands.click("find_pictures")
    issues = hands.session.project.issues
    assert [issues.status_of(row) for row in noted()] == [None]  # its file is there now
    hands.go_to("location")
    assert hands.window.panel.verdicts.findChild(QPushButton, "accept").isVisible()
    assert not hands.window.panel.verdicts.findChild(QPushButton, "find_pictures").isVisible()
