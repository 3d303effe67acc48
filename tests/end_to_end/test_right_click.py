"""The menu of a right click on the picture, by real mouse and key events."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import annotation, detection, issue_of, make_project
from labelmend_desktop.canvas.view import View

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL = Qt.KeyboardModifier.ControlModifier
RUNS = [10, 20, 320 * 240 - 30]


@pytest.fixture
def work(tmp_path, open_user):
    """The window on a picture with two boxes and a mask; no issue in sight."""
    labels = [
        annotation(1, 1, [40.5, 60.5, 80, 60]),
        annotation(2, 1, [200, 20, 60, 60], category=2),
        annotation(3, 1, [0, 10, 1, 20], category=3, segmentation={"size": [240, 320], "counts": RUNS}),
    ]
    seen = [detection(1, [44, 61, 70, 58])]
    project = make_project(tmp_path, annotations=labels, detections=seen, images=1, find=False)
    project.close()
    user = open_user(project.path)
    user.window.session.set_image(0)
    user.look()
    user.press(Qt.Key.Key_0)
    return user


def right_click(work, x, y):
    """Press the right button over a place of the picture; the menu that comes, by its words."""
    canvas, window = work.window.canvas, work.window.windowHandle()
    at = canvas.mapTo(work.window, canvas.view.to_widget(x, y).toPoint())
    QTest.mouseClick(window, RIGHT, Qt.KeyboardModifier.NoModifier, at)
    return menu_of(work)


def menu_of(work):
    """The words of the menu while it is open, else None."""
    menu = work.window.canvas_menu
    seen = [one for one in menu.actions() if one.isVisible()]
    return [one.text().split("\t")[0] for one in seen] if menu.isVisible() else None


def choose(work, name):
    """Click an entry of the open menu."""
    menu, action = work.window.canvas_menu, work.window.actions_.action(name)
    QTest.mouseClick(menu, LEFT, Qt.KeyboardModifier.NoModifier, menu.actionGeometry(action).center())
    assert not menu.isVisible()


def test_the_label_below_is_selected_and_its_verbs_are_offered(work):
    words = right_click(work, 230, 50)
    assert work.window.session.selected == 1
    assert words[:3] == ["Edit the shape", "Change class…", "Delete the label"]
    assert "Snap to the detection" in words
    assert "Fill holes" not in words
    choose(work, "delete")
    assert work.project.annotation(1) is None
    assert work.project.undo_title() == "delete the label"


def test_a_suggested_label_in_hand_is_none_yet_so_what_can_be_drawn_is_offered(tmp_path, open_user):
    project = make_project(tmp_path)
    issue = issue_of(project, "missing")
    x, y, w, h = project.issues.bbox[project.issues.row_of(issue)]
    project.close()
    user = open_user(project.path)
    user.window.session.set_issue(issue)
    user.look()
    user.press(Qt.Key.Key_E)
    words = right_click(user, x + w / 2, y + h / 2)
    assert words[0] == "Draw a box"
    assert "Delete the label" not in words
    user.window.canvas_menu.close()


def test_a_crowd_is_split_and_labels_are_joined_to_one(tmp_path, open_user):
    runs = [10, 40, 200, 40, 5000, 60, 320 * 240 - 5350]  # two pieces, one of two columns
    told = {"size": [240, 320], "counts": runs}
    crowd = annotation(1, 1, [0, 10, 23, 60], segmentation=told, iscrowd=1)
    project = make_project(tmp_path, annotations=[crowd], images=1, find=False)
    project.close()
    user = open_user(project.path)
    user.window.session.set_image(0)
    user.look()
    user.window.canvas.look(View(8.0, 40.0, 0.0))
    words = right_click(user, 0.5, 30)
    assert "Split or join a crowd" in words
    assert "Mask or polygon" not in words
    choose(user, "split_or_join")
    user.press(Qt.Key.Key_Return)
    assert [one.crowd for one in user.project.annotations_of(0)] == [False, False]
    user.press(Qt.Key.Key_A, modifier=CTRL)
    right_click(user, 0.5, 30)
    choose(user, "split_or_join")
    user.press(Qt.Key.Key_Return)
    (one,) = user.project.annotations_of(0)
    assert one.crowd


def test_on_empty_ground_it_draws_and_pastes_and_keeps_what_is_selected(work):
    work.click(80, 90)
    assert "Delete the label" not in right_click(work, 280, 200)
    assert work.window.session.selected == 0
    choose(work, "draw_box")
    assert work.window.canvas.hands.tool_name() == "box"


def test_several_stay_selected(work):
    work.press(Qt.Key.Key_A, modifier=CTRL)
    assert "Align to the detections" in right_click(work, 80, 90)
    assert len(work.window.session.selection.several) == 3


def test_no_menu_comes_in_the_middle_of_a_gesture(work):
    work.press(Qt.Key.Key_G)
    work.click(150, 100)
    assert right_click(work, 200, 150) is None
    assert work.window.canvas.hands.busy
