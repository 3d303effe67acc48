"""Runs an engine function off the UI thread, with progress and cancel."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from labelmend.errors import Cancelled, LabelmendError

_log = logging.getLogger(__name__)
_REPORT_EVERY = 0.03
OUR_FAULT = (
    "Something went wrong inside Labelmend, and it is our fault. Your project is safe; "
    "Help › Open the log has the details."
)


class Task:
    """One piece of work on its way; ``cancel`` stops it at its next report of progress."""

    def __init__(self, title: str, tell: Callable[[Task, int, int], None]) -> None:
        self.title = title
        self.is_cancelled = False
        self._tell = tell
        self._last = 0.0

    def cancel(self) -> None:
        """Ask the work to stop; it leaves everything as it was."""
        self.is_cancelled = True

    def progress(self, done: int, total: int) -> None:
        """What the engine calls; raises ``Cancelled`` when asked to; told thirty times a second."""
        if self.is_cancelled:
            raise Cancelled
        now = time.monotonic()
        if done >= total or now - self._last > _REPORT_EVERY:
            self._last = now
            # Larger totals than Qt's int: told in thousandths.
            thousandths = int(1000 * done / total) if total else 0
            self._tell(self, thousandths, 1000)


@dataclass(frozen=True)
class _Endings:
    done: Callable[[Any], None] | None
    failed: Callable[[LabelmendError], None] | None
    cancelled: Callable[[], None] | None
    progress: Callable[[int, int], None] | None


class Tasks(QObject):
    """The window's background work, one piece at a time; all that is promised is called on the UI thread.

    ``failed`` tells the error of a piece whose failure nobody asked to be told.
    """

    failed = Signal(object)
    started = Signal(object)
    progressed = Signal(object, int, int)
    ended = Signal(object)
    _told = Signal(object, int, int)  # these four come from the thread
    _did = Signal(object, object)
    _did_not = Signal(object, object)
    _stopped = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Not Qt's pool: PySide never lets go of what was given to that, with all that it holds.
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tasks")
        self._last: Future[None] | None = None
        self._endings: dict[Task, _Endings] = {}
        queued = Qt.ConnectionType.QueuedConnection
        self._told.connect(self._progressed, queued)
        self._did.connect(self._done, queued)
        self._did_not.connect(self._failed, queued)
        self._stopped.connect(self._cancelled, queued)

    @property
    def busy(self) -> bool:
        """Whether something is running or waiting."""
        return bool(self._endings)

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,
        title: str,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[LabelmendError], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Task:
        """Call ``function(*args, progress=...)`` in a thread; ``args`` are frozen, never the project."""
        task = Task(title, self._told.emit)
        self._endings[task] = _Endings(on_done, on_failed, on_cancelled, on_progress)
        self.started.emit(task)
        self._last = self._pool.submit(self._work, task, function, args)
        return task

    def _work(self, task: Task, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            if task.is_cancelled:  # while it waited
                raise Cancelled
            result = function(*args, progress=task.progress)
        except Cancelled:
            self._stopped.emit(task)
        except LabelmendError as error:
            self._did_not.emit(task, error)
        except Exception:
            if not task.is_cancelled:  # its project may be closed by now
                _log.exception("%s failed", task.title)
            self._did_not.emit(task, LabelmendError(OUR_FAULT))
        else:
            self._did.emit(task, result)

    def let_go(self) -> None:
        """Stop everything, but wait for nothing. What was promised is not called any more."""
        for task in list(self._endings):
            task.cancel()
        self._endings.clear()

    def cancel_and_wait(self) -> None:
        """The same; returns when the thread is idle."""
        self.let_go()
        if self._last is not None:
            wait([self._last])

    def _progressed(self, task: Task, done: int, total: int) -> None:
        ending = self._endings.get(task)
        if ending is None:
            return
        self.progressed.emit(task, done, total)
        if ending.progress:
            ending.progress(done, total)

    def _done(self, task: Task, result: object) -> None:
        ending = self._end(task)
        if ending and ending.done:
            ending.done(result)

    def _failed(self, task: Task, error: LabelmendError) -> None:
        ending = self._end(task)
        if ending:
            (ending.failed or self.failed.emit)(error)

    def _cancelled(self, task: Task) -> None:
        ending = self._end(task)
        if ending and ending.cancelled:
            ending.cancelled()

    def _end(self, task: Task) -> _Endings | None:
        ending = self._endings.pop(task, None)
        if ending is not None:
            self.ended.emit(task)
        return ending
