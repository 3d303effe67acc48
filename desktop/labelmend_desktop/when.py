"""When an action makes sense: what the window knows, and the rules that read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Context = Literal["always", "fix", "review", "expert", "editing", "rejecting", "versions"]


@dataclass(frozen=True)
class Situation:
    """What the window knows when it decides whether an action makes sense.

    ``reasons`` are the keys of the reasons that a label can be rejected for, "" for one without a key;
    ``versions`` counts what several people made of the label, to choose from. ``acceptable``: Enter has
    something to take: a suggestion, a proposal, or what was done already. ``waits``: the label is (still)
    before the reviewer or the expert who works; if not, whether it is before another one. ``of_picture``: the
    issue is that the picture's file is missing or cannot be shown.
    """

    project: bool = False
    issue: bool = False
    annotation: bool = False
    suggestion: bool = False
    reopenable: bool = False
    acceptable: bool = False
    corrected: bool = False
    editing: bool = False
    selected: bool = False
    busy: bool = False
    undo: bool = False
    redo: bool = False
    queue: str = "fix"
    own_queue: bool = True
    waits: bool = True
    waits_for_others: bool = False
    of_picture: bool = False
    lead: bool = False
    teaches: bool = False
    rejecting: bool = False
    reasons: tuple[str, ...] = ()
    sitting: bool = False
    answered: bool = False
    versions: int = 0
    read_only: bool = False


def always(_situation: Situation) -> bool:
    """Whatever the situation is."""
    return True


def idle(situation: Situation) -> bool:
    """Nothing runs in the background, and nobody judges blind."""
    return not situation.busy and not situation.sitting


def project(situation: Situation) -> bool:
    """A project is open."""
    return situation.project


def open_eyed(situation: Situation) -> bool:
    """A project is open, and nobody judges it blind."""
    return situation.project and not situation.sitting


def idle_project(situation: Situation) -> bool:
    """The same, and a project is open."""
    return situation.project and idle(situation)


def sitting(situation: Situation) -> bool:
    """Somebody judges blind: a sheet lies over the project."""
    return situation.sitting


def issue(situation: Situation) -> bool:
    """An issue is in sight."""
    return situation.issue


def verdict(situation: Situation) -> bool:
    """An issue is in sight, and this queue is for who works."""
    return situation.issue and situation.own_queue


def waiting(situation: Situation) -> bool:
    """The same, and the label waits for who works, and is not reviewed or decided already."""
    return verdict(situation) and situation.waits


def reopenable(situation: Situation) -> bool:
    """The issue in sight was judged, and who works may return it to Fix."""
    return situation.reopenable and not situation.sitting


def acceptable(situation: Situation) -> bool:
    """The same, and there is something to accept."""
    return verdict(situation) and situation.acceptable


def corrected(situation: Situation) -> bool:
    """The label waits, and who works has corrected the label."""
    return waiting(situation) and situation.corrected


def suggested(situation: Situation) -> bool:
    """The same, and the finder suggests something that nobody did."""
    return waiting(situation) and situation.suggestion


def versions(situation: Situation) -> bool:
    """Several people changed the label of the issue in sight, and who works here chooses."""
    return situation.versions > 0 and situation.own_queue


def annotation(situation: Situation) -> bool:
    """A label is in hand, or several are."""
    return situation.annotation


def selected(situation: Situation) -> bool:
    """At least one label is selected."""
    return situation.selected


def taught(situation: Situation) -> bool:
    """The label at hand, or a missing one, can be made a reference picture."""
    return situation.teaches and (situation.annotation or situation.suggestion)


def has_class(situation: Situation) -> bool:
    """There is a label, or a missing one, to give a class to."""
    return situation.annotation or situation.suggestion


def undo(situation: Situation) -> bool:
    """Something can be undone."""
    return situation.undo


def redo(situation: Situation) -> bool:
    """Something can be done again."""
    return situation.redo


_NO_ISSUE = "There is no issue in sight."
_NO_LABEL = "No label is selected: select one first (click, or Tab)."
_NOTHING_SUGGESTED = "Nothing is suggested here: mend it (E), draw it (B, G), or press X."
PICTURE_AT_FAULT = "The picture itself is at fault: choose its folder, or press X."
WAITS_NO_MORE = "This label waits no more."
WAITS_FOR_OTHERS = "This label waits for somebody else: you had a hand in it."
WHY_NOT: dict[Callable[[Situation], bool], str] = {
    issue: _NO_ISSUE,
    verdict: _NO_ISSUE,
    waiting: _NO_ISSUE,
    acceptable: _NOTHING_SUGGESTED,
    reopenable: "This issue is open already, or it is not yours to reopen.",
    corrected: "You have corrected nothing here: change the label first.",
    suggested: "There is no suggestion left here to use.",
    versions: "Nobody else has made anything of this label.",
    annotation: _NO_LABEL,
    selected: _NO_LABEL,
    taught: _NO_LABEL,
    has_class: _NO_LABEL,
    sitting: "Nobody judges blind now.",
    undo: "There is nothing of yours to take back.",
    redo: "There is nothing to do again.",
}


def no_issue(situation: Situation) -> str:
    """Why there is nothing to judge."""
    return "All are answered: Esc goes back to the project." if situation.answered else WHY_NOT[issue]


def lacking(asked: Callable[[Situation], bool], situation: Situation) -> str:
    """What is not there that this asks for."""
    if asked is acceptable and situation.of_picture:
        return PICTURE_AT_FAULT
    return WHY_NOT.get(asked, "Something else is being worked on: wait until that is done.")


JUDGING = (verdict, waiting, acceptable, corrected, suggested, versions)
"""They are for the person whose queue it is."""
WAITING = (waiting, corrected, suggested)
"""They are for a label that waits for that person."""
OPEN_EYED = (idle, idle_project, open_eyed)
"""They are not for somebody who judges blind."""


def contexts(situation: Situation) -> tuple[Context, ...]:
    """The contexts whose keys hold now, the most special first."""
    found: list[Context] = ["rejecting"] if situation.rejecting else []
    if situation.editing and (situation.selected or situation.suggestion):
        found.append("editing")
    if situation.versions and not situation.editing:
        found.append("versions")
    if situation.queue == "review":
        found.append("review")
    elif situation.queue == "expert":
        found.append("expert")
    elif situation.queue == "fix":
        found.append("fix")
    return (*found, "always")
