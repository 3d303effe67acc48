"""Commands about agreement: how far people agree, and the trial of the instructions."""

import argparse
from contextlib import closing

from labelmend.cli.arguments import Commands, add_project_command, count, working
from labelmend.errors import Refused
from labelmend.project.agreeing import agreement_of
from labelmend.project.project import Project
from labelmend.project.trials import Result, Understood, result, start_trial
from labelmend.review.instructions import written_in_lines
from labelmend.review.states import ROLES, Actor


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    add_project_command(commands, "agreement", _agreement)
    trial = add_project_command(commands, "trial", _trial)
    how = trial.add_mutually_exclusive_group()
    how.add_argument("--number", type=count, help="which trial; the last one if not said")
    how.add_argument(
        "--start", type=count, metavar="N", help="start a trial with N labels whose right answer is known"
    )
    how.add_argument(
        "--issues",
        type=count,
        nargs="+",
        default=(),
        metavar="ISSUE",
        help="start one with the labels of these issues",
    )
    trial.add_argument("--seed", type=count, help="with --start: the same number draws the same labels")
    trial.add_argument("--actor", help="with --start or --issues: the name of who starts it")
    trial.add_argument("--role", choices=ROLES, default="lead", help="lead if not said")


def _agreement(arguments: argparse.Namespace) -> None:
    with closing(Project.open_to_read(arguments.project)) as project:
        told = agreement_of(project)
    for pair in told.pairs:
        print(pair.sentence)
    if not told.pairs:
        print("No two people have judged the same label yet.")
    print(told.followed.sentence)
    if told.seconds_left or told.looks_left:
        seconds, looks = told.seconds_left, told.looks_left
        print(f"Waiting: {seconds:,} for a second reviewer, {looks:,} for a blind second look.")


def _trial(arguments: argparse.Namespace) -> None:
    if arguments.start is not None or arguments.issues:
        _start(arguments)
        return
    with closing(Project.open_to_read(arguments.project)) as project:
        told = result(project, arguments.number)
    _print(told)


def _start(arguments: argparse.Namespace) -> None:
    if arguments.actor is None:
        raise Refused("Say who starts the trial: --actor NAME.")
    with working(arguments.project, Actor(arguments.actor, arguments.role)) as project:
        step = start_trial(project, count=arguments.start or 0, seed=arguments.seed, issues=arguments.issues)
        print(project.apply(step, op="draw").title)


def _print(told: Result) -> None:
    print(f"Trial {told.trial.number} of the instructions, {len(told.trial.asked):,} labels")
    if not told.people:
        print("Nobody has taken it yet.")
    for name, answered, right in told.people:
        print(f"  {name}: {answered:,} answered, {right:,} as known")
    for name in ("", *(name for name, _, _ in told.people)):
        rows = [row for row in told.of(name) if row.mistakes]
        if rows:
            print(f"\n{name or 'All'}: what was misunderstood")
        for row in rows:
            _print_row(row, with_text=not name)


def _print_row(row: Understood, *, with_text: bool) -> None:
    print(f"  {row.category}, {row.kind}: {row.right:,} of {row.asked:,} as known")
    for words, number in row.mistakes:
        print(f"    {number:,} x {words}")
    for line in written_in_lines(row.instructions) if with_text else ():
        print(f"    {line}")
