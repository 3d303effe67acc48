"""Puts the commands together, runs one, and tells its failure in one sentence."""

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from labelmend import __version__
from labelmend.errors import LabelmendError

MODULES: Final = {
    "project": ("new", "orientation", "status", "history"),
    "find": ("find", "issues"),
    "check": ("check",),
    "draw": ("draw",),
    "judging": ("review", "rules"),
    "agreement": ("agreement", "trial"),
    "instructions": ("instructions",),
    "export": ("export",),
    "evaluate": ("evaluate",),
    "report": ("report",),
    "packages": ("share", "merge"),
}
"""The modules of this folder and their commands: of one that is asked for, only its module is loaded."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code.

    0 when it did what it says, else 1 with one sentence on stderr; `check` has 1 for issues and 2 for that.
    """
    if argv is None:  # what ends a pipeline's step cleans up as Ctrl-C does
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us: what is printed goes nowhere
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return _run(argv)
    except KeyboardInterrupt:  # also while a command's libraries are loaded
        print("labelmend: stopped; nothing half-done was left behind.", file=sys.stderr)
        return 130


def _run(argv: Sequence[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(asked=words[0] if words else "").parse_args(words)
    run: Callable[[argparse.Namespace], int | None] = arguments.run
    failed: int = arguments.failed
    try:
        return run(arguments) or 0
    except LabelmendError as error:
        print(" ".join(filter(None, (f"labelmend: {error}", error.typed))), file=sys.stderr)
        return failed
    except BrokenPipeError:  # the reader of our output had enough
        sys.stderr.close()
        return 0
    except OSError as error:
        where = f"{error.filename} cannot be used: " if error.filename else ""
        why = error.strerror or error
        print(f"labelmend: {where}{why}; check the place and its permissions.", file=sys.stderr)
        return failed


def parser(*, asked: str = "") -> argparse.ArgumentParser:
    """The parser of all commands, or of those beside the one asked for; what it parses has `run`."""
    top = argparse.ArgumentParser(
        prog="labelmend", description="Finds label errors in COCO datasets and writes the corrections back."
    )
    top.add_argument("--version", action="version", version=f"Labelmend {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    of_it = [module for module, names in MODULES.items() if asked in names]
    for module in of_it or MODULES:
        import_module(f"labelmend.cli.{module}").add(commands)
    return top
