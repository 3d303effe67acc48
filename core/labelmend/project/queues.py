"""Which issues wait for a person in a queue: one rule for the window and the command line."""

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.boxes import iou
from labelmend.project.project import Project
from labelmend.review import rules
from labelmend.review.states import QUEUES, Queue

LABELLED = 0.5
"""IoU with a new label from which an object has one."""


def waits(project: Project, row: int, queue: Queue) -> bool:
    """Whether a row of `project.issues` waits in a queue for who works.

    Left out: flagged issues of labels that another issue's fix deleted, those that another card
    stands for, and one's own work in review and expert.
    """
    if project.issues.status_of(row) not in QUEUES[queue]:
        return False
    issue = int(project.issues.id[row])
    if queue == "fix":
        if project.issues.is_folded(row) or _is_settled(project, row):
            return False
        key = int(project.issues.annotation[row])
        deleted = key in project.state.records and project.state.records[key] is None
        return not deleted or bool(project.state.touches.get(issue))
    if queue == "review":
        return rules.may_review(project.standing(issue), project.actor)
    if queue == "expert":
        return rules.may_decide(project.standing(issue), project.actor)
    return True


def _is_settled(project: Project, row: int) -> bool:
    """Whether what was decided about a label over several objects settles this part of it.

    A fix by hand may have left it out: then it waits until a label lies there.
    """
    group = project.issues.group_of(row)
    if group < 0:
        return False
    if project.standing(int(project.issues.id[group])).verdict != "fixed":
        return True
    image, place = int(project.issues.image[row]), project.issues.bbox[row : row + 1]
    about = int(project.issues.annotation[group])  # it may be what has come to lie there
    drawn = [project.annotation(key) for key in (about, *project.state.added)]
    boxes = [one.bbox for one in drawn if one is not None and one.image == image]
    return bool(boxes) and bool(iou(place, np.array(boxes)).max() >= LABELLED)


def waiting(project: Project, queue: Queue) -> NDArray[np.int64]:
    """All rows that `waits` says yes to, in the order of the table."""
    if queue == "fix":
        return _to_fix(project)
    found = project.issues.rows_in(queue)
    if queue == "review":
        return project.issues.where(found, lambda one: rules.may_review(one, project.actor))
    if queue == "expert":
        return project.issues.where(found, lambda one: rules.may_decide(one, project.actor))
    return found


def _to_fix(project: Project) -> NDArray[np.int64]:
    table = project.issues
    stays = table.are_in("fix") & ~table.folded()
    gone = [key for key, record in project.state.records.items() if record is None]
    doubtful = np.isin(table.annotation, gone) if gone else np.zeros(len(table), bool)
    doubtful[table.all_parts] = True
    rows = np.flatnonzero(doubtful & stays)
    stays[rows] = [waits(project, row, "fix") for row in rows.tolist()]
    return np.flatnonzero(stays)
