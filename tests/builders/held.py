"""Work that waits for a sign, so that a test knows who is at what."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any


class Holding(Executor):
    """Hands everything on to another executor; all but the first piece wait until `release` is called.

    folder: a place that the workers share with the test.
    """

    def __init__(self, executor: Executor, folder: Path) -> None:
        self._executor, self._folder, self._count = executor, folder, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._count += 1
        if self._count == 1:
            return self._executor.submit(fn, *args, **kwargs)
        return self._executor.submit(held, str(self._folder), fn, *args, **kwargs)

    def release(self) -> None:
        """Let all go on."""
        (self._folder / "go").touch()

    def someone_held(self) -> int:
        """The process id of a worker that waits."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for file in self._folder.glob("held-*"):
                return int(file.name.removeprefix("held-"))
            time.sleep(0.01)
        raise TimeoutError("no worker waits")


def held(folder: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Say who is here, wait for the sign, then work."""
    place = Path(folder)
    (place / f"held-{os.getpid()}").touch()
    end = time.monotonic() + 60
    while not (place / "go").exists():
        if time.monotonic() > end:
            raise TimeoutError("nobody let this piece go on")
        time.sleep(0.01)
    return fn(*args, **kwargs)
