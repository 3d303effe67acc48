"""The command that writes the corrected file."""

import argparse
from contextlib import closing
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, shown
from labelmend.project.export import export
from labelmend.project.inputs_kept import CERTIFICATE
from labelmend.project.project import Project


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    out = add_project_command(commands, "export", _export)
    out.add_argument("--out", type=Path, required=True)
    out.add_argument("--all-fixes", action="store_true", help="also fixes in review, rejected or ambiguous")
    out.add_argument("--overwrite", action="store_true", help="replace a file that is there, but no source")


def _export(arguments: argparse.Namespace) -> None:
    with closing(Project.open(arguments.project)) as project:
        certificate = export(
            project,
            arguments.out,
            every_fix=arguments.all_fixes,
            overwrite=arguments.overwrite,
            progress=shown("export"),
        )
    print("\n".join(certificate.sentences()))
    print(f"Certificate {arguments.out}{CERTIFICATE}")
