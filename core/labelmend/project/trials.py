"""The trial of the instructions: labels with known answers are judged blind, to see what is misunderstood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from labelmend.errors import Refused
from labelmend.find.issues import CALLED
from labelmend.project.comparing import Compared, class_name, compare
from labelmend.project.editing import actor_of
from labelmend.project.history import Step
from labelmend.project.instructing import instructions_of
from labelmend.project.looks import key_of, lookable, stands
from labelmend.project.project import Project
from labelmend.review.instructions import ClassInstructions
from labelmend.review.opinions import Asked, Judged, Opinion, Trial, Word
from labelmend.review.rules import require_lead
from labelmend.review.sampling import draw
from labelmend.words import counted

KNOWN = ("approved", "decided")
"""The states of a label whose answer is known."""
_ABOUT = "a trial asks about labels that a reviewer approved or an expert decided"


def known(project: Project) -> list[int]:
    """The issues whose label can be asked about: a reviewer approved what stands, or an expert decided it."""
    standings = project.state.standings
    found = sorted(issue for issue, one in standings.items() if one is not None and one.status in KNOWN)
    return lookable(project, found)


def start_trial(
    project: Project, *, count: int = 20, seed: int | None = None, issues: Sequence[int] = ()
) -> Step:
    """Begin a trial with so many labels drawn by the seed, or with these (applied as op "draw").

    Raises Refused for whoever is not the lead, where no answer is known, and for labels whose answer is not.
    """
    require_lead(project.actor, "start a trial of the instructions")
    chosen = _by_hand(project, issues) if issues else _by_seed(project, count, seed)
    number = max(project.state.trials, default=0) + 1
    asked = tuple(_asked(project, issue) for issue in chosen)
    how = "chosen by hand" if issues else f"seed {seed}"
    title = f"start trial {number} of the instructions: {counted(len(asked), 'label')} ({how})"
    return Step(title, trial=Trial(number, asked, None if issues else seed))


def _by_hand(project: Project, issues: Sequence[int]) -> list[int]:
    there, chosen = set(known(project)), list(dict.fromkeys(issues))
    for issue in chosen:
        if issue not in there:
            raise Refused(f"The right answer of issue {issue} is not known: {_ABOUT}.")
    return chosen


def _by_seed(project: Project, count: int, seed: int | None) -> list[int]:
    if seed is None:
        raise Refused("Name a seed, any whole number, or the labels to ask about.")
    if count < 1:
        raise Refused("A trial asks about one label at least.")
    there = np.array(known(project), np.int64)
    if not len(there):
        raise Refused(f"There is no label whose right answer is known: {_ABOUT}.")
    chosen: list[int] = draw(there, rate=min(count / len(there), 1.0), seed=seed, what="trial:").tolist()
    return chosen


def _asked(project: Project, issue: int) -> Asked:
    table, row, key = project.issues, project.issues.row_of(issue), key_of(project, issue)
    record = stands(project, issue)
    there = record or project.original(key)
    category = int(table.category[row]) if there is None else project.read_annotation(key, there).category
    return Asked(issue, key, CALLED[int(table.called[row])], class_name(project, category), record)


def trial_of(project: Project, number: int | None = None) -> Trial:
    """A trial by its number, the last one by default. Raises Refused when there is none."""
    trials = project.state.trials
    if not trials:
        raise Refused("No trial of the instructions was started: the lead starts one.")
    if number is None:
        return trials[max(trials)]
    if number not in trials:
        raise Refused(f"There is no trial {number}: the last one is {max(trials)}.")
    return trials[number]


def unanswered(project: Project, trial: Trial) -> list[Asked]:
    """What of a trial who works has not answered."""
    actor = actor_of(project)
    said = project.state.opinions
    return [
        one
        for one in trial.asked
        if not any(actor.is_person(told.own.who) for told in said.get((trial.number, one.issue), ()))
    ]


def take_answer(project: Project, trial: Trial, issue: int, own: Judged) -> Step:
    """Keep somebody's answer about a label of a trial (applied as op "answer"). Raises Refused."""
    asked = next((one for one in unanswered(project, trial) if one.issue == issue), None)
    if asked is None:
        raise Refused(f"You have answered this label of trial {trial.number}, or it is not part of it.")
    own = Judged(actor_of(project).name, own.verdict, own.record)
    title = f"answer a label of trial {trial.number}"
    return Step(title, opinions=(Opinion(issue, asked.key, own, trial=trial.number),))


# -------------------------------------------------------------------- what comes out
class Understood(msgspec.Struct, frozen=True):
    """How the labels of one class and kind were answered, by one person or ("") by all.

    mistakes: in words, and how often; instructions: what is written about the class.
    """

    who: str
    category: str
    kind: str
    asked: int
    right: int
    mistakes: tuple[tuple[str, int], ...]
    instructions: ClassInstructions


class Result(msgspec.Struct, frozen=True):
    """What came out of a trial. people: name, labels answered, answers right; rows: most misunderstood first,
    those of all before those of one person."""

    trial: Trial
    people: tuple[tuple[str, int, int], ...]
    rows: tuple[Understood, ...]

    def of(self, who: str = "") -> list[Understood]:
        """The rows of one person, or of all."""
        return [row for row in self.rows if row.who == who]


def result(project: Project, number: int | None = None) -> Result:
    """The result of a trial, the last one by default. Raises Refused when there is none."""
    trial = trial_of(project, number)
    answers = list(_answers(project, trial))
    names = sorted({who for _, who, _ in answers}, key=str.casefold)
    people = []
    for name in names:
        mine = [told for _, who, told in answers if who == name]
        people.append((name, len(mine), sum(told.alike for told in mine)))
    rows: list[Understood] = []
    for name in ("", *names):
        rows += _rows(project, name, [(one, told) for one, who, told in answers if name in ("", who)])
    return Result(trial, tuple(people), tuple(rows))


def _answers(project: Project, trial: Trial) -> Iterator[tuple[Asked, str, Compared]]:
    for one in trial.asked:
        known = Judged("", "fixed", one.record)
        for told in project.state.opinions.get((trial.number, one.issue), ()):
            yield one, told.own.who, compare(project, one.key, known, told.own)


def _rows(project: Project, who: str, answers: list[tuple[Asked, Compared]]) -> list[Understood]:
    groups: dict[tuple[str, str], list[Compared]] = {}
    for one, told in answers:
        groups.setdefault((one.category, one.kind), []).append(told)
    given = instructions_of(project)
    out = []
    for (category, kind), group in groups.items():
        mistakes = Counter(mistake(one) for one in group if not one.alike).most_common()
        right = sum(one.alike for one in group)
        out.append(Understood(who, category, kind, len(group), right, tuple(mistakes), given.of(category)))
    return sorted(out, key=lambda row: (row.right / row.asked, -row.asked, row.category, row.kind))


_SAID: dict[Word, str] = {
    "no error": "left as it was",
    "changed": "changed",
    "deleted": "deleted",
    "added": "a label added",
    "cannot tell": "could not be told",
}
_MEANT: dict[Word, str] = {
    "no error": "it is right",
    "changed": "it is to be changed",
    "deleted": "it is to be deleted",
    "added": "one is missing",
    "cannot tell": "",
}


def mistake(told: Compared) -> str:
    """What is wrong about an answer, in a few words."""
    meant, said = told.words
    if meant != said:
        if meant == "added":
            return f"{'no label added' if said == 'no error' else _SAID[said]}; one is missing"
        return f"{_SAID[said]}; {'none is missing' if said == 'added' else _MEANT[meant]}"
    if told.classes is not None and told.classes[0] != told.classes[1]:
        return f"made {told.classes[1]}; it is {told.classes[0]}"
    return "another shape than the known one"
