"""What a project is made of, as it is typed, and as it was typed before."""

import pytest
from PySide6.QtTest import QTest

from builders.datasets import faulty, write_dataset
from labelmend_desktop.start.dropped import Dropped
from labelmend_desktop.start.new_project import NewProject, NewProjectDialog


@pytest.fixture
def files(tmp_path):
    return write_dataset(tmp_path, **faulty())


def new(files, tmp_path):
    annotations, pictures, detections = files
    return NewProject(annotations, pictures, (detections,), tmp_path / "made.labelmend")


def test_a_path_can_be_typed_into_every_field_letter_by_letter(qtbot, files, tmp_path):
    dialog = NewProjectDialog(Dropped())
    qtbot.addWidget(dialog)
    annotations, pictures, detections = files
    target = tmp_path / "typed.labelmend"
    dialog.show()
    for field, path in zip(
        (dialog.annotations, dialog.images, dialog.detections, dialog.project),
        (annotations, pictures, detections, target),
        strict=True,
    ):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(path))  # an error of a slot fails the test
    assert dialog.make.isEnabled()
    assert dialog.answer().project == target
    for folder in ("/", ".", str(tmp_path)):
        dialog.project.setText(folder)
        assert dialog._problem.text() == f"{folder} is a folder: add a name for the project."
        assert not dialog.make.isEnabled()
    dialog.annotations.setText("x" * 5000)  # longer than any path
    assert dialog._problem.text().startswith("There is no annotations file")


def test_pictures_and_name_follow_other_annotations_unless_somebody_chose_them(qtbot, files, tmp_path):
    annotations, pictures, _ = files
    others, other_pictures, _ = write_dataset(tmp_path / "other")
    tried = NewProjectDialog(Dropped(annotations=annotations))
    qtbot.addWidget(tried)
    again = Dropped(tried.answer().project, annotations, (), pictures)
    for given in (Dropped(annotations=annotations), again):
        dialog = NewProjectDialog(given)
        qtbot.addWidget(dialog)
        dialog.annotations.setText(str(others))
        assert dialog.answer().images == other_pictures
        assert dialog.answer().project.parent == tmp_path / "other"
    dialog.images.setText(str(tmp_path))
    QTest.keyClicks(dialog.project, "x")
    chosen = dialog.answer()
    dialog.annotations.setText(str(annotations))
    assert (dialog.answer().images, dialog.answer().project) == (tmp_path, chosen.project)


def test_what_failed_need_not_be_entered_again(open_window, qtbot, files, tmp_path):
    annotations, pictures, detections = files
    whole = annotations.read_text()
    annotations.write_text('{"images": [')
    hands = open_window(new_project=new(files, tmp_path))
    hands.click("new_project")
    qtbot.waitUntil(hands.window.error_bar.isVisible)
    annotations.write_text(whole)
    hands.window.actions_.run("new_project")
    tried = hands.answers.shown[-1][1]
    assert tried == Dropped(tmp_path / "made.labelmend", annotations, (detections,), pictures)
    qtbot.waitUntil(lambda: hands.session.project is not None)
    dialog = NewProjectDialog(tried)
    qtbot.addWidget(dialog)
    assert dialog.answer() == new(files, tmp_path)
    hands.answers.given["new_project"] = None
    hands.window.actions_.run("new_project")
    assert hands.answers.shown[-1][1] == Dropped()  # what was made is not offered again


def test_a_project_is_not_named_after_a_file_that_is_not_meant_any_more(qtbot, files, tmp_path):
    annotations, pictures, _ = files
    dialog = NewProjectDialog(Dropped(annotations=annotations))
    qtbot.addWidget(dialog)
    proposed = dialog.answer().project
    dialog.annotations.setText(str(tmp_path / "gone.json"))
    assert dialog._problem.text().startswith("There is no annotations file")
    assert dialog.project.text() == ""
    dialog.annotations.setText(str(annotations))
    assert dialog.answer().project == proposed
    held = annotations.read_bytes()
    annotations.unlink()
    again = NewProjectDialog(Dropped(proposed, annotations, (), pictures))
    qtbot.addWidget(again)
    assert again.project.text() == ""
    chosen = NewProjectDialog(Dropped(tmp_path / "mine.labelmend", annotations, (), pictures))
    qtbot.addWidget(chosen)
    annotations.write_bytes(held)
    chosen.annotations.setText(str(tmp_path / "gone.json"))
    assert chosen.project.text() == str(tmp_path / "mine.labelmend")  # somebody named it so


def test_where_a_coco_file_is_opened_as_a_project_a_new_one_is_offered(files, open_window):
    hands = open_window()
    hands.window.files.open_path(files[0])
    told = hands.window.error_bar.text.text()
    assert told == f"{files[0]} is JSON, no project: make a new project of a COCO file and its pictures."
    hands.click("error_help")
    assert hands.answers.shown[-1] == ("new_project", Dropped())
