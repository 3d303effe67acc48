"""Paths of outlines of very many points, made by a thread: that takes as long as to paint them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainterPath, QTransform

from labelmend.geometry.polygons import Parts
from labelmend.progress import Progress
from labelmend_desktop.canvas.intricate import Wanted, box_path, made_path
from labelmend_desktop.canvas.strokes import path_of
from labelmend_desktop.canvas.view import View
from labelmend_desktop.tasks import Task, Tasks

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

LONG = 20_000
"""An outline of more points has its path made by a thread."""
_KEPT = 8
"""Paths that are kept: those of a few outlines at the last few scales."""

Later = Callable[[], object]


class Paths(QObject):
    """Makes outlines into paths of what is in sight on the canvas.

    Until a thread has made that of a long outline it is drawn as for the view before, at first by its box.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tasks = Tasks(self)
        self._made: dict[Wanted, QPainterPath] = {}  # the last one that was used is at the end
        self._asked: dict[Wanted, tuple[Task, list[Later]]] = {}

    @property
    def behind(self) -> bool:
        """Whether a path is being made."""
        return bool(self._asked)

    def of(self, parts: Parts, view: View, *, later: Later | None = None) -> QPainterPath:
        """Closed outlines in picture pixels as a path in widget pixels of ``view``, filled even-odd.

        Where it is not yet as it is to be, ``later`` is called when it is, and the canvas painted. ``parts``
        are to be the same tuple in every frame.
        """
        canvas = self._canvas
        room = view.rect(canvas.view.box_of(QRectF(canvas.rect())))
        if sum(map(len, parts)) <= LONG:
            return path_of(parts, view, room=room)
        wanted = Wanted.of(parts, view, room)
        path = self._made.pop(wanted, None)
        if path is None:
            self._ask(wanted, later)
            path = self._instead_of(wanted)
        else:
            self._made[wanted] = path
        return path.translated(view.x, view.y)

    def forget(self) -> None:
        """Another project: nothing more is made."""
        self._tasks.let_go()
        self._asked.clear()
        self._made.clear()

    def _instead_of(self, wanted: Wanted) -> QPainterPath:
        """The path of the same outlines that was used last, at this scale; without one, that of their box."""
        for other in reversed(self._made):
            if other.outlines == wanted.outlines:
                grow = wanted.scale / other.scale
                path = self._made[other]
                return path if grow == 1 else QTransform.fromScale(grow, grow).map(path)
        return box_path(wanted.outlines, wanted.scale)

    def _ask(self, wanted: Wanted, later: Later | None) -> None:
        told = [*self._drop_beside(wanted), *([] if later is None else [later])]
        if wanted not in self._asked:
            keep = partial(self._keep, wanted)
            self._asked[wanted] = self._tasks.run(_made, wanted, title="Outlining", on_done=keep), []
        self._asked[wanted][1].extend(told)

    def _drop_beside(self, wanted: Wanted) -> list[Later]:
        """Drop what waits for another scale or for other cells; who was to be told that of those is there.

        The one being made is kept: of a pan that goes on and on, else nothing would ever be there.
        """
        told: list[Later] = []
        for place, other in enumerate(list(self._asked)):
            if other.scale != self._canvas.view.scale:  # the wheel was turned meanwhile
                self._asked.pop(other)[0].cancel()
            elif place > 0 and not other.is_beside(wanted):
                task, laters = self._asked.pop(other)
                task.cancel()
                told += laters
        return told

    def _keep(self, wanted: Wanted, path: QPainterPath) -> None:
        if wanted in self._asked:
            self._made[wanted] = path
            for old in list(self._made)[:-_KEPT]:
                del self._made[old]
            for later in dict.fromkeys(self._asked.pop(wanted)[1]):
                later()
            self._canvas.update()


def _made(wanted: Wanted, *, progress: Progress) -> QPainterPath:
    progress(0, 1)
    return made_path(wanted)
