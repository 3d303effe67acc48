"""The class of a label chosen at the cursor, by keys alone; what is asserted is what the export says."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from builders.datasets import CLASSES, annotation, detection, make_project
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.review.class_picker import ClassPicker

K = Qt.Key
CAT, DOG, BIRD = 1, 2, 3


@pytest.fixture
def work(tmp_path, open_user):
    """A cat that two models take for a bird, and perhaps for a dog; the cursor rests on it."""
    seen = [
        detection(1, [42, 60, 80, 60], category=BIRD, score=0.8),
        detection(1, [60, 70, 80, 60], category=DOG, score=0.3),
    ]
    labels = [annotation(1, 1, [40, 60, 80, 60], category=CAT), annotation(2, 1, [200, 20, 60, 60])]
    project = make_project(tmp_path, annotations=labels, detections=seen, images=1, find=False)
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.look()
    user.window.session.select(0)
    user.window.canvas.setFocus()
    user.point(80, 90)
    user.press(K.Key_C)
    user.wait(lambda: user.window.panel.class_choice.picker.isVisible())
    return user


def category(work, tmp_path):
    out = tmp_path / "out.json"
    work.export(out, ExportChoice(out, every_fix=True))
    return json.loads(out.read_text())["annotations"][0]["category_id"]


def listed(work):
    lines = work.window.panel.class_choice.picker.list.model()
    return [lines.index(row, 0).data() for row in range(lines.rowCount())]


def test_it_opens_beside_the_cursor_with_the_likely_classes_first(work):
    canvas, picker = work.window.canvas, work.window.panel.class_choice.picker
    cursor = canvas.mapToGlobal(work.at(80, 90))
    assert not picker.geometry().contains(cursor)
    assert abs(picker.x() - cursor.x()) < 40
    assert listed(work) == ["bird", "dog", "cat"]


def test_a_digit_takes_a_likely_class(work, tmp_path):
    work.press(K.Key_2)
    assert not work.window.panel.class_choice.picker.isVisible()
    assert category(work, tmp_path) == DOG


def test_letters_of_a_name_find_it_and_enter_takes_it(work, tmp_path):
    work.type("bd")
    assert listed(work) == ["bird"]
    work.press(K.Key_Return)
    assert category(work, tmp_path) == BIRD
    assert work.window.canvas.hasFocus()


def test_escape_leaves_it_and_the_class_stays(work, tmp_path):
    work.type("do")
    work.press(K.Key_Escape)
    assert not work.window.panel.class_choice.picker.isVisible()
    assert category(work, tmp_path) == CAT
    work.press(K.Key_X)  # keys are actions again
    assert work.window.panel.class_choice.picker.text.text() == "do"


def test_the_class_used_last_follows_the_likely_ones(work):
    work.press(K.Key_1)
    work.window.session.select(1)
    work.press(K.Key_C)
    work.wait(lambda: work.window.panel.class_choice.picker.isVisible())
    assert listed(work)[0] == CLASSES[BIRD - 1]


def test_a_digit_that_begins_a_name_is_typed(qtbot):
    picker, chosen = ClassPicker(), []
    qtbot.addWidget(picker)
    picker.chosen.connect(chosen.append)
    picker.ask(QPoint(10, 10), ["7", "8", "a"], likely=[2, 1])
    QTest.keyClicks(picker.text, "2")
    assert chosen == [1]
    picker.ask(QPoint(10, 10), ["1", "12", "a"], likely=[2, 1])
    QTest.keyClicks(picker.text, "12")
    QTest.keyClick(picker.text, K.Key_Return)
    assert chosen == [1, 1]


def test_the_picker_is_as_high_as_its_classes_need(qtbot):
    picker = ClassPicker()
    qtbot.addWidget(picker)
    picker.ask(QPoint(10, 10), ["a", "b", "c"], likely=[])
    few = picker.height()
    line = picker.list.sizeHintForRow(0)
    assert picker.list.viewport().height() == 3 * line
    QTest.keyClicks(picker.text, "b")
    assert picker.height() == few
    picker.hide()
    picker.ask(QPoint(10, 10), [f"class {n}" for n in range(80)], likely=[])
    assert picker.list.viewport().height() == 12 * line
