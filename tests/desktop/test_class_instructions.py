"""The instructions beside the canvas: the class at hand, two where they are in question; pictures by key."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import ANN, EXP, LEA, make_project
from labelmend.project import verbs
from labelmend.project.instructing import add_reference, instructions_of, revise
from labelmend.project.references import cut_of, made_of_label
from labelmend.review.instructions import Amount, ClassInstructions, Instructions
from labelmend_desktop import theme

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
GIVEN = Instructions(
    general="Every pet.",
    classes=(
        ClassInstructions("cat", "A **cat**. <b>Not</b> ![x](file:///x)", "the tail", tolerance=Amount(2, 3)),
        ClassInstructions("dog", "Barks.", "the tail\nthe ears", "the leash", margin=Amount(4), smallest=8),
    ),
)


@pytest.fixture
def hands(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, actor=LEA)
    revise(project, GIVEN)
    for key, good in ((6, True), (10, True), (9, False)):
        made = made_of_label(cut_of(project, project.annotation(key)))
        add_reference(project, project.annotation(key).category, made, good=good, caption=f"picture {key}")
    project.close()
    return open_window(tmp_path / "test.labelmend", actor=LEA)


def view(hands):
    return hands.window.panel.instructions


def shown(hands):
    return [one.heading.text() for one in view(hands).seen if not one.isHidden()]


def told(part):
    return part.words.toPlainText()


def test_the_class_at_hand_is_told_with_its_pictures(hands, qtbot):
    project = hands.session.project
    hands.go_to("location")
    assert shown(hands) == ["cat"]
    first = view(hands).told[0]
    assert told(first).startswith("A cat. <b>Not</b>")
    assert "Include: the tail" in told(first)
    assert first.numbers.text() == (
        "Each side may be off by 2\u00a0px or 3\u00a0% of the label’s side, whichever is more."
    )
    pictures = view(hands).seen[0].pictures
    qtbot.waitUntil(lambda: all(not button.icon().isNull() for button in pictures.buttons))
    assert [button.accessibleName() for button in pictures.buttons] == [
        f"Like this: {one.caption}" if one.good else f"Not like this: {one.caption}"
        for one in instructions_of(project).of("cat").pictures
    ]
    assert "Every pet." in view(hands)._general.toPlainText()


def test_two_classes_stand_side_by_side_where_the_suspicion_is_between_them(hands):
    project = hands.session.project
    row = project.issues.row_of(hands.go_to("class"))
    names = project.categories.name
    between = [names[project.issues.category[row]], names[project.issues.columns.fix_category[row]]]
    assert shown(hands) == between == ["cat", "dog"]
    left, right = (one.mapTo(view(hands), one.rect().topLeft()) for one in view(hands).seen)
    assert left.y() == right.y()
    assert left.x() < right.x()
    second = view(hands).told[1]
    assert "Leave out: the leash" in told(second)
    assert second.numbers.text() == (
        "On every side labels keep room: 4\u00a0px. What has less than 8\u00a0px on its longer side need "
        "not be labelled."
    )
    hands.go_to("location")
    assert shown(hands) == ["cat"]


def test_of_two_classes_pictures_and_words_are_in_sight_in_a_small_window(hands, qtbot):
    project = hands.session.project
    for key in (0, 1, 2):
        made = made_of_label(cut_of(project, project.annotation(key)))
        add_reference(project, project.categories.name.index("cat"), made, good=True)
    hands.window.resize(1280, 720)
    hands.go_to("class")
    one, other = view(hands).told
    qtbot.waitUntil(lambda: one.y() == other.y() > view(hands).seen[0].y())
    assert one.x() < other.x()
    panel = hands.window.panel.viewport()
    for part in (*view(hands).seen, one, other):
        assert panel.rect().contains(part.mapTo(panel, part.rect().bottomRight()))
    seen = view(hands).seen[0]
    shown = [n for n, button in enumerate(seen.pictures.buttons) if button.isVisible()]
    assert {seen.pictures.pictures[n].good for n in shown} == {True, False}
    assert seen.more.text() == f"+{len(seen.pictures.pictures) - len(shown)}"


def test_a_class_without_instructions_says_so(hands):
    hands.session.set_image(6)
    hands.session.select(hands.session.project.annotations_of(6)[2].key)
    assert shown(hands) == ["bird"]
    assert view(hands).told[0].numbers.text() == "Nothing is written about this class yet."
    hands.session.select(None)
    assert not hands.window.panel.how.isVisible()


def test_nothing_is_shown_of_a_text_that_names_files(hands):
    hands.go_to("location")
    words = view(hands).told[0].words
    assert words.loadResource(2, "file:///etc/passwd") is None


def test_a_click_shows_a_picture_large_and_arrows_the_others(hands, qtbot):
    hands.go_to("class")
    button = view(hands).seen[1].pictures.buttons[0]
    hands.window.panel.ensureWidgetVisible(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    large = hands.window.findChild(object, "large_reference")
    assert large.isVisible()
    assert large.windowTitle() == "dog: picture 1 of 1"
    assert large.caption.text() == "Like this: picture 10"
    hands.session.set_issue(hands.go_to("location"))
    QTest.mouseClick(view(hands).seen[0].pictures.buttons[0], Qt.MouseButton.LeftButton)
    assert large.windowTitle() == "cat: picture 1 of 2"
    QTest.keyClick(large, K.Key_Right)
    assert large.windowTitle() == "cat: picture 2 of 2"
    assert large.caption.text() == "Not like this: picture 9"
    assert not large.grab().isNull()
    QTest.keyClick(large, K.Key_Escape)
    assert not large.isVisible()


def test_one_key_makes_the_label_at_hand_a_reference(hands, qtbot):
    project = hands.session.project
    hands.go_to("location")
    hands.window.panel.comment.setText("the loose one")
    before = len(instructions_of(project).of("cat").pictures)
    hands.window.canvas.setFocus()
    hands.press(K.Key_U, modifier=CTRL)
    qtbot.waitUntil(lambda: len(instructions_of(project).of("cat").pictures) > before)
    one = instructions_of(project).of("cat").pictures[-1]
    label = hands.window.panel.annotation()
    assert (one.good, one.caption) == (False, "the loose one")
    assert one.origin == f"{project.images.file_name[label.image]}, label {label.id}"
    assert len(view(hands).seen[0].pictures.buttons) == before + 1
    hands.press(K.Key_Z)
    assert len(instructions_of(project).of("cat").pictures) == before
    assert len(view(hands).seen[0].pictures.buttons) == before


def test_a_label_without_an_issue_is_a_reference_as_well(hands, qtbot):
    project = hands.session.project
    hands.session.set_image(6)
    label = project.annotations_of(6)[2]
    hands.session.select(label.key)
    assert shown(hands) == ["bird"]
    hands.press(K.Key_U, modifier=SHIFT)
    qtbot.waitUntil(lambda: len(instructions_of(project).of("bird").pictures) == 1)
    assert instructions_of(project).of("bird").pictures[0].good
    assert view(hands).told[0].numbers.text() == ""


def test_an_annotator_reads_and_adds_nothing(hands, qtbot):
    hands.session.work_as(ANN)
    hands.go_to("location")
    assert shown(hands) == ["cat"]
    assert not hands.window.actions_.action("use_as_reference").isEnabled()
    assert not hands.window.panel.findChild(object, "use_as_reference").isVisible()
    count = len(hands.session.project.store.history())
    hands.press(K.Key_U, modifier=SHIFT)
    assert not hands.window.tasks.busy
    assert len(hands.session.project.store.history()) == count


@pytest.mark.parametrize("kind", ["location", "missing"])
def test_the_expert_adds_a_hard_case_with_what_was_said_of_it(hands, qtbot, kind):
    project, session = hands.session.project, hands.session
    session.work_as(ANN)
    issue = hands.go_to(kind)
    name = project.categories.name[project.issues.category[project.issues.row_of(issue)]]
    session.apply(lambda p: p.apply(verbs.ambiguous(p, issue, comment="is the tail a part of it?")))
    session.work_as(EXP)
    session.set_queue("expert")
    session.set_issue(None)
    session.set_issue(issue)
    before = len(instructions_of(project).of(name).pictures)
    button = hands.window.panel.findChild(object, "add_to_instructions")
    assert button.isEnabled()
    hands.window.panel.ensureWidgetVisible(button)
    hands.click("add_to_instructions")
    qtbot.waitUntil(lambda: len(instructions_of(project).of(name).pictures) > before)
    one = instructions_of(project).of(name).pictures[-1]
    assert (one.good, one.caption) == (True, "is the tail a part of it?")
    assert ("a suggested label" in one.origin) is (kind == "missing")
    assert session.undo_title == f"add a reference: {name}"


def test_a_picture_that_cannot_be_read_is_said_and_nothing_changes(hands, qtbot):
    project = hands.session.project
    hands.session.set_image(6)
    label = project.annotations_of(6)[0]
    hands.session.select(label.key)
    project.image_path(6).unlink()
    said = []
    hands.session.failed.connect(lambda told: said.append(str(told)))
    hands.press(K.Key_U, modifier=SHIFT)
    qtbot.waitUntil(lambda: bool(said))
    assert "is missing" in said[-1]
    assert not instructions_of(project).of("bird").pictures


def test_both_themes_paint_it(hands):
    hands.go_to("class")
    for name in ("dark", "light"):
        theme.apply(name)
        assert not view(hands).grab().isNull()
