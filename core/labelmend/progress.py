"""How a slow function says how far it is, and how it is stopped."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called as progress(done, total); raises labelmend.errors.Cancelled when the user pressed Cancel."""


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def stage(progress: Progress, start: int, end: int) -> Progress:
    """Progress of one stage as a part, from start to end, of a hundred."""

    def inner(done: int, total: int) -> None:
        progress(start + (end - start) * done // max(total, 1), 100)

    return inner
