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


class Onward:
    """Progress that never goes back, whoever asks: `again` tells once more how far it is."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share = progress, 0.0

    def __call__(self, done: int, total: int) -> None:
        """As any progress; less than before is as much as before."""
        self._share = max(self._share, done / max(total, 1))
        self.again()

    def again(self) -> None:
        """Where it stands, for work that takes long and knows no better."""
        self._progress(round(1000 * self._share), 1000)
