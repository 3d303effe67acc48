"""Times the finder's stages from outside: what `find` calls of other modules, and how often it reports."""

from __future__ import annotations

import contextlib
import resource
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from labelmend.find import find as finder
from labelmend.find.kinds import judge

ROOM = "labelmend.find"
EXAMINE = "_examine"


class Clock:
    """Prints seconds of wall and processor and the peak of memory, stage by stage."""

    def __init__(self) -> None:
        self.start, self.busy = time.perf_counter(), time.process_time()
        print(f"{'stage':<22}{'seconds':>9}{'cpu':>9}{'peak MB':>9}")

    def stage(self, name: str) -> None:
        """What was done since the last stage ends here."""
        now, busy = time.perf_counter(), time.process_time()
        line(name, now - self.start, busy - self.busy)
        self.start, self.busy = now, busy


def line(name: str, seconds: float, busy: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<22}{seconds:9.2f}{busy:9.2f}{peak:9.0f}")


@contextlib.contextmanager
def each_stage(*, but: tuple[str, ...] = ()) -> Iterator[None]:
    """Print what every function of the finder's other modules costs while it is called by `find`.

    but: functions that go to other processes, which the timing cannot.
    """
    kept: list[tuple[ModuleType, str, Any]] = []
    spent: dict[str, list[float]] = {}
    for module in (finder, judge):
        for name, value in list(vars(module).items()):
            home = getattr(value, "__module__", "")
            own = callable(value) and not isinstance(value, type) and home.startswith(ROOM)
            if name in but:
                continue
            if name == EXAMINE or (own and home != module.__name__):
                kept.append((module, name, value))
                setattr(module, name, timed(value, spent.setdefault(name.strip("_"), [0.0, 0.0, 0.0])))
            elif isinstance(value, ModuleType) and value.__name__.startswith(ROOM):
                kept.append((module, name, value))
                setattr(module, name, _Timed(value, spent))
    try:
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
        for name, (seconds, busy, peak) in spent.items():
            if seconds >= 0.005:
                print(f"  {name:<20}{seconds:9.2f}{busy:9.2f}{peak:9.0f}")


class _Timed:
    """A module whose functions are timed."""

    def __init__(self, module: ModuleType, spent: dict[str, list[float]]) -> None:
        self._module, self._spent = module, spent

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if not callable(value) or isinstance(value, type):
            return value
        short = f"{self._module.__name__.rsplit('.', 1)[-1]}.{name}"
        return timed(value, self._spent.setdefault(short, [0.0, 0.0, 0.0]))


def timed(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The same function, adding seconds, its thread's processor seconds and the peak of memory to `spent`."""

    def run(*args: Any, **options: Any) -> Any:
        start, busy = time.perf_counter(), time.thread_time()
        try:
            return function(*args, **options)
        finally:
            spent[0] += time.perf_counter() - start
            spent[1] += time.thread_time() - busy
            spent[2] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    return run


class Gaps:
    """A progress that remembers the longest time in which it was not called."""

    def __init__(self) -> None:
        self.last, self.longest, self.at = (time.perf_counter(), time.process_time()), (0.0, 0.0), 0

    def __call__(self, done: int, _total: int) -> None:
        now = time.perf_counter(), time.process_time()
        gap = now[0] - self.last[0], now[1] - self.last[1]
        if gap[1] > self.longest[1]:
            self.longest, self.at = gap, done
        self.last = now
