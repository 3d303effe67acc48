"""Tiles of large pictures: read by one thread, what is in sight first, and kept within bounds."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from PySide6.QtCore import QObject, Qt, Signal

from labelmend.errors import LabelmendError
from labelmend.large_pictures import TILE, Pyramid
from labelmend_desktop.decoding import Sheet, sheet_over

Key = tuple[Pyramid, tuple[int, int], int, int, int]

log = logging.getLogger(__name__)


class Tiles(QObject):
    """Asked on the UI thread; says by ``arrived`` that there are more than before."""

    arrived = Signal()
    _done = Signal(object, object)  # key, sheet

    CACHE_BYTES = 128 << 20
    WAITING = 256
    """Older requests are dropped; painting makes them again if they are still wanted."""
    KEEP = 1.0
    """Seconds for which a tile is kept at the least: what is in sight must be whole, be it ever so large."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tiles")
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Key, None] = OrderedDict()
        self._reading: set[Key] = set()
        self._cache: OrderedDict[Key, tuple[Sheet | None, float]] = OrderedDict()  # and when it was used
        self._bytes = 0
        self._done.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def at_hand(
        self, pyramid: Pyramid, automatic: tuple[int, int], level: int, column: int, row: int
    ) -> Sheet | None:
        """A tile, or None: it is asked for then. ``automatic``: the picture's numbers of black and white."""
        key = (pyramid, automatic, level, column, row)
        if key in self._cache:
            sheet, _ = self._cache.pop(key)
            self._cache[key] = (sheet, monotonic())
            return sheet
        with self._lock:
            if key in self._reading:
                return None
            asked = key in self._waiting
            self._waiting[key] = None
            self._waiting.move_to_end(key)
            while len(self._waiting) > self.WAITING:
                self._waiting.popitem(last=False)
        if not asked:
            self._pool.submit(self._work)
        return None

    def _work(self) -> None:
        """Read the tile asked for last (in the pool's thread)."""
        with self._lock:
            if not self._waiting:
                return
            key, _ = self._waiting.popitem()
            self._reading.add(key)
        pyramid, automatic, level, column, row = key
        wide, high = pyramid.sizes[level]
        x, y = column * TILE, row * TILE
        sheet = None
        try:
            pixels = pyramid.part(level, (x, y, min(TILE, wide - x), min(TILE, high - y)))
            sheet = sheet_over(pixels, automatic)
        except LabelmendError:
            log.exception("A tile could not be read")  # the small picture is shown in its place
        self._done.emit(key, sheet)

    def _keep(self, key: Key, sheet: Sheet | None) -> None:
        with self._lock:
            if key not in self._reading:
                return  # forgotten meanwhile
            self._reading.remove(key)
        self._cache[key] = (sheet, monotonic())
        self._bytes += _bytes_of(sheet)
        while self._bytes > self.CACHE_BYTES and self._oldest() < monotonic() - self.KEEP:
            self._bytes -= _bytes_of(self._cache.popitem(last=False)[1][0])
        self.arrived.emit()

    def _oldest(self) -> float:
        """When the tile that was not used for longest was used."""
        return next(iter(self._cache.values()))[1]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._waiting.clear()
            self._reading.clear()
        self._cache.clear()
        self._bytes = 0

    def shutdown(self) -> None:
        """Stop the thread."""
        self.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _bytes_of(sheet: Sheet | None) -> int:
    if sheet is None:
        return 0
    return sheet.image.sizeInBytes() + (0 if sheet.deep is None else sheet.deep.nbytes)
