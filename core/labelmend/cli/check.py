"""The command for pipelines: is this COCO file sound? Its exit code is the answer."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelmend import api
from labelmend.cli.arguments import Commands, add_command, count, shown
from labelmend.coco.faults import place
from labelmend.find.issues import NO_KEY
from labelmend.find.lists import Portion, write_list
from labelmend.find.records import columns_of, portions
from labelmend.words import counted

SURE = 0.9
"""From this score on a fault cannot be right; below, it may be a habit of who made the file."""

_COLUMNS = ("severity", "image_id", "annotation_id", "bbox", "category", "reason", "suggestion")

_EPILOG = """\
An error cannot be right: a box without an area, outside its image or not four numbers, an id that is
none or used twice, a key that a record has twice, an image or a category that the file does not have,
two categories of one name, two images of one file, an image without a size, an area below 0, an iscrowd
that is neither 0 nor 1, a label that is there twice, a segmentation or a record that cannot be read, or
in part only. A warning may be a habit: a box that reaches out of its image or misses
the bounds of its outline, a polygon that crosses itself.

exit code: 0 the file is clean, 1 something was found, 2 the file could not be read"""


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    parser = add_command(commands, "check", _check)
    parser.epilog, parser.formatter_class = _EPILOG, argparse.RawDescriptionHelpFormatter
    parser.set_defaults(failed=2)
    parser.add_argument("annotations", type=Path, metavar="A.json", help="COCO instances, .json or .json.gz")
    parser.add_argument("--format", choices=("text", "jsonl"), default="text")
    parser.add_argument("--errors-only", action="store_true", help="leave the warnings out")
    parser.add_argument("--top", type=count, metavar="N", help="print only the first N")


def _check(arguments: argparse.Namespace) -> int:
    data = api.load(arguments.annotations, progress=shown("read"))
    found = api.check_structure(data)
    columns = found.columns
    sure = columns.score >= SURE
    rows = np.lexsort((np.arange(len(found)), columns.annotation))
    if arguments.errors_only:
        rows = rows[sure[rows]]
    if arguments.format == "jsonl":
        write_list(_portions(found, rows[: arguments.top]), sys.stdout, form="jsonl", columns=_COLUMNS)
    else:
        for row in rows[: arguments.top].tolist():
            print(_line(found, row))
    errors = int(sure[rows].sum())
    summary = (
        f"{arguments.annotations}: {counted(len(data.images), 'image')}, "
        f"{counted(len(data.annotations), 'annotation')}: "
        f"{counted(errors, 'error')}, {counted(len(rows) - errors, 'warning')}"
    )
    print(summary, file=sys.stdout if arguments.format == "text" else sys.stderr)
    return 1 if len(rows) else 0


def _severity(found: api.FoundIssues, row: int) -> str:
    return "error" if found.columns.score[row] >= SURE else "warning"


def _portions(found: api.FoundIssues, rows: NDArray[np.int64]) -> Iterator[Portion]:
    for some in portions(rows):
        told = columns_of(found.columns, some, names=found.data.names, texts=found.texts)
        yield told | {"severity": [_severity(found, row) for row in some.tolist()]}


def _line(found: api.FoundIssues, row: int) -> str:
    """Severity, place and sentence; the reader's sentences name their place themselves."""
    key, reason = int(found.columns.annotation[row]), found.record(row).reason
    if row not in found.texts and key != NO_KEY:
        where = place(found.data.source.name, "annotations", key, found.data.names.annotation(key))
        reason = f"{where}: {reason}"
    return f"{_severity(found, row)}: {reason}"
