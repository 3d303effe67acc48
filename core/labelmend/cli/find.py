"""Commands about issues: find them, in a project or straight from files, and print them."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import numpy as np

from labelmend import api
from labelmend.cli.allocator import keep_memory
from labelmend.cli.arguments import (
    Commands,
    add_command,
    add_detection_files,
    add_mapping,
    add_project_command,
    count,
    is_offered,
    shown,
    take_project,
    tell_if_altered,
    tell_if_not_searched,
    tell_offers,
)
from labelmend.coco.faults import in_short
from labelmend.errors import Refused
from labelmend.files import require_place, written
from labelmend.find.issues import KINDS, Issues, is_card
from labelmend.find.lists import FORMS
from labelmend.find.reasons.of_cards import members
from labelmend.find.records import Names, record_of
from labelmend.find.run import run_find
from labelmend.project.finding import add_detections, find_inputs, store_found
from labelmend.project.listing import names_of, write_issues
from labelmend.project.project import Project
from labelmend.review.instructions import tolerance_of
from labelmend.words import counted

_STDOUT = Path("-")


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    finding = add_command(commands, "find", _find)
    finding.add_argument("project", type=Path, metavar="PROJECT", nargs="?", help="a .labelmend file")
    finding.add_argument(
        "--annotations",
        type=Path,
        metavar="A",
        help="COCO instances, instead of a project",
    )
    add_detection_files(
        finding, "COCO results, or instances with scores, one file a model; for a project: used from now on"
    )
    add_mapping(finding)
    finding.add_argument(
        "--instructions",
        type=Path,
        metavar="I",
        help="for files: the labelling instructions (Markdown), whose tolerances are let pass",
    )
    finding.add_argument(
        "--pictures", action="store_true", help="for a project: look at the pictures too; takes longer"
    )
    finding.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="for files: the folder that file_name starts from, to look at the pictures too",
    )
    _add_listing(finding, "of the list that is printed for files")
    finding.add_argument(
        "--out",
        type=Path,
        help="for files: write the list here (- for the output), in the place of what is there",
    )
    where = finding.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=_jobs, metavar="N", default=1, help="worker processes; 1 if not said")
    where.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler (host:port) whose workers help")
    issues = add_project_command(commands, "issues", _issues)
    _add_listing(issues, "of the list").add_argument(
        "--spread",
        type=count,
        metavar="N",
        help="only so many, over all kinds and scores: judged first, they teach all scores",
    )


def _add_listing(parser: argparse.ArgumentParser, of: str) -> "argparse._MutuallyExclusiveGroup":
    """Which issues the list holds, in which form; the group of what says how many."""
    parser.add_argument("--format", choices=FORMS, help=f"form {of}; jsonl if not said")
    number = parser.add_mutually_exclusive_group()
    number.add_argument("--top", type=count, metavar="N", help="only so many, the worst ones")
    return number


def _jobs(text: str) -> int:
    if (jobs := count(text)) < 1:
        raise argparse.ArgumentTypeError(f"at least one process is needed, not {text}")
    return jobs


@contextmanager
def _workers(arguments: argparse.Namespace) -> Iterator[tuple[Executor | None, int]]:
    """Where blocks of images are examined, and how many at a time."""
    if arguments.cluster is not None:
        from labelmend.workers.dask_workers import dask_workers

        with dask_workers(arguments.cluster) as (executor, threads):
            yield executor, 2 * threads
    elif arguments.jobs > 1:
        from labelmend.workers.processes import processes  # what they need takes a while to load

        with processes(arguments.jobs) as executor:
            yield executor, 2 * arguments.jobs
    else:
        yield None, 1


def _find(arguments: argparse.Namespace) -> None:
    keep_memory()
    take_project(arguments)
    if (arguments.project is None) == (arguments.annotations is None):
        raise Refused("Name either a project or --annotations: `labelmend find PROJECT`, or from files.")
    if arguments.annotations is not None:
        _find_in_files(arguments)
    else:
        _find_in_project(arguments)


def _find_in_project(arguments: argparse.Namespace) -> None:
    if arguments.instructions is not None:
        raise Refused(
            "--instructions goes with --annotations; a project takes them by "
            "`labelmend instructions PROJECT --read FILE`."
        )
    if arguments.images is not None:
        raise Refused("--images goes with --annotations; a project knows its pictures: say --pictures.")
    if any(given is not None for given in (arguments.out, arguments.top, arguments.format)):
        raise Refused(
            "--out, --top and --format go with --annotations; for a project, see `labelmend issues PROJECT`."
        )
    if arguments.mapping is not None and not arguments.detections:
        raise Refused("--mapping says how --detections are read: name their file again.")
    with closing(Project.open(arguments.project)) as project:
        if arguments.detections:
            offered = is_offered(arguments)
            faults, offers = add_detections(
                project, arguments.detections, offered=offered, progress=shown("read")
            )
            for sentence in faults:
                print(f"fault: {sentence}", file=sys.stderr)
            tell_offers(offers, taken=offered, checked=not offered)
        inputs = find_inputs(project, pictures=arguments.pictures)
        with _workers(arguments) as (executor, ahead):
            found = run_find(inputs, progress=shown("find"), executor=executor, ahead=ahead)
        store_found(project, found)
        _tell_checkup(found.checkup, misfit=found.misfit)
        _tell_sentence(found.looked)
        _tell_sentence(found.heeded)
        _tell_systematic(found.issues, names_of(project))
        print(_counted(project.issues.counts()))


def _find_in_files(arguments: argparse.Namespace) -> None:
    if arguments.pictures:
        raise Refused(
            "--pictures goes with a project, which knows where the pictures are. "
            "For files name their folder: --images DIR."
        )
    if arguments.images is not None:
        api.folder(arguments.images)
    place: Path | None = None if arguments.out == _STDOUT else arguments.out
    if place is not None:
        read = [arguments.annotations, *(arguments.detections or ()), arguments.instructions]
        require_place(place, beside=[one for one in read if one is not None])
    with written(place) if place is not None else nullcontext(sys.stdout) as out:
        found = _found_in_files(arguments)
        found.write(out, form=arguments.format or FORMS[0], top=arguments.top)
    number = Counter(KINDS[kind] for kind in found.columns.kind.tolist())
    print(_counted({kind: number[kind] for kind in KINDS if number[kind]}), file=sys.stderr)


def _found_in_files(arguments: argparse.Namespace) -> api.FoundIssues:
    data = api.load(
        arguments.annotations,
        detections=arguments.detections,
        offered=is_offered(arguments),
        progress=shown("read"),
    )
    for sentence in in_short(data.faults):
        print(f"fault: {sentence}", file=sys.stderr)
    tolerance = None
    if arguments.instructions is not None:
        from labelmend.review import instructions_file

        given = instructions_file.open_file(arguments.instructions, categories=data.categories.name)
        tolerance = tolerance_of(given, data.categories.name)
    with _workers(arguments) as (executor, ahead):
        found = api.find_issues(
            data,
            images=arguments.images,
            tolerance=tolerance,
            progress=shown("find"),
            executor=executor,
            ahead=ahead,
        )
    if is_offered(arguments):
        tell_offers(data.offers, taken=True)
    _tell_checkup(found.checkup, misfit=found.misfit)
    _tell_sentence(found.looked)
    if not is_offered(arguments):
        tell_offers(data.offers, taken=False, checked=True)
    _tell_systematic(found.columns, data.names)
    return found


def _tell_checkup(sentences: tuple[str, ...], *, misfit: bool) -> None:
    for sentence in sentences:
        print(f"{'warning' if misfit else 'check'}: {sentence}", file=sys.stderr)


def _tell_sentence(sentence: str) -> None:
    if sentence:
        print(f"check: {sentence}", file=sys.stderr)


def _tell_systematic(found: Issues, names: Names) -> None:
    """Say what is wrong with many labels alike: in a list, its labels may fill the first pages."""
    for row in np.flatnonzero(is_card(found)).tolist():
        told = record_of(found, row, names=names).reason.removesuffix(".")
        print(f"systematic: {told} ({members(found, row):,} issues of this cluster).", file=sys.stderr)


def _counted(counts: dict[str, int]) -> str:
    told = counted(sum(counts.values()), "issue")
    return f"{told}: " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items()) if counts else told


def _issues(arguments: argparse.Namespace) -> None:
    with closing(Project.open_to_read(arguments.project)) as project:
        asked = {"top": arguments.top, "spread": arguments.spread}
        write_issues(project, sys.stdout, form=arguments.format or FORMS[0], **asked)
        tell_if_not_searched(project)
        tell_if_altered(project)
