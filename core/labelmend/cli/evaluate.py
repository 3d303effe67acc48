"""The command that says what the fixes are worth: average precision before and after."""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from labelmend.cli.arguments import Commands, add_project_command, count, shown
from labelmend.project.project import Project
from labelmend.report.average_precision import NAMES
from labelmend.report.evaluation import KIND_NAMES, Compared, Evaluated, evaluate

_EPILOG = """\
The numbers are those of pycocotools (COCOeval), twelve for boxes and twelve for masks where both sides have
them: "before" against the annotations as they were imported, "after" as `labelmend export` would write
them. Records that pycocotools cannot take are left out, and said; where no area is given, the box's is
taken. Suggestions are made from these very detections: --if-accepted says what they would change, not how
much better the model is."""


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    parser = add_project_command(
        commands, "evaluate", _evaluate, "average precision of the detections before and after the fixes"
    )
    parser.epilog, parser.formatter_class = _EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--all-fixes", action="store_true", help="also fixes in review, rejected or ambiguous"
    )
    parser.add_argument(
        "--if-accepted", type=count, default=0, metavar="N",
        help="as if the N best-ranked suggestions were accepted too; changes nothing",
    )  # fmt: skip
    parser.add_argument(
        "--per-class", action="store_true", help="also AP class by class, largest change first"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _evaluate(arguments: argparse.Namespace) -> None:
    project = Project.open_to_read(arguments.project)
    try:
        found = evaluate(
            project,
            every_fix=arguments.all_fixes,
            if_accepted=arguments.if_accepted,
            progress=shown("evaluate"),
        )
        told = as_json(project, found, per_class=arguments.per_class)
    finally:
        project.close()
    if arguments.format == "json":
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    for line in _lines(arguments.project, told):
        print(line)


def as_json(project: Project, found: Evaluated, *, per_class: bool) -> dict[str, Any]:
    """The evaluation as plain values; a number that COCOeval does not give is None."""
    names = project.categories.name

    def of_class(one: Compared, row: int) -> dict[str, Any]:
        before, after = _number(one.before.by_class[row]), _number(one.after.by_class[row])
        return {
            "category_id": project.category_ids.id_of(row),
            "category": names[row],
            "before": before,
            "after": after,
            "annotations_before": int(found.number[row, 0]),
            "annotations_after": int(found.number[row, 1]),
        }

    evaluated = []
    for one in found.compared:
        told: dict[str, Any] = {"detections": one.model, "by": KIND_NAMES[one.kind]}
        for side, figures in (("before", one.before), ("after", one.after)):
            told[side] = dict(zip(NAMES, map(_number, figures.numbers), strict=True))
        if per_class:
            gain = np.nan_to_num(one.after.by_class) - np.nan_to_num(one.before.by_class)
            told["classes"] = [of_class(one, int(row)) for row in np.argsort(-np.abs(gain), kind="stable")]
        evaluated.append(told | {"left_out": one.left_out})
    return {
        "annotations_before": found.annotations[0],
        "annotations_after": found.annotations[1],
        "changed": found.changed,
        "added": found.added,
        "deleted": found.deleted,
        "suggestions_accepted": found.accepted,
        "evaluated": evaluated,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _lines(path: Path, told: dict[str, Any]) -> Iterator[str]:
    accepted = told["suggestions_accepted"]
    yield (
        f"{path}: {told['annotations_before']:,} annotations before, {told['annotations_after']:,} after: "
        f"{told['changed']:,} changed, {told['added']:,} added, {told['deleted']:,} deleted"
        + (f", {accepted:,} suggestions taken as accepted" if accepted else "")
    )
    for one in told["evaluated"]:
        yield ""
        yield _row(f"{one['detections']}, {one['by']}", "before", "after", "change")
        for name in NAMES:
            yield _row(name, *_three(one["before"][name], one["after"][name]))
        for side, why in one["left_out"].items():
            yield f"left out {side}: " + ", ".join(f"{n:,} {reason}" for reason, n in why.items())
        for kind in one.get("classes", ()):
            number = f"{kind['annotations_before']:,} -> {kind['annotations_after']:,} annotations"
            yield f"{_row(kind['category'], *_three(kind['before'], kind['after']))}   {number}"


def _three(before: float | None, after: float | None) -> list[str]:
    change = "-" if before is None or after is None else f"{after - before:+.4f}"
    return [*("-" if one is None else f"{one:.4f}" for one in (before, after)), change]


def _row(name: str, *cells: str) -> str:
    return f"{name:32}" + "".join(f"{cell:>9}" for cell in cells)
