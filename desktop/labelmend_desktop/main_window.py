"""The main window: puts the rooms together."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QMenu,
    QMenuBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from labelmend.errors import LabelmendError
from labelmend.review.states import Actor
from labelmend_desktop import places, theme
from labelmend_desktop.accepting import Accepting
from labelmend_desktop.action_set import ActionSet, Verb
from labelmend_desktop.actions import BY_NAME, MENUS
from labelmend_desktop.bars import ErrorBar, SittingBar, WorkBar
from labelmend_desktop.blind_verbs import BlindVerbs
from labelmend_desktop.canvas import verbs
from labelmend_desktop.canvas.canvas import Canvas
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.fit_verbs import FitVerbs
from labelmend_desktop.canvas.many_verbs import ManyVerbs
from labelmend_desktop.canvas.mask_verbs import MaskVerbs
from labelmend_desktop.canvas.outline_verbs import outline_verbs
from labelmend_desktop.canvas_menu import CanvasMenu
from labelmend_desktop.cards import Cards
from labelmend_desktop.classes.panel import ClassPanel
from labelmend_desktop.counting import Counting
from labelmend_desktop.dashboard.window import Dashboard
from labelmend_desktop.export_verb import ExportVerb
from labelmend_desktop.file_verbs import FileVerbs
from labelmend_desktop.find_verbs import FindVerbs
from labelmend_desktop.header import Header
from labelmend_desktop.help_sheet import HelpSheet
from labelmend_desktop.help_verbs import help_verbs
from labelmend_desktop.instruction_verbs import InstructionVerbs
from labelmend_desktop.instructions.window import InstructionsWindow
from labelmend_desktop.issues.order import Rows
from labelmend_desktop.issues.panel import IssuePanel
from labelmend_desktop.keys import Keyboard
from labelmend_desktop.layout import Layout
from labelmend_desktop.lead_verbs import LeadVerbs
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.report_verb import ReportVerb
from labelmend_desktop.review.panel import ReviewPanel
from labelmend_desktop.review.versions import Versions
from labelmend_desktop.session import Session
from labelmend_desktop.situation import flags_of, situation_of
from labelmend_desktop.start.new_project import local_files
from labelmend_desktop.start.welcome import WelcomePage
from labelmend_desktop.status_line import StatusLine
from labelmend_desktop.tasks import Tasks
from labelmend_desktop.team_verbs import TeamVerbs
from labelmend_desktop.tool_strip import ToolStrip
from labelmend_desktop.verbs import Verbs

_AGAIN = 50
"""Milliseconds after which a window that cannot be closed just now is closed."""
_TALL = 850
"""From this height on there is room for the list of classes below the review."""


class MainWindow(QMainWindow):
    """Everything that the session, the tasks and the prompts are handed to."""

    def __init__(
        self, session: Session, *, prompts: Prompts | None = None, actor: Actor | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self._layout = Layout(self)
        self.session = session
        self.tasks, self.counting = Tasks(self), Counting(self.session)
        self.actions_ = ActionSet(self)
        self.prompts = prompts or Prompts(self)
        self.finding = FindVerbs(session, self.prompts, self.tasks)
        self.files = FileVerbs(
            session, prompts=self.prompts, tasks=self.tasks, finding=self.finding, actor=actor
        )
        self.team = TeamVerbs(session, self.prompts, self.tasks)
        self._make_rooms()
        self._make_menus()
        self._bind()
        self._connect()
        self._layout.restore()
        self._show_project()

    # ---------------------------------------------------------------- rooms
    def _make_rooms(self) -> None:
        session, actions = self.session, self.actions_
        self.canvas = Canvas(session)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.issues = IssuePanel(session, actions, colour_of=colour_of)
        self.references = ReferenceImages(session)
        self.panel = ReviewPanel(session, actions, images=self.references, colour_of=colour_of)
        self.versions = Versions(session, actions, colour_of=colour_of)
        self.classes = ClassPanel(session, colour_of=colour_of)
        self.status_line = StatusLine(session)
        self.welcome = WelcomePage(actions, open_path=self.files.open_path)
        self.strip = ToolStrip(actions)
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.versions)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(work)
        centre = QWidget()
        around = QVBoxLayout(centre)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(SittingBar(session, actions))
        around.addWidget(self._pages, 1)
        around.addWidget(self.status_line)
        self.error_bar = ErrorBar(centre, strip=self.strip)
        WorkBar(self.tasks, centre, strip=self.status_line)
        self.setCentralWidget(centre)
        dock, areas = self._layout.dock, Qt.DockWidgetArea
        self.left = dock("Issues", self.issues, areas.LeftDockWidgetArea, width=296, least=288)
        self.right = dock("Review", self.panel, areas.RightDockWidgetArea, width=288, least=240)
        self.below = dock("Classes", self.classes, areas.RightDockWidgetArea, width=288, least=240)
        self.resizeDocks([self.right, self.below], [_TALL - 150, 150], Qt.Orientation.Vertical)

    @cached_property
    def dashboard(self) -> Dashboard:
        """The window of the numbers, made when it is first asked for: it takes as long as all the rest."""
        made = Dashboard(self.session, colour_of=colour_of, key=BY_NAME["show_dashboard"].keys[0])
        made.wanted.connect(self._show_labels)
        return made

    def _make_menus(self) -> None:
        bar = QMenuBar()
        self.menus: dict[str, QMenu] = {}
        for name in MENUS:
            self.menus[name] = bar.addMenu(f"&{name}")
            self.actions_.fill(self.menus[name], name)
        self._recent = QMenu("Recent", self)
        self._recent.aboutToShow.connect(self._list_recent)
        self.menus["File"].insertMenu(self.actions_.action("open_sample"), self._recent)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Header(self.session, self.actions_))
        self.setMenuWidget(top)
        self.canvas_menu = CanvasMenu(self.canvas, self.actions_)
        self._keys_sheet = HelpSheet(self)

    def _list_recent(self) -> None:
        self._recent.clear()
        for path in places.recent_projects():
            self._recent.addAction(str(path), partial(self.files.open_path, path))

    # ---------------------------------------------------------------- what belongs together
    def _bind(self) -> None:
        accepting = Accepting(
            self.session,
            self.actions_,
            Cards(self.session, self.tasks),
            panel=self.panel,
            take=self.canvas.proposals.take,
            tool=self.canvas.hands.tool_name,
        )
        self.verbs = Verbs(
            self.session,
            accepting=accepting,
            canvas=self.canvas,
            canvas_widget=self.canvas,
            panel=self.panel,
        )
        self.actions_.bind(self.verbs.table())
        self.actions_.bind(self.files.table() | self.finding.table())
        self.actions_.bind(LeadVerbs(self.session, self.prompts, self.counting).table())
        self.actions_.bind(ExportVerb(self.session, self.prompts, self.tasks).table())
        self.actions_.bind(self.team.table() | {"take_version": self.versions.take})
        self.actions_.bind(ReportVerb(self.session, self.prompts, self.tasks).table())
        self.actions_.bind(BlindVerbs(self.session, self.prompts, self.tasks, self.counting).table())
        self.actions_.bind(MaskVerbs(self.canvas, self.tasks).table())
        self.actions_.bind(FitVerbs(self.canvas, self.tasks).table())
        self.actions_.bind(ManyVerbs(self.canvas).table())
        self.actions_.bind(outline_verbs(self.canvas))
        self.writing = InstructionsWindow(
            self.session, self.references, self.prompts, colour_of=colour_of, parent=self
        )
        teaching = InstructionVerbs(
            self.session,
            tasks=self.tasks,
            panel=self.panel,
            images=self.references,
            window=self.writing,
            prompts=self.prompts,
        )
        self.actions_.bind(teaching.table())
        self.actions_.bind(help_verbs(self.prompts))
        self.actions_.bind(self._own_verbs())
        self.keyboard = Keyboard(self, self.actions_, claimed=self._claimed)

    def _own_verbs(self) -> dict[str, Verb]:
        return {
            "quit": self.close,
            "save": self._save,
            "which_detections": self.canvas.aids.which_detections.come,
            "show_levels": self.canvas.aids.levels.come,
            "invert_picture": self.session.seeing.invert,
            "next_channel": self.session.seeing.next_channel,
            "reset_levels": self.session.seeing.reset_levels,
            "find_text": self.issues.filters.text.setFocus,
            "clear_filter": self.issues.filters.clear,
            "check_scores": self.issues.show_check,
            "theme_system": lambda: self._dress("system"),
            "theme_light": lambda: self._dress("light"),
            "theme_dark": lambda: self._dress("dark"),
            "reset_layout": self.reset_layout,
            "show_keys": self._show_keys,
            "show_classes": self._show_classes,
            "show_dashboard": lambda: self.dashboard.come(),
            "type_box": self.status_line.shape.begin,
        }

    def _save(self) -> None:
        """Everything is saved, but what is being written in the instructions."""
        if self.writing.draft.is_dirty:
            self.writing.come()
        else:
            self.session.said.emit("Everything is saved already, every step as it is done.")

    def _claimed(self, event: QKeyEvent) -> bool:
        return self.canvas.hasFocus() and self.canvas.hands.wants(event)

    def _connect(self) -> None:
        session = self.session
        session.project_changed.connect(self._show_project)
        for signal in (session.issue_changed, session.selection_changed, session.mode_changed):
            signal.connect(self.refresh_actions)
        session.changed.connect(lambda _changes: self.refresh_actions())
        session.issue_changed.connect(self.error_bar.hide)
        self.actions_.begun.connect(self._begun)
        session.said.connect(self._over)
        session.failed.connect(self._say_error)
        self.actions_.failed.connect(self._say_error)
        self.actions_.idle.connect(session.said)
        self.tasks.failed.connect(self.session.failed.emit)
        self.tasks.started.connect(lambda _task: self.refresh_actions())
        self.tasks.ended.connect(lambda _task: self.refresh_actions())
        self.canvas.tool_changed.connect(self.actions_.show_tool)
        self.canvas.hint.connect(self.status_line.show_hint)
        self.canvas.proposals.shown.connect(self.panel.verdicts.show_proposal)
        self.canvas.proposals.shown.connect(lambda _shown: self.refresh_actions())
        self.canvas.proposals.shown.connect(
            lambda _shown: self.status_line.show_undo(self.canvas.proposals.undo_title)
        )
        self.canvas.pointer.connect(self.status_line.show_pointer)
        self.canvas.view_changed.connect(self.status_line.show_scale)
        self.canvas.shape_changed.connect(self.status_line.show_shape)
        self.status_line.shape.apply = partial(verbs.type_box, self.canvas)
        self.status_line.shape.left.connect(self.canvas.setFocus)
        self.issues.filters.text.returnPressed.connect(self.canvas.setFocus)

    def refresh_actions(self) -> None:
        """Switch the actions on and off after what holds now."""
        proposed = self.canvas.proposals.current is not None
        situation = situation_of(self.session, busy=self.tasks.busy, proposed=proposed)
        self.actions_.refresh(situation, flags=flags_of(self.session))
        self._name_window()

    def _begun(self) -> None:
        """What was said of the action before is over."""
        self.error_bar.hide()
        self.status_line.say("")

    def _over(self, words: str) -> None:
        """Without words: what was said is over by a press on the picture, or by Esc."""
        if not words:
            self.error_bar.hide()

    def _show_project(self) -> None:
        opened = self.session.project is not None
        self._pages.setCurrentIndex(1 if opened else 0)
        # The page that is not in sight must not keep the window wide.
        wide = QSizePolicy.Policy.Ignored if opened else QSizePolicy.Policy.Preferred
        self.welcome.setSizePolicy(wide, wide)
        self.left.setVisible(opened)
        self.right.setVisible(opened)
        self.below.setVisible(opened and self._with_classes())
        self.error_bar.hide()
        if opened:
            self.canvas.setFocus()
        else:
            self.welcome.refresh()
        self.refresh_actions()

    def _name_window(self) -> None:
        project = self.session.project
        who = f" – {project.actor.name}, as {project.actor.role}" if project and project.actor else ""
        name = self.session.sitting.title or (project.name if project else "")
        self.setWindowTitle(f"{name}{who} – Labelmend" if project else "Labelmend")

    def _say_error(self, told: LabelmendError | str) -> None:
        """The sentence, with the button that helps."""
        remedy = told.remedy if isinstance(told, LabelmendError) else ""
        if not remedy:
            self.error_bar.say(str(told))
        elif remedy == "find_pictures":
            self.error_bar.say(str(told), help_text="Choose the folder…", helps=self.files.find_pictures)
        else:
            verb = self.actions_.action(remedy)
            self.error_bar.say(str(told), help_text=BY_NAME[remedy].text, helps=verb.trigger)

    # ---------------------------------------------------------------- the window itself
    def _dress(self, choice: theme.Choice) -> None:
        places.settings().setValue("theme", choice)
        theme.apply(choice)

    def _with_classes(self) -> bool:
        """Whether the list of classes is shown: as it was left, at first where there is room for it."""
        return places.settings().value("window/classes", self.height() >= _TALL, type=bool) is True

    def _show_classes(self) -> None:
        """Go to the list of classes; from there, close it."""
        shown = not self.classes.view.hasFocus()
        places.settings().setValue("window/classes", shown)
        self.below.setVisible(shown)
        if shown:
            self.classes.come()
        else:
            self.canvas.setFocus()

    def _show_labels(self, title: str, issues: Rows) -> None:
        """List these labels, in front."""
        self.issues.show_only(title, issues)
        self.raise_()
        self.activateWindow()
        self.canvas.setFocus()

    def _show_keys(self) -> None:
        self._keys_sheet.come()

    def reset_layout(self) -> None:
        """Put the panels back."""
        places.settings().remove("window/classes")
        self._layout.reset()
        self._show_project()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "keyboard"):
            self.actions_.refresh_icons()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        if local_files(event.mimeData()) and not self.tasks.busy and not self.session.sitting.title:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        event.acceptProposedAction()
        paths = [Path(path) for path in local_files(event.mimeData())]
        if not self.team.take_dropped(paths):
            self.files.open_dropped(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102
        if self.session.making.under_way:
            event.ignore()
            QTimer.singleShot(_AGAIN, self.close)
            return
        self._layout.keep(panels=self.session.project is not None)
        self.tasks.let_go()
        if "dashboard" in vars(self):
            self.dashboard.live.stop()
            self.dashboard.close()
            self.dashboard.deleteLater()
        self.keyboard.stop()
        self.session.close()
        self.hide()  # a thread may take a second to stop
        for tasks in (*self.findChildren(Tasks), *self.session.findChildren(Tasks)):
            tasks.cancel_and_wait()
        self.session.pictures.shutdown()
        event.accept()
