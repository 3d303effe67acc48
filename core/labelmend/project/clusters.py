"""Judges the card of a systematic error: all its labels are fixed by one step, and undone by one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.record import patch, read_record
from labelmend.errors import Refused
from labelmend.progress import Progress, silent
from labelmend.project import verbs
from labelmend.project.editing import following
from labelmend.project.history import NO_KEY, Decision, Edit, Step
from labelmend.project.project import Project
from labelmend.review.rules import judged
from labelmend.review.states import STATUS_INDEX


def waiting(project: Project, row: int) -> NDArray[np.int64]:
    """Rows of the issues that this card stands for and that wait still; none for any other issue."""
    members = project.issues.members(row)
    return np.asarray(members[project.issues.status[members] == STATUS_INDEX["flagged"]], np.int64)


def accept(project: Project, issue: int, *, comment: str = "", progress: Progress = silent) -> Step:
    """Do what the finder suggests; under a card, for every label of its cluster that still waits.

    Each label is fixed under its own issue, so that review may draw it and the expert may put it back alone.
    Labels whose fix cannot be written (a mask that would have to move) stay as they are, and show
    afterwards. Raises Refused when nothing can be done. Thousands of labels take seconds: give a thread the
    project as it stands, `project.still()`.
    """
    table, row = project.issues, project.issues.row_of(issue)
    if row < 0 or not table.is_card(row):
        return verbs.accept(project, issue, comment=comment)
    if project.actor is None:
        raise Refused("Say who works first: File > Who is working.", remedy="switch_person")
    edits: list[Edit] = []
    after = judged(project.standing(issue), project.actor, "accepted")
    decisions = [Decision(issue, project.state.standings.get(issue), after, comment, keys=())]
    waits = table.id[waiting(project, row)].tolist()
    refused: Refused | None = None
    added: list[Edit] = []
    for done, member in enumerate(waits):
        progress(done, len(waits))
        try:
            step = verbs.accept(project, member)
        except Refused as error:
            refused = error
            continue
        mine = []
        for edit in step.edits:
            mine.append(_numbered(project, edit, added))
            if edit.before is None:
                added.append(mine[-1])
        edits += mine
        told = step.decisions[0]
        keys = tuple(edit.key for edit in mine)
        decisions.append(Decision(member, told.before, told.after, told.comment, keys))
    if len(decisions) == 1:
        reason = str(refused) if refused else "none of its labels waits any more."
        raise Refused(f"Nothing of this can be fixed at once: {reason}")
    left = len(waits) - len(decisions) + 1
    title = f"fix {len(decisions) - 1:,} labels at once" + (f", {left:,} are left" if left else "")
    return Step(title=title, edits=tuple(edits), decisions=tuple(decisions))


def _numbered(project: Project, edit: Edit, added: Sequence[Edit]) -> Edit:
    """A label that is added gets the key and the id after the last one that the same step adds."""
    if edit.before is not None or edit.after is None or not added:
        return edit
    before = read_record(added[-1].after or b"")["id"]
    if isinstance(before, str):
        number: Any = str(int(before) + 1)
    elif following(project, added[-1]) is not None:
        number = before + 1
    else:
        number = project.fresh_id([read_record(one.after or b"")["id"] for one in added])
    style = project.styles.of_annotations()
    return Edit(added[-1].key - 1, None, patch(edit.after, {"id": number}, style=style))


def example(project: Project, row: int) -> int:
    """The row of the label that a card shows; of any other issue its own."""
    members = project.issues.members(row)
    shown = project.issues.bbox[row]
    same = members[project.issues.image[members] == project.issues.image[row]]
    same = same[np.isclose(project.issues.bbox[same], shown).all(axis=1)]
    return int(same[0]) if len(same) else row


def about(project: Project, row: int) -> int | None:
    """The key of the label that an issue is about, of a card its example, be it deleted by now; of a label
    that was missing the one that was made for it, None before."""
    key = int(project.issues.annotation[example(project, row)])
    if key != NO_KEY:
        return key
    made = reversed(project.state.before(int(project.issues.id[row])))
    return next((key for key in made if project.record(key) is not None), None)
