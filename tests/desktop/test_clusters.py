"""A systematic error in the window: one line for many labels, one key for all of them."""

import pytest
from PySide6.QtCore import Qt

from builders.datasets import make_project
from builders.systematic import night_and_day, only_card, swapped_project

K = Qt.Key


@pytest.fixture
def swapped(tmp_path, open_window):
    project = swapped_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(path)
    project = hands.session.project
    row = only_card(project)
    hands.session.set_issue(int(project.issues.id[row]))
    return hands, project, row


def test_the_list_shows_the_card_and_folds_its_members(swapped):
    hands, project, row = swapped
    members = set(project.issues.members(row).tolist())
    assert len(members) == 32
    assert row in hands.window.issues.model.rows
    assert not members & set(hands.window.issues.model.rows.tolist())
    line = hands.window.issues.model.index(hands.window.issues.model.place_of(row), 0).data()
    assert line.startswith("Systematic, cat ↔ dog, ")
    assert "32 labels: classes swapped in a batch" in line


def test_the_panel_tells_the_whole_and_shows_one(swapped):
    hands, project, row = swapped
    panel = hands.window.panel
    assert panel.heading.text() == "Systematic"
    assert panel.what.text().startswith("32 labels")
    assert panel.sentence.text() == (
        "In batch 'night/' 32 of 32 annotations of cat or dog look like the other to the model "
        "(elsewhere 0 of 64 do): the two classes seem swapped there."
    )
    assert panel.fix.text().startswith("Suggested: fix 32 labels at once; this one: change ")
    assert hands.session.selected in set(project.issues.annotation[project.issues.members(row)].tolist())
    assert hands.window.canvas.contents.focus.key == hands.session.selected


def test_examples_lead_to_their_labels(swapped):
    hands, project, row = swapped
    examples = hands.window.panel.examples
    assert len(examples.issues) == 6
    assert all(project.issues.row_of(issue) in project.issues.members(row) for issue in examples.issues)
    hands.click("example_3")
    assert hands.session.issue == examples_issue(project, row, 2)
    assert not hands.window.panel.examples.isVisible()
    hands.press(K.Key_N)
    assert hands.session.issue in hands.listed()


def examples_issue(project, row, place):
    members = project.issues.members(row)
    return int(project.issues.id[members[int(place * (len(members) - 1) / 5)]])


def test_enter_fixes_all_and_z_takes_all_back(swapped):
    hands, project, row = swapped
    members = project.issues.members(row)
    listed = hands.listed()
    hands.press(K.Key_Return)
    assert {project.issues.status_of(member) for member in members} == {"fixed"}
    assert hands.session.issue != int(project.issues.id[row])
    assert len(hands.listed()) == len(listed) - 1
    hands.press(K.Key_Z)
    assert {project.issues.status_of(member) for member in members} == {"flagged"}
    assert hands.session.issue == int(project.issues.id[row])
    assert sorted(hands.listed()) == sorted(listed)


def test_x_shows_the_members_one_by_one(swapped):
    hands, project, row = swapped
    members = set(project.issues.id[project.issues.members(row)].tolist())
    hands.press(K.Key_X)
    assert hands.status(int(project.issues.id[row])) == "dismissed"
    assert members <= set(hands.listed())
    hands.press(K.Key_Z)
    assert not members & set(hands.listed())


def test_u_says_what_to_do_instead(swapped):
    hands, project, row = swapped
    hands.press(K.Key_U)
    assert project.issues.status_of(row) == "flagged"
    assert "dismissed and its labels judged one by one" in hands.window.error_bar.text.text()


def test_a_label_in_sight_is_mended_under_its_own_issue(swapped):
    hands, project, row = swapped
    key = hands.session.selected
    hands.press(K.Key_Delete)
    assert project.annotation(key) is None
    assert project.issues.status_of(row) == "flagged"
    (member,) = [m for m in project.issues.members(row).tolist() if project.issues.annotation[m] == key]
    assert project.issues.status_of(member) == "fixed"


def test_a_class_without_labels_is_added_everywhere(tmp_path, open_window):
    project = make_project(tmp_path, **night_and_day(lose=(2,)))
    path = project.path
    project.close()
    hands = open_window(path)
    project = hands.session.project
    row = only_card(project)
    hands.session.set_issue(int(project.issues.id[row]))
    assert hands.session.selected is None
    assert "this one: add dog" in hands.window.panel.fix.text()
    assert not hands.window.panel.class_choice.button.isVisible()
    hands.press(K.Key_Return)
    assert len(project.state.added) == 16
