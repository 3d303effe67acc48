"""The pyramids of large pictures: made once, in a process of their own, kept in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labelmend.errors import Cancelled, LabelmendError
from labelmend.large_pictures import write_pyramid
from labelmend.workers.processes import processes
from labelmend_desktop import places

_LOOK = 0.1
"""Seconds between two looks whether the work is to be stopped."""

_BEHIND = 10
"""How far others go before: a picture is moved about meanwhile, on a machine of two processors also."""

log = logging.getLogger(__name__)


class Pyramids(QObject):
    """Made one after the other, the one asked for last first."""

    ready = Signal(object)  # path of the picture
    failed = Signal(object, str)  # path of the picture, what is wrong in a sentence

    DISK_BYTES = 8 << 30
    """The oldest pyramids are deleted when all take more than this."""
    WAITING = 4

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pyramids")
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Path, None] = OrderedDict()
        self._asked: set[Path] = set()
        self._stop = threading.Event()

    def want(self, path: Path) -> None:
        """Make the pyramid of a picture unless that was asked for before; ``ready`` or ``failed`` follows."""
        with self._lock:
            if path in self._asked:
                return
            self._asked.add(path)
            self._waiting[path] = None
            while len(self._waiting) > self.WAITING:
                self._asked.discard(self._waiting.popitem(last=False)[0])
        self._pool.submit(self._work)

    def _work(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            path, _ = self._waiting.popitem()
            self._stop.clear()
        try:
            tiles = tiles_of(path)
            if not tiles.exists():
                self._make(path, tiles)
        except Cancelled:
            pass
        except LabelmendError as error:
            self.failed.emit(path, str(error))
        except Exception:
            log.exception("Tiles could not be made")
            self.failed.emit(path, "The tiles of the picture could not be made; the log file says why.")
        else:
            with self._lock:
                self._asked.discard(path)
            self.ready.emit(path)

    def _make(self, path: Path, tiles: Path) -> None:
        beside = tiles.with_suffix(f".{os.getpid()}.part")  # two windows may be at the same picture
        try:
            with processes(1) as executor:
                made = executor.submit(_write, path, tiles, beside)
                while not wait([made], timeout=_LOOK).done:
                    if self._stop.is_set():
                        raise Cancelled
                made.result()
        finally:
            beside.unlink(missing_ok=True)
        tidy(tiles.parent, self.DISK_BYTES, keep=tiles)

    def clear(self) -> None:
        """Stop what is being made and forget what waits."""
        with self._lock:
            self._waiting.clear()
            self._asked.clear()
            self._stop.set()

    def shutdown(self) -> None:
        """Stop the thread and its process."""
        self.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _write(path: Path, tiles: Path, beside: Path) -> None:
    """Write the pyramid (in the process that is there for it), behind what the window wants to be done."""
    if sys.platform != "win32":
        os.nice(_BEHIND)
    write_pyramid(path, tiles, beside=beside)


def tiles_of(path: Path) -> Path:
    """Where the pyramid of a picture is or will be; another one after the picture has changed.

    Raises LabelmendError when the picture is gone.
    """
    try:
        told = path.stat()
    except OSError as error:
        raise LabelmendError(f"The picture {path} cannot be read: {error.strerror or error}.") from error
    name = hashlib.sha256(f"{path.resolve()}\0{told.st_size}\0{told.st_mtime_ns}".encode()).hexdigest()
    folder = places.cache_folder() / "tiles"
    folder.mkdir(exist_ok=True)
    return folder / f"{name[:32]}.tif"


def tidy(folder: Path, most: int, *, keep: Path) -> None:
    """Delete the oldest files, but for ``keep``, until all take no more than ``most`` bytes.

    What another window has deleted meanwhile, or still reads, is left to it.
    """
    files = []
    for one in folder.iterdir():
        with contextlib.suppress(OSError):
            told = one.stat()
            files.append((told.st_mtime, told.st_size, one))
    total = sum(size for _, size, _ in files)
    for _, size, one in sorted(files):
        if total <= most:
            break
        if one != keep:
            with contextlib.suppress(OSError):
                one.unlink()
                total -= size
