"""Work sent to executors: the same results, few pieces under way, stopped at once, failures in sentences."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import fields
from functools import partial

import numpy as np
import pytest

from builders.find_cases import world
from labelmend.errors import Cancelled, LabelmendError
from labelmend.find import blocks
from labelmend.find.issues import Issues
from labelmend.workers.processes import processes
from labelmend.workers.side_by_side import Together, aside, by_threads, in_order


def nothing() -> None:
    """A tick that never stops anything."""


def assert_equal(ours: Issues, theirs: Issues) -> None:
    for column in fields(Issues):
        np.testing.assert_array_equal(getattr(ours, column.name), getattr(theirs, column.name))


def test_processes_change_no_digit(monkeypatch):
    scene, told = world(), []
    straight = scene.find()
    monkeypatch.setattr(blocks, "ROWS", 50)
    with processes(2) as executor:
        shared = scene.find(executor=executor, ahead=3, progress=lambda done, _total: told.append(done))
    assert_equal(straight, shared)
    assert told == sorted(told)
    assert told[-1] == 1000


class Slow(Executor):
    """Does each piece when the next one after it is asked for; counts how many wait."""

    def __init__(self):
        self.waiting, self.most = [], 0

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.waiting.append((future, fn, args))
        self.most = max(self.most, len(self.waiting))
        if len(self.waiting) == 4:
            for done, work, given in self.waiting:
                done.set_result(work(*given))
            self.waiting.clear()
        return future


def test_only_so_many_pieces_are_under_way():
    slow = Slow()
    results = in_order(str, iter(range(40)), executor=slow, ahead=4, tick=nothing)
    assert list(results) == [str(n) for n in range(40)]
    assert slow.most == 4


def test_cancel_kills_the_processes_at_once():
    def stop():
        if time.monotonic() > begun + 1:
            asked.append(time.monotonic())
            raise Cancelled

    asked, begun = [], time.monotonic()
    with pytest.raises(Cancelled), processes(2) as executor:
        list(in_order(time.sleep, iter([60.0] * 8), executor=executor, ahead=4, tick=stop))
    assert time.monotonic() - asked[0] < 0.5
    given_up = time.monotonic() + 10
    # The executor's own thread reaps them too: for a moment one may look alive to whoever asks second.
    while (workers := multiprocessing.active_children()) and time.monotonic() < given_up:
        workers[0].join(0.1)
    assert workers == []


def test_cancel_takes_back_what_has_not_begun():
    def stop():
        raise Cancelled

    with ThreadPoolExecutor(1) as executor:
        blocker = executor.submit(time.sleep, 0.3)
        with pytest.raises(Cancelled):
            list(in_order(time.sleep, iter([60.0] * 3), executor=executor, tick=stop))
        assert blocker.result() is None


def test_a_failure_in_a_worker_is_a_sentence():
    told = pytest.raises(LabelmendError, match=r"A worker failed \(ValueError: .*'x'\); nothing was changed")
    with told, processes(1) as executor:
        list(in_order(int, iter(["1", "x"]), executor=executor, tick=nothing))


def test_threads_keep_the_order_and_raise_what_was_raised():
    assert list(by_threads(int, iter("123456789"), tick=nothing)) == list(range(1, 10))
    with pytest.raises(ValueError, match="'x'"):
        list(by_threads(int, iter("12x"), tick=nothing))


def test_a_killed_worker_is_a_sentence():
    told = pytest.raises(LabelmendError, match="A worker process ended before its work was done")
    with told, processes(2) as executor:
        # Both are there before one dies: Python 3.11 minds one that begins while it counts what is left.
        list(executor.map(time.sleep, [0.2] * 2))
        worker = executor.submit(os.getpid).result()
        os.kill(worker, signal.SIGTERM)  # which Windows takes for the end, too
        list(in_order(time.sleep, iter([0.2] * 4), executor=executor, tick=nothing))


def test_work_aside_is_told_to_stop_when_the_caller_wants_no_more():
    stopped, asked = threading.Event(), time.perf_counter()

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        aside(lambda: stopped.wait(60), tick=stop, stop=stopped.set)
    assert stopped.is_set()
    assert time.perf_counter() - asked < 5


def test_work_aside_gives_its_result_or_its_error():
    assert aside(lambda: 3, tick=nothing, stop=nothing) == 3
    with pytest.raises(ValueError, match="invalid literal"):
        aside(lambda: int("x"), tick=nothing, stop=nothing)


def test_what_is_begun_together_gives_its_own_result_each():
    with Together(nothing) as together:
        waiting = [together.begin(partial(int, text)) for text in ("1", "x", "3")]
        assert (waiting[0](), waiting[2]()) == (1, 3)
        with pytest.raises(ValueError, match="invalid literal"):
            waiting[1]()


def test_what_was_begun_together_is_told_that_nobody_waits():
    with Together(nothing) as together:
        together.again()
    with pytest.raises(Cancelled):
        together.again()


def held_back() -> bool:
    """Whether a worker was started with Ctrl-C held back, and has it so still."""
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.skipif(os.name == "nt", reason="no signals to hold back")
def test_a_worker_that_just_begins_does_not_answer_ctrl_c():
    with processes(1) as executor:
        assert executor.submit(held_back).result()
    assert not held_back()  # the parent answers it
