import gc
import threading
import weakref

import pytest

from labelmend.errors import BadFile
from labelmend_desktop.tasks import OUR_FAULT, Tasks


@pytest.fixture
def tasks(qapp):
    found = Tasks()
    yield found
    found.cancel_and_wait()


def count(n, progress):
    for i in range(n):
        progress(i, n)
    return n, threading.get_ident()


def test_result_arrives_on_the_ui_thread(tasks, qtbot):
    got = []
    tasks.run(count, 5, title="Counting", on_done=lambda r: got.append((r, threading.get_ident())))
    assert tasks.busy
    qtbot.waitUntil(lambda: bool(got))
    (n, worker), here = got[0]
    assert n == 5
    assert worker != here == threading.get_ident()
    assert not tasks.busy


def test_a_users_situation_is_a_sentence(tasks, qtbot):
    said = []

    def work(progress):
        raise BadFile("a.json is cut off: copy it again.")

    tasks.run(work, title="Reading", on_failed=lambda error: said.append(str(error)))
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["a.json is cut off: copy it again."]


def test_our_fault_is_said_as_such_and_logged(tasks, qtbot, caplog):
    said = []

    def work(progress):
        raise ZeroDivisionError

    tasks.run(work, title="Reading", on_failed=lambda error: said.append(str(error)))
    qtbot.waitUntil(lambda: bool(said))
    assert said == [OUR_FAULT]
    assert "ZeroDivisionError" in caplog.text


def test_cancel_stops_at_the_next_progress(tasks, qtbot):
    stopped, seen = [], []
    going = threading.Event()

    def work(progress):
        for i in range(10_000_000):
            going.set()
            progress(i, 10_000_000)

    task = tasks.run(
        work,
        title="Long",
        on_cancelled=lambda: stopped.append(1),
        on_progress=lambda done, _total: seen.append(done),
    )
    assert going.wait(5)
    task.cancel()
    qtbot.waitUntil(lambda: bool(stopped))
    assert not tasks.busy


def test_closing_cancels_then_waits_and_calls_nothing(qapp):
    tasks, called = Tasks(), []
    going, ended = threading.Event(), threading.Event()

    def work(progress):
        try:
            while True:
                going.set()
                progress(1, 2)
        finally:
            ended.set()

    tasks.run(work, title="Long", on_done=called.append, on_failed=called.append)
    assert going.wait(5)
    tasks.cancel_and_wait()
    assert ended.is_set()
    qapp.processEvents()
    assert called == []


def test_what_is_cancelled_while_it_waits_never_begins(tasks, qtbot):
    go, stopped, begun = threading.Event(), [], []
    tasks.run(lambda **_: go.wait(5), title="First")
    waiting = tasks.run(lambda **_: begun.append(1), title="Second", on_cancelled=lambda: stopped.append(1))
    waiting.cancel()
    go.set()
    qtbot.waitUntil(lambda: bool(stopped))
    assert begun == []


def test_what_work_was_given_and_what_it_found_is_let_go_of(tasks, qtbot):
    class Large:
        pass

    kept, done = [], []

    def work(_large, progress):
        for k in range(3):
            progress(k, 3)
        kept.append(weakref.ref(result := Large()))
        return result

    def again(_result=None):
        done.append(1)
        if len(done) <= 40:
            kept.append(weakref.ref(given := Large()))
            tasks.run(work, given, title="Counting", on_done=again)

    again()
    qtbot.waitUntil(lambda: len(done) > 40)

    def gone():
        gc.collect()
        return len(kept) == 80 and all(one() is None for one in kept)

    qtbot.waitUntil(gone)
