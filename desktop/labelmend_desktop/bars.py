"""The bars above the canvas: what went wrong, what is running, and that somebody judges blind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.actions import unbroken
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Task, Tasks


class _LyingBar(QFrame):
    """Lies over ``room``, at the side of ``strip`` where that is in sight: the picture stays where it is."""

    def __init__(self, room: QWidget, *, strip: QWidget, above: bool = False) -> None:
        """With ``above`` it lies on the strip, else under it."""
        super().__init__(room)
        self._room, self._strip, self._above = room, strip, above
        room.installEventFilter(self)
        strip.installEventFilter(self)

    def lie(self) -> None:
        """Come into sight, on top of all that is there."""
        self._lie()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._lie()
        return super().eventFilter(watched, event)

    def _lie(self) -> None:
        width = self._room.width()
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        side = QPoint(0, -height if self._above else self._strip.height())
        top = self._strip.mapTo(self._room, side).y() if self._strip.isVisible() else 0
        self.setGeometry(0, top, width, height)


class ErrorBar(_LyingBar):
    """One sentence: what, where, what to do; stays until it is closed or the next action succeeds."""

    def __init__(self, room: QWidget, *, strip: QWidget) -> None:
        super().__init__(room, strip=strip)
        self.setObjectName("error_bar")
        self.setProperty("bar", "danger")
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.help = QPushButton()
        self.help.setObjectName("error_help")
        self.help.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button = QPushButton("Close")
        self.close_button.setObjectName("error_close")
        self.close_button.setProperty("quiet", True)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._icon)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.help)
        layout.addWidget(self.close_button)
        self._helps: Callable[[], object] | None = None
        self.help.clicked.connect(self._help)
        self.hide()

    def say(self, sentence: str, *, help_text: str = "", helps: Callable[[], object] | None = None) -> None:
        """Show ``sentence``, with a button that calls ``helps``."""
        self._icon.setPixmap(theme.icon("mdi6.alert-outline", theme.tokens().danger).pixmap(20, 20))
        self.text.setText(unbroken(sentence))
        self._helps = helps
        self.help.setText(help_text)
        self.help.setVisible(helps is not None)
        self.lie()

    def _help(self) -> None:
        self.hide()
        if self._helps is not None:
            self._helps()


class WorkBar(_LyingBar):
    """Shows the work that is on its way; the window stays usable."""

    def __init__(self, tasks: Tasks, room: QWidget, *, strip: QWidget) -> None:
        super().__init__(room, strip=strip, above=True)
        self.setObjectName("work_bar")
        self.setProperty("bar", "work")
        self._task: Task | None = None
        self.text = QLabel()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("cancel_work")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(self.text)
        layout.addWidget(self.progress, 1)
        layout.addWidget(self.cancel)
        tasks.started.connect(self._started)
        tasks.progressed.connect(self._progressed)
        tasks.ended.connect(self._ended)
        self.hide()

    def _started(self, task: Task) -> None:
        self._task = task
        self.text.setText(task.title)
        self.progress.setRange(0, 0)
        self.cancel.setEnabled(True)
        self.cancel.setText("Cancel")
        self.lie()

    def _progressed(self, task: Task, done: int, total: int) -> None:
        if task is self._task:
            self.progress.setRange(0, total)
            self.progress.setValue(done)

    def _ended(self, task: Task) -> None:
        if task is self._task:
            self._task = None
            self.hide()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.cancel.setEnabled(False)
            self.cancel.setText("Stopping…")


class SittingBar(QFrame):
    """Says that somebody judges blind, how far they are, and how to leave; hidden else."""

    def __init__(self, session: Session, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("sitting_bar")
        self.setProperty("bar", "work")
        self._session = session
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._icon)
        layout.addWidget(self.text, 1)
        self.leave = actions.button("leave_sheet", text="Stop")
        layout.addWidget(self.leave)
        for signal in (session.project_changed, session.mode_changed):
            signal.connect(self.refresh)
        session.changed.connect(lambda _changes: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show how far one is."""
        sitting = self._session.sitting
        self.setVisible(bool(sitting.title))
        if sitting.title:
            self._icon.setPixmap(theme.icon("mdi6.eye-outline").pixmap(20, 20))
            done = sitting.total - sitting.left
            self.text.setText(
                f"<b>{sitting.title}</b> · {done:,} of {sitting.total:,} answered. "
                "The project stays as it is."
            )
            self.leave.setText("Stop" if sitting.end is None else "Back to the project   Esc")
