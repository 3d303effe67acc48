"""What the File menu does: projects in and out, finding, sampling, exporting, and who works."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from labelmend.coco.columns import Dataset
from labelmend.errors import LabelmendError
from labelmend.find.offers import Read, read_checked
from labelmend.find.run import FindInputs, Found, run_find
from labelmend.progress import Progress
from labelmend.project import creation
from labelmend.project.about import about_file
from labelmend.project.audit import draw_audit, left, unflagged
from labelmend.project.creation import Imported
from labelmend.project.export import SUFFIX, Certificate, plan, prepare, run_export
from labelmend.project.finding import find_inputs
from labelmend.project.history import Step
from labelmend.project.policy import change_policy, policy_of
from labelmend.project.project import Project
from labelmend.project.sampling import batches, draw_planned, draw_rest, draw_sample, finished, pace
from labelmend.review.states import ROLES, Actor, Queue, Role
from labelmend_desktop import places
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.sample_dialog import SampleChoice
from labelmend_desktop.session import Session
from labelmend_desktop.start.dropped import Dropped, sort_out
from labelmend_desktop.start.new_project import NewProject
from labelmend_desktop.start.person import remember, remembered
from labelmend_desktop.tasks import Tasks
from labelmend_resources import copy_sample

SAMPLE = "sample.labelmend"
_QUEUE: dict[Role, Queue] = {"annotator": "fix", "reviewer": "review", "expert": "expert"}
"""What each role has before it; a lead looks at whichever queue is in sight."""


def _create(new: NewProject, *, progress: Progress) -> Imported:
    return creation.create(
        new.project,
        annotations=new.annotations,
        images=new.images,
        detections=new.detections,
        offered=True,
        progress=progress,
    )


class FileVerbs(QObject):
    """Asks by ``prompts``, works by ``tasks``, tells the session."""

    def __init__(
        self, session: Session, *, prompts: Prompts, tasks: Tasks, actor: Actor | None = None
    ) -> None:
        super().__init__(session)
        self._session = session
        self._prompts = prompts
        self._tasks = tasks
        self._actor = actor

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {
            "new_project": self.new_project,
            "open_project": self._open,
            "open_sample": self._open_sample,
            "find_issues": self.find_issues,
            "add_detections": self._add_detections,
            "review_rules": self._change_policy,
            "draw_sample": self._draw_sample,
            "export": self._export,
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
        """Open a dropped project, or ask for what is missing to make one."""
        found = sort_out(paths)
        if found.project is not None:
            self.open_path(found.project)
        elif found.annotations or found.detections or found.images:
            self.new_project(found)
        else:
            names = ", ".join(path.name for path in found.strangers)
            self._session.failed.emit(
                f"{names} is neither a project nor a COCO file: drop a .labelmend, .json or .json.gz file."
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
        self._make(new, and_find=True)

    def _check_pictures(self) -> None:
        """Ask for the folder of the pictures when it is not where it was."""
        project = self._session.project
        if project is None or project.images_folder.is_dir():
            return
        self._session.failed.emit(f"The folder of the pictures, {project.images_folder}, is not there.")

    def find_pictures(self) -> None:
        """Ask where the pictures are now."""
        project = self._session.project
        if project is None:
            return
        folder = self._prompts.images_folder(project.path.parent)
        if folder is not None:
            project.set_images_folder(folder)
            self._session.open(project.path, actor=project.actor)

    # ---------------------------------------------------------------- making
    def new_project(self, given: Dropped = Dropped()) -> None:  # noqa: B008 - frozen
        """Ask what to make a project of, make it, open it."""
        new = self._prompts.new_project(given)
        if new is not None:
            self._make(new)

    def _make(self, new: NewProject, *, and_find: bool = False) -> None:
        def made(imported: Imported) -> None:
            if not self.open_path(new.project):
                return
            self._session.said.emit(imported.sentence())
            if imported.faults:
                self._prompts.show_report(
                    title="Import", head=imported.sentence() + ".", sentences=imported.faults
                )
            if imported.offers and not self._prompts.read_so(imported.offers):
                self._read_detections(list(new.detections), offered=False)
            elif and_find:
                self._find_now()

        self._tasks.run(
            _create,
            new,
            title=f"Reading {new.annotations.name}",
            on_done=made,
            on_failed=self._session.failed.emit,
        )

    # ---------------------------------------------------------------- working
    def find_issues(self) -> None:
        """Ask, then look for errors in the background."""
        project = self._session.project
        if project is None:
            return
        detections = project.detections()
        count = 0 if detections is None else len(detections.score)
        judged = len(project.state.standings)
        choice = self._prompts.find(
            detections=count, models=project.models, judged=judged, images=project.n_images
        )
        if choice is not None:
            self._find_now(pictures=choice.pictures)

    def _find_now(self, *, pictures: bool = False) -> None:
        project = self._session.project
        if project is None:
            return
        path = project.path

        def store(found: Found) -> None:
            now = self._session.project
            if now is None or now.path != path:
                return  # another project was opened meanwhile
            self._session.store_found(found)
            self._session.said.emit(f"{len(now.issues):,} issues. {found.looked}".rstrip(" ."))
            if found.misfit:
                self._session.failed.emit(" ".join(found.checkup))

        self._tasks.run(
            run_find_frozen,
            find_inputs(project, pictures=pictures),
            title="Finding errors",
            on_done=store,
            on_failed=self._session.failed.emit,
        )

    def _add_detections(self) -> None:
        project = self._session.project
        if project is None:
            return
        paths = self._prompts.detections_files(project.path.parent)
        if not paths:
            return

        self._read_detections(paths, offered=True)

    def _read_detections(self, paths: list[Path], *, offered: bool) -> None:
        project = self._session.project
        if project is None:
            return

        def store(read: Read) -> None:
            if self._session.project is not project:
                return
            if offered and read.offers and not self._prompts.read_so(read.offers):
                self._read_detections(paths, offered=False)
            else:
                self._take_detections(paths, read)

        self._tasks.run(
            _read_files,
            paths,
            project.dataset,
            offered,
            title=f"Reading {', '.join(path.name for path in paths)}",
            on_done=store,
            on_failed=self._session.failed.emit,
        )

    def _take_detections(self, paths: list[Path], read: Read) -> None:
        detections, faults = read.detections, read.faults
        if not self._session.store_detections(detections, faults, paths):
            return
        of = f" of {len(paths)} models" if len(paths) > 1 else ""
        head = f"{len(detections.score):,} detections{of} are in the project."
        if faults:
            told = [fault.sentence for fault in faults]
            self._prompts.show_report(title="Add detections", head=head, sentences=told)
        self._session.said.emit(head)
        self._session.project_changed.emit()
        self.find_issues()

    def _change_policy(self) -> None:
        project = self._session.project
        if project is None:
            return
        before = policy_of(project)
        after = self._prompts.policy(before)
        if after is not None and after != before:
            self._session.apply(lambda p: p.apply(change_policy(p, after)))

    def _draw_sample(self) -> None:
        project = self._session.project
        if project is None:
            return
        drawn = batches(project)
        choice = self._prompts.sample(
            labels=finished(project),
            batches=[one.sentence for one in drawn] + [one.sentence for one in left(project)],
            left=sum(batch.left for batch in drawn if batch.refused),
            unflagged=len(unflagged(project)),
            pace=pace(project),
        )
        if choice is not None and self._session.draw(partial(_step_of, choice=choice)):
            self._session.set_queue("review")

    def _export(self) -> None:
        project = self._session.project
        if project is None:
            return
        default, every = plan(project), plan(project, every_fix=True)
        choice = self._prompts.export(
            target=_target(project),
            approved=(len(default.changed) + len(default.added), len(default.held_back)),
            everything=(len(every.changed) + len(every.added), len(every.held_back)),
        )
        if choice is None:
            return
        overwrite = False
        if choice.path.exists() or choice.path.with_name(choice.path.name + SUFFIX).exists():
            overwrite = self._prompts.replace(choice.path, is_source=choice.path.name == project.frame.name)
            if not overwrite:
                return
        try:
            job = prepare(project, choice.path, every_fix=choice.every_fix, overwrite=overwrite)
        except LabelmendError as error:
            self._session.failed.emit(str(error))
            return

        def written(certificate: Certificate) -> None:
            if self._session.project is project:
                self._session.remember_export(certificate)
            self._session.said.emit(f"Exported {choice.path.name}")
            self._prompts.show_certificate(sentences=certificate.sentences(), path=choice.path)

        self._tasks.run(
            run_export,
            job,
            title=f"Exporting {choice.path.name}",
            on_done=written,
            on_failed=self._session.failed.emit,
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
            self._session.work_as(chosen)
            self._show_own_queue(chosen)

    def _show_own_queue(self, actor: Actor) -> None:
        self._session.set_queue(_QUEUE.get(actor.role, self._session.queue))


def _read_files(paths: Sequence[Path], dataset: Dataset, offered: bool, *, progress: Progress) -> Read:
    return read_checked(paths, dataset=dataset, offered=offered, progress=progress)


def run_find_frozen(inputs: FindInputs, *, progress: Progress) -> Found:
    """The finder on frozen columns, as a task calls it."""
    return run_find(inputs, progress=progress)


def _target(project: Project) -> Path:
    name = project.frame.name
    gz = ".gz" if name.endswith(".gz") else ""
    return project.path.with_name(f"{project.path.stem}-corrected.json{gz}")


def _step_of(project: Project, *, choice: SampleChoice) -> Step:
    if choice.audit:
        return draw_audit(project, choice.audit, seed=choice.seed)
    if choice.rest:
        return draw_rest(project)
    if choice.plan is not None:
        limit, sure = choice.plan
        return draw_planned(project, limit=limit, sure=sure, seed=choice.seed)
    return draw_sample(project, choice.rates, seed=choice.seed)
