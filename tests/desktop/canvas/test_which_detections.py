import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import detection
from labelmend_desktop.canvas.focus import Focus
from labelmend_desktop.seeing import Shown


@pytest.fixture
def seen(desk_with):
    """Four detections on image 1: cats of 0.9 and 0.3, dogs of 0.6 and 0.2; the cat's label in hand."""
    boxes = [[44, 61, 70, 58], [150, 150, 40, 40], [200, 20, 60, 60], [20, 150, 30, 30]]
    desk = desk_with(
        detections=[
            detection(1, box, category=category, score=score)
            for box, category, score in zip(boxes, (1, 1, 2, 2), (0.9, 0.3, 0.6, 0.2), strict=True)
        ]
    )
    desk.open_image(0)
    desk.session.select(0)
    desk.session.set_flag("show_detections", True)
    return desk


def shown(desk):
    contents = desk.canvas.contents
    rows = contents.rows[contents.scene.is_detection[contents.rows]]
    return sorted(np.round(contents.scene.score[rows], 2).tolist())


def test_at_first_what_the_model_does_not_believe_in_itself_is_hidden_and_that_is_said(desk_with):
    desk = desk_with(detections=[detection(1, [44, 61, 70, 58], score=score) for score in (0.02, 0.1, 0.9)])
    desk.open_image(0)
    desk.session.set_flag("show_detections", True)
    assert shown(desk) == [0.1, 0.9]
    plate = desk.canvas.aids.hidden_detections
    assert plate.text() == "1 of 3 detections hidden: score below 0.10"


@pytest.mark.parametrize(
    ("wish", "scores", "words"),
    [
        (Shown(), [0.2, 0.3, 0.6, 0.9], ""),
        (Shown(one_class=True), [0.3, 0.9], "2 of 4 detections hidden: not cat"),
        (Shown(least=0.3), [0.3, 0.6, 0.9], "1 of 4 detections hidden: score below 0.30"),
        (
            Shown(least=0.25, most=0.6),
            [0.3, 0.6],
            "2 of 4 detections hidden: score below 0.25 or score above 0.60",
        ),
    ],
)
def test_what_is_chosen_is_shown_and_what_is_hidden_is_said(seen, wish, scores, words):
    seen.session.seeing.show_detections(wish)
    assert shown(seen) == scores
    plate = seen.canvas.aids.hidden_detections
    assert plate.isVisible() == bool(words)
    assert plate.text() == words
    seen.session.set_flag("show_detections", False)
    assert not plate.isVisible()


def test_the_class_is_that_of_the_label_in_hand(seen):
    seen.session.seeing.show_detections(Shown(one_class=True))
    seen.session.select(1)
    assert shown(seen) == [0.2, 0.6]
    assert seen.canvas.aids.hidden_detections.text() == "2 of 4 detections hidden: not dog"


def test_a_hidden_detection_is_not_named_below_the_cursor(seen):
    seen.hover(170, 170)
    assert seen.canvas.pointing.hovered is not None
    seen.session.seeing.show_detections(Shown(least=0.5))
    seen.hover(171, 170)
    assert seen.canvas.pointing.hovered is None


def test_the_pop_up_by_keys(seen):
    popup = seen.canvas.aids.which_detections
    seen.session.set_flag("show_detections", False)
    popup.come()
    assert seen.session.show_detections
    assert popup.one_class.text() == "Only those of class cat"
    QTest.keyClick(popup.one_class, Qt.Key.Key_Space)
    assert shown(seen) == [0.3, 0.9]
    QTest.keyClick(popup.one_class, Qt.Key.Key_Space)
    assert popup.least.value() == 10
    for _ in range(2):
        QTest.keyClick(popup.least, Qt.Key.Key_PageUp)
    QTest.keyClick(popup.least, Qt.Key.Key_Right)
    assert seen.session.seeing.detections == Shown(least=0.31)
    assert shown(seen) == [0.6, 0.9]
    for _ in range(8):  # beyond the other end, which it pushes
        QTest.keyClick(popup.most, Qt.Key.Key_PageDown)
    assert seen.session.seeing.detections == Shown(least=0.2, most=0.2)
    assert popup.least.value() == 20
    QTest.mouseClick(popup.every, Qt.MouseButton.LeftButton)
    assert shown(seen) == [0.2, 0.3, 0.6, 0.9]
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_a_choice_made_elsewhere_is_not_touched_by_the_pop_up(seen):
    popup = seen.canvas.aids.which_detections
    wish = Shown(one_class=True, least=0.3, most=0.9)
    seen.session.seeing.show_detections(wish)
    assert seen.session.seeing.detections == wish
    assert (popup.one_class.isChecked(), popup.least.value(), popup.most.value()) == (True, 30, 90)


def test_the_detection_that_the_issue_speaks_of_is_shown_whatever_its_score(desk_with):
    desk = desk_with(
        detections=[detection(1, [1, 1, 9, 9], score=0.9), detection(1, [150, 150, 40, 40], score=0.03)]
    )
    desk.open_image(0)
    desk.session.set_flag("show_detections", True)
    contents = desk.canvas.contents
    box, whole = np.array([150.0, 150, 40, 40]), np.array([0.0, 0, 200, 200])
    contents.focus = Focus(1, 0, "class", 0, box, whole, 0, None, detection=1)
    contents.refresh()
    assert shown(desk) == [0.03, 0.9]
    assert contents.hidden_detections() == ""
