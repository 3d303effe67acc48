"""Garbage is collected on the UI thread, whichever thread makes it; a closed window is garbage."""

import gc
import subprocess
import sys
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


def test_a_painting_on_its_way_is_garbage_like_all_else(qapp):
    # In a process of its own: that painter and image go in the wrong order ends it.
    code = (
        "import gc\n"
        "from PySide6.QtCore import QSize\n"
        "from PySide6.QtGui import QGuiApplication, QImage\n"
        "from labelmend_desktop.canvas.layer import _Job\n"
        "from labelmend_desktop.canvas.roll import Roll\n"
        "from labelmend_desktop.canvas.view import View\n"
        "app = QGuiApplication([])\n"
        "for _ in range(50):\n"
        "    roll = Roll(QSize(800, 600), 1.0, QImage.Format.Format_ARGB32_Premultiplied)\n"
        "    roll.job = _Job(roll, View(), lambda painter, view, rect: iter([None] * 9), QSize(800, 600))\n"
        "    assert not roll.job.go_on(0)\n"
        "    del roll\n"
        "    gc.collect()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
