"""From nothing to a project: dropped files, the new-project dialog, opening, finding, exporting."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from builders.datasets import ANN, LEA, REV, faulty, make_project, write_dataset
from labelmend.errors import Refused
from labelmend.review.rules import judged
from labelmend.review.states import FLAGGED, Actor
from labelmend_desktop import places
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.start.dropped import Dropped, kind_of, sort_out
from labelmend_desktop.start.new_project import NewProject, NewProjectDialog
from labelmend_desktop.start.who import WhoDialog
from labelmend_resources import copy_sample


@pytest.fixture
def files(tmp_path):
    return write_dataset(tmp_path, **faulty())


def new(files, tmp_path, **other):
    annotations, pictures, detections = files
    return NewProject(annotations, pictures, (detections,), tmp_path / "made.labelmend")


# -------------------------------------------------------------------- what is what
def test_files_are_told_apart_by_their_first_bytes(tmp_path, files):
    annotations, pictures, detections = files
    packed = tmp_path / "r.json.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf \n" + detections.read_bytes()))
    scored = tmp_path / "s.json"
    scored.write_text(json.dumps({"annotations": [{"score": 0.5}]}))
    broken = tmp_path / "b.json.gz"
    broken.write_bytes(b"no gzip")
    assert kind_of(annotations) == "annotations"
    assert kind_of(detections) == "detections"
    assert kind_of(packed) == "detections"
    assert kind_of(scored) == "scored"
    assert kind_of(pictures) == "images"
    assert kind_of(pictures / "001.png") == "images"
    assert kind_of(tmp_path / "x.labelmend") == "project"
    assert kind_of(broken) == ""
    assert kind_of(tmp_path / "notes.txt") == ""


def test_dropped_files_find_their_places(files, tmp_path):
    annotations, pictures, detections = files
    found = sort_out([detections, annotations, tmp_path / "notes.txt"])
    assert (found.annotations, found.detections) == (annotations, (detections,))
    assert found.images == pictures  # seen beside the annotations
    assert found.strangers == (tmp_path / "notes.txt",)


def test_dialog_fills_in_what_follows(qtbot, files):
    annotations, pictures, detections = files
    dialog = NewProjectDialog(Dropped())
    qtbot.addWidget(dialog)
    assert not dialog.make.isEnabled()
    dialog.annotations.setText(str(annotations))
    assert dialog.images.text() == str(pictures)
    assert dialog.project.text().endswith(".labelmend")
    assert dialog.make.isEnabled()
    dialog.detections.setText(str(annotations.parent / "none.json"))
    assert not dialog.make.isEnabled()
    dialog.take(Dropped(detections=(detections,)))
    assert dialog.make.isEnabled()
    assert dialog.answer().detections == (detections,)


def test_dialog_takes_the_detections_of_several_models(qtbot, files):
    annotations, _, detections = files
    other = detections.with_name("other; model.json")
    other.write_text("[]")
    dialog = NewProjectDialog(sort_out([annotations, detections, detections.with_name("second.json")]))
    qtbot.addWidget(dialog)
    assert dialog.answer().detections == (detections,)
    second = detections.with_name("second.json")
    second.write_text("[]")
    dialog.take(sort_out([second, detections]))
    assert dialog.make.isEnabled()
    assert dialog.answer().detections == (second, detections)
    dialog.detections.setText(f"{detections}; {detections.with_name('none.json')}")
    assert not dialog.make.isEnabled()
    dialog.detections.setText(str(other))  # its name holds what stands between names
    assert dialog.answer().detections == (other,)


def test_dialog_refuses_a_name_that_is_taken(qtbot, files, tmp_path):
    dialog = NewProjectDialog(Dropped(annotations=files[0]))
    qtbot.addWidget(dialog)
    taken = tmp_path / "taken.labelmend"
    taken.touch()
    dialog.project.setText(str(taken.with_suffix("")))
    assert "exists already" in dialog._problem.text()
    assert not dialog.make.isEnabled()


def test_a_lead_who_opens_another_project_sees_what_is_to_be_fixed(open_window, tmp_path):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(path, actor=LEA)
    hands.session.set_queue("expert")
    assert hands.window.files.open_path(path)
    assert hands.session.queue == "fix"
    assert hands.listed()


def test_who_is_asked_by_name_and_role(qtbot):
    dialog = WhoDialog(Actor("Rev", "reviewer"))
    qtbot.addWidget(dialog)
    assert dialog.answer() == Actor("Rev", "reviewer")
    dialog.name.setText("  ")
    assert not dialog.go.isEnabled()
    dialog.name.setText(" Eve ")
    dialog.roles["expert"].click()
    assert dialog.answer() == Actor("Eve", "expert")


# -------------------------------------------------------------------- in the window
def test_files_that_are_not_there_or_are_nothing_we_know_are_named(open_window, files, tmp_path):
    window = open_window().window
    (tmp_path / "notes.txt").touch()
    window.files.open_dropped([tmp_path / "typo.json", files[0].parent])
    assert window.error_bar.text.text() == f"There is no file {tmp_path / 'typo.json'}."
    window.files.open_dropped([tmp_path / "notes.txt"])
    assert window.error_bar.text.text().startswith("Neither a project nor a COCO file: notes.txt.")


def test_first_start_shows_where_to_begin(open_window):
    hands = open_window()
    assert hands.window.welcome.isVisible()
    assert not hands.window.left.isVisible()
    for name in ("new_project", "open_project", "open_sample"):
        assert hands.window.welcome.findChild(object, name).isVisible()


def test_who_works_is_asked_once_and_remembered(open_window, tmp_path):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(actor=None, who=ANN)
    assert hands.window.files.open_path(path)
    assert hands.session.actor == ANN
    hands.session.close()
    assert hands.window.files.open_path(path)
    assert [name for name, _ in hands.answers.shown] == ["who"]
    again = open_window(actor=None, who=None)
    assert not again.window.files.open_path(path)
    assert again.answers.shown == [("who", ANN)]
    assert again.session.project is None


def test_new_project_is_made_in_the_background_and_opened(open_window, qtbot, files, tmp_path):
    hands = open_window(new_project=new(files, tmp_path))
    hands.click("new_project")
    assert hands.window.tasks.busy
    qtbot.waitUntil(lambda: hands.session.project is not None)
    assert hands.session.project.name == "made.labelmend"
    assert places.recent_projects() == [tmp_path / "made.labelmend"]
    assert [name for name, _ in hands.answers.shown] == ["new_project"]


def test_what_is_wrong_in_a_file_is_told_when_it_is_imported(open_window, qtbot, files, tmp_path):
    content = json.loads(files[0].read_text())
    content["annotations"][0]["bbox"] = "no box"
    files[0].write_text(json.dumps(content))
    hands = open_window(new_project=new(files, tmp_path))
    hands.click("new_project")
    qtbot.waitUntil(lambda: "report" in [name for name, _ in hands.answers.shown])
    assert "annotations[0]" in str(hands.answers.shown[-1])


def test_cancel_leaves_no_project(open_window, qtbot, files, tmp_path):
    hands = open_window(new_project=new(files, tmp_path))
    hands.click("new_project")
    hands.click("cancel_work")
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert hands.session.project is None
    assert not (tmp_path / "made.labelmend").exists()


def test_bad_file_is_a_sentence_in_the_bar(open_window, qtbot, files, tmp_path):
    files[0].write_text('{"images": [')
    hands = open_window(new_project=new(files, tmp_path))
    hands.click("new_project")
    qtbot.waitUntil(hands.window.error_bar.isVisible)
    assert "annotations.json" in hands.window.error_bar.text.text()
    assert not (tmp_path / "made.labelmend").exists()
    hands.click("error_close")
    assert not hands.window.error_bar.isVisible()


def drop(window, *paths: Path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def test_dropped_project_is_opened(open_window, tmp_path):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window()
    drop(hands.window, path)
    assert hands.session.project.name == "test.labelmend"


def test_dropped_dataset_starts_a_new_project_prefilled(open_window, files):
    annotations, pictures, detections = files
    hands = open_window()
    drop(hands.window, detections, annotations, pictures)
    name, given = hands.answers.shown[0]
    assert name == "new_project"
    assert given == Dropped(annotations=annotations, detections=(detections,), images=pictures)


def test_dropped_stranger_is_said(open_window, tmp_path):
    hands = open_window()
    drop(hands.window, tmp_path / "notes.txt")
    assert "notes.txt" in hands.window.error_bar.text.text()


def test_detections_of_two_models_are_kept_and_named(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, detections_given=False)
    path = project.path
    project.close()
    first = tmp_path / "detections.json"
    seen = json.loads(first.read_text())
    for one in seen:
        one["bbox"][0] += 1.5
        one["score"] = round(0.9 * one["score"], 3)
    second = tmp_path / "second.json"
    second.write_text(json.dumps(seen))
    hands = open_window(path, detections_files=[first, second])
    hands.window.actions_.run("add_detections")
    qtbot.waitUntil(lambda: hands.session.project.models != () and not hands.window.tasks.busy)
    qtbot.waitUntil(lambda: len(hands.listed()) > 3 and not hands.window.tasks.busy)
    assert dict(hands.answers.shown)["find"]["models"] == ("detections.json", "second.json")
    hands.go_to("missing")
    scene = hands.window.canvas.contents.scene
    named = {scene.model(row) for row in np.flatnonzero(scene.is_detection).tolist()}
    assert named == {"detections.json", "second.json"}
    assert scene.model(0) == ""
    table = hands.session.project.issues
    assert "both models see it" in table.sentence(table.row_of(hands.session.issue))


def test_add_detections_then_find(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, detections_given=False)
    path = project.path
    project.close()
    hands = open_window(path, detections_files=[tmp_path / "detections.json"])
    few = len(hands.listed())
    hands.window.actions_.run("add_detections")
    qtbot.waitUntil(lambda: len(hands.listed()) > few and not hands.window.tasks.busy)


def test_detections_with_faults_take_the_place_of_others_only_after_a_look(tmp_path, open_window, qtbot):
    project = make_project(tmp_path)
    path, before = project.path, len(project.detections().score)
    project.close()
    seen = json.loads((tmp_path / "detections.json").read_text())
    for one in seen[4:]:
        one["image_id"] += 7_000
    other = tmp_path / "other.json"
    other.write_text(json.dumps(seen))
    hands = open_window(path, detections_files=[other], use_detections=False)
    for answer, number in ((False, before), (True, 4)):
        hands.answers.given["use_detections"] = answer
        hands.answers.shown.clear()
        hands.window.actions_.run("add_detections")
        qtbot.waitUntil(lambda: "use_detections" in dict(hands.answers.shown))
        qtbot.waitUntil(lambda: not hands.window.tasks.busy)
        assert len(hands.session.project.detections().score) == number
        asked = dict(hands.answers.shown)["use_detections"]
        assert asked["head"] == f"4 detections can be used, in place of the {before} in the project."
        assert "another dataset" in " ".join(asked["sentences"])
        assert ("find" in dict(hands.answers.shown)) is answer


def test_export_shows_its_certificate(hands, tmp_path, qtbot):
    hands.press(Qt.Key.Key_Return, Qt.Key.Key_X)
    out = tmp_path / "out.json"
    hands.answers.given["export"] = ExportChoice(out, every_fix=False)
    hands.window.actions_.run("export")
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert out.is_file()
    name, shown = hands.answers.shown[-1]
    assert name == "certificate"
    assert shown["path"] == out
    assert any("1 " in sentence for sentence in shown["sentences"])
    asked = dict(hands.answers.shown)["export"]
    assert asked["target"].name == "test-corrected.json"
    # a second time the file exists: asked, and left alone on no
    before = out.read_bytes()
    hands.answers.given["replace"] = False
    hands.window.actions_.run("export")
    assert hands.answers.shown[-1] == ("replace", out)
    assert out.read_bytes() == before


def test_an_export_onto_the_source_is_refused_before_anything_is_asked(hands, tmp_path):
    source = tmp_path / "annotations.json"
    before = source.read_bytes()
    hands.press(Qt.Key.Key_Return)
    hands.answers.given["export"] = ExportChoice(source, every_fix=False)
    hands.window.actions_.run("export")
    assert not hands.window.tasks.busy
    assert "replace" not in dict(hands.answers.shown)
    assert source.read_bytes() == before


def test_missing_pictures_are_asked_for(tmp_path, open_window):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    (tmp_path / "pictures").rename(tmp_path / "moved")
    hands = open_window(path, images_folder=tmp_path / "moved")
    assert hands.window.error_bar.isVisible()
    hands.click("error_help")
    assert hands.session.project.images_folder == tmp_path / "moved"
    assert not hands.window.error_bar.isVisible()


def test_an_error_says_by_itself_what_helps(tmp_path, open_window):
    project = make_project(tmp_path)
    project.close()
    hands = open_window(project.path)
    bar, failed = hands.window.error_bar, hands.session.failed
    failed.emit("Who is working on it, and is the folder of the pictures read so?")
    assert bar.help.isHidden()
    with pytest.raises(Refused) as refused:
        judged(FLAGGED, REV, "dismissed")
    failed.emit(refused.value)
    assert bar.help.text() == "Who is working…"
    hands.answers.given["who"] = LEA
    hands.click("error_help")
    assert hands.session.actor == LEA


def test_sample_project_is_copied_made_and_found(open_window, qtbot, home):
    hands = open_window()
    hands.click("open_sample")
    qtbot.waitUntil(
        lambda: hands.session.project is not None and bool(len(hands.session.project.issues)), timeout=20000
    )
    project = hands.session.project
    assert home in project.path.parents
    rows = [(row.op, row.actor) for row in project.store.history()]
    assert rows == [("import", ""), ("do", "Labelmend"), ("find", "Ann")]
    assert "a coin has a number" in project.state.instructions.of("bottle cap").definition
    assert hands.session.undo_title is None
    hands.session.close()
    hands.click("open_sample")
    assert hands.session.project is not None


def test_a_sample_whose_instructions_were_spoilt_opens_and_says_so(open_window, qtbot, home):
    hands = open_window()
    folder = copy_sample(places.data_folder() / "sample")
    (folder / "instructions.md").write_text("## no such class\n", encoding="utf-8")
    hands.click("open_sample")
    qtbot.waitUntil(lambda: any(name == "report" for name, _ in hands.answers.shown), timeout=20000)
    (told,) = [asked for name, asked in hands.answers.shown if name == "report"]
    assert "instructions.md" in told["sentences"][-1]
    assert hands.session.project.state.instructions is None


def test_our_fault_is_said_and_logged(hands, caplog):
    hands.window.actions_.bind({"fit_image": lambda: 1 / 0})
    hands.press(Qt.Key.Key_0)
    assert "our fault" in hands.window.error_bar.text.text()
    assert "ZeroDivisionError" in caplog.text


def test_layout_is_kept_and_reset(hands):
    hands.window.right.setFloating(True)
    hands.window.actions_.run("reset_layout")
    assert not hands.window.right.isFloating()
