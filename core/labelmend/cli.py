"""The command line: a second client of the engine, for pipelines and for those who prefer to type."""

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from labelmend import __version__
from labelmend.errors import LabelmendError
from labelmend.progress import Progress, silent
from labelmend.project import verbs
from labelmend.project.export import SUFFIX, export
from labelmend.project.finding import add_detections, find_inputs, run_find, store_found
from labelmend.project.listing import write_issues
from labelmend.project.project import Project
from labelmend.project.queues import waiting
from labelmend.review.states import QUEUES, ROLES, Actor


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what it says, 1 with one sentence on stderr when it could not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], None] = arguments.run
    try:
        run(arguments)
    except LabelmendError as error:
        print(f"labelmend: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output had enough
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"labelmend: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("labelmend: stopped; nothing half-done was left behind.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="labelmend", description="Finds label errors in COCO datasets and writes the corrections back."
    )
    parser.add_argument("--version", action="version", version=f"Labelmend {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    new = _command(commands, "new", _new, "make a project from a COCO file, pictures and detections")
    new.add_argument("--annotations", type=Path, required=True, help="COCO instances, .json or .json.gz")
    new.add_argument("--images", type=Path, required=True, help="the folder that file_name starts from")
    new.add_argument("--detections", type=Path, help="COCO results, or instances with scores")
    finding = _command(commands, "find", _find, "find issues; every verdict given before is kept")
    finding.add_argument("--detections", type=Path, help="use these detections from now on")
    issues = _command(commands, "issues", _issues, "print the issues, worst first")
    issues.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    issues.add_argument("--top", type=_count, help="only so many")
    draw = _command(commands, "draw", _draw, "draw the review sample from what was fixed or dismissed")
    draw.add_argument("--rate", type=float, required=True, help="share to review, 0 to 1")
    draw.add_argument("--seed", type=int, required=True)
    _add_actor(draw, role="reviewer")
    out = _command(commands, "export", _export, "write the corrected COCO file and its certificate")
    out.add_argument("--out", type=Path, required=True)
    out.add_argument("--all-fixes", action="store_true", help="also fixes in review, rejected or ambiguous")
    out.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    turn = _command(commands, "orientation", _orientation, "say how the labels of turned square pictures lie")
    turn.add_argument(
        "prefer", choices=("stored", "turned"), help="as stored (default) or as EXIF turns them"
    )
    _command(commands, "status", _status, "print what is in each queue")
    _command(commands, "history", _history, "print everything that was done, and check that it is whole")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number from 0 up is needed, not {text}")
    return int(text)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], None],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.add_argument("project", type=Path, metavar="PROJECT", help="a .labelmend file")
    parser.set_defaults(run=run)
    return parser


def _add_actor(parser: argparse.ArgumentParser, *, role: str) -> None:
    parser.add_argument("--actor", required=True, help="the name of who does this")
    parser.add_argument("--role", choices=ROLES, default=role)


def _new(arguments: argparse.Namespace) -> None:
    made = Project.create(
        arguments.project,
        annotations=arguments.annotations,
        images=arguments.images,
        detections=arguments.detections,
        progress=_progress("import"),
    )
    for sentence in made.faults:
        print(f"fault: {sentence}", file=sys.stderr)
    print(f"{arguments.project}: {made.sentence()}")


def _find(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        if arguments.detections is not None:
            for sentence in add_detections(project, arguments.detections, progress=_progress("read")):
                print(f"fault: {sentence}", file=sys.stderr)
        found = run_find(find_inputs(project), progress=_progress("find"))
        store_found(project, found)
        for sentence in found.checkup:
            print(f"{'warning' if found.misfit else 'check'}: {sentence}", file=sys.stderr)
        counts = project.issues.counts()
        print(f"{len(project.issues):,} issues: " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items()))
    finally:
        project.close()


def _issues(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        write_issues(project, sys.stdout, form=arguments.format, top=arguments.top)
    finally:
        project.close()


def _draw(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project, actor=Actor(arguments.actor, arguments.role))
    try:
        changes = project.apply(
            verbs.draw_sample(project, rate=arguments.rate, seed=arguments.seed), op="draw"
        )
        print(changes.title)
    finally:
        project.close()


def _export(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        certificate = export(
            project,
            arguments.out,
            every_fix=arguments.all_fixes,
            overwrite=arguments.overwrite,
            progress=_progress("export"),
        )
    finally:
        project.close()
    print("\n".join(certificate.sentences()))
    print(f"Certificate {arguments.out}{SUFFIX}")


def _orientation(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        project.set_orientation(arguments.prefer)
        print(f"Where width and height fit both, labels live in the {project.orientation} pixels.")
    finally:
        project.close()


def _status(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        for queue in QUEUES:
            print(f"{queue:8}{len(waiting(project, queue)):>10,}")
    finally:
        project.close()


def _history(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project)
    try:
        for row in project.store.history():
            who = f"{row.actor}, {row.role}" if row.actor else "-"
            what = (
                row.title
                if row.op in ("do", "draw", "find", "import", "export")
                else f"{row.op}: {row.title}"
            )
            print(f"{row.seq:>6}  {row.at[:19]}  {who:24}  {what}")
        if project.tampered:
            raise LabelmendError(project.tampered)
        print("The history is whole: every row follows from the rows before it.")
    finally:
        project.close()


def _progress(what: str) -> Progress:
    """A line on stderr that is written over, on a terminal only."""
    if not sys.stderr.isatty():
        return silent

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        print(f"\r{what} {100 * done // max(total, 1):3} %", end=end, file=sys.stderr, flush=True)

    return show


if __name__ == "__main__":
    sys.exit(main())
