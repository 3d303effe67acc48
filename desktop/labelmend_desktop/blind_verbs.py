"""What judging blind does: the second look, and the trial of the instructions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from labelmend.errors import LabelmendError, Refused
from labelmend.progress import Progress
from labelmend.project import looks, trials
from labelmend.project.aside import Aside
from labelmend.project.editing import actor_of
from labelmend.project.project import Project
from labelmend.project.sheets import Printing, Sheet, print_sheet, printing
from labelmend.words import counted
from labelmend_desktop.action_set import Verb
from labelmend_desktop.counting import Counting
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.session import Session
from labelmend_desktop.sitting import Keep, Tell
from labelmend_desktop.tasks import Tasks
from labelmend_desktop.words import issue_word

AT_ONCE = 50
"""So many labels are looked at in one sitting at most."""


@dataclass(frozen=True)
class BlindVerbs:
    """Has sheets made by ``tasks`` and lays them over the session's project."""

    session: Session
    prompts: Prompts
    tasks: Tasks
    counting: Counting

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {
            "second_look": self._second_look,
            "take_trial": self._take_trial,
            "start_trial": self._start_trial,
            "trial_results": self._show_results,
            "leave_sheet": self.session.sitting.leave,
        }

    def _project(self) -> Project:
        project = self.session.project
        if project is None:
            raise Refused("Open a project first.")
        project.require_whole()
        return project

    # ---------------------------------------------------------------- taking part
    def _second_look(self) -> None:
        project = self._project()
        waits = looks.waiting(project)[:AT_ONCE]
        if not waits:
            raise Refused(
                "No label waits for you to judge it blind: the lead has a share of the finished ones drawn, "
                "and other annotators than those who judged them look at them."
            )
        self._begin("Blind second look", waits, looks.take_look)

    def _take_trial(self) -> None:
        project = self._project()
        trial = trials.trial_of(project)
        asked = [one.issue for one in trials.unanswered(project, trial)]
        if not asked:
            raise Refused(f"You have answered all labels of trial {trial.number}.")
        title = f"Trial {trial.number} of the instructions"
        self._begin(
            title, asked, lambda there, issue, own: trials.take_answer(there, trial, issue, own), _how_many
        )

    def _begin(self, title: str, asked: Sequence[int], keep: Keep, tell: Tell | None = None) -> None:
        project = self._project()
        who = actor_of(project).name
        folder = Aside()
        path = Path(folder.name) / "sheet.labelmend"

        def made(given: Printing) -> None:
            if self.session.project is not project or project.actor is None or project.actor.name != who:
                folder.cleanup()  # something else was begun meanwhile
                return
            try:
                sheet = Sheet(path, given, who=who)
            except LabelmendError as error:
                failed(error)
                return
            self.session.sitting.begin(title, sheet, folder, keep=keep, tell=tell)

        def failed(error: LabelmendError) -> None:
            folder.cleanup()
            self.session.failed.emit(error)

        self.tasks.run(
            _print,
            project.still(),
            tuple(asked),
            path,
            title=f"Laying out {counted(len(asked))}",
            on_done=made,
            on_failed=failed,
            on_cancelled=folder.cleanup,
        )

    # ---------------------------------------------------------------- the lead's part
    def _start_trial(self) -> None:
        words = partial(_in_words, self._project())
        choice = self.prompts.trial(known=partial(self.counting.begin, _known), words=words)
        if choice is None:
            return
        make = partial(trials.start_trial, count=choice.count, seed=choice.seed, issues=choice.issues)
        if self.session.draw(make):
            self.session.said.emit("The trial is started: everybody takes it with Issue › Take the trial.")

    def _show_results(self) -> None:
        self.prompts.show_trial(trials.result(self._project()))


def _how_many(project: Project) -> str:
    """How many of their answers to the last trial were as known, for who has answered."""
    who = actor_of(project).name
    answered, right = next(told[1:] for told in trials.result(project).people if told[0] == who)
    return f"{right:,} of {answered:,} were as known; Issue › What the trial shows says which were not."


def _known(project: Project, *, progress: Progress) -> list[int]:
    """What a trial can be made of, as a task counts it."""
    told = trials.known(project)
    progress(1, 1)
    return told


def _in_words(project: Project, issue: int) -> str:
    """An issue whose answer is known, as the list to choose from says it."""
    table, row = project.issues, project.issues.row_of(issue)
    category, image = int(table.category[row]), int(table.image[row])
    names = project.categories.name
    name = names[category] if 0 <= category < len(names) else "unknown class"
    return f"{name} · {issue_word(table, row)} · {project.images.file_name[image]}"


def _print(project: Project, issues: Sequence[int], path: Path, *, progress: Progress) -> Printing:
    """Print a sheet of the project as it stood, as a task calls it."""
    given = printing(project, issues)
    print_sheet(given, path, progress=progress)
    return given
