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

COMMANDS: Final = {
    "new": ("project", "make a project from a COCO file, pictures and detections"),
    "orientation": ("project", "say how the labels of turned square pictures lie"),
    "status": ("project", "print what is in each queue"),
    "history": ("project", "print everything that was done, and check that it is whole"),
    "find": ("find", "find issues, in a project (every verdict given before is kept) or straight from files"),
    "issues": ("find", "print the issues, worst first"),
    "check": ("check", "check the records of a COCO file, without a detector"),
    "draw": ("draw", "draw the review sample from what was fixed or dismissed"),
    "review": ("judging", "approve, reject or decide issues, by their ids (`labelmend issues`)"),
    "rules": ("judging", "print the rules of review (reasons, shares looked at twice), or set them"),
    "agreement": ("agreement", "print how far people agree, and whether they follow the model"),
    "trial": ("agreement", "print what a trial of the instructions shows, or start one"),
    "instructions": ("instructions", "print the labelling instructions, or take others from a file"),
    "export": ("export", "write the corrected COCO file and its certificate"),
    "evaluate": ("evaluate", "average precision of the detections before and after the fixes"),
    "report": ("report", "write what came in, was found, judged, reviewed and changed, as a page or as JSON"),
    "share": ("packages", "write a package: a part of the project"),
    "merge": ("packages", "take in what was done in packages of a project"),
}
"""Every command: its module in this folder, and its line in the list of commands, without a full stop."""


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
    """The parser of all commands; loads the module of the one asked for, which alone gets arguments."""
    top = argparse.ArgumentParser(
        prog="labelmend", description="Finds label errors in COCO datasets and writes the corrections back."
    )
    top.add_argument("--version", action="version", version=f"Labelmend {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (module, line) in COMMANDS.items():
        if module == COMMANDS.get(asked, ("",))[0]:
            if name not in commands.choices:
                import_module(f"labelmend.cli.{module}").add(commands)
        else:
            commands.add_parser(name, help=line)
    return top
