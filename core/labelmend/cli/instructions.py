"""The command about the instructions: print them, read them from a file or folder, write them to one."""

import argparse
from contextlib import closing
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, shown
from labelmend.errors import Refused
from labelmend.files import require_place, written
from labelmend.project.foreseeing import changes_numbers, foresee, foreseeing
from labelmend.project.inputs_kept import inputs
from labelmend.project.instructing import instruct, instructions_of, revise
from labelmend.project.instructions_folder import read_folder, write_folder
from labelmend.project.project import Project
from labelmend.review import instructions_file
from labelmend.review.instructions import tolerance_of
from labelmend.review.states import ROLES, Actor


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    told = add_project_command(commands, "instructions", _instructions)
    way = told.add_mutually_exclusive_group()
    way.add_argument(
        "--read", type=Path, metavar="FILE", help="take those of this Markdown file, or of a folder with one"
    )
    way.add_argument("--write", type=Path, metavar="FILE", help="write them to this file, not to the output")
    way.add_argument(
        "--write-folder", type=Path, metavar="FOLDER", help="write them and their pictures to a new folder"
    )
    told.add_argument("--dry-run", action="store_true", help="with --read: say what it would do, do nothing")
    told.add_argument("--overwrite", action="store_true", help="with --write: replace a file that is there")
    told.add_argument("--actor", help="with --read: the name of who changes them")
    told.add_argument("--role", choices=ROLES, default="lead", help="with --read; lead if not said")


def _instructions(arguments: argparse.Namespace) -> None:
    if arguments.dry_run and arguments.read is None:
        raise Refused("--dry-run goes with --read.")
    if arguments.read is not None:
        _try_out(arguments) if arguments.dry_run else _read(arguments)
        return
    if arguments.write is not None:
        if arguments.write.suffix.lower() == ".pdf":
            raise Refused("The window prints a PDF: File > Instructions, then Print; here, write Markdown.")
        require_place(arguments.write, beside=[arguments.project], overwrite=arguments.overwrite)
    with closing(Project.open_to_read(arguments.project)) as project:
        if arguments.write is not None:
            inputs(project).keep(arguments.write)
        if arguments.write_folder is not None:
            print(write_folder(project, arguments.write_folder))
            return
        text = instructions_file.written(instructions_of(project))
    if arguments.write is None:
        print(text, end="")
        return
    with written(arguments.write) as out:
        out.write(text)


def _read(arguments: argparse.Namespace) -> None:
    if arguments.actor is None:
        raise Refused("Say who changes the instructions: --actor NAME.")
    with closing(Project.open(arguments.project, actor=Actor(arguments.actor, arguments.role))) as project:
        given, pictures = read_folder(arguments.read, categories=project.categories.name)
        print(revise(project, given, pictures=pictures).title)


def _try_out(arguments: argparse.Namespace) -> None:
    """Say what other instructions would change; whoever asks, and whoever has the project open."""
    with closing(Project.open_to_read(arguments.project)) as project:
        given, pictures = read_folder(arguments.read, categories=project.categories.name)
        print(f"would {instruct(project, given, pictures=pictures).title}")
        tolerance = tolerance_of(given, project.categories.name)
        if changes_numbers(project, given):
            print(foresee(foreseeing(project), tolerance, progress=shown("find")).sentence)
