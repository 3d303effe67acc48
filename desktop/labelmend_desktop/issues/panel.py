"""The issue list: filter line above, virtual list below; its order is told to the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from labelmend.find.issues import CALLED
from labelmend.find.to_check import to_check
from labelmend.project.issue_table import IssueTable
from labelmend.project.state import Changes
from labelmend.review.rules import is_sent_back
from labelmend.review.states import QUEUES, Queue
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.issues.delegate import HEIGHT, IssueDelegate
from labelmend_desktop.issues.empty import Empty
from labelmend_desktop.issues.filter_line import FilterLine
from labelmend_desktop.issues.model import IssueModel
from labelmend_desktop.issues.order import Chosen, Names, Order, Rows, Sorting, between, passing, place_of
from labelmend_desktop.issues.remembered import remember, remembered
from labelmend_desktop.session import Session
from labelmend_desktop.words import NAME_WORDS

_FILTER_PAUSE = 40
_DRAW_PAUSE = 250
_MANY = 100
_NO_LIMIT = (1 << 24) - 1
_LONG = 100_000
"""A list of so many issues comes in a turn of the event loop of its own: it takes as long as all the rest."""
_SAID = [f"{name} {NAME_WORDS[name]}" for name in CALLED]
"""What the text filter finds an issue by: its kind, and what the list calls it."""


class IssuePanel(QWidget):
    """Shows a queue. The issue in sight has a line, judged or hidden by the filter; left, that line goes."""

    def __init__(
        self,
        session: Session,
        actions: ActionSet,
        *,
        colour_of: Callable[[int], QColor],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._names = Names(called=(), categories=(), files=())
        self._queued: Rows = np.zeros(0, np.int64)
        self._seen = (session.queue, session.actor)
        self._dropping = False
        self._pointed = False
        self._recalls = False
        self._weaker, self._guest = 0, -1
        self._order = Order()
        self._dropped = self._queued, -1
        self.filters = FilterLine()
        self.model = IssueModel(self)
        self.view = self._view(colour_of)
        self._empty = Empty(actions)
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._room.setSpacing(theme.GRID)
        for widget, stretch in ((self.filters, 0), (self.view, 1), (self._empty, 1)):
            self._room.addWidget(widget, stretch)
        # Typing and dragging come in bursts: the list follows at the end of each.
        self._later = QTimer(self, singleShot=True, interval=_FILTER_PAUSE)
        self._later.timeout.connect(self.refilter)
        self._later.timeout.connect(self._keep_filter)
        session.closing.connect(self._keep_filter)
        self.filters.filter_changed.connect(self._later.start)
        self._draw_later = QTimer(self, singleShot=True, interval=_DRAW_PAUSE)
        self._draw_later.timeout.connect(self._draw_scores)
        self._arrival = QTimer(self, singleShot=True, interval=0)
        self._arrival.timeout.connect(self._arrive)
        self._beginning = QTimer(self, singleShot=True, interval=0)
        self._beginning.timeout.connect(self._begin)
        self.filters.sorting_changed.connect(self.refilter)
        session.project_changed.connect(self._show_project)
        session.mode_changed.connect(self._show_mode)
        session.changed.connect(self._show_changes)
        session.issue_changed.connect(self._show_issue)
        session.pictures.cropped.connect(self._show_crop)
        self._show_project()

    def _view(self, colour_of: Callable[[int], QColor]) -> QTableView:
        view = QTableView()
        view.setObjectName("issues")
        view.setModel(self.model)
        view.setItemDelegate(IssueDelegate(self._session, colour_of=colour_of, parent=view))
        view.horizontalHeader().hide()
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(HEIGHT)
        view.setShowGrid(False)
        view.setMouseTracking(True)
        view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.verticalScrollBar().setSingleStep(HEIGHT // 2)
        view.selectionModel().currentRowChanged.connect(self._chosen)
        return view

    # ---------------------------------------------------------------- what is shown
    def _show_project(self) -> None:
        project = self._session.project
        if project is not None:
            names = project.categories.name
            self._names = Names(called=_SAID, categories=names, files=project.images.file_name)
            self.filters.show_project(names)
            self.filters.begin(len(self._session.waiting_rows("fix")))
        self._recalls = project is not None and not self._session.sitting.title
        self.filters.setVisible(not self._session.sitting.title)  # a sheet has nothing to tell labels by
        if project is None or len(project.issues) < _LONG:
            self._show_queue()
        else:  # everybody else shows the project in this turn of the event loop
            self._share_room(listed=len(project.issues), done=False)
            self._arrival.start()

    def _show_mode(self) -> None:
        if (self._session.queue, self._session.actor) != self._seen:
            self._show_queue()

    def _arrive(self) -> None:
        """Show a list that is long; who has been led to an issue meanwhile stays there."""
        self._show_queue(stay=self._session.issue is not None)

    def _show_queue(self, *, stay: bool = False) -> None:
        self._arrival.stop()
        self._seen = (self._session.queue, self._session.actor)
        self.filters.show_queue(self._session.queue)
        if self._recalls and self._session.project is not None:
            self._recalls = False
            self.filters.recall(remembered(self._session.project.path))
        self.refilter(keep=False, stay=stay)

    def _keep_filter(self) -> None:
        """Remember what is asked for in this project; not which labels somebody was led to."""
        project, wanted = self._session.project, self.filters.wanted
        settled = not self._recalls and not self._session.sitting.title
        if project is not None and settled and wanted.chosen is None:
            remember(project.path, self.filters.asked())

    def show_only(self, title: str, issues: Rows, *, check: bool = False) -> None:
        """Show certain labels, in the queue where most of them are; what they have in common is said."""
        project = self._session.project
        if project is None:
            return
        self.filters.choose(Chosen(title, issues, check=check))
        here = self._places(project.issues, issues)
        if here[self._session.queue] < max(here.values()):
            self._session.set_queue(max(here, key=here.__getitem__))
        else:
            self.refilter(keep=False)

    def show_check(self) -> None:
        """Show what is judged first, so that the scores of all others can follow."""
        project = self._session.project
        if project is None:
            return
        rows = to_check(project.issues.columns, self._session.waiting_rows("fix"))
        if len(rows):
            self.show_only("To check the scores", project.issues.id[rows], check=True)
        else:
            self._session.said.emit("No issue is left that the scores could be checked by.")

    def _places(self, table: IssueTable, issues: Rows) -> dict[Queue, int]:
        """How many of some labels wait in each queue."""
        rows = {queue: self._session.waiting_rows(queue) for queue in QUEUES}
        return {queue: int(np.isin(table.id[found], issues).sum()) for queue, found in rows.items()}

    def refilter(self, *, keep: bool = True, stay: bool = False) -> None:
        """Show what queue and filter ask for; with ``keep`` the current issue stays where possible, with
        ``stay`` in any case: nobody is led elsewhere."""
        self._later.stop()
        project = self._session.project
        if project is None:
            self.model.show(None, [], np.zeros(0, np.int64))
            self._tell()
            return
        self._learn_order(project.issues)
        table, wanted = project.issues, self.filters.wanted
        self._queued = self._session.waiting_rows()
        rows = passing(table, self._queued, wanted, self._names)
        rows = self._arranged(table, self._with_sent_back(table, rows, self._show_scores(table, rows)))
        row = table.row_of(self._session.issue) if self._session.issue is not None else -1
        self._guest = row if stay and row >= 0 and row not in rows else -1
        if self._guest >= 0:
            rows = self._arranged(table, np.append(rows, row))
        self.model.show(table, project.categories.name, rows)
        self._tell()
        if wanted.chosen is not None and not wanted.chosen.check:
            here = self._places(table, wanted.chosen.issues)
            self.filters.chip.show_places(here, self._session.queue)
        if not stay and not (keep and self.model.place_of(row) >= 0):
            if self._session.issue is None and len(table) >= _LONG:
                self._beginning.start()
            else:
                self._session.set_issue(int(table.id[rows[0]]) if len(rows) else None)
        self._show_issue()

    def _begin(self) -> None:
        """Go to the first issue of a list that is long, if none is in sight: in a turn of its own, too."""
        if self._session.issue is None and len(self.model.rows):
            self._session.set_issue(int(self.model.ids()[0]))

    def _learn_order(self, table: IssueTable) -> None:
        """Have the order of a long list made by a thread."""
        asked = table, self.filters.sorting, self._names
        if len(table) >= _LONG and not self._order.knows(*asked):
            self._session.making.aside(partial(self._order.learn, *asked))

    def _with_sent_back(self, table: IssueTable, rows: Rows, shown: Rows) -> Rows:
        """Those whose score is asked for, and of all what an expert sent back: somebody waits for that."""
        back = table.where(rows, is_sent_back)
        return np.union1d(shown, back) if len(back) else shown

    def _arranged(self, table: IssueTable, rows: Rows) -> Rows:
        """In the order that is chosen; in the usual one what was sent back comes first."""
        rows = self._order.arranged(table, rows, self.filters.sorting, self._names)
        back = table.where(rows, is_sent_back)
        if not len(back) or self.filters.sorting != Sorting():
            return rows
        first = np.isin(rows, back)
        return np.concatenate([rows[first], rows[~first]])

    def _draw_scores(self) -> None:
        if self._session.project is not None:
            table = self._session.project.issues
            self._show_scores(table, passing(table, self._queued, self.filters.wanted, self._names))

    def _show_scores(self, table: IssueTable, rows: Rows) -> Rows:
        """Draw the scores of rows that pass but for their score, and say how many are hidden; the others."""
        score, wanted = table.score[rows], self.filters.wanted
        shown, errors = rows, 0.0
        if (wanted.low, wanted.high) != (0.0, 1.0):
            asked = (score >= wanted.low) & (score <= wanted.high)
            shown, errors = rows[asked], float(score.sum(where=~asked))
        self._weaker = len(rows) - len(shown)
        self.filters.show_scores(score)
        self.filters.show_hidden(self._weaker, errors=errors)
        return shown

    def _tell(self) -> None:
        self._session.set_order(self.model.ids())
        rows, wanted = self.model.rows, self.filters.wanted
        self.filters.show_count(len(rows), max(len(self._queued), len(rows)))
        hidden = not wanted.is_empty() and (len(self._queued) > 0 or wanted.chosen is not None)
        checked = wanted.chosen is not None and wanted.chosen.check
        if wanted.chosen is not None and checked and (table := self.model.table) is not None:
            left = int(np.isin(table.id[self._queued], wanted.chosen.issues).sum())
            self.filters.chip.show_left(left, len(wanted.chosen.issues))
        self._empty.show_reason(self._session, hidden=hidden, weaker=self._weaker, checked=checked)
        self._share_room(listed=len(rows), done=len(rows) == 1 and rows[0] not in self._queued)

    def _share_room(self, *, listed: int, done: bool) -> None:
        """Show the list, or what is to be done next; both where its one line is judged and still in sight."""
        self.view.setVisible(listed > 0)
        self.view.setMaximumHeight(HEIGHT + 2 * self.view.frameWidth() if done else _NO_LIMIT)
        self._empty.setVisible(done or not listed)
        self._room.activate()  # what scrolls the list next goes by its height

    def _show_changes(self, changes: Changes) -> None:
        project = self._session.project
        if project is None:
            return
        self.model.table = project.issues  # another one stands in its place where a copy was taken over
        if changes.issues_replaced:
            self.filters.begin(len(self._session.waiting_rows("fix")), again=True)
            self.refilter()
            return
        self._queued = self._session.waiting_rows()
        new = self._returned(project.issues)
        here = self._session.image in changes.images
        if len(changes.issues) > _MANY or len(new) > _MANY:
            self.refilter(stay=here)
            return
        for issue in changes.issues:
            self.model.repaint(project.issues.row_of(issue))
        for row in new.tolist():
            self._bring_back(row)
        self._drop_judged()
        self._tell()
        self._draw_later.start()
        elsewhere = bool(changes.images or changes.issues) and not here
        if self._session.issue is None and elsewhere and len(self.model.rows):
            self._session.set_issue(int(project.issues.id[self.model.rows[0]]))

    def _returned(self, table: IssueTable) -> Rows:
        """Rows that wait and pass the filter but are not listed: undone, or new."""
        listed = np.zeros(len(table), bool)
        listed[self.model.rows] = True
        return self._asked_for(table, self._queued[~listed[self._queued]])

    def _asked_for(self, table: IssueTable, rows: Rows) -> Rows:
        """Those of some rows that the filter lets through, or that an expert sent back."""
        wanted = self.filters.wanted
        rows = passing(table, rows, wanted, self._names)
        return self._with_sent_back(table, rows, between(table, rows, wanted))

    def _bring_back(self, row: int) -> None:
        """Put an issue that undo returned to this queue where it belongs."""
        table = self.model.table
        if table is None:
            return
        rows, sorting = self.model.rows, self.filters.sorting
        # In the usual order what was sent back comes first.
        back = len(table.where(rows, is_sent_back)) if sorting == Sorting() else 0
        leads = back > 0 and len(table.where(np.array([row]), is_sent_back)) > 0
        start, among = (0, rows[:back]) if leads else (back, rows[back:])
        self.model.insert(start + place_of(table, among, row, sorting, self._names), row)

    # ---------------------------------------------------------------- the current issue
    def _chosen(self, current: QModelIndex, _previous: QModelIndex) -> None:
        # A line that goes hands its mark to a neighbour; nobody chose that one.
        if current.isValid() and self.model.table is not None and not self._dropping:
            issue = int(self.model.table.id[self.model.rows[current.row()]])
            if issue != self._session.issue:
                self._pointed = True
                self._session.set_issue(issue)
                self._pointed = False

    def _show_issue(self) -> None:
        """Mark the current issue in the list; the judged one that was left goes."""
        issue = self._session.issue
        if self.model.table is None or self._arrival.isActive():
            return
        self._drop_judged()
        self._let_in()
        place = self.model.place_of(self.model.table.row_of(issue)) if issue is not None else -1
        selection = self.view.selectionModel()
        index = self.model.index(place, 0)
        flags = QItemSelectionModel.SelectionFlag
        if index != selection.currentIndex():
            selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        elif index.isValid():
            selection.select(index, flags.ClearAndSelect | flags.Rows)
        if index.isValid() and not self._pointed:  # a line that is clicked stays below the cursor
            self._scroll_to(index)

    def _let_in(self) -> None:
        """Give the issue in sight a line, judged or hidden as it may be; one whose card has one has none."""
        table, issue = self.model.table, self._session.issue
        row = -1 if table is None or issue is None else table.row_of(issue)
        if table is not None and row >= 0 and self.model.place_of(row) < 0 and not table.is_folded(row):
            self._bring_back(row)
            self._guest = row
            self._tell()

    def _scroll_to(self, index: QModelIndex) -> None:
        """Bring a line into view with what follows it, so that one sees what is next."""
        self.view.scrollTo(index)
        beyond = self.view.visualRect(index).bottom() + 2 * HEIGHT - self.view.viewport().height()
        if beyond > 0:
            bar = self.view.verticalScrollBar()
            bar.setValue(bar.value() + beyond)

    def _drop_judged(self) -> None:
        """Take out the lines that wait no more, but for the one that is being looked at."""
        table, issue = self.model.table, self._session.issue
        if table is None:
            return
        here = -1 if issue is None else table.row_of(issue)
        (queued, before), self._dropped = self._dropped, (self._queued, here)
        if queued is self._queued:  # nobody judged anything since: at most the one that is left goes
            gone = before not in (-1, here) and not self._stays(table, before)
            places = np.flatnonzero(self.model.rows == before) if gone else self._queued[:0]
        else:
            stays = np.zeros(len(table), bool)
            stays[self._queued] = True
            stays[here if here >= 0 else []] = True
            places = np.flatnonzero(~stays[self.model.rows])
        if not len(places):
            return
        self._dropping = True
        if len(places) > _MANY:
            self.model.show(table, self.model.categories, np.delete(self.model.rows, places))
        for place in places[::-1] if len(places) <= _MANY else ():
            self.model.remove(int(place))
        self._dropping = False
        self._tell()

    def _stays(self, table: IssueTable, row: int) -> bool:
        """Whether a line that is left stays: its issue waits, and is not only let in past the filter."""
        if row == self._guest:
            self._guest = -1
            return len(self._asked_for(table, self._queued[self._queued == row])) > 0
        return row in self._queued

    def _show_crop(self, issue: int) -> None:
        if self.model.table is not None:
            self.model.repaint(self.model.table.row_of(issue))
