"""The line on top: which project, who works as what, and the queues with their counts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from labelmend.project import looks, trials
from labelmend.project.project import Project
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.queues import QUEUE_WORDS, counts
from labelmend_desktop.session import Session


class Header(QFrame):
    """Shows the session's project, person and queue; a click on a tab changes the queue."""

    def __init__(self, session: Session, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("room", "header")
        self.name = QLabel()
        self.name.setFont(theme.font(bold=True))
        self.person = QPushButton()
        self.person.setObjectName("person")
        self.person.setProperty("quiet", True)
        self.person.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.person.setToolTip("Say who is working now, and as what.")
        self.person.clicked.connect(actions.action("switch_person").trigger)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * theme.GRID, 0, theme.GRID, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.name)
        layout.addWidget(self.person)
        self.blind = {name: self._waiting(actions, name) for name in ("second_look", "take_trial")}
        for button in self.blind.values():
            layout.addWidget(button)
        layout.addStretch(1)
        for queue in QUEUE_WORDS:
            tab = QPushButton()
            tab.setObjectName(f"queue_{queue}")
            tab.setProperty("tab", True)
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tab.clicked.connect(lambda _checked=False, name=queue: session.set_queue(name))
            self._group.addButton(tab)
            policy = tab.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # so the line keeps its height
            tab.setSizePolicy(policy)
            self.tabs[queue] = tab
            layout.addWidget(tab)
        session.project_changed.connect(self.refresh)
        session.changed.connect(lambda _changes: self.refresh())
        session.mode_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the names and counts that hold now."""
        project = self._session.project
        self.setVisible(project is not None)
        if project is None:
            return
        sitting = bool(self._session.sitting.title)
        for part in (self.person, *self.tabs.values()):
            part.setVisible(not sitting)
        self._show_name(project)
        self._tell_blind(project)
        actor = project.actor
        self.person.setText(f"{actor.name}, as {actor.role}" if actor else "Who is working?")
        for queue, word in QUEUE_WORDS.items():
            waiting, own = counts(self._session, queue)
            self.tabs[queue].setText(f"{word}  {waiting:,}" + (f" + {own:,} yours" if own else ""))
            self.tabs[queue].setToolTip(
                f"Your own work waits here too: {own:,}, for somebody else to look at." if own else ""
            )
        self._mark()

    def _show_name(self, project: Project) -> None:
        read_only = ", read only" if project.tampered else ""
        self.name.setText(self._session.sitting.title or f"{project.name}{read_only}")
        self.name.setToolTip(project.tampered)
        self.name.setProperty("tone", "danger" if project.tampered else "")
        self.name.style().polish(self.name)

    def _waiting(self, actions: ActionSet, name: str) -> QPushButton:
        """A button that tells how many labels wait to be judged blind, and begins it."""
        button = QPushButton()
        button.setObjectName(f"waiting_{name}")
        button.setProperty("quiet", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(actions.action(name).toolTip())
        button.clicked.connect(actions.action(name).trigger)
        return button

    def _tell_blind(self, project: Project) -> None:
        counts = {"second_look": 0, "take_trial": 0}
        actor = None if self._session.sitting.title else project.actor
        if actor is not None and actor.role == "annotator":
            counts["second_look"] = len(looks.waiting(project))
        if actor is not None and project.state.trials:
            counts["take_trial"] = len(trials.unanswered(project, trials.trial_of(project)))
        for name, words in (("second_look", "Blind second look"), ("take_trial", "Trial")):
            self.blind[name].setVisible(counts[name] > 0)
            self.blind[name].setText(f"{words}  {counts[name]:,}")

    def _mark(self) -> None:
        tab = self.tabs.get(self._session.queue)
        if tab is not None:
            tab.setChecked(True)
