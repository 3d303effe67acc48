"""Steps of many labels, done by a thread; meanwhile the window is painted, and keys and clicks wait."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from labelmend.errors import LabelmendError
from labelmend.project.project import Project
from labelmend.project.state import Changes

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

_log = logging.getLogger(__name__)
MANY: Final = 30
"""A step of up to so many labels is done at once."""
LONG: Final = 1 << 15
"""A step of up to so many bytes is done, done again or taken back at once."""
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

AHEAD = "What you did is in the project file, but could not be shown: the project was opened anew."


class Ahead(LabelmendError):
    """The project file holds a step that the open project could not take over: it has to be opened anew."""


Act = Callable[[Project], Changes]
Result = TypeVar("Result")


@dataclass(frozen=True)
class _UnderWay:
    """What a thread is doing, and what is to be done then."""

    work: Future[Any]
    then: Callable[[], object] | None
    failed: list[Exception] = field(default_factory=list)


class Making(QObject):
    """A thread does the step in a copy of the project and writes it; the project then takes the copy over.

    So one thread writes at a time: whoever else wants to waits for it (`settle`).
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.under_way = False
        self._held: list[tuple[QObject, QEvent]] = []
        self._under_way: _UnderWay | None = None
        # Made once: one that the thread cleared away would be deleted there, and the program end.
        self._loop, self._look = QEventLoop(self), QTimer(self, interval=_LOOK_EVERY)
        self._look.timeout.connect(self._leave)
        self._tell = QTimer(self, singleShot=True, interval=_TELL_AFTER)
        self._tell.timeout.connect(lambda: session.said.emit(WAIT))

    def do(self, act: Act, project: Project, *, labels: int) -> Changes:
        """What ``act`` changes in the project, about so many labels. Raises what it raises."""
        self.settle()
        if labels <= MANY or self.under_way:
            return act(project)
        copy = project.still()
        done = partial(_done, act, copy, image=self._session.image, kept=project)
        return self._taken_over(done, copy, project)

    def take_over(self, copy: Project, project: Project) -> Changes:
        """What the project changes by standing where a copy of it stands. Raises Refused."""
        self.settle()
        return self._taken_over(partial(_kept, copy, project), copy, project)

    def _taken_over(self, work: Callable[[], Changes], copy: Project, project: Project) -> Changes:
        """What work in a copy changes, which the project takes over; where it cannot, it is opened anew."""
        try:
            return self.aside(work, then=partial(_taken, copy, project))
        except Ahead:
            self._session.open(project.path, actor=project.actor)
            raise

    def settle(self) -> None:
        """Have the step that is under way done: two do not write at once."""
        if self._under_way is not None and self._under_way.then is not None:
            under_way, then, self._under_way = self._under_way, self._under_way.then, None
            wait([under_way.work])
            if under_way.work.exception() is None:
                try:
                    then()
                except Exception as error:
                    under_way.failed.append(error)
                    raise

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
            held, self._held = self._held, []
            for receiver, event in held:
                if isValid(receiver):  # what it was pressed in may be closed by now
                    app.postEvent(receiver, event)

    def aside(self, work: Callable[[], Result], *, then: Callable[[], object] | None = None) -> Result:
        """What ``work`` comes to, in a thread; ``then`` is called afterwards. Raises what ``work`` raises."""
        if self.under_way:
            found = work()
            if then is not None:
                then()
            return found
        with self._holding(), ThreadPoolExecutor(1, thread_name_prefix="making") as pool:
            future = pool.submit(work)
            self._under_way = under_way = _UnderWay(future, then)
            QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            self._look.start()
            self._tell.start()
            try:
                self._loop.exec(_NO_INPUT)
                self.settle()
            finally:
                self._look.stop()
                self._tell.stop()
                self._under_way = None
                QGuiApplication.restoreOverrideCursor()
                QGuiApplication.processEvents(_NO_INPUT)  # the window first serves what waits
        if under_way.failed:  # which told whoever settled it meanwhile
            raise under_way.failed[0]
        return future.result()

    def _leave(self) -> None:
        if self._under_way is None or self._under_way.work.done():
            self._loop.quit()


def labels_of(size: int) -> int:
    """As how many labels a step counts that writes so many bytes: an intricate mask takes as long as many."""
    return MANY + 1 if size > LONG else 1


def _done(act: Act, copy: Project, *, image: int, kept: Project) -> Changes:
    changes = act(copy)
    # What is asked for next takes its time too.
    copy.undo_title(), copy.redo_title()
    if image in changes.images:
        copy.annotations_of(image)
    kept.keep(copy)
    return changes


def _taken(copy: Project, project: Project) -> None:
    """Have the project stand where its copy stands. Raises Ahead when it cannot."""
    try:
        project.take_over(copy)
    except Exception as error:
        _log.exception("The project could not be brought up to its file")
        raise Ahead(AHEAD) from error


def _kept(copy: Project, project: Project) -> Changes:
    project.keep(copy)
    return Changes(title=copy.last_row.title, issues_replaced=True)
