"""What other numbers in the instructions would do to the list of issues, before they are changed."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from labelmend.find.inputs import Tolerance
from labelmend.find.issues import KINDS, Issues, is_card
from labelmend.find.run import FindInputs, run_find
from labelmend.progress import Progress, silent, stage
from labelmend.project.finding import find_inputs
from labelmend.project.found_again import known
from labelmend.project.instructing import instructions_of
from labelmend.project.project import Project
from labelmend.review.instructions import Instructions, tolerance_of


@dataclass(frozen=True)
class Foreseeing:
    """What is needed to find again, safe for another thread: all that is stored, and what was judged."""

    inputs: FindInputs
    judged: Issues


@dataclass(frozen=True)
class Foreseen:
    """How many issues of each kind go and come; `now` are those found by the numbers that hold."""

    goes: dict[str, int]
    comes: dict[str, int]
    now: Issues

    @property
    def sentence(self) -> str:
        """Both in one line."""
        went, came = sum(self.goes.values()), sum(self.comes.values())
        if not went and not came:
            return "No issue goes and none comes."
        first = f"{went:,} {'issue goes' if went == 1 else 'issues go'}{_by_kind(self.goes)}"
        return f"{first}, {came:,} {'comes' if came == 1 else 'come'}{_by_kind(self.comes)}."


def changes_numbers(project: Project, given: Instructions) -> bool:
    """Whether these instructions let other things pass than those that the project has."""
    names = project.categories.name
    one, other = (tolerance_of(each, names) for each in (instructions_of(project), given))
    if one is None or other is None:
        return one is not other
    return any((getattr(one, name) != getattr(other, name)).any() for name in one.__dataclass_fields__)


def foreseeing(project: Project) -> Foreseeing:
    """What is needed to say what other numbers would change, as everything stands now."""
    table = project.issues
    judged = np.flatnonzero(np.isin(table.id, np.array(list(project.state.standings), np.int64)))
    return Foreseeing(find_inputs(project), table.columns.take(judged))


def foresee(
    given: Foreseeing,
    tolerance: Tolerance | None,
    *,
    now: Issues | None = None,
    progress: Progress = silent,
) -> Foreseen:
    """Find with the numbers that hold and with these: which issues that nobody judged go, and which come.

    now: those found before by the numbers that hold, where they are known. What only the pictures show is
    left out: no number of the instructions changes it. Slow, pure. Raises Cancelled when `progress` does.
    """
    begun = 0
    if now is None:
        now, begun = run_find(given.inputs, progress=stage(progress, 0, 50)).issues, 50
    then = run_find(replace(given.inputs, tolerance=tolerance), progress=stage(progress, begun, 100)).issues
    goes, comes = (_only(one, other, given.judged) for one, other in ((now, then), (then, now)))
    return Foreseen(goes, comes, now)


def _only(one: Issues, other: Issues, judged: Issues) -> dict[str, int]:
    """How many of the one run's issues of each kind the other has not; cards stand for others, and are not
    counted."""
    return _counted(one.take(~known(other, one) & ~known(judged, one) & ~is_card(one)))


def _counted(some: Issues) -> dict[str, int]:
    number = np.bincount(some.kind, minlength=len(KINDS)).tolist()
    return {kind: n for kind, n in zip(KINDS, number, strict=True) if n}


_WORDS: Final = {
    "spurious": "nothing there",
    "class": "wrong class",
    "location": "loose",
    "structure": "faulty record",
}


def _by_kind(counts: dict[str, int]) -> str:
    told = (f"{n:,} {_WORDS.get(kind, kind)}" for kind, n in counts.items())
    return f" ({', '.join(told)})" if counts else ""
