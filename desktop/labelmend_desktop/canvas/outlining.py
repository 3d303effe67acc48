"""Outlines large masks in a thread: there it takes longer than a frame may."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from labelmend.geometry.polygons import Parts
from labelmend.progress import Progress
from labelmend_desktop.canvas.scene import Scene, contours, counts_of
from labelmend_desktop.tasks import Task, Tasks


class Outlining(QObject):
    """``found(row)`` says that a row of the scene is drawn by its outline from now on, no more by its box."""

    found = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = Tasks(self)
        self._asked: dict[int, Task] = {}
        self._scene = Scene()

    def serve(self, scene: Scene) -> None:
        """Outline the masks of this scene as they are to be drawn; those of the one before are let go."""
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self._scene, scene.ask = scene, self._ask

    def stop(self) -> None:
        """The project closes: nothing more is outlined."""
        self.serve(Scene())
        self._tasks.cancel_and_wait()

    def _ask(self, row: int, rle: dict[str, Any]) -> None:
        if row not in self._asked:
            done = partial(self._done, row, rle)
            self._asked[row] = self._tasks.run(_outlined, rle, title="Outlining", on_done=done)

    def _done(self, row: int, rle: dict[str, Any], read: tuple[Parts, bytes | None]) -> None:
        if self._asked.pop(row, None) is not None:
            self._scene.take_outline(row, rle, *read)
            self.found.emit(row)  # of another mask by now, it is asked for again


def _outlined(rle: dict[str, Any], *, progress: Progress) -> tuple[Parts, bytes | None]:
    progress(0, 1)
    return contours(rle), counts_of(rle)
