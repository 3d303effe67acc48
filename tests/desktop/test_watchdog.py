"""The watchdog itself: what it lets be and what it names."""

import threading
import time

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from builders import watchdog
from builders.watchdog import Watchdog, check, watched


class Slow(QWidget):
    """Works for a while, or only waits, over an event of the user's own."""

    def __init__(self, seconds: float, *, busy: bool) -> None:
        super().__init__()
        self.seconds, self.busy = seconds, busy

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            until = time.thread_time() + self.seconds
            if not self.busy:
                threading.Event().wait(self.seconds)
            while self.busy and time.thread_time() < until:
                pass
            return True
        return super().event(event)


def test_work_that_takes_too_long_is_named(qapp):
    widget = Slow(0.12, busy=True)
    with (
        pytest.raises(AssertionError, match=r"1 of \d+ events took over 50 ms:\n1\d\d ms over User of Slow"),
        watched(),
    ):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.User))


def test_a_wait_is_the_machines_and_no_work(qapp):
    widget = Slow(0.08, busy=False)
    with watched() as dog:
        QApplication.sendEvent(widget, QEvent(QEvent.Type.User))
    assert dog.events == 1
    assert dog.slowest < 0.02


def test_a_machine_that_is_slow_for_a_while_accuses_nobody(qapp, monkeypatch):
    widget = Slow(0.12, busy=True)
    usual = watchdog._a_known_work
    monkeypatch.setattr(watchdog, "_a_known_work", lambda: [usual() for _ in range(4)])
    with watched() as dog:
        QApplication.sendEvent(widget, QEvent(QEvent.Type.User))
    assert dog.slowest >= 0.12


def test_what_the_window_sends_within_an_event_is_a_part_of_it(qapp):
    made = {}
    source = "def act(send):\n    for _ in range(3):\n        send()"
    exec(compile(source, "/labelmend_desktop/act.py", "exec"), made)
    inner, dog = Slow(0.03, busy=True), Watchdog()
    outer = QTimer(singleShot=True, interval=0)
    outer.timeout.connect(
        lambda: made["act"](lambda: QApplication.sendEvent(inner, QEvent(QEvent.Type.User)))
    )
    with dog.watching():
        outer.start()
        while outer.isActive():
            QApplication.processEvents()
    assert [one.receiver for one in dog.culprits] == ["QTimer"]
    assert dog.culprits[0].seconds >= 0.09
    assert "act.py:3 act" in dog.culprits[0].stack


def test_events_of_their_own_are_measured_one_by_one(qapp):
    widget = Slow(0.03, busy=True)
    with watched() as dog:
        for _ in range(3):
            QApplication.sendEvent(widget, QEvent(QEvent.Type.User))
    assert dog.events == 3
    assert dog.slowest >= 0.03


def test_a_watchdog_that_sees_nothing_is_no_proof(qapp):
    with pytest.raises(AssertionError, match="saw no event"):
        check(Watchdog())
