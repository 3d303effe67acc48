"""Who has a project open to write: a lock of its own, on the file `.open` beside the project.

SQLite's own locks do not last on POSIX: they end when anything in the process closes the project's file, as
a file dialog does that looks into it for an icon (sqlite.org/howtocorrupt.html, 2.2). Another program would
then clear the log away below the window. A lock by flock(2) belongs to what was opened, and nothing else
opens `.open`. Windows' locks belong to what was opened too: there SQLite's own are enough.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Final

from labelmend.errors import Refused

if sys.platform != "win32":
    import fcntl

_PATIENCE: Final = 0.2
"""Seconds after which somebody who only looks whether a project is held has let go of it."""


def hold(path: Path) -> int | None:
    """Hold a project until `release`; None where the system or the file system has no such lock.

    Raises Refused when another window or program holds it.
    """
    if sys.platform == "win32":
        return None
    try:
        held = os.open(_beside(path), os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # SQLite says in a moment what is wrong with the folder
        return None
    last = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if is_held(path) or time.monotonic() > last:
                os.close(held)
                raise held_by_another(path) from None
            os.sched_yield()  # somebody looks, and lets go in a moment
        except OSError:
            os.close(held)
            return None
        else:
            return held


def is_held(path: Path) -> bool:
    """Whether some window or program has the project open to write."""
    if sys.platform == "win32":
        return False
    try:
        beside = os.open(_beside(path), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(beside, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(beside)
    return False


def release(path: Path, held: int | None) -> None:
    """Let go of a project that was held."""
    if held is not None:
        unsay(path)
        os.close(held)


def say_who(path: Path, who: str) -> None:
    """Name who has the file open, for the sentence that a second opener gets."""
    text = json.dumps({"who": who, "pid": os.getpid()})
    with contextlib.suppress(OSError):
        _beside(path).write_text(text, encoding="utf-8")


def unsay(path: Path) -> None:
    """Name nobody any more."""
    with contextlib.suppress(OSError):
        _beside(path).unlink()


def held_by_another(path: Path) -> Refused:
    """The sentence that a second opener gets."""
    return Refused(f"{path} is open in another window or program{_holder(path)}: close it there first.")


def _holder(path: Path) -> str:
    try:
        said = json.loads(_beside(path).read_text(encoding="utf-8"))
        return f" (by {said.get('who') or 'process'}, process {said['pid']})"
    except (OSError, ValueError, KeyError):
        return ""


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".open")
