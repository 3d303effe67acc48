"""The dashboard: a window of its own, beside or over the work, that follows what is done."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labelmend_desktop import places, theme
from labelmend_desktop.dashboard import in_lines, in_points
from labelmend_desktop.dashboard.in_lines import Colours
from labelmend_desktop.dashboard.live import Live, Told
from labelmend_desktop.dashboard.matrix import Matrix
from labelmend_desktop.dashboard.points import PointPlot
from labelmend_desktop.dashboard.spots import SpotArea
from labelmend_desktop.on_screen import bring_within, room_for
from labelmend_desktop.session import Session

_WIDE = 1500
_TALL, _LOW = 292, 236
# Card: row, column, columns it takes of twelve; on a wide window and on a narrow one.
_PLACES = {
    "headline_0": ((0, 0, 3), (0, 0, 3)),
    "headline_1": ((0, 3, 3), (0, 3, 3)),
    "headline_2": ((0, 6, 3), (0, 6, 3)),
    "headline_3": ((0, 9, 3), (0, 9, 3)),
    "course": ((1, 0, 5), (1, 0, 7)),
    "rates": ((1, 5, 4), (1, 7, 5)),
    "curve": ((1, 9, 3), (4, 8, 4)),
    "kinds": ((2, 0, 4), (2, 0, 6)),
    "classes": ((2, 4, 4), (2, 6, 6)),
    "people": ((2, 8, 4), (3, 0, 6)),
    "agreement": ((3, 0, 4), (3, 6, 6)),
    "pairs": ((3, 4, 4), (4, 0, 4)),
    "reasons": ((3, 8, 4), (4, 4, 4)),
}
_TITLES = {
    "course": "Progress",
    "rates": "Wrong labels, 95 % sure",
    "curve": "Do the scores hold?",
    "kinds": "Kinds",
    "classes": "Classes",
    "people": "People",
    "agreement": "Agreement",
    "pairs": "Classes taken for others",
    "reasons": "Why labels were rejected",
}
_HINTS = {
    "rates": (("accent", "● finished labels"), ("warn", "◆ unflagged labels")),
    "curve": (("quiet", "share of errors, by score"),),
}


class Dashboard(QWidget):
    """Emits ``wanted(title, issues)`` when somebody wants to see the labels behind a number."""

    wanted = Signal(str, object)

    def __init__(self, session: Session, *, colour_of: Colours, key: str) -> None:
        """``key`` closes it again, as Esc does."""
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("dashboard")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._colour_of, self._key = colour_of, key
        self._told: Told | None = None
        self._cards: dict[str, QFrame] = {}
        self._wide: bool | None = None
        self.areas = {name: SpotArea(name) for name in _PLACES if name not in ("course", "rates", "curve")}
        self.plots = {name: PointPlot(name) for name in ("course", "rates", "curve")}
        for area in self.areas.values():
            area.taken.connect(self.wanted)
        for plot in self.plots.values():
            plot.taken.connect(self.wanted)
        self.in_all, self.each = self._switch("in_all", "In all"), self._switch("each", "Each day")
        self.in_all.setChecked(True)
        self.in_all.toggled.connect(lambda _on: self._show_course())
        self.live = Live(session, self)
        self.live.told.connect(self.show_told)
        self._lay_out()
        self._size()

    # ---------------------------------------------------------------- how it is laid out
    def _lay_out(self) -> None:
        self.words = QLabel()
        self.words.setProperty("tone", "quiet")
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.GRID)
        self._grid.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, 2 * theme.GRID)
        for column in range(12):
            self._grid.setColumnStretch(column, 1)
        for name in _PLACES:
            self._cards[name] = self._card(name)
        inside = QWidget()
        inside.setLayout(self._grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.GRID, 0, 0)
        layout.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(2 * theme.GRID, 0, 2 * theme.GRID, 0)
        top.addWidget(self.words, 1)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)

    def _card(self, name: str) -> QFrame:
        card = QFrame()
        card.setProperty("room", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, theme.GRID, 12, theme.GRID)
        column.setSpacing(4)
        if name in _TITLES:
            column.addLayout(self._head(name))
        if name in self.plots:
            column.addWidget(self.plots[name], 1)
        elif name.startswith("headline"):
            column.addWidget(self.areas[name])
        else:
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.viewport().setAutoFillBackground(False)
            holder = QWidget()
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(0, 0, 4, 0)
            inside.addWidget(self.areas[name])
            inside.addStretch(1)
            scroll.setWidget(holder)
            holder.setAutoFillBackground(False)  # a scroll area turns it on
            column.addWidget(scroll, 1)
        return card

    def _head(self, name: str) -> QHBoxLayout:
        head = QHBoxLayout()
        title = QLabel(_TITLES[name])
        title.setFont(theme.font(bold=True))
        head.addWidget(title)
        head.addStretch(1)
        for tone, text in _HINTS.get(name, ()):
            head.addSpacing(theme.GRID)
            hint = QLabel(text)
            hint.setProperty("tone", tone)
            hint.setFont(theme.font(theme.SIZE_SMALL))
            head.addWidget(hint)
        if name == "course":
            for button in (self.in_all, self.each):
                head.addWidget(button)
        return head

    def _switch(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setProperty("small", True)
        button.setProperty("quiet", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        if wide != self._wide:
            self._wide = wide
            self._place()

    def _place(self) -> None:
        for name, (wide, narrow) in _PLACES.items():
            row, column, columns = wide if self._wide else narrow
            self._grid.addWidget(self._cards[name], row, column, 1, columns)
        for row, height in enumerate((0, _TALL, _TALL, _LOW, 0) if self._wide else (0, *[_TALL] * 4)):
            self._grid.setRowMinimumHeight(row, height)
            self._grid.setRowStretch(row, 0 if row == 0 else height)

    # ---------------------------------------------------------------- what it shows
    def show_told(self, told: Told | None) -> None:
        """Show these numbers; nothing without a project."""
        self._told = told
        if told is None:
            self.close()
            return
        project, numbers = told.project, told.overview
        self.setWindowTitle(f"Dashboard – {project.name} – Labelmend")
        self.words.setText(f"{project.name}, as it is at {datetime.now():%H:%M:%S}")
        for number, one in enumerate(in_lines.headlines(numbers)):
            self.areas[f"headline_{number}"].show_drawing(one)
        self.areas["kinds"].show_drawing(in_lines.kinds(numbers))
        names = project.categories.name
        self.areas["classes"].show_drawing(in_lines.classes(numbers, names, self._colour_of))
        self.areas["people"].show_drawing(in_lines.people(numbers))
        self.areas["reasons"].show_drawing(in_lines.reasons(numbers.reasons))
        self.areas["pairs"].show_drawing(in_lines.pairs(numbers.pairs))
        self.areas["agreement"].show_drawing(Matrix(told.agreement, told.judged_twice))
        self.plots["rates"].show_points(*in_points.rates(numbers))
        self.plots["curve"].show_points(*in_points.curve(numbers))
        self._show_course()

    def _show_course(self) -> None:
        if self._told is not None:
            told = self._told.overview
            self.each.setText("Each hour" if in_points.by_hours(told) else "Each day")
            self.plots["course"].show_points(*in_points.course(told, in_all=self.in_all.isChecked()))

    # ---------------------------------------------------------------- the window itself
    def come(self) -> None:
        """Show it, or bring it to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def _size(self) -> None:
        self.resize(room_for(self, QSize(1600, 1000)))
        stored = places.settings().value("dashboard/geometry")
        if isinstance(stored, QByteArray):
            self.restoreGeometry(stored)
        bring_within(self)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102
        super().showEvent(event)
        self.live.wake()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102
        super().hideEvent(event)
        self.live.sleep()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102
        places.settings().setValue("dashboard/geometry", self.saveGeometry())
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        pressed = QKeySequence(event.keyCombination())
        if pressed in (QKeySequence(Qt.Key.Key_Escape), QKeySequence(self._key)):
            self.close()
        else:
            super().keyPressEvent(event)
