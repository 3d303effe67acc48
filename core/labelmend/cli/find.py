"""Commands about issues: find them, print them."""

import argparse
import sys
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, count, shown
from labelmend.find.run import run_find
from labelmend.project.finding import add_detections, find_inputs, store_found
from labelmend.project.listing import write_issues
from labelmend.project.project import Project


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    finding = add_project_command(commands, "find", _find, "find issues; every verdict given before is kept")
    finding.add_argument("--detections", type=Path, help="use these detections from now on")
    issues = add_project_command(commands, "issues", _issues, "print the issues, worst first")
    issues.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    issues.add_argument("--top", type=count, help="only so many")


def _find(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        if arguments.detections is not None:
            for sentence in add_detections(project, arguments.detections, progress=shown("read")):
                print(f"fault: {sentence}", file=sys.stderr)
        found = run_find(find_inputs(project), progress=shown("find"))
        store_found(project, found)
        for sentence in found.checkup:
            print(f"{'warning' if found.misfit else 'check'}: {sentence}", file=sys.stderr)
        counts = project.issues.counts()
        print(f"{len(project.issues):,} issues: " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items()))
    finally:
        project.close()


def _issues(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        write_issues(project, sys.stdout, form=arguments.format, top=arguments.top)
    finally:
        project.close()
