"""Writes the corrected file from the window, off the UI thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from labelmend.errors import LabelmendError
from labelmend.project.export import Written, keep, plan, prepare, run_export
from labelmend.project.inputs_kept import CERTIFICATE
from labelmend.project.project import Project
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks
from labelmend_desktop.there import is_there


@dataclass(frozen=True)
class ExportVerb:
    """Asks where to and which fixes go out, works by ``tasks``, shows the certificate."""

    session: Session
    prompts: Prompts
    tasks: Tasks

    def table(self) -> dict[str, Verb]:
        """The verb by the name of its action."""
        return {"export": self.export}

    def export(self) -> None:
        """Ask where the export goes, and write it."""
        project = self.session.project
        if project is None:
            return
        default, every = plan(project), plan(project, every_fix=True)
        choice = self.prompts.export(
            target=_target(project),
            approved=(len(default.changed) + len(default.added), len(default.held_back)),
            everything=(len(every.changed) + len(every.added), len(every.held_back)),
        )
        if choice is None:
            return
        try:
            job = prepare(project, choice.path, every_fix=choice.every_fix, overwrite=True)
        except LabelmendError as error:
            self.session.failed.emit(error)
            return
        there = is_there(choice.path) or is_there(choice.path.with_name(choice.path.name + CERTIFICATE))
        if there and not self.prompts.replace(choice.path):
            return

        self.tasks.run(
            run_export,
            job,
            title=f"Exporting {choice.path.name}",
            on_done=partial(self._keep, project),
        )

    def _keep(self, project: Project, written: Written) -> None:
        """Put an export in its place, unless its project was closed meanwhile."""
        name = written.out.name
        if self.session.project is not project:
            written.folder.cleanup()
            self.session.failed.emit(f"{name} was not written, as its project was closed: export it again.")
            return
        self.session.making.settle()
        try:
            certificate = keep(project, written)
        except LabelmendError as error:
            self.session.failed.emit(error)
            return
        self.session.said.emit(f"Exported {name}")
        self.prompts.show_certificate(sentences=certificate.sentences(), path=written.out)


def _target(project: Project) -> Path:
    name = project.frame.name
    gz = ".gz" if name.endswith(".gz") else ""
    return project.path.with_name(f"{project.path.stem}-corrected.json{gz}")
