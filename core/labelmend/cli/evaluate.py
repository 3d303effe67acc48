"""The command that says what the fixes are worth: average precision before and after."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from labelmend.cli.arguments import Commands, add_project_command, count, shown, tell_if_not_searched
from labelmend.project.project import Project
from labelmend.report.average_precision import NAMES
from labelmend.report.evaluation import evaluate
from labelmend.report.numbers import evaluation_numbers

_EPILOG = """\
The numbers are those of pycocotools (COCOeval), twelve for boxes and twelve for masks where both sides have
them: "before" against the annotations as they were imported, "after" as `labelmend export` would write
them. Records that pycocotools cannot take are left out, and said; where no area is given, the box's is
taken. Suggestions are made from these very detections: --if-accepted says what they would change, not how
much better the model is."""


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    parser = add_project_command(commands, "evaluate", _evaluate)
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
    with closing(Project.open_to_read(arguments.project)) as project:
        found = evaluate(
            project,
            every_fix=arguments.all_fixes,
            if_accepted=arguments.if_accepted,
            progress=shown("evaluate"),
        )
        if arguments.if_accepted:
            tell_if_not_searched(project)
        told = evaluation_numbers(project, found, per_class=arguments.per_class)
    if arguments.format == "json":
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    for line in _lines(arguments.project, told):
        print(line)


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
            whose = side if side == "detections" else f"annotations {side}"
            yield f"left out {whose}: " + ", ".join(f"{n:,} {reason}" for reason, n in why.items())
        for kind in one.get("classes", ()):
            number = f"{kind['annotations_before']:,} -> {kind['annotations_after']:,} annotations"
            yield f"{_row(kind['category'], *_three(kind['before'], kind['after']))}   {number}"


def _three(before: float | None, after: float | None) -> list[str]:
    change = "-" if before is None or after is None else f"{after - before:+.4f}"
    return [*("-" if one is None else f"{one:.4f}" for one in (before, after)), change]


def _row(name: str, *cells: str) -> str:
    return f"{name:32}" + "".join(f"{cell:>9}" for cell in cells)
