"""Steps of many labels, made in a thread; meanwhile the window is painted, and keys and clicks wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from labelmend.coco.record import annotation_of
from labelmend.project.history import Row, Step
from labelmend.project.project import Project
from labelmend.project.state import Changes

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

MANY: Final = 100
"""A step of up to so many labels is made at once."""
LONG: Final = 1 << 18
"""A step of up to so many bytes is read at once."""
_LOOK_EVERY, _TELL_AFTER = 2, 300
_NO_INPUT: Final = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
_INPUT: Final = (
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
)
WAIT = "This takes a moment; what you press meanwhile waits its turn."

Result = TypeVar("Result")


class Making(QObject):
    """The thread is given the project as it stands and changes nothing: the UI thread is the only writer."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.under_way = False
        self._held: list[tuple[QObject, QEvent]] = []
        self._future: Future[Any] | None = None
        # Made once: one that the thread cleared away would be deleted there, and the program end.
        self._loop, self._look = QEventLoop(self), QTimer(self, interval=_LOOK_EVERY)
        self._look.timeout.connect(self._leave)
        self._tell = QTimer(self, singleShot=True, interval=_TELL_AFTER)
        self._tell.timeout.connect(lambda: session.said.emit(WAIT))

    def step(self, make: Callable[[Project], Step], project: Project, *, labels: int) -> Step:
        """The step that ``make`` makes of the project as it stands. Raises what it raises."""
        if labels <= MANY or self.under_way:
            return make(project)
        while True:
            last, still = project.last_row, project.still()
            step = self._aside(partial(_made, make, still))
            if project.last_row is last:
                return step
            # Something else was done meanwhile, a picture noted as missing say: make it of what is now.

    def read(self, row: Row | None) -> int:
        """Get ready for doing a step again, or taking it back; of how many labels it is."""
        if row is None or len(row.body) <= LONG or self.under_way:
            return 1
        return len(self._aside(partial(_read, row)).edits)

    def done(self, changes: Changes, *, labels: int) -> Changes:
        """The changes of a step that was just done; of many labels the window first serves what waits."""
        if labels > MANY and not self.under_way:
            with self._holding():
                QGuiApplication.processEvents(_NO_INPUT)
        return changes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold back what gets here of what the user does, in its order."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the key itself follows
            return True
        if event.type() not in _INPUT:
            return False
        self._held.append((watched, event.clone()))
        return True

    @contextmanager
    def _holding(self) -> Iterator[None]:
        app = QGuiApplication.instance()
        assert app is not None
        self.under_way = True
        app.installEventFilter(self)
        try:
            yield
        finally:
            app.removeEventFilter(self)
            self.under_way = False
            for receiver, event in self._held:
                app.postEvent(receiver, event)
            self._held.clear()

    def _aside(self, call: Callable[[], Result]) -> Result:
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        with self._holding(), ThreadPoolExecutor(1, thread_name_prefix="making") as pool:
            self._future = future = pool.submit(call)
            self._look.start()
            self._tell.start()
            self._loop.exec(_NO_INPUT)
            self._look.stop()
            self._tell.stop()
        QGuiApplication.restoreOverrideCursor()
        return future.result()

    def _leave(self) -> None:
        if self._future is not None and self._future.done():
            self._future = None
            self._loop.quit()


def _made(make: Callable[[Project], Step], project: Project) -> Step:
    return _ready(make(project))


def _read(row: Row) -> Step:
    return _ready(row.step())


def _ready(step: Step) -> Step:
    """The step, its records read: they are remembered for when they are shown."""
    for edit in step.edits:
        for record in (edit.before, edit.after):
            if record is not None:
                annotation_of(record)
    return step
