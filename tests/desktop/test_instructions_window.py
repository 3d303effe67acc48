"""The window of the instructions: written by the lead, read by all, versioned, weighed, in and out."""

import re

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from builders.datasets import ANN, LEA, make_project
from labelmend.project.foreseeing import foresee, foreseeing
from labelmend.project.instructing import add_reference, instructions_of
from labelmend.project.references import cut_of, made_of_label
from labelmend.review.instructions import Amount, tolerance_of
from labelmend_desktop import theme
from labelmend_desktop.instructions.window import InstructionsWindow

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Writer:
    """The window of the instructions, open at a class, and the hands that write in it."""

    def __init__(self, hands, qtbot):
        self.hands, self.qtbot = hands, qtbot
        self.window = hands.window.findChild(InstructionsWindow)
        hands.window.canvas.setFocus()
        hands.press(K.Key_I, modifier=CTRL)
        assert self.window.isVisible()

    @property
    def project(self):
        return self.hands.session.project

    def at(self, name):
        items = self.window.list.findItems(name, Qt.MatchFlag.MatchStartsWith)
        self.window.list.setCurrentItem(items[0])

    def field(self, name):
        return self.window.findChild(object, f"instructions_{name}")

    def write(self, name, text):
        field = self.field(name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def press(self, name):
        button = self.window.findChild(object, name)
        assert button.isEnabled(), name
        QTest.mouseClick(button, LEFT)

    def save(self):
        self.qtbot.waitUntil(self.window.save.isEnabled)
        self.press("save_instructions")

    def preview(self):
        self.qtbot.waitUntil(lambda: not self.window._later.isActive())
        return self.window.preview.toPlainText()


@pytest.fixture
def hands(tmp_path, open_window):
    project = make_project(tmp_path, actor=LEA)
    for key, good in ((6, True), (9, False)):
        made = made_of_label(cut_of(project, project.annotation(key)))
        add_reference(project, 0, made, good=good, caption=f"picture {key}")
    project.close()
    return open_window(tmp_path / "test.labelmend", actor=LEA)


@pytest.fixture
def writer(hands, qtbot):
    return Writer(hands, qtbot)


def test_it_opens_at_the_class_at_hand_and_the_work_goes_on_beside_it(hands, writer):
    hands.go_to("location")
    writer.window.close()
    hands.press(K.Key_I, modifier=CTRL)
    assert writer.window.form.name == "cat"
    assert not writer.window.isModal()
    first = hands.session.issue
    hands.window.activateWindow()
    hands.window.canvas.setFocus()
    hands.press(K.Key_N)
    assert hands.session.issue != first
    assert writer.window.isVisible()


def test_what_is_written_is_seen_at_once_and_saved_as_one_step(hands, writer):
    writer.at("dog")
    writer.write("definition", "Barks, **loudly**")
    writer.write("include", "the tail")
    assert "Barks, loudly" in writer.preview()
    assert "Include: the tail" in writer.preview()
    assert writer.window.list.currentItem().text() == "dog  •"
    assert instructions_of(writer.project).of("dog").definition == ""
    rows = len(writer.project.store.history())
    writer.save()
    assert len(writer.project.store.history()) == rows + 1
    one = instructions_of(writer.project).of("dog")
    assert (one.definition, one.include) == ("Barks, **loudly**", "the tail")
    assert not writer.window.save.isEnabled()
    assert writer.window.said.text() == "The instructions are saved."
    hands.session.undo()
    assert writer.field("definition").toPlainText() == ""
    hands.session.redo()
    assert writer.field("definition").toPlainText() == "Barks, **loudly**"


def test_what_other_numbers_do_is_said_before_they_are_saved(hands, writer, qtbot):
    writer.at("cat")
    box = writer.field("tolerance_pixels")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "40")
    assert writer.window.said.text() == "Counting what that changes…"
    qtbot.waitUntil(lambda: not writer.window.cost.counting, timeout=20000)
    given = writer.window.draft.now
    assert given.of("cat").tolerance == Amount(40)
    told = foresee(foreseeing(writer.project), tolerance_of(given, writer.project.categories.name))
    assert writer.window.said.text() == f"With these numbers, once errors are found again: {told.sentence}"
    assert told.goes
    writer.press("discard_instructions")
    assert writer.window.said.text() == ""
    assert box.value() == 0
    box.setValue(40)
    writer.save()
    qtbot.waitUntil(lambda: not writer.window.cost.counting, timeout=20000)
    assert writer.window.said.text().startswith("The instructions are saved. With these numbers, once errors")


def test_save_pressed_while_it_is_counted_waits_for_the_count_and_is_not_lost(writer, qtbot):
    writer.at("cat")
    rows = len(writer.project.store.history())
    writer.field("tolerance_pixels").setValue(40)
    assert writer.window.cost.counting
    writer.press("save_instructions")
    assert writer.window.said.text() == "Counting what that changes… It is saved then."
    assert not writer.window.save.isEnabled()
    assert len(writer.project.store.history()) == rows
    qtbot.waitUntil(lambda: not writer.window.cost.counting, timeout=20000)
    assert len(writer.project.store.history()) == rows + 1
    assert instructions_of(writer.project).of("cat").tolerance == Amount(40)
    assert writer.window.said.text().startswith("The instructions are saved. With these numbers, once errors")


def test_a_save_that_waits_is_taken_back_by_discard_and_done_at_once_by_closing(writer):
    writer.at("cat")
    writer.field("tolerance_pixels").setValue(40)
    writer.press("save_instructions")
    writer.press("discard_instructions")
    assert instructions_of(writer.project).of("cat").tolerance == Amount()
    writer.field("tolerance_pixels").setValue(30)
    writer.press("save_instructions")
    writer.window.close()
    assert instructions_of(writer.project).of("cat").tolerance == Amount(30)


def test_words_alone_cost_no_search(writer):
    writer.at("cat")
    writer.write("definition", "x")
    assert writer.window.save.isEnabled()
    assert writer.window.said.text() == ""


def test_pictures_are_turned_ordered_told_and_taken_out(writer):
    writer.at("cat")
    rows = writer.window.form.pictures.rows
    QTest.mouseClick(rows[1].up, LEFT)
    rows[1].good.setFocus()
    QTest.keyClick(rows[1].good, K.Key_Down)
    rows[1].good.activated.emit(rows[1].good.currentIndex())
    rows[0].caption.setFocus()
    rows[0].caption.selectAll()
    QTest.keyClicks(rows[0].caption, "too small")
    assert "too small" in writer.preview()
    writer.save()
    told = [(one.good, one.caption) for one in instructions_of(writer.project).of("cat").pictures]
    assert told == [(False, "too small"), (False, "picture 6")]
    QTest.mouseClick(writer.window.form.pictures.rows[0].remove, LEFT)
    writer.save()
    assert [one.caption for one in instructions_of(writer.project).of("cat").pictures] == ["picture 6"]


def test_a_picture_file_is_added_and_shown_before_it_is_saved(hands, writer, tmp_path, qtbot):
    cv2.imwrite(str(tmp_path / "new.png"), np.full((40, 60, 3), 90, np.uint8))
    hands.answers.given["picture_file"] = tmp_path / "new.png"
    writer.at("bird")
    writer.press("add_picture")
    qtbot.waitUntil(lambda: len(writer.window.form.pictures.rows) == 1)
    row = writer.window.form.pictures.rows[0]
    QTest.mouseClick(row.picture, LEFT)
    large = hands.window.findChild(object, "large_reference")
    assert large.windowTitle() == "bird: picture 1 of 1"
    assert not instructions_of(writer.project).of("bird").pictures
    writer.save()
    one = instructions_of(writer.project).of("bird").pictures[0]
    assert one.origin == "new.png"
    assert writer.project.store.picture(one.picture) is not None
    hands.answers.given["picture_file"] = tmp_path / "none.png"
    writer.press("add_picture")
    qtbot.waitUntil(lambda: "none.png is no file" in writer.window.said.text())


def test_an_earlier_version_is_shown_with_its_difference_and_restored_as_a_new_step(hands, writer, qtbot):
    writer.at("dog")
    writer.write("definition", "Barks.")
    writer.save()
    writer.write("definition", "Meows.")
    writer.save()
    writer.window.tabs.setCurrentIndex(1)
    versions = writer.window.versions
    qtbot.waitUntil(lambda: versions.list.count() == 4)
    assert re.match(
        r"\d{4}-\d\d-\d\d \d\d:\d\d  Lea\nchange the instructions: dog", versions.list.item(0).text()
    )
    assert "− Barks." in versions.difference.toPlainText()
    assert "+ Meows." in versions.difference.toPlainText()
    assert not versions.button.isEnabled()
    # closed at this page and opened again it lists what was changed meanwhile
    writer.window.close()
    writer.hands.session.undo()
    writer.window.come("dog")
    qtbot.waitUntil(lambda: versions.list.count() == 5)
    writer.hands.session.redo()
    qtbot.waitUntil(lambda: versions.list.count() == 6)
    versions.list.setCurrentRow(3)
    assert "+ Barks." in versions.difference.toPlainText()
    rows = len(writer.project.store.history())
    writer.press("restore_version")
    writer.save()
    assert instructions_of(writer.project).of("dog").definition == "Barks."
    assert len(writer.project.store.history()) == rows + 1


def test_others_read_and_cannot_write(hands, writer):
    hands.session.work_as(ANN)
    assert writer.window.rule.text().startswith("Only the lead can change the instructions")
    assert not writer.window.save.isVisible()
    writer.at("cat")
    QTest.keyClicks(writer.field("definition"), "no")
    assert writer.field("definition").toPlainText() == ""
    assert writer.field("tolerance_pixels").isReadOnly()
    assert not writer.window.form.add.isVisible()
    assert not writer.window.form.pictures.rows[0].remove.isVisible()
    assert "picture 6" in writer.preview()


def test_what_changes_meanwhile_and_what_is_written_come_together(hands, writer, qtbot):
    writer.at("cat")
    writer.write("definition", "Purrs.")
    hands.go_to("location")
    hands.session.select(hands.session.project.annotations_of(3)[0].key)
    hands.window.actions_.run("use_as_reference")
    qtbot.waitUntil(lambda: len(writer.window.form.pictures.rows) == 3)
    assert writer.field("definition").toPlainText() == "Purrs."
    writer.save()
    one = instructions_of(writer.project).of("cat")
    assert (one.definition, len(one.pictures)) == ("Purrs.", 3)


@pytest.mark.parametrize(
    ("answer", "written", "open_"), [(True, "x", False), (False, "", False), (None, "", True)]
)
def test_closing_asks_what_becomes_of_what_was_written(hands, writer, answer, written, open_):
    writer.at("dog")
    writer.write("definition", "x")
    hands.answers.given["save_instructions"] = answer
    QTest.keyClick(writer.window, K.Key_Escape)
    assert writer.window.isVisible() is open_
    assert instructions_of(writer.project).of("dog").definition == written
    hands.answers.given["save_instructions"] = False


def test_a_project_that_is_closed_saves_what_was_written(hands, writer, tmp_path):
    writer.at("dog")
    writer.write("definition", "x")
    hands.answers.given["save_instructions"] = True
    hands.session.close()
    assert ("save_instructions", False) in hands.answers.shown
    assert not writer.window.isVisible()
    assert hands.window.files.open_path(tmp_path / "test.labelmend")
    assert instructions_of(writer.project).of("dog").definition == "x"


def test_a_folder_is_written_and_read_back_through_the_window(hands, writer, tmp_path, qtbot):
    folder = tmp_path / "told"
    hands.answers.given["instructions_folder"] = folder
    writer.press("write_instructions")
    qtbot.waitUntil(lambda: writer.window.said.text().startswith("Written: "))
    assert (folder / "pictures" / "cat-1.jpg").is_file()
    file = folder / "instructions.md"
    file.write_text(file.read_text().replace("## dog\n", "## dog\n\nBarks.\n"))
    hands.answers.given["instructions_file"] = file
    before = instructions_of(writer.project)
    writer.press("read_instructions")
    qtbot.waitUntil(lambda: writer.window.draft.is_dirty)
    assert instructions_of(writer.project) == before
    writer.save()
    assert instructions_of(writer.project).of("dog").definition == "Barks."
    assert instructions_of(writer.project).of("cat") == before.of("cat")
    (folder / "pictures" / "cat-1.jpg").unlink()
    writer.press("read_instructions")
    qtbot.waitUntil(lambda: "“pictures/cat-1.jpg” is not there" in writer.window.said.text())
    assert not writer.window.draft.is_dirty


def test_they_are_printed_with_their_pictures(hands, writer, tmp_path, qtbot):
    path = tmp_path / "told.pdf"
    hands.answers.given["pdf_file"] = path
    writer.press("print_instructions")
    qtbot.waitUntil(path.is_file)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Subtype /Image") >= 2
    hands.answers.given["pdf_file"] = tmp_path / "none" / "told.pdf"
    writer.press("print_instructions")
    qtbot.waitUntil(lambda: "is not there: make it" in writer.window.said.text())


def test_they_are_not_printed_over_what_the_project_is_made_of(hands, writer, tmp_path, qtbot):
    copy = tmp_path / "copy.pdf"
    copy.write_bytes((tmp_path / "detections.json").read_bytes())
    for place, told in (
        (tmp_path / "annotations.json", "is what this project was made of"),
        (copy, "is what this project was made of"),
        (writer.project.path, "is what is read here"),
    ):
        before = place.read_bytes()
        hands.answers.given["pdf_file"] = place
        writer.press("print_instructions")
        qtbot.waitUntil(lambda: not hands.window.tasks.busy)
        assert f"{place} {told}" in writer.window.said.text()
        assert place.read_bytes() == before


def test_a_text_that_names_files_or_brings_html_shows_neither(writer):
    writer.at("dog")
    writer.window.draft.set_class(
        writer.window.draft.now.of("dog").__class__("dog", "<img src='file:///x'> ![y](/etc/hostname) **z")
    )
    assert "<img" in writer.preview()
    writer.window.draft.begin()


def test_it_is_painted_in_both_themes_at_every_class(hands, writer):
    for name in ("dark", "light"):
        theme.apply(name)
        for row in range(writer.window.list.count()):
            writer.window.list.setCurrentRow(row)
            QApplication.processEvents()
            assert not writer.window.grab().isNull()
