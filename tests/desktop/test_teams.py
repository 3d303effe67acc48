"""Parts are shared and merged from the window, in the background, while somebody goes on working."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from builders.datasets import ANN, EXP, make_project
from builders.teams import BEA, box, work
from labelmend.project import choosing, editing, verbs
from labelmend.project.choosing import Shareable
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend_desktop.share_dialog import ShareChoice, ShareDialog


@pytest.fixture
def hands(tmp_path, open_window):
    project = make_project(tmp_path)
    project.close()
    return open_window(project.path)


def choice(hands, name, images, **more):
    path = hands.session.project.path.with_name(name)
    given = {"person": "", "role": None, "pictures": False} | more
    return ShareChoice(path, np.array(images), **given)


def done(hands, qtbot, action):
    hands.window.actions_.action(action).trigger()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)


def shared(hands, qtbot, name, images, **more):
    hands.answers.given["share"] = choice(hands, name, images, **more)
    done(hands, qtbot, "share")
    return hands.answers.given["share"].path


def test_a_part_is_shared_worked_in_and_merged(hands, qtbot, tmp_path):
    said = []
    hands.session.said.connect(said.append)
    path = shared(hands, qtbot, "part.labelmend", [0, 3], pictures=True)
    assert said[-1] == "Shared 2 images as part.labelmend; the pictures are in part.pictures."
    assert sorted(one.name for one in (tmp_path / "part.pictures").iterdir()) == ["001.png", "004.png"]
    work(path, BEA, box(0, 12))
    hands.answers.given["packages"] = [path]
    done(hands, qtbot, "merge")
    assert said[-1] == "part.labelmend: 1 step merged, no conflict."
    assert hands.session.project.annotation(0).bbox[0] == 12
    hands.session.project.apply(editing.set_box(hands.session.project, 1, [5, 6, 20, 30]))
    done(hands, qtbot, "merge")
    assert "nothing new" in said[-1]
    path = hands.session.project.path
    hands.session.close()
    assert Project.open_to_read(path).annotation(1).bbox[0] == 5


def test_conflicts_and_what_is_refused_are_listed(hands, qtbot, tmp_path):
    first = shared(hands, qtbot, "first.labelmend", [0])
    second = shared(hands, qtbot, "second.labelmend", [0])
    work(first, ANN, box(0, 12))
    work(second, BEA, box(0, 13))
    third = tmp_path / "third.labelmend"
    third.write_bytes(first.read_bytes()[:5000])
    hands.answers.given["packages"] = [first, second, third]
    done(hands, qtbot, "merge")
    name, told = hands.answers.shown[-1]
    assert name == "report"
    assert told["head"] == "2 packages merged: 1 step, 1 conflict for the expert; 1 package refused."
    assert "third.labelmend is damaged" in told["sentences"][0]
    assert told["sentences"][1].startswith("second.labelmend: ")
    assert told["sentences"][2] == "first.labelmend: 1 step merged, no conflict."


def test_what_comes_late_is_merged_in_its_place_and_the_window_shows_what_counts(hands, qtbot):
    first = shared(hands, qtbot, "first.labelmend", [0])
    second = shared(hands, qtbot, "second.labelmend", [0])
    for path, who, x in ((first, ANN, 12), (second, BEA, 13)):
        work(path, who, box(0, x), lambda project, x=x: editing.create(project, 0, 1, bbox=[x, 150, 30, 20]))
    session = hands.session
    for path in (second, first):
        hands.answers.given["packages"] = [path]
        done(hands, qtbot, "merge")
        session.set_issue(max(session.project.state.notes))  # it is in sight while the next one is merged
    project = session.project
    assert [row.of for row in project.store.history() if row.op == "anew"] == [4]
    assert project.annotation(project.state.notes[session.issue].annotation).bbox[0] == 13
    ((issue, versions),) = project.state.versions.items()
    assert [one.who for one in versions] == ["Ann", "Bea"]
    project.work_as(EXP)
    session.take(lambda project: verbs.take_version(project, issue, 1), issue)
    assert project.annotation(0).bbox[0] == 13


def test_who_goes_on_working_while_a_package_is_merged_loses_nothing(hands, qtbot):
    path = shared(hands, qtbot, "part.labelmend", [0])
    work(path, BEA, box(0, 12))
    hands.answers.given["packages"] = [path]
    hands.window.actions_.action("merge").trigger()
    issue = hands.session.issue
    hands.session.dismiss()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)
    assert hands.session.project.standing(issue).status == "dismissed"
    assert hands.session.project.annotation(0).bbox[0] == 12


def test_cancel_leaves_everything_as_it_was(hands, qtbot, tmp_path):
    before = sorted(tmp_path.iterdir()), hands.session.project.last_row.hash
    hands.answers.given["share"] = choice(hands, "part.labelmend", range(12), pictures=True)
    hands.window.tasks.started.connect(lambda task: task.cancel())
    done(hands, qtbot, "share")
    assert (sorted(tmp_path.iterdir()), hands.session.project.last_row.hash) == before


def drop(hands, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    hands.window.dropEvent(event)


def test_packages_are_merged_by_dropping_them(hands, qtbot, tmp_path):
    paths = [shared(hands, qtbot, f"part{n}.labelmend", [n]) for n in range(2)]
    for path in paths:
        work(path, BEA, box(0, 12))
    mine = hands.session.project
    drop(hands, *paths)
    qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)
    assert hands.session.project is mine
    assert [mine.annotation(key).bbox[0] for key in (0, 6)] == [12, 12]
    other = tmp_path / "other"
    other.mkdir()
    stranger = make_project(other)
    stranger.close()
    drop(hands, stranger.path)
    assert hands.session.project.path == stranger.path


def test_a_package_for_somebody_asks_who_that_is(hands, qtbot):
    path = shared(hands, qtbot, "part.labelmend", [0], person="Bea", role="reviewer")
    hands.answers.given["who"] = None
    assert not hands.window.files.open_path(path)
    name, asked = hands.answers.shown[-1]
    assert (name, asked.name, asked.role) == ("who", "Bea", "reviewer")
    hands.answers.given["who"] = asked
    assert hands.window.files.open_path(path)
    assert hands.session.project.actor == asked


def test_the_dialog_counts_what_goes(qtbot, tmp_path):
    project = make_project(tmp_path)
    for issue in project.issues.id[:2].tolist():
        project.apply(verbs.ambiguous(project, issue))
    share(project, tmp_path / "out.labelmend", np.arange(3, 9), person="Ben", role="annotator")
    shareable = Shareable(project)
    dialog = ShareDialog(
        target=tmp_path / "part.labelmend", choose=shareable.choose, tell_out=shareable.told_out
    )
    qtbot.addWidget(dialog)
    assert dialog.do.text() == "Share 12 images"
    out = dialog.findChild(QLabel, "share_out")
    assert out.text().startswith("6 of these 12 images are out with Ben since 2")
    dialog.most.setValue(5)
    dialog.skip.setValue(10)
    assert dialog.do.text() == "Share 2 images"
    dialog.skip.setValue(0)
    dialog.words.setText("00 png")
    assert dialog.do.text() == "Share 5 images"
    dialog.words.setText("nothing")
    assert not dialog.do.isEnabled()
    assert not out.text()
    dialog.words.clear()
    dialog.waiting.setCurrentIndex(3)
    assert dialog.do.text() in ("Share 1 image", "Share 2 images")
    dialog.path.setText(str(tmp_path / "for Bea"))
    dialog.person.setText(" Bea ")
    answer = dialog.answer()
    assert (answer.path.name, answer.person, answer.role) == ("for Bea.labelmend", "Bea", None)


def test_what_is_chosen_from_is_looked_through_in_a_thread(hands, qtbot, monkeypatch):
    """So that typing words asks nothing of the project."""
    real, threads = choosing.waiting, []

    def waiting(*arguments):
        threads.append(threading.current_thread() is threading.main_thread())
        return real(*arguments)

    monkeypatch.setattr(choosing, "waiting", waiting)

    def ask(*, target, choose, tell_out):
        assert choose(None, "").tolist() == choose(None, "png").tolist()
        assert choose("fix", "001").tolist() == [0]
        assert not len(choose("fix", "001 002"))
        assert not tell_out(choose("fix", "001"))

    monkeypatch.setattr(hands.answers, "share", ask)
    done(hands, qtbot, "share")
    assert set(threads) == {False}
