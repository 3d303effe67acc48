"""Writes the report from the window, off the UI thread, of the project as it stood when it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from labelmend.report.writing import Wanted, write_report
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks
from labelmend_desktop.there import is_there


@dataclass(frozen=True)
class ReportVerb:
    """Asks where to, works by ``tasks``, shows what came of it."""

    session: Session
    prompts: Prompts
    tasks: Tasks

    def table(self) -> dict[str, Verb]:
        """The verb by the name of its action."""
        return {"write_report": self.write}

    def write(self) -> None:
        """Ask where the report goes, and write it."""
        project = self.session.project
        if project is None:
            return
        choice = self.prompts.write_report(
            target=project.path.with_name(f"{project.path.stem}-report.html"),
            has_detections=bool(project.models),
        )
        if choice is None:
            return
        there = [path for path in (choice.path, choice.folder) if path is not None and is_there(path)]
        if there and not self.prompts.replace(there[0]):
            return

        wanted = Wanted(choice.path, choice.folder, evaluated=choice.evaluated)

        def done(_told: str) -> None:
            self.session.said.emit(f"Wrote {choice.path.name}")
            if choice.show:
                self.prompts.show_page(choice.path)

        self.tasks.run(
            partial(write_report, project.still(), wanted, overwrite=True),
            title=f"Writing {choice.path.name}",
            on_done=done,
        )
