"""The list of classes beside the picture: find one, hide, lock, show it alone, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labelmend.project.state import Changes
from labelmend_desktop import theme
from labelmend_desktop.class_filter import names_of
from labelmend_desktop.classes.counts import ClassCounts, of_picture
from labelmend_desktop.classes.model import ALL, EYE, HERE, LOCK, NAME, ClassModel
from labelmend_desktop.session import Session

_ROW, _ICON, _HEIGHT = 24, 28, 360
_LONG = 12
"""From so many classes on, one is found by typing."""
_MANY = 100
"""More changed labels than these are counted in a turn of the event loop of their own."""


class ClassPanel(QWidget):
    """Shows the classes of the session's project with their counts."""

    def __init__(
        self, session: Session, *, colour_of: Callable[[int], QColor], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._counts: ClassCounts | None = None
        self._changed: set[int] = set()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._follow)
        self.text = QLineEdit()
        self.text.setObjectName("class_text")
        self.text.setPlaceholderText("Find a class")
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._list)
        self.text.returnPressed.connect(self.come)
        self.model = ClassModel(session.classes, colour_of=colour_of, parent=self)
        self.view = _Table(self.model)
        self.view.taken.connect(self._take)
        self.words = QLabel()
        self.every = QToolButton()
        self.every.setObjectName("show_all_classes")
        self.every.setText("Show all")
        self.every.setProperty("quiet", True)
        self.every.setProperty("small", True)
        self.every.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.every.setToolTip("Show every class and every label again.")
        self.every.clicked.connect(session.classes.show_all)
        self._lay_out()
        session.project_changed.connect(self._show_project)
        session.issue_changed.connect(self._count)
        session.changed.connect(self._take_in)
        session.classes.changed.connect(self._tell)
        self._show_project()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID // 2, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID // 2)
        layout.addWidget(self.text)
        layout.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.words, 1)
        foot.addWidget(self.every)
        layout.addLayout(foot)

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(super().sizeHint().width(), _HEIGHT)

    def come(self) -> None:
        """Take the keys: the first class is marked unless one is."""
        if self.model.rows and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, EYE))
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # ---------------------------------------------------------------- what is shown
    def _show_project(self) -> None:
        project = self._session.project
        self._soon.stop()
        self._changed.clear()
        self._counts = None if project is None else ClassCounts(project)
        self.text.setVisible(project is not None and len(project.categories.name) >= _LONG)
        self.text.clear()
        self._list()
        self._count()
        self._tell()

    def _list(self) -> None:
        project, text = self._session.project, self.text.text().strip().casefold()
        names = () if project is None else project.categories.name
        self.model.show(names, [row for row, name in enumerate(names) if text in name.casefold()])

    def _take_in(self, changes: Changes) -> None:
        self._changed |= changes.annotations
        if len(self._changed) > _MANY:
            self._soon.start()
        else:
            self._follow()

    def _follow(self) -> None:
        if self._counts is not None:
            self._counts.take(self._changed, self._session.annotations())
            self._count()
        self._changed.clear()

    def _count(self) -> None:
        if self._counts is not None:
            every = self._counts.of_project
            self.model.show_counts(of_picture(self._session.annotations(), len(every)), every)

    def _tell(self) -> None:
        project, classes = self._session.project, self._session.classes
        words = classes.in_words()
        self.words.setText(words.capitalize())
        names = () if project is None else project.categories.name
        self.words.setToolTip(f"Hidden: {names_of(classes.hidden, names)}" if classes.hidden else "")
        self.words.setVisible(bool(words))
        self.every.setVisible(bool(words))
        self.model.refresh()

    # ---------------------------------------------------------------- what is done
    def _take(self, place: int, column: int) -> None:
        category, classes = self.model.rows[place], self._session.classes
        if column == EYE:
            classes.turn_eye(category)
        elif column == LOCK:
            classes.turn_lock(category)
        else:
            classes.only(category, of=len(self.model.names))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "every"):
            self.model.refresh()


class _Table(QTableView):
    """Emits ``taken(row, column)`` for a click, Space and Enter on a cell."""

    taken = Signal(int, int)

    def __init__(self, model: ClassModel) -> None:
        super().__init__()
        self.setObjectName("class_list")
        self.setAccessibleName("Classes")
        self.setModel(model)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("own_keys", ["Up", "Down", "Left", "Right", "Home", "End", "Space", "Return"])
        self.setShowGrid(False)
        self.setMinimumHeight(5 * _ROW)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        head = self.horizontalHeader()
        head.hide()
        head.setMinimumSectionSize(_ICON)
        for column in (EYE, LOCK):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, _ICON)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (HERE, ALL):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.clicked.connect(lambda index: self.taken.emit(index.row(), index.column()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.taken.emit(index.row(), index.column())
        else:
            super().keyPressEvent(event)
