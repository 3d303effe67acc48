"""Writes the report of a project file: chooses what it shows, counts, takes the pictures, writes it whole."""

import json
from pathlib import Path
from typing import Literal

from labelmend.errors import LabelmendError
from labelmend.files import written
from labelmend.progress import Progress, silent, stage
from labelmend.project.project import Project
from labelmend.report import crops
from labelmend.report.evaluation import evaluate
from labelmend.report.fixes import Chosen, choose
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.sections.fixes import Pictures

Form = Literal["html", "json"]


def write_report(
    path: Path,
    out: Path,
    *,
    form: Form = "html",
    evaluated: bool = False,
    every_fix: bool = False,
    progress: Progress = silent,
) -> str:
    """Write the report of the project at `path`, which anybody may have open; what was written, in words.

    evaluated: also average precision before and after. Raises LabelmendError; nothing half-done is left.
    """
    project = Project.open_to_read(path)
    try:
        progress(5, 100)
        average = None
        if evaluated:
            average = evaluate(project, every_fix=every_fix, progress=stage(progress, 5, 60))
        begin = 60 if evaluated else 5
        chosen = choose(project)
        counted = stage(progress, begin, 80)
        told = numbers(project, every_fix=every_fix, evaluated=average, chosen=chosen, progress=counted)
        taken = pictures(project, chosen, progress=stage(progress, 80, 100)) if form == "html" else {}
    finally:
        project.close()
    with written(out) as file:
        if form == "html":
            file.write(page(told, pictures=taken))
        else:
            json.dump(told, file, ensure_ascii=False, indent=1)
            file.write("\n")
    return f"{out}: {sum(one['issues'] for one in told['kinds']):,} issues, {told['fixes']['number']:,} fixes"


def pictures(project: Project, chosen: Chosen, *, progress: Progress = silent) -> Pictures:
    """The pictures of the fixes that are shown, by their issues; of one that cannot be had, why."""
    every = {one.fix.issue: one for one in (*chosen.worst, *chosen.typical)}
    taken: dict[int, crops.Pair | str] = {}
    for number, (issue, one) in enumerate(every.items(), 1):
        try:
            taken[issue] = crops.pair(project, one)
        except LabelmendError as error:
            taken[issue] = str(error)
        progress(number, len(every))
    return taken
