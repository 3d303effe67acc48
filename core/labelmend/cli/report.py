"""The command that writes a project's report."""

import argparse
from contextlib import closing
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, shown
from labelmend.errors import Refused
from labelmend.project.project import Project
from labelmend.report.writing import Wanted, write_report


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    parser = add_project_command(commands, "report", _report)
    parser.add_argument("--out", type=Path, metavar="FILE", help="the page, or the JSON")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="everything as tables, one file each")
    parser.add_argument("--format", choices=("html", "json"), default="html", help="of --out")
    parser.add_argument("--evaluate", action="store_true", help="also average precision before and after")
    parser.add_argument("--all-fixes", action="store_true", help="also fixes that an export would hold back")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")


def _report(arguments: argparse.Namespace) -> None:
    if arguments.out is None and arguments.csv is None:
        raise Refused("Name what to write: --out FILE for the page, --csv FOLDER for the tables, or both.")
    wanted = Wanted(
        arguments.out,
        arguments.csv,
        form=arguments.format,
        evaluated=arguments.evaluate,
        every_fix=arguments.all_fixes,
    )
    with closing(Project.open_to_read(arguments.project)) as project:
        print(write_report(project, wanted, overwrite=arguments.overwrite, progress=shown("report")))
