"""Garbage is collected on the UI thread, whichever thread makes it; a closed window is garbage."""

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QEvent

from builders.datasets import ANN, make_project
from builders.window import Answers
from labelmend_desktop.garbage import Collector
from labelmend_desktop.main_window import MainWindow
from labelmend_desktop.session import Session


class Part:
    """Holds itself, and tells where it ended."""

    def __init__(self, ended: list[int]) -> None:
        self.itself, self._ended = self, ended

    def __del__(self) -> None:
        self._ended.append(threading.get_ident())


@pytest.fixture
def collector(qapp):
    made = Collector()
    yield made
    made.stop()
    assert gc.isenabled()


def test_what_another_thread_leaves_ends_on_this_one(collector, qtbot):
    ended: list[int] = []

    def leave() -> None:
        for _ in range(3 * gc.get_threshold()[0]):
            Part(ended)

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    assert ended == []
    qtbot.waitUntil(lambda: len(ended) == 3 * gc.get_threshold()[0])
    assert set(ended) == {threading.get_ident()}


def test_a_window_that_is_closed_leaves_nothing(tmp_path, qapp):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    session = Session()
    window = MainWindow(session, prompts=Answers(), actor=ANN)
    window.show()
    assert window.files.open_path(path)
    left = [weakref.ref(window), weakref.ref(window.canvas), weakref.ref(session)]
    window.close()
    window.deleteLater()
    session.deleteLater()
    del window, session
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [one() for one in left] == [None, None, None]
