"""Shares parts of the open project and merges what comes back, off the UI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from labelmend.errors import LabelmendError
from labelmend.project.choosing import Shareable
from labelmend.project.merging import Merging, is_package_of, merge_into
from labelmend.project.packages import Written, keep, prepare, write
from labelmend.project.project import Project
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks


@dataclass(frozen=True)
class TeamVerbs:
    """Asks by ``prompts``, works by ``tasks``, tells the session."""

    session: Session
    prompts: Prompts
    tasks: Tasks

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {"share": self._share, "merge": self._merge}

    # ---------------------------------------------------------------- out
    def _share(self) -> None:
        project = self.session.project
        if project is None:
            return
        number = max(project.state.shared, default=0) + 1
        target = project.path.with_name(f"{project.path.stem}-part{number}.labelmend")
        shareable = self.session.making.aside(Shareable(project.still()).look)
        choice = self.prompts.share(target=target, choose=shareable.choose, tell_out=shareable.told_out)
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
            self.session.failed.emit(error)
            return
        self.tasks.run(
            write,
            sharing,
            title=f"Sharing as {choice.path.name}",
            on_done=partial(self._keep, project),
        )

    def _keep(self, project: Project, written: Written) -> None:
        if self.session.project is not project:
            written.folder.cleanup()
            return
        self.session.making.settle()
        try:
            self.session.said.emit(keep(project, written))
        except (LabelmendError, OSError) as error:
            self.session.failed.emit(error)

    # ---------------------------------------------------------------- back
    def _merge(self) -> None:
        project = self.session.project
        paths = self.prompts.packages(project.path.parent) if project is not None else []
        if paths:
            self._take(paths)

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Merge what was dropped when all of it are packages of the open project; whether it was so."""
        project = self.session.project
        found = project is not None and bool(paths) and all(is_package_of(project, path) for path in paths)
        if found:
            self._take(paths)
        return found

    def _take(self, paths: Sequence[Path]) -> None:
        project = self.session.project
        if project is None:
            return
        try:
            project.require_whole()
        except LabelmendError as error:
            self.session.failed.emit(error)
            return
        name = paths[0].name if len(paths) == 1 else f"{len(paths):,} packages"
        self.tasks.run(
            merge_into,
            project.still(),
            tuple(paths),
            title=f"Merging {name}",
            on_done=partial(self._taken, project, paths),
        )

    def _taken(self, project: Project, paths: Sequence[Path], merging: Merging) -> None:
        if self.session.project is not project:
            return
        self.session.making.settle()
        if merging.copy.copy_of != project.last_row.hash:
            self._take(paths)  # somebody went on working meanwhile
            return
        issue = self.session.issue
        take_over = partial(self.session.making.take_over, merging.copy)
        if merging.copy.adopted and not self.session.apply(take_over):
            return
        if merging.copy.adopted:
            self.session.project_changed.emit()
            self.session.set_issue(issue)
        head = merging.sentence
        self.session.said.emit(head)
        if merging.conflicts or merging.refused or len(paths) > 1:
            # First what somebody has to do something about.
            conflicts = sorted(merging.merged, key=lambda one: -one.conflicts)
            told = [*merging.refused, *(one.sentence for one in conflicts)]
            self.prompts.show_report(title="Merge", head=head, sentences=[] if told == [head] else told)
