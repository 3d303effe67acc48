"""Projects made and opened, from files, drops and the sample, and who works in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from labelmend.errors import BadFile
from labelmend.project import creation
from labelmend.project.about import about_file
from labelmend.project.creation import Imported
from labelmend.project.found_pictures import take_back_missing
from labelmend.review.states import ROLES, Actor, Queue, Role
from labelmend_desktop import places
from labelmend_desktop.action_set import Verb
from labelmend_desktop.find_verbs import FindVerbs
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.start.dropped import Dropped, sort_out
from labelmend_desktop.start.new_project import NewProject
from labelmend_desktop.start.person import remember, remembered
from labelmend_desktop.start.sample import create_sample
from labelmend_desktop.tasks import Tasks
from labelmend_desktop.there import is_there
from labelmend_resources import copy_sample

SAMPLE = "sample.labelmend"
_QUEUE: dict[Role, Queue] = {"annotator": "fix", "reviewer": "review", "expert": "expert"}
"""What each role has before it; a lead looks at whichever queue is in sight, first at what is to be fixed."""


class FileVerbs(QObject):
    """Asks by ``prompts``, works by ``tasks``, tells the session."""

    def __init__(
        self,
        session: Session,
        *,
        prompts: Prompts,
        tasks: Tasks,
        finding: FindVerbs,
        actor: Actor | None = None,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._prompts = prompts
        self._tasks = tasks
        self._finding = finding
        self._actor = actor
        self._tried = Dropped()

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {
            "new_project": self.new_project,
            "open_project": self._open,
            "open_sample": self._open_sample,
            "find_pictures": self.find_pictures,
            "turn_pictures": self.turn_pictures,
            "switch_person": self._switch_person,
            "close_project": self._session.close,
        }

    # ---------------------------------------------------------------- opening
    def open_path(self, path: Path) -> bool:
        """Open a project; who works is asked the first time. Whether it is open now."""
        actor = self._who_works_in(path)
        if actor is None:
            return False
        self._session.open(path, actor=actor)
        project = self._session.project
        opened = project is not None and project.path.resolve() == path.resolve()
        if opened:
            places.remember_project(path)
            self._show_own_queue(actor)
            self._check_pictures()
        return opened

    def open_dropped(self, paths: list[Path]) -> None:
        """Open a project that was dropped or named at the start, or ask for what is missing to make one."""
        found = sort_out(paths)
        gone = next((path for path in paths if not is_there(path)), None)
        if found.project is not None:
            self.open_path(found.project)
        elif gone is not None:
            self._session.failed.emit(f"There is no file {gone}.")
        elif found.annotations or found.detections or found.images:
            self.new_project(found)
        else:
            names = ", ".join(path.name for path in found.strangers)
            self._session.failed.emit(
                f"Neither a project nor a COCO file: {names}. Choose a .labelmend, .json or .json.gz file."
            )

    def _open(self) -> None:
        recent = places.recent_projects()
        path = self._prompts.open_project(recent[0].parent if recent else Path.home())
        if path is not None:
            self.open_path(path)

    def _open_sample(self) -> None:
        folder = copy_sample(places.data_folder() / "sample")
        project = folder / SAMPLE
        if project.is_file():
            self.open_path(project)
            return
        new = NewProject(
            annotations=folder / "annotations.json",
            images=folder / "images",
            detections=(folder / "detections.json",),
            project=project,
        )
        self._make(new, and_find=True, create=create_sample)

    def _check_pictures(self) -> None:
        """Ask for the folder of the pictures when it is not where it was, or most of them are not in it."""
        project = self._session.project
        if project is None:
            return
        folder = project.images_folder
        lacking = f"The folder of the pictures, {folder}, is not there."
        if folder.is_dir():
            lacking = creation.missing_pictures(folder, project.images.file_name)
        if lacking:
            self._session.failed.emit(BadFile(lacking, remedy="find_pictures"))

    def find_pictures(self) -> None:
        """Ask where the pictures are now."""
        project = self._session.project
        if project is None:
            return
        folder = self._prompts.images_folder(project.path.parent)
        if folder is not None:
            project.set_images_folder(folder)
            take_back_missing(project)
            self._session.open(project.path, actor=project.actor)

    def turn_pictures(self) -> None:
        """Show pictures whose size fits both turned by EXIF, or as stored again."""
        session, project, issue = self._session, self._session.project, self._session.issue
        if project is None:
            return
        project.set_orientation("stored" if project.orientation == "turned" else "turned")
        how = "turned by EXIF" if project.orientation == "turned" else "as stored"
        session.open(project.path, actor=project.actor)
        session.set_issue(issue)
        session.said.emit(f"Pictures whose size does not tell are shown {how} now.")

    # ---------------------------------------------------------------- making
    def new_project(self, given: Dropped = Dropped()) -> None:  # noqa: B008 - frozen
        """Ask what to make a project of, make it, open it; what failed before need not be entered again."""
        new = self._prompts.new_project(self._tried if given == Dropped() else given)
        if new is not None:
            self._make(new)

    def _make(
        self,
        new: NewProject,
        *,
        and_find: bool = False,
        create: Callable[..., Imported] = creation.create,
    ) -> None:
        self._tried = Dropped(new.project, new.annotations, new.detections, new.images)

        def made(imported: Imported) -> None:
            self._tried = Dropped()
            if not self.open_path(new.project):
                return
            self._session.said.emit(imported.sentence())
            if imported.faults:
                self._prompts.show_report(
                    title="Import", head=imported.sentence() + ".", sentences=imported.faults
                )
            if imported.offers and not self._prompts.read_so(imported.offers):
                self._finding.read(list(new.detections), offered=False)
            elif and_find:
                self._finding.find_now()

        self._tasks.run(
            partial(
                create,
                new.project,
                annotations=new.annotations,
                images=new.images,
                detections=new.detections,
                offered=True,
            ),
            title=f"Reading {new.annotations.name}",
            on_done=made,
        )

    # ---------------------------------------------------------------- who works
    def _who_works(self) -> Actor | None:
        """The person at this computer; asked once, and remembered."""
        if self._actor is None:
            self._actor = self._prompts.who(remembered())
            remember(self._actor)
        return self._actor

    def _who_works_in(self, path: Path) -> Actor | None:
        """The same for a project; of a package that was made for somebody else it is asked who that is."""
        actor, told = self._who_works(), about_file(path)
        if actor is None or told is None or told.fits(actor.name, actor.role):
            return actor
        role = next((one for one in ROLES if one == told.role), actor.role)
        return self._prompts.who(Actor(told.person or actor.name, role))

    def _switch_person(self) -> None:
        chosen = self._prompts.who(self._session.actor or remembered())
        if chosen is not None:
            self._actor = chosen
            remember(chosen)
            self._session.work_as(chosen, queue=_QUEUE.get(chosen.role))

    def _show_own_queue(self, actor: Actor) -> None:
        self._session.set_queue(_QUEUE.get(actor.role, "fix"))
