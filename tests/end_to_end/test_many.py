"""Several labels at once, by mouse and keys, as the exported COCO file tells it."""

import json

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from builders.datasets import annotation, detection, make_project
from labelmend_desktop.canvas.view import View
from labelmend_desktop.dialogs import ExportChoice

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
TRIANGLE = [200.0, 20, 260, 20, 230, 80]
RUNS = [10, 20, 320 * 240 - 30]


def labels():
    """On the first picture a cat's box, a dog's polygon, a bird's mask and a cat's box; one on the second."""
    return [
        annotation(1, 1, [40.5, 60.5, 80, 60]),
        annotation(2, 1, [200, 20, 60, 60], category=2, segmentation=[TRIANGLE]),
        annotation(3, 1, [0, 10, 1, 20], category=3, segmentation={"size": [240, 320], "counts": RUNS}),
        annotation(4, 1, [100, 180, 50, 40]),
        annotation(5, 2, [20, 20, 40, 40], category=3),
    ]


@pytest.fixture
def work(tmp_path, open_user):
    """The window on the first of two pictures, no issue in sight."""
    seen = [detection(1, [44, 61, 70, 58]), detection(1, [102, 181, 50, 40])]
    project = make_project(tmp_path, annotations=labels(), detections=seen, images=2, find=False)
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.look()
    user.press(Qt.Key.Key_0)
    return user


def exported(work, tmp_path):
    """The annotations of the exported file, by id."""
    path = tmp_path / "out.json"
    work.export(path, ExportChoice(path, every_fix=True))
    return {one["id"]: one for one in json.loads(path.read_text())["annotations"]}


def source():
    return {one["id"]: one for one in labels()}


def test_a_band_and_a_digit_change_the_class_of_what_lies_within(work, tmp_path):
    work.drag((30, 10), (300, 150), modifier=SHIFT)
    assert work.window.status_line.selected.text() == "2 labels selected"
    work.press(Qt.Key.Key_C)
    work.wait(lambda: work.window.panel.class_choice.picker.isVisible())
    work.type("bird")
    work.press(Qt.Key.Key_Return)
    assert work.project.undo_title() == "change the class of 2 labels to bird"
    expected = source()
    for number in (1, 2):
        expected[number]["category_id"] = 3
    assert exported(work, tmp_path) == expected
    work.press(Qt.Key.Key_Z)
    assert exported(work, tmp_path) == source()


def test_a_digit_gives_all_selected_the_class_beside_it(work, tmp_path):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    place = next(
        at
        for at, row in enumerate(work.window.panel.class_choice.likely)
        if work.project.categories.name[row] == "dog"
    )
    work.press(Qt.Key(Qt.Key.Key_1 + place))
    assert [one["category_id"] for one in exported(work, tmp_path).values()] == [2, 2, 2, 2, 3]
    assert work.project.undo_title() == "change the class of 3 labels to dog"


def test_control_click_and_delete(work, tmp_path):
    work.click(50, 70)
    work.click(230, 40, modifier=CTRL)
    work.click(110, 190, modifier=CTRL)
    work.click(230, 40, modifier=CTRL)
    work.press(Qt.Key.Key_Delete)
    assert work.project.undo_title() == "delete 2 labels"
    assert list(exported(work, tmp_path)) == [2, 3, 5]
    work.press(Qt.Key.Key_Z)
    assert exported(work, tmp_path) == source()


def test_all_are_moved_by_arrows_and_by_a_drag(work, tmp_path):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_Right)
    work.press(Qt.Key.Key_Down, modifier=SHIFT)
    out = exported(work, tmp_path)
    assert out[1]["bbox"] == [41.5, 70.5, 80, 60]
    assert out[2]["segmentation"] == [[201, 30, 261, 30, 231, 90]]
    assert out[3]["bbox"] == [1, 20, 1, 20]
    assert out[3]["segmentation"] == {"size": [240, 320], "counts": [260, 20, 320 * 240 - 280]}
    work.drag((80, 90), (90, 85))
    moved = zip(exported(work, tmp_path)[1]["bbox"], out[1]["bbox"], strict=True)
    dx, dy, *_ = (a - b for a, b in moved)
    assert abs(dx - 10) < 1
    assert abs(dy + 5) < 1
    for _ in range(3):
        work.press(Qt.Key.Key_Z)
    assert exported(work, tmp_path) == source()


def test_escape_lets_go_and_delete_is_of_nothing_then(work, tmp_path):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    assert len(work.window.session.selection.keys) == 4
    work.press(Qt.Key.Key_Escape)
    assert not work.window.status_line.selected.isVisible()
    work.press(Qt.Key.Key_Delete)
    assert exported(work, tmp_path) == source()


def test_what_is_hidden_or_locked_is_out_of_reach_of_a_bulk_action(work, tmp_path):
    """Cats are hidden, birds locked: only the dog goes."""
    work.press(Qt.Key.Key_L, modifier=CTRL)
    work.press(Qt.Key.Key_Space)
    work.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Space)
    work.press(Qt.Key.Key_Escape)
    assert work.window.status_line.selected.text() == "1 class hidden"
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_Delete)
    assert list(exported(work, tmp_path)) == [1, 3, 4, 5]


def test_labels_are_aligned_to_their_detections_when_that_is_taken(work, tmp_path):
    """Of four, the two cats have a detection that shares half with them."""
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_D, modifier=CTRL)
    proposals = work.window.canvas.proposals
    assert proposals.current is not None
    assert "2 labels as the detections have them, 2 left alone" in proposals.words
    assert exported(work, tmp_path) == source()
    work.press(Qt.Key.Key_Escape)
    assert len(work.window.session.selection.keys) == 4
    work.press(Qt.Key.Key_D, modifier=CTRL)
    work.press(Qt.Key.Key_Return)
    assert work.project.undo_title() == "align 2 labels to the detections"
    expected = source()
    expected[1] |= {"bbox": [44, 61, 70, 58], "area": 4060}
    expected[4] |= {"bbox": [102, 181, 50, 40]}
    assert exported(work, tmp_path) == expected
    work.press(Qt.Key.Key_Z)
    assert exported(work, tmp_path) == source()


def test_enter_pressed_while_it_is_looked_for_takes_what_is_proposed(work):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    QTimer.singleShot(0, lambda: QTest.keyClick(work.window.windowHandle(), Qt.Key.Key_Return))
    work.press(Qt.Key.Key_D, modifier=CTRL)
    work.wait(lambda: work.project.undo_title() == "align 2 labels to the detections")


def test_what_is_proposed_for_several_goes_with_the_selection(work, tmp_path):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_D, modifier=CTRL)
    assert work.proposed is not None
    work.click(50, 70, modifier=CTRL)
    assert work.proposed is None
    assert exported(work, tmp_path) == source()


def test_where_nothing_would_move_it_is_said(work, tmp_path):
    work.click(230, 40)
    work.press(Qt.Key.Key_D, modifier=CTRL)
    assert work.window.canvas.proposals.current is None
    assert work.window.error_bar.text.text() == (
        "The label stays: no detection that is elsewhere shares half of its area."
    )


def test_hidden_labels_are_out_of_reach_until_they_are_shown(work, tmp_path):
    work.drag((30, 10), (300, 150), modifier=SHIFT)
    work.press(Qt.Key.Key_X, modifier=SHIFT)
    assert work.window.status_line.selected.text() == "2 labels hidden"
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_Delete)
    assert list(exported(work, tmp_path)) == [1, 2, 5]
    work.press(Qt.Key.Key_X, modifier=SHIFT)
    assert not work.window.status_line.selected.isVisible()
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_Delete)
    assert list(exported(work, tmp_path)) == [5]


def test_labels_are_copied_into_another_picture(work, tmp_path):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    work.press(Qt.Key.Key_C, modifier=CTRL)
    shown = json.loads(QGuiApplication.clipboard().text())
    assert [one["id"] for one in shown["annotations"]] == [1, 2, 3, 4]
    work.window.session.set_image(1)
    work.look()
    canvas = work.window.canvas
    canvas.look(View(8.0, -280 * 8.0, -200 * 8.0))  # where none of them is
    work.press(Qt.Key.Key_V, modifier=CTRL)
    around = canvas.view.rect(canvas.contents.around_several())
    assert canvas.rect().contains(around.center().toPoint())
    assert work.project.undo_title() == "paste 4 labels"
    assert len(work.window.session.selection.keys) == 4
    out = exported(work, tmp_path)
    assert list(out) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    for new, was in zip(range(6, 10), range(1, 5), strict=True):
        same = {"id": was, "image_id": 1}
        assert {name: (out[new] | same)[name] for name in source()[was] if name != "area"} == {
            name: value for name, value in source()[was].items() if name != "area"
        }
        assert out[new]["image_id"] == 2
    work.press(Qt.Key.Key_Z)
    assert exported(work, tmp_path) == source()


def test_a_foreign_text_is_not_pasted_and_that_is_said(work, tmp_path):
    QGuiApplication.clipboard().setText('{"bbox": [1, 2, 3, 4], "category_id": 99}')
    work.press(Qt.Key.Key_V, modifier=CTRL)
    assert "no class that this project has" in work.window.error_bar.text.text()
    QGuiApplication.clipboard().setText("milk, bread")
    work.press(Qt.Key.Key_V, modifier=CTRL)
    assert "The clipboard holds no labels" in work.window.error_bar.text.text()
    assert exported(work, tmp_path) == source()
