"""Writes the report from the window, off the UI thread, of the project as it stood when it was asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject

from labelmend.progress import Progress
from labelmend.project.project import Project
from labelmend.report.writing import Wanted, write_report
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks


class ReportVerb(QObject):
    """Asks where to, works by ``tasks``, shows what came of it."""

    def __init__(self, session: Session, *, prompts: Prompts, tasks: Tasks) -> None:
        super().__init__(session)
        self._session = session
        self._prompts = prompts
        self._tasks = tasks

    def table(self) -> dict[str, Verb]:
        """The verb by the name of its action."""
        return {"write_report": self.write}

    def write(self) -> None:
        """Ask where the report goes, and write it."""
        project = self._session.project
        if project is None:
            return
        choice = self._prompts.write_report(
            target=project.path.with_name(f"{project.path.stem}-report.html"),
            has_detections=bool(project.models),
        )
        if choice is None:
            return
        there = [path for path in (choice.path, choice.folder) if path is not None and path.exists()]
        if there and not self._prompts.replace(there[0], is_source=False):
            return

        def done(_told: str) -> None:
            self._session.said.emit(f"Wrote {choice.path.name}")
            if choice.show:
                self._prompts.show_page(choice.path)

        self._tasks.run(
            run_report,
            project.still(),
            Wanted(choice.path, choice.folder, evaluated=choice.evaluated),
            title=f"Writing {choice.path.name}",
            on_done=done,
            on_failed=self._session.failed.emit,
        )


def run_report(project: Project, wanted: Wanted, *, progress: Progress) -> str:
    """The report of the project as it stood, as a task calls it; what is there was said to be replaced."""
    return write_report(project, wanted, overwrite=True, progress=progress)
