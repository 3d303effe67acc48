"""Outlines large masks in a thread, and compares outlines there: it takes longer than a frame may."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from labelmend.geometry.polygons import Parts
from labelmend.progress import Progress
from labelmend_desktop.canvas.scene import Scene, contours, counts_of
from labelmend_desktop.tasks import Task, Tasks

Result = TypeVar("Result")


class Outlining(QObject):
    """``found(row)`` says that a row of the scene is drawn by its outline from now on, no more by its box.

    ``done`` says that something else is there that was asked for by `read`.
    """

    found = Signal(int)
    done = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = Tasks(self)
        self._asked: dict[Hashable, Task] = {}
        self._read: dict[Hashable, Any] = {}
        self._scene = Scene()

    def serve(self, scene: Scene) -> None:
        """Outline the masks of this scene as they are to be drawn; those of the one before are let go."""
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self._read.clear()
        self._scene, scene.ask = scene, self._ask

    def stop(self) -> None:
        """The project closes: nothing more is outlined."""
        self.serve(Scene())
        self._tasks.let_go()

    def read(self, key: Hashable, work: Callable[[], Result]) -> Result | None:
        """What ``work`` comes to, which ``key`` names; None until a thread is done with it."""
        if key not in self._read and key not in self._asked:
            keep = partial(self._keep, key)
            self._asked[key] = self._tasks.run(_called, work, title="Outlining", on_done=keep)
        found: Result | None = self._read.get(key)
        return found

    def _keep(self, key: Hashable, found: object) -> None:
        if self._asked.pop(key, None) is not None:
            self._read[key] = found
            self.done.emit()

    def _ask(self, row: int, rle: dict[str, Any]) -> None:
        if row not in self._asked:
            done = partial(self._done, row, rle)
            self._asked[row] = self._tasks.run(_outlined, rle, title="Outlining", on_done=done)

    def _done(self, row: int, rle: dict[str, Any], read: tuple[Parts, bytes | None]) -> None:
        if self._asked.pop(row, None) is not None:
            self._scene.take_outline(row, rle, *read)
            self.found.emit(row)  # of another mask by now, it is asked for again


def _called(work: Callable[[], Result], *, progress: Progress) -> Result:
    progress(0, 1)
    return work()


def _outlined(rle: dict[str, Any], *, progress: Progress) -> tuple[Parts, bytes | None]:
    progress(0, 1)
    return contours(rle), counts_of(rle)
