"""Writes the report of a project file: chooses what it shows, counts, takes the pictures, writes it whole."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from labelmend.errors import LabelmendError
from labelmend.files import require_place, written
from labelmend.progress import Progress, silent, stage
from labelmend.project.project import Project
from labelmend.report import crops
from labelmend.report.csv_files import require_tables_place, write_tables
from labelmend.report.evaluation import evaluate
from labelmend.report.fixes import Chosen, choose
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.sections.fixes import Pictures
from labelmend.report.tables import tables

Form = Literal["html", "json"]


@dataclass(frozen=True)
class Wanted:
    """What is written, and where: the page (or the same as JSON), the folder of tables, each if named.

    evaluated: also average precision before and after; every_fix: also fixes that an export would hold back.
    """

    out: Path | None
    tables: Path | None = None
    form: Form = "html"
    evaluated: bool = False
    every_fix: bool = False


def write_report(
    project: Project, wanted: Wanted, *, overwrite: bool = False, progress: Progress = silent
) -> str:
    """Write the report of a project as it stands; what was written, in words.

    Slow; a thread takes `project.still()`. Raises LabelmendError, before the work begins for a place that
    cannot be taken; Cancelled when `progress` does. Every file takes its place when it is whole.
    """
    if wanted.out is not None:
        require_place(wanted.out, beside=[project.path], overwrite=overwrite)
    if wanted.tables is not None:
        require_tables_place(wanted.tables, overwrite=overwrite)
    told, chosen = _counted(project, wanted, stage(progress, 0, 70))
    taken = pictures(project, chosen, progress=stage(progress, 70, 85)) if wanted.form == "html" else {}
    if wanted.tables is not None:
        write_tables(tables(project, told), wanted.tables, progress=stage(progress, 85, 99))
    if wanted.out is not None:
        with written(wanted.out) as file:
            file.write(page(told, pictures=taken) if wanted.form == "html" else _json(told))
    progress(100, 100)
    places = " and ".join(str(one) for one in (wanted.out, wanted.tables) if one is not None)
    number = sum(one["issues"] for one in told["kinds"])
    return f"{places}: {number:,} issues, {told['fixes']['number']:,} fixes"


def _counted(project: Project, wanted: Wanted, progress: Progress) -> tuple[dict[str, Any], Chosen]:
    """What `numbers` tells, and the fixes that are shown."""
    average, begin = None, 0
    if wanted.evaluated:
        begin = 60
        average = evaluate(project, every_fix=wanted.every_fix, progress=stage(progress, 0, begin))
    chosen = choose(project)
    part = stage(progress, begin, 100)
    told = numbers(project, every_fix=wanted.every_fix, evaluated=average, chosen=chosen, progress=part)
    return told, chosen


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


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
