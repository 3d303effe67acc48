"""The command that writes a project's report."""

import argparse
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, shown
from labelmend.files import require_place
from labelmend.report.writing import write_report


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    parser = add_project_command(
        commands,
        "report",
        _report,
        "write what came in, was found, judged, reviewed and changed, as a page or as JSON",
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--format", choices=("html", "json"), default="html")
    parser.add_argument("--evaluate", action="store_true", help="also average precision before and after")
    parser.add_argument("--all-fixes", action="store_true", help="also fixes that an export would hold back")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")


def _report(arguments: argparse.Namespace) -> None:
    out: Path = arguments.out
    require_place(out, beside=[arguments.project], overwrite=arguments.overwrite)
    told = write_report(
        arguments.project,
        out,
        form=arguments.format,
        evaluated=arguments.evaluate,
        every_fix=arguments.all_fixes,
        progress=shown("report"),
    )
    print(told)
