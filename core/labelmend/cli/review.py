"""Commands about review: draw the sample."""

import argparse

from labelmend.cli.arguments import Commands, add_actor, add_project_command, share
from labelmend.project import verbs
from labelmend.project.project import Project
from labelmend.review.states import Actor


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    draw = add_project_command(
        commands, "draw", _draw, "draw the review sample from what was fixed or dismissed"
    )
    draw.add_argument("--rate", type=share, required=True, help="share to review, 0 to 1")
    draw.add_argument("--seed", type=int, required=True)
    add_actor(draw, role="reviewer")


def _draw(arguments: argparse.Namespace) -> None:
    project = Project.open(arguments.project, actor=Actor(arguments.actor, arguments.role))
    try:
        changes = project.apply(
            verbs.draw_sample(project, rate=arguments.rate, seed=arguments.seed), op="draw"
        )
        print(changes.title)
    finally:
        project.close()
