"""Worker processes on this machine: started afresh, ended at once when the work is stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Workers(ProcessPoolExecutor):
    """Starts its workers, as work comes in, with Ctrl-C held back: `_begin` would be too late for it."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        if os.name == "nt":  # has no signals to hold back
            return super().submit(fn, *args, **kwargs)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def processes(count: int) -> Iterator[Executor]:
    """An executor of so many worker processes, for the time of the `with`.

    When the body raises (Cancelled, for one) they are killed at once, whatever they are at.
    """
    # Spawned everywhere: a fork copies the locks of threads that are not there any more.
    pool = _Workers(count, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        workers = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()
        raise
    pool.shutdown()


def _begin() -> None:
    """Ctrl-C is the parent's to answer; and when the parent is gone, so is this worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
