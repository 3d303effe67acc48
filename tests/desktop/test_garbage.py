"""Garbage is collected on the UI thread, whichever thread makes it."""

import gc
import threading

import pytest

from labelmend_desktop.garbage import Collector


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
