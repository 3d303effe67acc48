"""Commands for teams without a server: share a part of a project, merge what comes back."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labelmend.cli.arguments import (
    Commands,
    actor_told,
    add_actor,
    add_command,
    add_project_command,
    count,
    shown,
    with_suffix,
)
from labelmend.errors import Refused
from labelmend.project.choosing import Shareable, some_of
from labelmend.project.merging import merge_into
from labelmend.project.packages import WORKERS, share
from labelmend.project.project import Project
from labelmend.review.states import QUEUES


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    sharing = add_project_command(commands, "share", _share)
    sharing.add_argument("--to", type=Path, required=True, metavar="NAME", help="a .labelmend file")
    sharing.add_argument("--images", type=count, metavar="N", help="only so many images, the worst ones")
    sharing.add_argument("--skip", type=count, default=0, metavar="N", help="with --images: after so many")
    sharing.add_argument(
        "--filter", default="", metavar="WORDS", help="only images with all these words in their file name"
    )
    sharing.add_argument("--queue", choices=tuple(QUEUES), help="only images with an issue in this queue")
    sharing.add_argument("--with-pictures", action="store_true", help="copy the pictures beside the package")
    sharing.add_argument("--for", dest="person", default="", metavar="PERSON", help="who alone works in it")
    sharing.add_argument("--as", dest="worker", choices=WORKERS, help="as what they work in it")
    add_actor(sharing, role="lead", required=False)
    merging = add_command(commands, "merge", _merge)
    merging.add_argument("project", type=Path, metavar="PROJECT", help="the project that they are from")
    merging.add_argument("packages", type=Path, nargs="+", metavar="PACKAGE")
    add_actor(merging, role="lead", required=False)


def _share(arguments: argparse.Namespace) -> None:
    with closing(Project.open(arguments.project, actor=actor_told(arguments))) as project:
        shareable = Shareable(project)
        images = _chosen(shareable, arguments)
        told = shareable.told_out(images)
        done = share(
            project,
            with_suffix(arguments.to),
            images,
            pictures=arguments.with_pictures,
            person=arguments.person,
            role=arguments.worker,
            progress=shown("share"),
        )
        print(done)
        if told:
            print(told)


def _chosen(shareable: Shareable, arguments: argparse.Namespace) -> NDArray[np.int64]:
    """The images that are wanted; those with the surest issues first, then those without any."""
    if arguments.skip and arguments.images is None:
        raise Refused("--skip goes with --images.")
    images = shareable.choose(arguments.queue, arguments.filter)
    return some_of(images, arguments.images, arguments.skip)


def _merge(arguments: argparse.Namespace) -> int:
    """Merge those that can be; 1 when one was refused."""
    with closing(Project.open(arguments.project, actor=actor_told(arguments))) as project:
        project.require_whole()
        merging = merge_into(project.still(), arguments.packages, progress=shown("merge"))
        if merging.copy.adopted:
            project.take_over(merging.copy)
    for one in merging.merged:
        print(one.sentence)
    for why in merging.refused:
        print(f"labelmend: {why}", file=sys.stderr)
    return 1 if merging.refused else 0
