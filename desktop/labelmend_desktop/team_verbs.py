"""Shares parts of the open project and merges what comes back, off the UI thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from labelmend.errors import LabelmendError
from labelmend.project.choosing import Shareable
from labelmend.project.merging import Merging, is_package_of, merge_into
from labelmend.project.packages import Written, keep, prepare, write
from labelmend.project.project import Project
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks


class TeamVerbs(QObject):
    """Asks by ``prompts``, works by ``tasks``, tells the session."""

    def __init__(self, session: Session, *, prompts: Prompts, tasks: Tasks) -> None:
        super().__init__(session)
        self._session = session
        self._prompts = prompts
        self._tasks = tasks

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {"share": self._share, "merge": self._merge}

    # ---------------------------------------------------------------- out
    def _share(self) -> None:
        project = self._session.project
        if project is None:
            return
        number = max(project.state.shared, default=0) + 1
        target = project.path.with_name(f"{project.path.stem}-part{number}.labelmend")
        choice = self._prompts.share(target=target, choose=Shareable(project).choose)
        if choice is None:
            return
        try:
            sharing = prepare(
                project,
                choice.path,
                choice.images,
                pictures=choice.pictures,
                person=choice.person,
                role=choice.role,
            )
        except LabelmendError as error:
            self._session.failed.emit(str(error))
            return
        self._tasks.run(
            write,
            sharing,
            title=f"Sharing as {choice.path.name}",
            on_done=partial(self._keep, project),
            on_failed=self._session.failed.emit,
        )

    def _keep(self, project: Project, written: Written) -> None:
        if self._session.project is not project:
            written.folder.cleanup()
            return
        self._session.making.settle()
        try:
            self._session.said.emit(keep(project, written))
        except (LabelmendError, OSError) as error:
            self._session.failed.emit(str(error))

    # ---------------------------------------------------------------- back
    def _merge(self) -> None:
        project = self._session.project
        paths = self._prompts.packages(project.path.parent) if project is not None else []
        if paths:
            self._take(paths)

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Merge what was dropped when all of it are packages of the open project; whether it was so."""
        project = self._session.project
        found = project is not None and bool(paths) and all(is_package_of(project, path) for path in paths)
        if found:
            self._take(paths)
        return found

    def _take(self, paths: Sequence[Path]) -> None:
        project = self._session.project
        if project is None:
            return
        try:
            project.require_whole()
        except LabelmendError as error:
            self._session.failed.emit(str(error))
            return
        name = paths[0].name if len(paths) == 1 else f"{len(paths):,} packages"
        self._tasks.run(
            merge_into,
            project.still(),
            tuple(paths),
            title=f"Merging {name}",
            on_done=partial(self._taken, project, paths),
            on_failed=self._session.failed.emit,
        )

    def _taken(self, project: Project, paths: Sequence[Path], merging: Merging) -> None:
        if self._session.project is not project:
            return
        self._session.making.settle()
        if merging.copy.copy_of != project.last_row.hash:
            self._take(paths)  # somebody went on working meanwhile
            return
        issue = self._session.issue
        take_over = partial(self._session.making.take_over, merging.copy)
        if merging.copy.adopted and not self._session.apply(take_over):
            return
        if merging.copy.adopted:
            self._session.project_changed.emit()
            self._session.set_issue(issue)
        head = merging.sentence
        self._session.said.emit(head)
        if merging.conflicts or merging.refused or len(paths) > 1:
            told = [*(one.sentence for one in merging.merged), *merging.refused]
            self._prompts.show_report(title="Merge", head=head, sentences=[] if told == [head] else told)
