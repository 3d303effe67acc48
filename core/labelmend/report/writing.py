"""Writes the report of a project file: chooses what it shows, counts, takes the pictures, writes it whole."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from labelmend.errors import LabelmendError
from labelmend.files import require_place, written
from labelmend.progress import Progress, silent, stage
from labelmend.project.inputs_kept import inputs
from labelmend.project.project import Project
from labelmend.project.references import picture_of
from labelmend.report.crops import Pair, Pictures, Single, pair, single
from labelmend.report.csv_files import require_tables_place, write_tables
from labelmend.report.evaluation import evaluate
from labelmend.report.fixes import Chosen, choose
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.tables import tables
from labelmend.review.instructions import Instructions

Form = Literal["html", "json"]
REFERENCES = 24
"""So many pictures of the instructions are shown at the most."""
_Picture = TypeVar("_Picture", Pair, Single)


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
        inputs(project).keep(wanted.out)
    if wanted.tables is not None:
        require_tables_place(wanted.tables, overwrite=overwrite)
    told, chosen = _counted(project, wanted, stage(progress, 0, 70))
    is_page = wanted.out is not None and wanted.form == "html"
    taken = pictures(project, chosen, progress=stage(progress, 70, 85)) if is_page else None
    if wanted.tables is not None:
        write_tables(tables(project, told), wanted.tables, progress=stage(progress, 85, 99))
    if wanted.out is not None:
        with written(wanted.out) as file:
            file.write(page(told, pictures=taken) if is_page else _json(told))
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
    middle = begin + (100 - begin) // 3
    chosen = choose(project, progress=stage(progress, begin, middle))
    part = stage(progress, middle, 100)
    told = numbers(project, every_fix=wanted.every_fix, evaluated=average, chosen=chosen, progress=part)
    return told, chosen


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def pictures(project: Project, chosen: Chosen, *, progress: Progress = silent) -> Pictures:
    """The pictures of the fixes that are shown and of the instructions in force, as many as fit."""
    fixes = {one.fix.issue: one for one in (*chosen.worst, *chosen.typical)}
    given = project.state.instructions or Instructions()
    names = list(dict.fromkeys(one.picture for each in given.classes for one in each.pictures))[:REFERENCES]
    taken: dict[int, Pair | str] = {}
    references: dict[str, Single | str] = {}
    for number, (issue, one) in enumerate(fixes.items(), 1):
        taken[issue] = _or_why(pair, project, one)
        progress(number, len(fixes) + len(names))
    for number, name in enumerate(names, len(fixes) + 1):
        references[name] = _or_why(lambda name=name: single(picture_of(project, name)))
        progress(number, len(fixes) + len(names))
    return Pictures(taken, references)


def _or_why(take: Callable[..., _Picture], *of: Any) -> _Picture | str:
    """The picture, or why it cannot be had."""
    try:
        return take(*of)
    except LabelmendError as error:
        return str(error)
