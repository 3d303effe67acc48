"""Has a thread outline the detections that are masks, those of the next images too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from labelmend.coco.detections import Detections
from labelmend.geometry.contours import borders_of_each
from labelmend.geometry.polygons import Part, Parts
from labelmend.progress import Progress
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.tasks import Task, Tasks

if TYPE_CHECKING:
    from labelmend.errors import LabelmendError
    from labelmend.project.project import Project

_KEPT = 12
"""Images whose outlines are kept, those asked for last."""
_WITHIN = (0.5, 1.0, 2.0, 4.0)
"""Pixels by which an outline of very many points may be simplified: nobody changes a detection by hand."""


class Detected(QObject):
    """``found(image)`` says that the outlines of an image's detections are there, or that there are none."""

    found = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = Tasks(self)
        self._every: Detections | None = None
        self._outlines: dict[int, Sequence[Parts]] = {}  # the one that was asked for last is at the end
        self._asked: dict[int, Task] = {}

    @property
    def busy(self) -> bool:
        """Whether something is being outlined."""
        return bool(self._asked)

    def of(self, project: Project, image: int) -> Sequence[Parts] | None:
        """Each detection's outlines in picture pixels, () where it is a box; None until a thread has them."""
        every, size = project.detections(), project.declared_size(image)
        if every is not self._every:
            self.forget()
            self._every = every
        if every is None or every.masks is None or size is None:
            return ()
        outlines = self._outlines.pop(image, None)
        if outlines is not None:
            self._outlines[image] = outlines
        elif image not in self._asked:
            keep, fail = partial(self._keep, image), partial(self._fail, image)
            work = _outlined, every, image, size
            self._asked[image] = self._tasks.run(*work, title="Outlining", on_done=keep, on_failed=fail)
        return outlines

    def ask(self, project: Project, images: Sequence[int]) -> None:
        """Have the detections of these images outlined, and of no others that nobody waits for any more."""
        for image in self._asked.keys() - set(images):
            self._asked.pop(image).cancel()
        for image in images:
            self.of(project, image)

    def forget(self) -> None:
        """Other detections, or none: nothing of them is outlined any more."""
        self._tasks.let_go()
        self._asked.clear()
        self._outlines.clear()
        self._every = None

    def _keep(self, image: int, outlines: Sequence[Parts]) -> None:
        if self._asked.pop(image, None) is not None:
            self._outlines[image] = outlines
            for old in list(self._outlines)[:-_KEPT]:
                del self._outlines[old]
            self.found.emit(image)

    def _fail(self, image: int, _why: LabelmendError) -> None:
        self._keep(image, ())  # the log says what; they stay boxes


def _outlined(
    every: Detections, image: int, size: tuple[int, int], *, progress: Progress
) -> tuple[Parts, ...]:
    progress(0, 1)
    masks, (width, height) = every.of_image(image).masks, size
    if masks is None:
        return ()
    return tuple(map(_thinned, borders_of_each(masks, height=height, width=width, progress=progress)))


def _thinned(parts: Parts) -> Parts:
    """Outlines with no more points than are quickly drawn; as they are where so few cannot tell the shape."""
    thin, ways = parts, iter(_WITHIN)
    while is_intricate(thin):
        within = next(ways, None)
        if within is None:
            return parts
        thin = tuple(_simplified(part, within) for part in parts)
    return thin


def _simplified(part: Part, within: float) -> Part:
    """With fewer points; a speck, of which nothing would be left, as it is."""
    line = cv2.approxPolyDP(part.astype(np.float32), within, True)[:, 0]
    return np.asarray(line, np.float64) if len(line) > 2 else part
