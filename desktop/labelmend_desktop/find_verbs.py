"""What finding does: detections in, errors out, both off the UI thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from labelmend.errors import Refused
from labelmend.find.offers import Read, read_checked
from labelmend.find.run import Found
from labelmend.find.to_check import FIFTY
from labelmend.project.finding import find_in
from labelmend.project.project import Project
from labelmend.review.states import FLAGGED
from labelmend.words import counted
from labelmend_desktop.action_set import Verb
from labelmend_desktop.actions import BY_NAME
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.queues import counts
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks

MANY = 4 * FIFTY
"""Of so many issues it is worth the while to judge fifty for the sake of the others."""


@dataclass(frozen=True)
class FindVerbs:
    """Asks by ``prompts``, works by ``tasks``, tells the session."""

    session: Session
    prompts: Prompts
    tasks: Tasks

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {"find_issues": self.find, "add_detections": self._add}

    def find(self) -> None:
        """Ask, then look for errors in the background."""
        project = self.session.project
        if project is None:
            return
        standings = project.state.standings.values()
        judged = sum(standing not in (None, FLAGGED) for standing in standings)  # without those taken back
        choice = self.prompts.find(
            detections=_number(project), models=project.models, judged=judged, images=project.n_images
        )
        if choice is not None:
            self.find_now(pictures=choice.pictures)

    def find_now(self, *, pictures: bool = False) -> None:
        """Look for errors in the background."""
        project = self.session.project
        if project is None:
            return
        path = project.path

        def store(found: Found) -> None:
            now = self.session.project
            if now is None or now.path != path:
                return  # another project was opened meanwhile
            self.session.store_found(found)
            waiting = counts(self.session, "fix")[0]  # as the queue's tab says: of two of a label one waits
            issues = counted(waiting, "issue")
            told = f"{issues} to look at. {found.looked}".rstrip(" .")
            heeded = found.heeded.partition(" (")[0]  # of each kind how many: the line has no room for it
            if not heeded and waiting >= MANY:
                heeded = f"Nobody has checked their scores yet ({BY_NAME['check_scores'].keys[0]})"
            self.session.said.emit(f"{told}. {heeded}".rstrip(" ."))
            if found.misfit:
                self.session.failed.emit(Refused(" ".join(found.checkup), remedy="add_detections"))

        self.tasks.run(
            partial(find_in, pictures=pictures),
            project.still(),  # with all that people said of a hundred thousand labels, which takes a while
            title="Finding errors",
            on_done=store,
        )

    def _add(self) -> None:
        project = self.session.project
        if project is None:
            return
        paths = self.prompts.detections_files(project.path.parent)
        if paths:
            self.read(paths, offered=True)

    def read(self, paths: list[Path], *, offered: bool) -> None:
        """Take these files' detections, as they are written or, `offered`, as they seem to be meant."""
        project = self.session.project
        if project is None:
            return

        def store(read: Read) -> None:
            if self.session.project is not project:
                return
            if offered and read.offers and not self.prompts.read_so(read.offers):
                self.read(paths, offered=False)
            else:
                self._take(paths, read)

        self.tasks.run(
            partial(read_checked, paths, dataset=project.dataset, beside=project.frame.name, offered=offered),
            title=f"Reading {', '.join(path.name for path in paths)}",
            on_done=store,
        )

    def _take(self, paths: list[Path], read: Read) -> None:
        project = self.session.project
        before = 0 if project is None else _number(project)
        of = f" of {len(paths)} models" if len(paths) > 1 else ""
        many = counted(len(read.detections.score), "detection") + of
        told = [fault.sentence for fault in read.faults]
        if told and before:
            asked = f"{many} can be used, in place of the {before:,} in the project."
            if not self.prompts.use_detections(head=asked, sentences=told):
                return
        if not self.session.store_detections(read.detections, read.faults, read.paths):
            return
        head = f"{many} in the project" + (f", in place of {before:,}." if before else ".")
        if told and not before:
            self.prompts.show_report(title="Choose detections", head=head, sentences=told)
        self.session.said.emit(head)
        self.session.project_changed.emit()
        self.find()


def _number(project: Project) -> int:
    """How many detections a project has."""
    detections = project.detections()
    return 0 if detections is None else len(detections.score)
