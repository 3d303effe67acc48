"""Sends pieces of work to an executor, few at a time, and takes the results in order; stops at any moment."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from typing import Any, Self, TypeVar

from labelmend.errors import Cancelled, LabelmendError

AHEAD = 8
"""Pieces under way at a time, if nobody says more: enough for four workers, and little to hold in memory."""

LOOK = 0.1
"""Seconds between two looks at whether the user wants to stop."""

MOST_THREADS = 4
"""More gain nothing: between the array operations, which run side by side, only one thread runs at a time."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Piece], Result],
    pieces: Iterator[Piece],
    *,
    executor: Executor,
    ahead: int = AHEAD,
    tick: Callable[[], None],
) -> Iterator[Result]:
    """The results of work on each piece, in the order of the pieces.

    At most `ahead` pieces are under way, so that memory stays bounded. tick is called several times a
    second and may raise Cancelled: what has not begun is then taken back. Raises LabelmendError when a
    piece failed or its worker is gone.
    """
    under_way: deque[Future[Result]] = deque()
    try:
        for piece in pieces:
            under_way.append(executor.submit(work, piece))
            tick()
            if len(under_way) >= ahead:
                yield _result(under_way.popleft(), tick)
        while under_way:
            yield _result(under_way.popleft(), tick)
    except _Failed as failed:
        error = failed.reason
        if isinstance(executor, ThreadPoolExecutor):
            raise error from None  # as if it had happened here
        raise LabelmendError(
            f"A worker failed ({type(error).__name__}: {error}); nothing was changed. "
            "Find again without --jobs and --cluster, and report it if that fails too."
        ) from error
    except BrokenExecutor as error:
        raise LabelmendError(
            "A worker process ended before its work was done, perhaps because memory ran out; "
            "nothing was changed. Find again with fewer jobs."
        ) from error
    finally:
        for future in under_way:
            future.cancel()


def by_threads(
    work: Callable[[Piece], Result], pieces: Iterator[Piece], *, tick: Callable[[], None]
) -> Iterator[Result]:
    """The same on threads of this process, one a core: operations on arrays run side by side."""
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    pool = ThreadPoolExecutor(threads)
    try:
        yield from in_order(work, pieces, executor=pool, ahead=threads + 1, tick=tick)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def aside(work: Callable[[], Result], *, tick: Callable[[], None], stop: Callable[[], None]) -> Result:
    """The result of work that a thread of its own does, while tick is called several times a second.

    When tick raises, stop is called: it is to make the work end soon. Nobody waits for that.
    """
    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    try:
        while not wait([future], timeout=LOOK).done:
            tick()
        return future.result()
    except BaseException:
        stop()
        raise
    finally:
        pool.shutdown(wait=False)


class Together:
    """Does pieces of work that do not need each other on threads of this process, one a core.

    tick is called several times a second while somebody waits, and may raise. In a `with`: what has not
    begun at its end is dropped, and what takes long may ask `again` whether it is still wanted.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick, self._over = tick, False
        self._pool = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def again(self) -> None:
        """Raises Cancelled once nobody waits any more."""
        if self._over:
            raise Cancelled

    def begin(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Begin work as soon as a thread is free; what is returned waits for the result, or raises."""
        future = self._pool.submit(work)

        def result() -> Result:
            while not wait([future], timeout=LOOK).done:
                self._tick()
            return future.result()

        return result


class _Failed(Exception):
    """What a piece of work raised."""

    def __init__(self, reason: Exception) -> None:
        self.reason = reason


def _result(future: Future[Any], tick: Callable[[], None]) -> Any:
    try:
        while not wait([future], timeout=LOOK).done:
            tick()
        return future.result()
    except CancelledError as error:
        raise LabelmendError("The workers dropped the work; nothing was changed. Find again.") from error
    except (Cancelled, LabelmendError, BrokenExecutor):
        future.cancel()
        raise
    except Exception as error:
        raise _Failed(error) from error
