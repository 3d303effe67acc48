"""Takes back that pictures are missing once their files are there."""

import numpy as np

from labelmend.find.issues import STRUCTURE
from labelmend.find.run import WRONG_FOLDER
from labelmend.project.creation import missing_pictures
from labelmend.project.history import NO_KEY, Decision, Step
from labelmend.project.project import Project
from labelmend.project.run import load_run, save_run
from labelmend.project.state import Changes
from labelmend.review.states import STATUS_INDEX
from labelmend.words import counted


def take_back_missing(project: Project) -> Changes | None:
    """Take back the issues that wait and say that a picture is missing or broken where a file is now.

    One that cannot be shown is noted again when it is looked at. None when there is nothing to take back.
    """
    table = project.issues
    waits = (table.columns.kind == STRUCTURE) & (table.status == STATUS_INDEX["flagged"])
    of_pictures = waits & (table.columns.annotation == NO_KEY) & (table.category < 0)
    rows = [row for row in np.flatnonzero(of_pictures).tolist() if _is_there(project, row)]
    if not rows:
        return None
    issues, standings = table.id[rows].tolist(), project.state.standings
    noted = tuple(Decision(n, standings.get(n), None) for n in issues if n in project.state.notes)
    step = Step(title=f"{counted(len(rows), 'missing picture')} found", decisions=noted)
    row = project.next_row(step, "find")
    with project.store.transaction():
        found, ids, texts = load_run(project.store)
        stays = np.flatnonzero(~np.isin(ids, issues))
        told = {issue: text for issue, text in texts.items() if issue not in issues}
        save_run(project.store, found.take(stays), ids[stays], told)
        project.store.append(row)
    project.read_run(row, step)
    return Changes(title=step.title, issues_replaced=True)


def _is_there(project: Project, row: int) -> bool:
    """Whether the picture of an issue of one is there; of the issue of their folder, whether most are."""
    image = int(project.issues.image[row])
    if image >= 0:
        try:
            return project.image_path(image).is_file()
        except OSError:  # a folder that may not be looked into
            return False
    of_folder = WRONG_FOLDER in project.issues.sentence(row)
    return of_folder and not missing_pictures(project.images_folder, project.images.file_name)
