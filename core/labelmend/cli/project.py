"""Commands about a project as a whole: new, orientation, status, history."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from labelmend.cli.arguments import (
    Commands,
    add_command,
    add_detection_files,
    add_mapping,
    add_project_command,
    is_offered,
    shown,
    take_project,
    tell_if_altered,
    tell_if_not_searched,
    tell_offers,
    with_suffix,
)
from labelmend.errors import LabelmendError, Refused
from labelmend.project.audit import left
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.project.queues import waiting
from labelmend.project.sampling import batches
from labelmend.project.subjects import subject_of
from labelmend.review.states import QUEUES


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    new = add_command(commands, "new", _new)
    new.add_argument("project", type=Path, metavar="PROJECT", nargs="?", help="a .labelmend file")
    new.add_argument("--annotations", type=Path, required=True, help="COCO instances, .json or .json.gz")
    new.add_argument("--images", type=Path, required=True, help="the folder that file_name starts from")
    add_detection_files(new, "COCO results, or instances with scores, one file a model")
    add_mapping(new)
    turn = add_project_command(commands, "orientation", _orientation)
    turn.add_argument(
        "prefer", choices=("stored", "turned"), help="as stored (default) or as EXIF turns them"
    )
    add_project_command(commands, "status", _status)
    add_project_command(commands, "history", _history)


def _new(arguments: argparse.Namespace) -> None:
    take_project(arguments)
    if arguments.project is None:
        raise Refused("Name the project too: `labelmend new PROJECT.labelmend --annotations A --images DIR`.")
    path = with_suffix(arguments.project)
    made = Project.create(
        path,
        annotations=arguments.annotations,
        images=arguments.images,
        detections=arguments.detections or (),
        offered=is_offered(arguments),
        progress=shown("import"),
    )
    tell_offers(made.offers, taken=is_offered(arguments))
    for sentence in made.in_short:
        print(f"fault: {sentence}", file=sys.stderr)
    print(f"{path}: {made.sentence()}")


def _orientation(arguments: argparse.Namespace) -> None:
    with closing(Project.open(arguments.project)) as project:
        project.set_orientation(arguments.prefer)
        print(f"Where width and height fit both, labels live in the {project.orientation} pixels.")


def _status(arguments: argparse.Namespace) -> None:
    with closing(Project.open_to_read(arguments.project)) as project:
        tell_if_altered(project)
        waits = {queue: len(waiting(project, queue)) for queue in QUEUES}
        for queue, number in waits.items():
            print(f"{queue:8}{number:>10,}")
        if rest := len(project.issues) - sum(waits.values()):
            print(
                f"{len(project.issues):,} issues in all; {rest:,} in no queue: another issue of the same "
                "label or object stands for them."
            )
        for sentence in [one.sentence for one in batches(project)] + [one.sentence for one in left(project)]:
            print(sentence)
        tell_if_not_searched(project)


def _history(arguments: argparse.Namespace) -> None:
    with closing(Project.open_to_read(arguments.project)) as project:
        for row in project.store.history():
            who = f"{row.actor}, {row.role}" if row.actor else "-"
            what = row.title if row.op not in ("undo", "redo") else f"{row.op}: {row.title}"
            whole = project.altered_at is None or row.seq < project.altered_at
            step = row.step() if whole else Step("")
            words = step.decisions[0].said if len(step.decisions) == 1 else ""
            about = subject_of(project, step).sentence(project)
            said = f"{what}{f' “{words}”' if words else ''}{f'  [{about}]' if about else ''}"
            print(f"{row.seq:>6}  {row.at[:19]}  {who:24}  {said}")
        if project.tampered:
            raise LabelmendError(project.tampered)
        print("The history is whole: every row follows from the rows before it.")
