"""Watches the UI thread: what takes too long over one event, and where in the code it was.

An event's own time is the CPU time of the UI thread, so that a busy machine accuses nobody. Nor does one that
is slow for a while, as those that share a processor with others are: what took too long is judged by the pace
of the machine right after it.
"""

import faulthandler
import gc
import linecache
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QObject

LONGEST = 0.050
"""Seconds that the UI thread may take over one event, at the usual pace of the machine this was built on."""
_USUAL = 0.0135
"""Seconds that `_a_known_work` takes there; for seconds at a time it takes up to half as much again."""
_LOOK_EVERY = 0.005
_WINDOW = "labelmend_desktop"
_PLACE = re.compile(r'File "(.+)", line (\d+) in (.+)')


class TookTooLong(AssertionError):
    """Somebody would have waited. The test is tried once more (pyproject.toml): what comes again is ours."""


@dataclass(frozen=True)
class Culprit:
    """One event that took too long. ``stack`` is where the thread was found in the midst of it."""

    event: str
    receiver: str
    seconds: float
    stack: str

    def __str__(self) -> str:
        return f"{1000 * self.seconds:.0f} ms over {self.event} of {self.receiver}\n{self.stack}"


class Watchdog(QObject):
    """Measures every event of the UI thread while it is watching; ``culprits`` took too long.

    An event begins where the application's filters see it, and ends where the next one begins or the
    event loop turns. What is sent while code of the window runs is a part of the event that runs it.
    (An application with a ``notify`` of its own, which would see both ends, crashes PySide.)
    """

    def __init__(self, longest: float = LONGEST) -> None:
        super().__init__()
        self.longest = longest
        self.culprits: list[Culprit] = []
        self.events, self.slowest = 0, 0.0
        self._thread = threading.get_ident()
        self._event, self._receiver = "", ""
        self._began: float | None = None
        self._since = 0.0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """For a while."""
        app, loop = QCoreApplication.instance(), QAbstractEventDispatcher.instance()
        assert app is not None
        assert loop is not None
        gc.collect()  # what other tests left behind is not the window's to go through
        gc.freeze()
        usual = sys.getswitchinterval()
        sys.setswitchinterval(0.001)  # as the program does: to wait for a thread is work, turn by turn
        with tempfile.TemporaryFile(buffering=0) as self._seen:
            # Signalled, the UI thread itself writes where it is. For another thread to walk through all
            # stacks is no way: one that a thread of Qt's is just beginning is not whole yet, and Python
            # crashes on it.
            faulthandler.register(signal.SIGUSR1, self._seen, all_threads=False)
            self._looking.start()
            app.installEventFilter(self)  # the last one installed is asked first
            loop.awake.connect(self._turn)
            loop.aboutToBlock.connect(self._end)
            try:
                yield
            finally:
                self._end()
                app.removeEventFilter(self)
                loop.awake.disconnect(self._turn)
                loop.aboutToBlock.disconnect(self._end)
                self._over.set()
                self._looking.join()
                faulthandler.unregister(signal.SIGUSR1)
                gc.unfreeze()
                sys.setswitchinterval(usual)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._began is None or not _within_the_window(sys._getframe(1)):
            self._end()
            self._begin(event.type().name, type(watched).__name__)
        return False

    def _begin(self, event: str, receiver: str) -> None:
        self._event, self._receiver = event, receiver
        self._since, self._began = time.perf_counter(), time.thread_time()

    def _turn(self) -> None:
        """The event loop turns; where the window runs it itself, to wait, measure what comes after."""
        self._end()
        if _within_the_window(sys._getframe(1)):
            self._begin(f"{self._event}, after waiting", self._receiver)

    def _end(self) -> None:
        if self._began is None:
            return
        seconds, self._began = time.thread_time() - self._began, None
        self.events += 1
        self.slowest = max(self.slowest, seconds)
        if seconds > self.longest and seconds > self.longest * pace():
            self.culprits.append(Culprit(self._event, self._receiver, seconds, self._most_seen()))
        if self._seen.tell():
            self._seen.seek(0)
            self._seen.truncate()

    def _look(self) -> None:
        """From a thread of its own: has the UI thread say where it is, from a fifth of its time on."""
        while not self._over.wait(_LOOK_EVERY):
            if self._began is not None and time.perf_counter() - self._since > self.longest / 5:
                signal.pthread_kill(self._thread, signal.SIGUSR1)

    def _most_seen(self) -> str:
        """The place that was seen most often."""
        self._seen.seek(0)
        seen = [_where(told) for told in self._seen.read().decode().split("Stack (")[1:]]
        return max(seen, key=seen.count) if seen else "  (nobody looked in time)"


def pace() -> float:
    """How many times as long as usual anything takes now: 1 at the usual pace, and on a faster machine."""
    began = time.thread_time()
    _a_known_work()
    return max(1.0, (time.thread_time() - began) / _USUAL)


def _a_known_work() -> int:
    total = 0
    for number in range(200_000):
        total += number * number % 7
    return total


def _within_the_window(frame: FrameType | None) -> bool:
    while frame is not None:
        if _WINDOW in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def _where(told: str) -> str:
    """Where the thread was, as lines of ours from the outermost to the innermost."""
    lines = [
        f"  {file.split('/desktop/')[-1].split('/core/')[-1]}:{line} {name}: "
        + linecache.getline(file, int(line)).strip()
        for file, line, name in _PLACE.findall(told)
        if "/labelmend" in file
    ]
    return "\n".join(lines[7::-1]) or "  (none of our code)"


@contextmanager
def watched(longest: float = LONGEST) -> Iterator[Watchdog]:
    """Watch the UI thread for a while; afterwards nothing must have taken too long."""
    dog = Watchdog(longest)
    with dog.watching():
        yield dog
    check(dog)


def check(dog: Watchdog) -> None:
    """Fail when something took too long, and name it."""
    assert dog.events, "the watchdog saw no event"
    worst = sorted(dog.culprits, key=lambda one: -one.seconds)
    if worst:
        told = "\n".join(str(one) for one in worst[:10])
        longest = f"{1000 * dog.longest:.0f} ms"
        raise TookTooLong(f"{len(worst)} of {dog.events} events took over {longest}:\n{told}")
