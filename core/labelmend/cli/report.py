"""The command that writes a project's report."""

import argparse
import json
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, require_place, shown, written
from labelmend.project.project import Project
from labelmend.report.evaluation import evaluate
from labelmend.report.numbers import numbers
from labelmend.report.page import page


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    parser = add_project_command(
        commands,
        "report",
        _report,
        "write what came in, was found, judged and changed, as a page or as JSON",
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--format", choices=("html", "json"), default="html")
    parser.add_argument("--evaluate", action="store_true", help="also average precision before and after")
    parser.add_argument("--all-fixes", action="store_true", help="also fixes that an export would hold back")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")


def _report(arguments: argparse.Namespace) -> None:
    out: Path = arguments.out
    require_place(out, beside=[arguments.project], overwrite=arguments.overwrite)
    project = Project.open_to_read(arguments.project)
    try:
        evaluated = None
        if arguments.evaluate:
            evaluated = evaluate(project, every_fix=arguments.all_fixes, progress=shown("evaluate"))
        told = numbers(project, every_fix=arguments.all_fixes, evaluated=evaluated)
    finally:
        project.close()
    with written(out) as file:
        if arguments.format == "html":
            file.write(page(told))
        else:
            json.dump(told, file, ensure_ascii=False, indent=1)
            file.write("\n")
    print(f"{out}: {sum(one['issues'] for one in told['kinds']):,} issues")
