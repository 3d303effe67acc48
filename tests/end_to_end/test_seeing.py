"""Looking closely, through the window, on the sample: nothing that is only looked at changes the file."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labelmend.geometry.polygons import bounds
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.seeing import SWITCHES, Shown

SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def looking(user, home):
    """The sample, opened from the menu, with its issues found."""
    user.choose("open_sample")
    user.wait(lambda: len(user.project.issues) > 0 and not user.window.tasks.busy)
    user.source = (user.project.path.parent / "annotations.json").read_bytes()
    user.look()
    return user


def wheel(user, notches):
    canvas = user.window.canvas
    at = QPointF(canvas.rect().center())
    for _ in range(notches):
        event = QWheelEvent(
            at,
            QPointF(canvas.mapToGlobal(at)),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)


def popup(user):
    return QApplication.activePopupWidget()


def test_the_zoom_is_kept_for_the_kind_when_the_user_says_so(looking):
    user, canvas = looking, looking.window.canvas
    first = user.go_to("spurious")
    wheel(user, 2)  # the next one, whole, has room for no more
    chosen = canvas.view.scale
    user.press(Qt.Key.Key_L, modifier=SHIFT)
    user.press(Qt.Key.Key_N)
    assert user.go_to("spurious") != first
    assert canvas.view.scale == pytest.approx(chosen)
    user.press(Qt.Key.Key_L, modifier=SHIFT)
    user.press(Qt.Key.Key_N)
    user.go_to("spurious")
    assert canvas.view.scale != pytest.approx(chosen)


def test_detections_of_one_class_and_of_a_range_of_scores(looking):
    user, session = looking, looking.window.session
    user.go_to("class")
    user.press(Qt.Key.Key_D, modifier=SHIFT)
    user.wait(lambda: popup(user) is not None)
    user.press(Qt.Key.Key_Space)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    for _ in range(4):  # from 0.10 on
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageUp)
    assert session.seeing.detections == Shown(one_class=True, least=0.5)
    user.press(Qt.Key.Key_Escape)
    assert popup(user) is None
    contents = user.window.canvas.contents
    rows = contents.rows[contents.scene.is_detection[contents.rows]]
    spoken_of = np.flatnonzero(contents.scene.is_detection)[contents.focus.detection]
    assert spoken_of in rows
    rows = rows[rows != spoken_of]
    assert (contents.scene.category[rows] == user.suspect().category).all()
    assert (contents.scene.score[rows] >= 0.495).all()
    plate = user.window.canvas.aids.hidden_detections
    assert plate.isVisible()
    assert "score below 0.50" in plate.text()
    QTest.mouseClick(plate, LEFT)
    user.wait(lambda: popup(user) is not None)
    QTest.mouseClick(popup(user).every, LEFT)
    user.press(Qt.Key.Key_Escape)
    assert not plate.isVisible()


def test_a_corner_is_dragged_under_the_loupe_and_the_file_has_what_it_showed(looking, tmp_path):
    """The minimap leads there, the loupe shows the corner; only the corner's label is another in the file."""
    user, canvas = looking, looking.window.canvas
    user.go_to("location", lambda one: one is not None and not one.polygons and one.rle is None)
    user.press(Qt.Key.Key_E)
    key, before = user.suspect().key, user.suspect().bbox.copy()
    corner = before[:2] + before[2:]
    wheel(user, 2)
    minimap = canvas.aids.minimap
    assert minimap.isVisible()
    frame = canvas.picture_size()
    at = QPoint(
        *(
            round(c / side * room)
            for c, side, room in zip(corner, frame, minimap.size().toTuple(), strict=True)
        )
    )
    QTest.mouseClick(minimap, LEFT, pos=at)
    start = user.at(*corner)
    assert canvas.rect().contains(start)
    QTest.mousePress(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas, start - QPoint(9, 6))
    assert canvas.aids.loupe.place is not None
    held = canvas.aids.loupe.point.copy()
    QTest.mouseRelease(canvas, LEFT, Qt.KeyboardModifier.NoModifier, start - QPoint(9, 6))
    assert canvas.aids.loupe.place is None
    after = user.project.annotation(key).bbox
    assert np.allclose(after[:2] + after[2:], held, atol=0.01)  # two decimals, as the file writes
    out = tmp_path / "seen.json"
    certificate = user.export(out, ExportChoice(out, every_fix=True))
    assert any("1 changed, 0 added, 0 deleted" in sentence for sentence in certificate["sentences"])


def test_pairs_are_tied_and_names_do_not_overlap(looking):
    user, canvas = looking, looking.window.canvas
    user.go_to("location")
    user.press(Qt.Key.Key_F, modifier=SHIFT)
    assert user.window.session.show_detections
    assert len(canvas.aids.ties.labels) > 0
    user.press(Qt.Key.Key_N, modifier=SHIFT)
    user.wait(lambda: canvas.aids.tags.placed is not None)
    rects = [one.rect for one in canvas.aids.tags.placed]
    assert len(rects) > 3
    assert not any(first.intersects(second) for first, second in combinations(rects, 2))
    user.press(Qt.Key.Key_N, Qt.Key.Key_F, modifier=SHIFT)
    user.look()
    assert not canvas.aids.tags.placed
    assert not len(canvas.aids.ties.labels)


def test_the_picture_is_bare_and_the_label_as_it_was_while_a_key_is_held(looking):
    """Space shows no shape, V what the source says; both end with the key."""
    user, canvas = looking, looking.window.canvas
    user.go_to("location", lambda one: one is not None and not one.polygons and one.rle is None)
    key, source = user.suspect().key, user.suspect().bbox
    user.drag_corner("se", -14, -10)
    user.press(Qt.Key.Key_Escape)
    mended = grabbed(user)
    QTest.keyPress(canvas, Qt.Key.Key_V)
    assert canvas.contents.other_state()[1] == "as in the source"
    assert np.allclose(bounds(canvas.contents.other_state()[0]), source)
    before = grabbed(user)
    QTest.keyRelease(canvas, Qt.Key.Key_V)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    bare = grabbed(user)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert mended == grabbed(user)
    assert len({mended, before, bare}) == 3
    assert user.project.annotation(key).changed


def grabbed(user):
    """What the canvas shows when all is painted, without a name below the cursor."""
    canvas = user.window.canvas
    canvas.pointing.left()
    user.wait(lambda: user.look() is None and canvas.overlay.settled and canvas.ground.settled)
    image = canvas.grab().toImage()  # held: its bits are not, and go with it
    return bytes(image.constBits())


def test_looking_changes_nothing(looking, tmp_path):
    user, canvas = looking, looking.window.canvas
    user.go_to("location")
    wheel(user, 4)
    QTest.mouseClick(canvas.aids.minimap, LEFT, pos=QPoint(20, 20))
    for key in (Qt.Key.Key_D, Qt.Key.Key_H):
        user.press(key)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_V):
        user.press(key)
    for name in SWITCHES:
        user.choose(name)
    out = tmp_path / "seen.json"
    user.export(out, ExportChoice(out, every_fix=True))
    assert out.read_bytes() == user.source
