"""The window's pictures: decoded by two threads, newest request first, kept in a bounded cache."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from labelmend.errors import LabelmendError
from labelmend.geometry.orientation import Prefer
from labelmend.large_pictures import is_large
from labelmend_desktop.decoding import Loaded, Place, crop_of, crop_of_large, load, load_crop, load_large
from labelmend_desktop.pyramids import Pyramids, tiles_of
from labelmend_desktop.tiles import Tiles

Find = Callable[[int], tuple[Path, tuple[float, float] | None, Prefer]]
"""Tells of an image row where its picture is, its declared (width, height), and the preferred frame."""
_CropKey = tuple[int, int, bytes]
"""Issue, size, and the box as bytes: as numbers, one that has none would not equal itself."""
_Job = tuple[object, Callable[[], object]]

log = logging.getLogger(__name__)


class Pictures(QObject):
    """Loads pictures and thumbnails; everything is called and announced on the UI thread."""

    ready = Signal(int)  # image row
    failed = Signal(int, object)  # image row, a LabelmendError
    cropped = Signal(object)  # issue id; those of packages are beyond Qt's int
    _done = Signal(int, object, object)  # generation, name of the job, its result

    THREADS = 2
    CACHE_BYTES = 400 << 20
    CACHE_CROPS = 2000
    WAITING = {"picture": 4, "prefetch": 8, "crop": 64}  # noqa: RUF012 - older requests are dropped

    def __init__(self, find: Find, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self._pool = ThreadPoolExecutor(self.THREADS, thread_name_prefix="pictures")
        self._lock = threading.Lock()
        self._waiting: dict[str, OrderedDict[object, Callable[[], object]]] = {
            kind: OrderedDict() for kind in self.WAITING
        }
        self._running: set[object] = set()
        self._generation = 0
        self._in_sight = -1
        self._cache: OrderedDict[int, Loaded] = OrderedDict()
        self._bytes = 0
        self._crops: OrderedDict[_CropKey, QImage | None] = OrderedDict()
        self._done.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        self.tiles, self._pyramids = Tiles(self), Pyramids(self)
        self._pyramids.ready.connect(self._pyramid_made)
        self._pyramids.failed.connect(self._pyramid_failed)

    # ---- pictures

    def picture(self, image_row: int) -> Loaded | None:
        """The picture if it is at hand; never waits."""
        loaded = self._cache.get(image_row)
        if loaded is not None:
            self._cache.move_to_end(image_row)
        return loaded

    def request(self, image_row: int, *, near: NDArray[np.float64] | None = None) -> None:
        """Ask for the picture in sight before all else; ``ready`` or ``failed`` follows.

        Of a large one what is around the box ``near`` (4,) xywh comes sharp as soon as it is read.
        """
        self._in_sight = image_row
        loaded = self._cache.get(image_row)
        if loaded is None or not loaded.whole:
            self._ask("picture", image_row, self._loader(image_row, near=near))
        if loaded is not None:
            self._want_tiles(image_row, loaded)
            self.ready.emit(image_row)

    def prefetch(self, rows: Iterable[int]) -> None:
        """Ask for pictures that may be wanted next, in this order; replaces earlier prefetches not begun.

        Large ones are left out until they have tiles: reading them takes too long to be done in vain.
        """
        with self._lock:
            self._waiting["prefetch"].clear()
        for row in list(rows)[::-1]:
            if row >= 0 and row not in self._cache:
                self._ask("prefetch", row, self._loader(row, ahead=True))

    def _loader(
        self, image_row: int, *, ahead: bool = False, near: NDArray[np.float64] | None = None
    ) -> Callable[[], object]:
        path, declared, prefer = self._find(image_row)
        place = Place(path=path, declared=declared, prefer=prefer)

        def work() -> object:
            if not is_large(path):
                return load(place)
            tiles = tiles_of(path)
            return None if ahead and not tiles.exists() else load_large(place, tiles, near=near)

        return work

    # ---- thumbnails

    def crop(self, issue_id: int, image_row: int, bbox: ArrayLike, size: int) -> QImage | None:
        """A square of ``size`` device pixels around ``bbox`` (4,) xywh, or None now and ``cropped`` later.

        None stays None for a picture that cannot be read, and for a large one until it was in sight.
        """
        box: NDArray[np.float64] = np.asarray(bbox, dtype=np.float64)
        key: _CropKey = (issue_id, size, box.tobytes())
        if key in self._crops:
            self._crops.move_to_end(key)
            return self._crops[key]
        loaded = self._cache.get(image_row)
        if loaded is not None and not loaded.large:
            return self._keep_crop(key, crop_of(loaded, box, size))
        path, declared, prefer = self._find(image_row)
        place = Place(path=path, declared=declared, prefer=prefer)
        self._ask("crop", key, partial(_crop, place, box, size))
        return None

    def _keep_crop(self, key: _CropKey, crop: QImage | None) -> QImage | None:
        self._crops[key] = crop
        while len(self._crops) > self.CACHE_CROPS:
            self._crops.popitem(last=False)
        return crop

    # ---- the pool

    def _ask(self, kind: str, name: object, work: Callable[[], object]) -> None:
        with self._lock:
            if name in self._running:
                return
            for others in self._waiting.values():
                others.pop(name, None)
            queue = self._waiting[kind]
            queue[name] = work
            while len(queue) > self.WAITING[kind]:
                queue.popitem(last=False)
        self._pool.submit(self._work, self._generation)

    def _take(self) -> _Job | None:
        with self._lock:
            for kind in self.WAITING:
                if self._waiting[kind]:
                    job = self._waiting[kind].popitem()
                    self._running.add(job[0])
                    return job
        return None

    def _work(self, generation: int) -> None:
        """Run the newest of the most urgent jobs (in a pool thread)."""
        job = self._take()
        if job is None:
            return
        name, work = job
        result: object
        try:
            result = work()
            if isinstance(result, Iterator):  # ever more of a large picture
                for more in result:
                    self._done.emit(generation, name, more)
                    if generation != self._generation or name != self._in_sight:
                        break
        except LabelmendError as error:
            result = error
        except Exception:
            log.exception("A picture could not be decoded")
            result = LabelmendError("The picture could not be decoded; the log file says why.")
        with self._lock:
            self._running.discard(name)
        if not isinstance(result, Iterator):
            self._done.emit(generation, name, result)

    def _keep(self, generation: int, name: object, result: object) -> None:
        if generation != self._generation:
            return
        if isinstance(name, tuple):
            self._keep_crop(name, result if isinstance(result, QImage) else None)
            self.cropped.emit(name[0])
        elif isinstance(name, int) and isinstance(result, Loaded):
            self._keep_picture(name, self._prepared(name, result))
            self.ready.emit(name)
        elif isinstance(name, int) and result is None:
            if name == self._in_sight:
                self.request(name)
        elif isinstance(name, int):
            self.failed.emit(name, result)

    def _keep_picture(self, image_row: int, loaded: Loaded) -> None:
        before = self._cache.pop(image_row, None)
        self._bytes += loaded.bytes - (before.bytes if before else 0)
        self._cache[image_row] = loaded
        room = self.CACHE_BYTES // (4 if loaded.large else 1)  # the rest is for its tiles
        while self._bytes > room and len(self._cache) > 1:
            self._bytes -= self._cache.popitem(last=False)[1].bytes

    # ---- large pictures

    def _prepared(self, image_row: int, loaded: Loaded) -> Loaded:
        """A large picture with the way to its tiles, which are made when they are not there yet."""
        if loaded.pyramid is not None:
            return replace(loaded, tile=partial(self.tiles.at_hand, loaded.pyramid, loaded.automatic))
        self._want_tiles(image_row, loaded)
        return loaded

    def _want_tiles(self, image_row: int, loaded: Loaded) -> None:
        """Have the tiles made of the picture in sight, once all of it is seen: that comes sooner alone."""
        if loaded.large and loaded.pyramid is None and loaded.seen == 1 and image_row == self._in_sight:
            self._pyramids.want(self._find(image_row)[0])

    def _coarse_rows(self, path: Path) -> list[int]:
        coarse = [row for row, loaded in self._cache.items() if loaded.large and loaded.pyramid is None]
        return [row for row in coarse if self._find(row)[0] == path]

    def _pyramid_made(self, path: Path) -> None:
        for key in [key for key, crop in self._crops.items() if crop is None]:
            del self._crops[key]
            self.cropped.emit(key[0])
        for row in self._coarse_rows(path):
            self._ask("picture", row, self._loader(row))

    def _pyramid_failed(self, path: Path, sentence: str) -> None:
        for row in self._coarse_rows(path):
            self._cache[row] = replace(self._cache[row], note=f"{sentence} It is shown coarsely.")
            self.ready.emit(row)

    def clear(self) -> None:
        """Forget everything, as for another project; what is being decoded will be thrown away."""
        with self._lock:
            for queue in self._waiting.values():
                queue.clear()
            self._running.clear()
        self._generation += 1
        self._cache.clear()
        self._crops.clear()
        self._bytes = 0
        self.tiles.clear()
        self._pyramids.clear()

    def shutdown(self) -> None:
        """Stop the threads, after what they are decoding now; call before the window goes."""
        self.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.tiles.shutdown()
        self._pyramids.shutdown()


def _crop(place: Place, bbox: NDArray[np.float64], size: int) -> QImage | None:
    if is_large(place.path):
        return crop_of_large(place, bbox, size, tiles_of(place.path))
    return load_crop(place, bbox, size)
