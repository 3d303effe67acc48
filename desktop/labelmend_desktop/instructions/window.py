"""The window in which the instructions are read and, by the lead, written; the work goes on beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QStyle,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from labelmend.errors import LabelmendError
from labelmend.project.instructing import may_instruct
from labelmend.project.revisions import Revised
from labelmend.review.instructions import ClassInstructions, Instructions, by_name
from labelmend_desktop import theme
from labelmend_desktop.instructions.class_form import ClassForm, WholeForm
from labelmend_desktop.instructions.cost import COUNTING, Cost
from labelmend_desktop.instructions.document import write_class, write_general
from labelmend_desktop.instructions.draft import Draft
from labelmend_desktop.instructions.versions import Versions, read_revisions
from labelmend_desktop.on_screen import room_for
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks

_REFRESH = 80
_ALL = "For all classes"


class InstructionsWindow(QDialog):
    """Emits ``opened(class, number)`` for a picture, and what its buttons are for."""

    opened = Signal(object, int)
    picture_wanted = Signal(str)
    read_wanted = Signal()
    write_wanted = Signal()
    print_wanted = Signal()

    def __init__(
        self,
        session: Session,
        images: ReferenceImages,
        prompts: Prompts,
        *,
        colour_of: Callable[[int], QColor],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("instructions_window")
        self.setWindowTitle("Instructions")
        self._session, self._images, self._prompts, self._colour_of = session, images, prompts, colour_of
        self.draft = Draft(session, images)
        self.cost = Cost(session, self)
        self._tasks = Tasks(self)
        self._previewed = ""
        self._save_waits = False
        self._make()
        self._lay_out()
        self._connect()
        self.resize(room_for(self, QSize(1180, 760), share=0.95))

    # ---------------------------------------------------------------- parts
    def _make(self) -> None:
        self.list = QListWidget()
        self.list.setObjectName("instructed_classes")
        self.list.setSpacing(2)
        self.whole, self.form = WholeForm(self.draft), ClassForm(self.draft, self._images)
        self._forms = QStackedWidget()
        for form in (self.whole, self.form):
            room = QScrollArea()
            room.setWidgetResizable(True)
            room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            room.setWidget(form)
            self._forms.addWidget(room)
        self.preview = QTextBrowser()
        self.preview.setOpenLinks(False)
        self.preview.document().setDocumentMargin(2 * theme.GRID)
        self.versions = Versions()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.preview, "Preview")
        self.tabs.addTab(self.versions, "Versions")
        self.rule, self.said = QLabel(), QLabel()
        self.rule.setWordWrap(True)
        self.rule.setProperty("tone", "warn")
        self.said.setWordWrap(True)
        self.said.setObjectName("instructions_said")
        self.save = _button("Save", "save_instructions", "Make it one step of the history; Ctrl+S.")
        self.save.setProperty("primary", True)
        self.save.setShortcut("Ctrl+S")
        self.discard = _button("Discard", "discard_instructions", "Go back to what the project has.")
        self.read = _button("Read a file…", "read_instructions", "Take them from a Markdown file.")
        self.write = _button("Write a folder…", "write_instructions", "A text and its pictures, for anybody.")
        self.print = _button("Print…", "print_instructions", "Print them to a PDF file.")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REFRESH)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self.list, 1)
        for button in (self.read, self.write, self.print):
            column.addWidget(button)
        parts = self._parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        for part, width in ((left, 190), (self._forms, 480), (self.tabs, 500)):
            parts.addWidget(part)
            part.setMinimumWidth(min(width, 340))
            parts.setStretchFactor(parts.count() - 1, 0 if part is left else 1)
        left.setMinimumWidth(150)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self._forms.setMinimumWidth(self.form.minimumSizeHint().width() + bar + theme.GRID)
        parts.setSizes([190, 470, 500])
        below = QHBoxLayout()
        below.setSpacing(theme.GRID)
        below.addWidget(self.said, 1)
        below.addWidget(self.discard)
        below.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.rule)
        layout.addWidget(parts, 1)
        layout.addLayout(below)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _row: self._choose())
        self.draft.changed.connect(self._refresh)
        self._later.timeout.connect(self._preview)
        self._parts.splitterMoved.connect(lambda *_: self._later.start())
        self.cost.told.connect(self._tell_cost)
        self.form.picture_wanted.connect(lambda: self.picture_wanted.emit(self.form.name))
        self.form.pictures.opened.connect(lambda at: self.opened.emit(self.draft.now.of(self.form.name), at))
        self.versions.restore.connect(self._restore)
        self.tabs.currentChanged.connect(lambda _tab: self._list_versions())
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self.draft.begin)
        self.read.clicked.connect(self.read_wanted)
        self.write.clicked.connect(self.write_wanted)
        self.print.clicked.connect(self.print_wanted)
        session = self._session
        session.closing.connect(self._project_closes)
        session.project_changed.connect(self._show_project)
        session.changed.connect(lambda _changes: self._follow())
        session.mode_changed.connect(self._show_rule)
        session.failed.connect(self._tell)
        session.said.connect(self._tell)

    # ---------------------------------------------------------------- showing
    def come(self, name: str = "") -> None:
        """Open at a class, or where it was; in front when it is open already."""
        if not self.isVisible() and not self.draft.is_dirty:
            self._show_project()
        rows = [row for row in range(self.list.count()) if self._name(row) == name]
        self.list.setCurrentRow(rows[0] if rows and name else max(self.list.currentRow(), 0))
        self.show()
        self._list_versions()
        self.raise_()
        self.activateWindow()

    def _show_project(self) -> None:
        project = self._session.project
        if project is None:
            self.cost.stop()
            self.hide()
            return
        self.draft.begin()
        names = list(dict.fromkeys([*project.categories.name, *(one.name for one in self.draft.now.classes)]))
        row = self.list.currentRow()
        self.list.clear()
        self.list.addItem(_ALL)
        for n, name in enumerate(names):
            colour = self._colour_of(n if n < len(project.categories.name) else -1)
            item = QListWidgetItem(theme.swatch(colour, 10), "")
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.list.setCurrentRow(row if 0 <= row < self.list.count() else 0)
        self.said.clear()
        self._show_rule()

    def _name(self, row: int) -> str:
        """The class of a line; empty for the first one, which is for all."""
        item = self.list.item(row)
        return "" if item is None else item.data(Qt.ItemDataRole.UserRole) or ""

    def _may_write(self) -> str:
        """Why who works may not write; empty when they may."""
        project = self._session.project
        try:
            if project is not None:
                may_instruct(project)
        except LabelmendError as error:
            return str(error)
        return ""

    def _show_rule(self) -> None:
        why = self._may_write()
        self.rule.setText(why)
        self.rule.setVisible(bool(why))
        for button in (self.save, self.discard, self.read):
            button.setVisible(not why)
        self._refresh()

    def _choose(self) -> None:
        self._refresh()
        self._preview()

    def _refresh(self) -> None:
        """Show what the draft says; the preview follows when nothing is typed for a moment."""
        may_write, name = not self._may_write(), self._name(self.list.currentRow())
        self._forms.setCurrentIndex(1 if name else 0)
        if name:
            self.form.show_class(name, may_write=may_write)
        else:
            self.whole.refresh(may_write=may_write)
        self._mark_classes()
        if self.isVisible() or self.draft.is_dirty:
            self.cost.weigh(self.draft.now)
        self._allow_save()
        self._later.start()

    def _mark_classes(self) -> None:
        """Those that nothing is said of are quiet; those that are told otherwise than saved have a dot."""
        told, colours = by_name(self.draft.now), theme.tokens()
        for row in range(1, self.list.count()):
            item, name = self.list.item(row), self._name(row)
            item.setText(f"{name}  •" if name in self.draft.differing else name)
            empty = told.get(name) in (None, ClassInstructions(name))
            item.setForeground(QColor(colours.text_quiet if empty else colours.text))

    def changeEvent(self, event: QEvent) -> None:
        """The list in the colours of a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "list"):
            self._mark_classes()

    def _allow_save(self) -> None:
        self.save.setEnabled(self.draft.is_dirty and not self._save_waits)
        self.discard.setEnabled(self.draft.is_dirty)

    def _save(self) -> None:
        """Save now, or once it is known and said what that changes."""
        self._save_waits = self.cost.counting
        if self._save_waits:
            self._tell_cost(COUNTING)
        else:
            self.draft.save()

    def _tell_cost(self, sentence: str) -> None:
        """Say what the numbers change, and save if that was all that Save waited for."""
        if self.cost.counting:
            self._tell(f"{sentence} It is saved then." if self._save_waits else sentence)
            return
        waited, self._save_waits = self._save_waits, False
        self._tell(sentence)
        if waited and self.draft.is_dirty and self.draft.save():
            self._tell(f"The instructions are saved. {sentence}")

    def _tell(self, told: LabelmendError | str) -> None:
        if self.isVisible():
            self.said.setText(str(told))
            self._allow_save()

    def _preview(self) -> None:
        bar, width = self.preview.verticalScrollBar(), self.preview.viewport().width() - 4 * theme.GRID
        at, name = bar.value(), self._name(self.list.currentRow())
        if name:
            write_class(self.preview.document(), self.draft.now.of(name), self._images.image, width=width)
        else:
            write_general(self.preview.document(), self.draft.now)
        self.preview.setTextCursor(QTextCursor(self.preview.document()))
        bar.setValue(at if name == self._previewed else 0)
        self._previewed = name

    # ---------------------------------------------------------------- what happens meanwhile
    def _follow(self) -> None:
        self.draft.follow()
        if self.isVisible():
            self._list_versions()

    def _list_versions(self) -> None:
        project = self._session.project
        if project is None or self.tabs.currentWidget() is not self.versions:
            return

        def listed(found: list[Revised]) -> None:
            if self._session.project is project:
                self.versions.show_revisions(found, may_write=not self._may_write())

        self._tasks.run(read_revisions, project.store, title="Reading the history", on_done=listed)

    def _restore(self, given: Instructions) -> None:
        """Put a version back as one step, after the numbers of what that changes were said."""
        self.draft.take(given)
        self._tell("This version is in the fields again; Save makes it one step.")
        self.tabs.setCurrentWidget(self.preview)

    def _project_closes(self) -> None:
        """The last moment at which something can be saved."""
        self._tasks.cancel_and_wait()
        if self.draft.is_dirty and (self._save_waits or self._prompts.save_instructions(may_stay=False)):
            self.draft.save()
        self._save_waits = False
        self.draft.begin()
        self.cost.shutdown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the preview's pictures out anew."""
        super().resizeEvent(event)
        self._later.start()

    def reject(self) -> None:
        """Esc closes the window, as its frame does."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of what was written."""
        if self.draft.is_dirty and self._session.project is not None:
            keep = self._save_waits or self._prompts.save_instructions(may_stay=True)
            self._save_waits = False
            if keep is None or (keep and not self.draft.save()):
                event.ignore()
                return
            self.draft.begin()
        self.cost.stop()
        event.accept()  # not QDialog's own, which rejects, which closes


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
