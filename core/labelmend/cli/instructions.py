"""The command about the instructions: print them, read them from a file, write them to one."""

import argparse
from pathlib import Path

from labelmend.cli.arguments import Commands, add_project_command, require_place, written
from labelmend.errors import Refused
from labelmend.project.instructing import instruct, instructions_of
from labelmend.project.project import Project
from labelmend.review import instructions_file
from labelmend.review.states import ROLES, Actor


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    told = add_project_command(
        commands,
        "instructions",
        _instructions,
        "print the labelling instructions, or take others from a file",
    )
    way = told.add_mutually_exclusive_group()
    way.add_argument("--read", type=Path, metavar="FILE", help="take the instructions of this Markdown file")
    way.add_argument("--write", type=Path, metavar="FILE", help="write them to this file, not to the output")
    told.add_argument("--overwrite", action="store_true", help="with --write: replace a file that is there")
    told.add_argument("--actor", help="with --read: the name of who changes them")
    told.add_argument("--role", choices=ROLES, default="lead", help="with --read; lead if not said")


def _instructions(arguments: argparse.Namespace) -> None:
    if arguments.read is not None:
        _read(arguments)
        return
    if arguments.write is not None:
        require_place(arguments.write, beside=[arguments.project], overwrite=arguments.overwrite)
    project = Project.open_to_read(arguments.project)
    try:
        text = instructions_file.written(instructions_of(project))
    finally:
        project.close()
    if arguments.write is None:
        print(text, end="")
        return
    with written(arguments.write) as out:
        out.write(text)


def _read(arguments: argparse.Namespace) -> None:
    if arguments.actor is None:
        raise Refused("Say who changes the instructions: --actor NAME.")
    project = Project.open(arguments.project, actor=Actor(arguments.actor, arguments.role))
    try:
        given = instructions_file.open_file(arguments.read, categories=project.categories.name)
        print(project.apply(instruct(project, given)).title)
    finally:
        project.close()
