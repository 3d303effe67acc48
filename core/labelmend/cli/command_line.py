"""Puts the commands together, runs one, and tells its failure in one sentence."""

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from labelmend import __version__
from labelmend.cli import (
    agreement,
    check,
    evaluate,
    export,
    find,
    instructions,
    packages,
    project,
    report,
    review,
)
from labelmend.errors import LabelmendError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code.

    0 when it did what it says, else 1 with one sentence on stderr; `check` has 1 for issues and 2 for that.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int | None] = arguments.run
    failed: int = arguments.failed
    try:
        return run(arguments) or 0
    except LabelmendError as error:
        print(f"labelmend: {error}", file=sys.stderr)
        return failed
    except BrokenPipeError:  # the reader of our output had enough
        sys.stderr.close()
        return 0
    except OSError as error:
        where = f"{error.filename} cannot be used: " if error.filename else ""
        why = error.strerror or error
        print(f"labelmend: {where}{why}; check the place and its permissions.", file=sys.stderr)
        return failed
    except KeyboardInterrupt:
        print("labelmend: stopped; nothing half-done was left behind.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The parser of all commands; what it parses has `run`, which does the command."""
    top = argparse.ArgumentParser(
        prog="labelmend", description="Finds label errors in COCO datasets and writes the corrections back."
    )
    top.add_argument("--version", action="version", version=f"Labelmend {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    project.add_new(commands)
    find.add(commands)
    check.add(commands)
    review.add(commands)
    agreement.add(commands)
    instructions.add(commands)
    export.add(commands)
    evaluate.add(commands)
    report.add(commands)
    packages.add(commands)
    project.add(commands)
    return top
