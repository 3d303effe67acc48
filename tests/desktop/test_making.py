"""Steps of many labels are made in a thread: what is typed meanwhile is not lost and comes after them."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from builders.datasets import annotation, make_project
from builders.window import Hands
from labelmend.errors import BadFile, Refused
from labelmend_desktop.making import AHEAD, MANY, Ahead
from labelmend_desktop.session import Session

LABELS = 5 * MANY


@pytest.fixture
def window(tmp_path: Path, open_window: Callable[..., Hands]) -> Hands:
    """The window on a picture of more labels than are changed at once."""
    corners = np.random.default_rng(0).uniform(0, [280, 200], (LABELS, 2)).round(1)
    records = [annotation(n + 1, 1, [*corner, 20, 20]) for n, corner in enumerate(corners.tolist())]
    project = make_project(tmp_path, annotations=records, images=1, find=False)
    path = project.path
    project.close()
    hands = open_window(path)
    hands.window.session.set_image(0)
    hands.window.session.selection.take(range(LABELS))
    return hands


def operations(session: Session) -> list[str]:
    return [row.op for row in session.project.store.history()][1:]


def meanwhile(session: Session, act: Callable[[], object]) -> list[bool]:
    """Have something happen while the next step is made; whether it did."""
    seen: list[bool] = []

    def happen() -> None:
        seen.append(session.making.under_way)
        act()

    QTimer.singleShot(0, happen)
    return seen


def test_keys_pressed_meanwhile_wait_and_are_taken_in_their_order(window, qtbot):
    session, handle = window.window.session, window.window.windowHandle()
    window.window.canvas.setFocus()

    def type_on() -> None:
        QTest.keyClick(handle, Qt.Key.Key_Z)
        QTest.keyClick(handle, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)

    during = meanwhile(session, type_on)
    assert session.edits.move_several([3.0, 2.0])
    assert during == [True]
    assert operations(session) == ["do"]
    qtbot.waitUntil(lambda: operations(session) == ["do", "undo", "redo"])


def test_what_was_pressed_in_a_window_that_is_gone_by_then_is_forgotten(window):
    session, told = window.window.session, []
    session.changed.connect(told.append)
    other = QWidget()
    other.show()

    def press_and_go() -> None:
        QTest.keyClick(other, Qt.Key.Key_A)
        delete(other)

    during = meanwhile(session, press_and_go)
    assert session.edits.delete_several()
    assert during == [True]
    assert len(told) == 1


def test_what_the_window_itself_does_meanwhile_comes_after_the_step(window):
    session = window.window.session
    during = meanwhile(session, lambda: session._picture_failed(0, BadFile("It cannot be read.")))
    assert session.edits.delete_several()
    assert during == [True]
    assert operations(session) == ["do", "find"]
    notes = [note.id for row in session.project.store.history() for note in row.step().notes]
    assert len(notes) == len(set(notes)) == LABELS + 1
    assert session.annotations() == []


def test_another_project_is_not_opened_meanwhile(window, tmp_path):
    session, said = window.window.session, []
    session.failed.connect(lambda told: said.append(str(told)))
    path = session.project.path
    during = meanwhile(session, lambda: session.open(path.with_name("other.labelmend")))
    assert session.edits.set_category_of_several(1)
    assert during == [True]
    assert session.project.path == path
    assert "waits its turn" in said[0]


def test_a_window_closed_meanwhile_closes_when_the_step_is_done(window, qtbot):
    session = window.window.session
    path = session.project.path
    during = meanwhile(session, window.window.close)
    assert session.edits.delete_several()
    assert during == [True]
    qtbot.waitUntil(lambda: session.project is None)
    session.open(path)
    assert session.project.undo_title() is None  # nobody works
    assert operations(session)[-1] == "do"
    session.close()


def test_what_cannot_be_done_is_said_and_nothing_is_changed(window):
    session, said = window.window.session, []
    session.failed.connect(lambda told: said.append(str(told)))

    def refuse(_project):
        raise Refused("No.")

    assert not session.edits._do(refuse, labels=LABELS)
    assert said == ["No."]
    assert not session.making.under_way
    assert operations(session) == []


def test_the_step_is_written_by_the_thread_that_did_it(window, monkeypatch):
    session = window.window.session
    real, threads = session.project.store.append, []

    def append(*rows):
        threads.append(threading.current_thread() is threading.main_thread())
        real(*rows)

    monkeypatch.setattr(session.project.store, "append", append)
    assert session.edits.delete_several()
    session.undo()
    assert threads == [False, False]
    assert operations(session) == ["do", "undo"]
    assert len(session.annotations()) == LABELS


def test_what_cannot_be_written_is_said_and_nothing_is_changed(window, monkeypatch):
    session, said = window.window.session, []
    session.failed.connect(lambda told: said.append(str(told)))
    monkeypatch.setattr(session.project, "keep", lambda _copy: refuse("The disk is full."))
    assert not session.edits.delete_several()
    monkeypatch.undo()
    assert said == ["The disk is full."]
    assert len(session.annotations()) == LABELS
    assert session.edits.delete_several()
    assert operations(session) == ["do"]


def test_after_a_step_that_is_not_taken_over_the_project_is_opened_anew(window, monkeypatch):
    session, said = window.window.session, []
    session.failed.connect(lambda told: said.append(str(told)))
    monkeypatch.setattr(session.project, "take_over", lambda _copy: refuse("It cannot be taken over."))

    def settle() -> None:
        with pytest.raises(Ahead):
            session.making.settle()

    during = meanwhile(session, settle)
    assert not session.edits.delete_several()
    assert during == [True]
    assert said == [AHEAD]
    session.set_image(0)
    assert not session.annotations()
    session.undo()
    assert len(session.annotations()) == LABELS
    assert operations(session) == ["do", "undo"]
    assert QGuiApplication.overrideCursor() is None
    assert not session.making.under_way


def refuse(why: str) -> None:
    raise Refused(why)
