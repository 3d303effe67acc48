"""The window never does slow engine work on the UI thread: import, reading detections, finding, exporting."""

import threading

import pytest
from PySide6.QtCore import Qt

from builders.datasets import make_project, write_dataset
from builders.systematic import night_and_day, only_card
from labelmend.find import run
from labelmend.project import clusters, creation, export, inputs_kept
from labelmend.project.imported import get_detections
from labelmend_desktop import cards, find_verbs
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.start.new_project import NewProject

SLOW = (
    (creation, "read_source"),
    (find_verbs, "read_checked"),
    (run, "find"),
    (inputs_kept, "_hashes"),
    (export, "write"),
)


def test_slow_engine_work_is_done_in_another_thread(tmp_path, open_window, qtbot, monkeypatch):
    seen = {}

    def watch(module, name):
        real = getattr(module, name)

        def watched(*arguments, **named):
            seen[name] = threading.current_thread() is threading.main_thread()
            return real(*arguments, **named)

        monkeypatch.setattr(module, name, watched)

    for module, name in SLOW:
        watch(module, name)
    annotations, pictures, detections = write_dataset(tmp_path)
    new = NewProject(
        annotations=annotations, images=pictures, detections=(), project=tmp_path / "p.labelmend"
    )
    out = tmp_path / "out.json"
    out.write_text("what is replaced")
    choice = ExportChoice(out, every_fix=False)
    hands = open_window(new_project=new, detections_files=[detections], export=choice)
    for action in ("new_project", "add_detections", "export"):
        hands.window.actions_.run(action)
        qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)
    assert seen == {name: False for _, name in SLOW}
    assert out.read_bytes() == annotations.read_bytes()
    assert hands.session.project.store.history()[-1].op == "export"


def test_a_project_is_opened_in_another_thread(tmp_path, open_window, monkeypatch):
    made = make_project(tmp_path)
    made.close()
    hands, seen = open_window(made.path), []

    def watched(*arguments):
        seen.append(threading.current_thread() is threading.main_thread())
        return get_detections(*arguments)

    monkeypatch.setattr("labelmend.project.project.get_detections", watched)
    hands.session.open(made.path)
    assert hands.session.detections() is not None
    assert seen == [False]


@pytest.fixture
def carded(tmp_path, open_window, monkeypatch):
    """The window on a card whose labels count as many; where its step was made, and a gate before it."""
    monkeypatch.setattr(cards, "MANY", 10)
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    path = project.path
    project.close()
    hands = open_window(path)
    hands.session.set_issue(int(hands.session.project.issues.id[only_card(hands.session.project)]))
    real, gate, seen = clusters.accept, threading.Event(), []

    def watched(*arguments, progress, **named):
        assert gate.wait(10)
        seen.append(threading.current_thread() is threading.main_thread())
        return real(*arguments, progress=progress, **named)

    monkeypatch.setattr(clusters, "accept", watched)
    yield hands, gate, seen
    gate.set()


def test_a_card_of_many_labels_is_made_in_another_thread(carded, qtbot):
    hands, gate, seen = carded
    project, tasks = hands.session.project, hands.window.tasks
    card, members = hands.session.issue, project.issues.members(only_card(project))
    hands.press(Qt.Key.Key_Return)
    assert tasks.busy
    hands.press(Qt.Key.Key_Return)  # a second time: said to be under way
    assert not seen
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy, timeout=20_000)
    assert seen == [False]
    assert {project.issues.status_of(member) for member in members} == {"fixed"}
    assert hands.session.issue != card
    hands.press(Qt.Key.Key_Z)
    assert {project.issues.status_of(member) for member in members} == {"flagged"}
    assert hands.session.issue == card


def test_what_is_done_meanwhile_stands(carded, qtbot):
    hands, gate, _ = carded
    project = hands.session.project
    row = only_card(project)
    first = project.issues.members(row)[0]
    hands.press(Qt.Key.Key_Return)
    hands.session.set_issue(int(project.issues.id[first]))
    hands.session.dismiss()
    here, last = hands.session.issue, project.last_row
    gate.set()
    with qtbot.waitSignal(hands.session.failed):
        qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)
    assert project.issues.status_of(first) == "dismissed"
    assert project.issues.status_of(row) == "flagged"
    assert (hands.session.issue, project.last_row) == (here, last)


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_a_card_that_is_cancelled_leaves_all_as_it_was(carded, qtbot, how):
    hands, gate, _ = carded
    project = hands.session.project
    row, last = only_card(project), project.last_row
    said = []
    hands.session.failed.connect(lambda told: said.append(str(told)))
    hands.press(Qt.Key.Key_Return)
    if how == "cancel":
        hands.click("cancel_work")
    else:
        hands.session.close()
    gate.set()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)
    assert project.issues.status_of(row) == "flagged"
    assert project.last_row == last
    assert not said
