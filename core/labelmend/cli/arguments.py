"""What several commands share: how a command is added, its usual arguments, its progress."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from labelmend.cli.command_line import COMMANDS
from labelmend.find.offers import Offer
from labelmend.progress import Progress, silent
from labelmend.project.creation import SUFFIX
from labelmend.project.project import Project
from labelmend.review.states import ROLES, Actor

Commands = argparse._SubParsersAction  # what add_subparsers returns; argparse has no public name for it


def add_command(
    commands: "Commands[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int | None],
) -> argparse.ArgumentParser:
    """A command of COMMANDS, whose line describes it.

    `run` returns the exit code, None for 0; when it raises, the code is the default `failed`.
    """
    _, text = COMMANDS[name]
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run, failed=1)
    return parser


def add_project_command(
    commands: "Commands[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int | None],
) -> argparse.ArgumentParser:
    """A command on a project file."""
    parser = add_command(commands, name, run)
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a .labelmend file")
    return parser


def add_actor(parser: argparse.ArgumentParser, *, role: str, required: bool = True) -> None:
    """The arguments that say who does it."""
    parser.add_argument("--actor", required=required, help="the name of who does this")
    parser.add_argument("--role", choices=ROLES, default=role)


def actor_told(arguments: argparse.Namespace) -> Actor | None:
    """Who does it; None where that was not said."""
    return Actor(arguments.actor, arguments.role) if arguments.actor else None


@contextlib.contextmanager
def working(path: Path, actor: Actor) -> Iterator[Project]:
    """The project of that file for somebody to work on. Raises Refused when its history was altered."""
    with contextlib.closing(Project.open(path, actor=actor)) as project:
        project.require_whole()
        yield project


def tell_if_altered(project: Project) -> None:
    """Say on stderr that a project is shown as it stood before its history was altered."""
    if project.tampered:
        print(f"labelmend: {project.tampered}", file=sys.stderr)


def add_detection_files(parser: argparse.ArgumentParser, text: str) -> None:
    """The files of detections. A project that is named behind them is read as one of them by argparse: the
    command has `take_project` put that right."""
    parser.add_argument("--detections", type=Path, nargs="+", metavar="D", help=text)


def take_project(arguments: argparse.Namespace) -> None:
    """Take a project that was named behind the files of detections from among them."""
    files = arguments.detections
    if arguments.project is None and files and files[-1].suffix == SUFFIX:
        arguments.project = files[-1]
        arguments.detections = files[:-1] or None


def with_suffix(path: Path) -> Path:
    """Where a new project or package goes: its name ends as all of them do, whether that was typed or not."""
    return path.with_name(path.name + SUFFIX) if path.name and path.suffix != SUFFIX else path


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """How detections are read that do not fit as they are written."""
    parser.add_argument(
        "--mapping",
        choices=("written", "offered"),
        help="detections that fit only when they are read otherwise than written are read so, which is said "
        "(default); or as they are written",
    )


def is_offered(arguments: argparse.Namespace) -> bool:
    """Whether detections that fit only otherwise are read otherwise than written: unless that is refused."""
    return bool(arguments.mapping != "written")


def tell_offers(offers: Sequence[Offer], *, taken: bool, checked: bool = False) -> None:
    """Say what another reading of the detections would do, or did; `checked`: the check-up of the files as
    they are written is said elsewhere."""
    for offer in offers:
        if taken or not checked:
            print(f"warning: {offer.sentence()}", file=sys.stderr)
        done = "it is read so, with" if taken else "to read the file so, leave out --mapping written:"
        print(f"{'mapping' if taken else 'offer'}: {done} {offer.reading.sentence()}", file=sys.stderr)


def tell_if_not_searched(project: Project) -> None:
    """Say on stderr that no issues are listed because none were looked for yet."""
    if not len(project.issues) and not any(row.op == "find" for row in project.store.history()):
        print(
            f"Nothing was looked for yet: run `labelmend find {project.path}`, then come back.",
            file=sys.stderr,
        )


def count(text: str) -> int:
    """A whole number from 0 up, as an argument's type."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number from 0 up is needed, not {text}")
    return int(text)


def share(text: str) -> float:
    """A number from 0 to 1, as an argument's type."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"a number from 0 to 1 is needed, not {text}")
    return number


def shown(what: str) -> Progress:
    """A line on stderr that is written over, on a terminal only."""
    if not sys.stderr.isatty():
        return silent

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        print(f"\r{what} {100 * done // max(total, 1):3} %", end=end, file=sys.stderr, flush=True)

    return show
