"""The command that draws what is to be reviewed."""

import argparse

from labelmend.cli.arguments import Commands, add_actor, add_project_command, count, share, working
from labelmend.errors import Refused
from labelmend.project import sampling
from labelmend.project.audit import draw_audit
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.review.sampling import CHANGES, Rates
from labelmend.review.states import Actor


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The command of this module."""
    draw = add_project_command(commands, "draw", _draw)
    how = draw.add_mutually_exclusive_group(required=True)
    how.add_argument("--rate", type=share, help="share of all labels to review, 0 to 1")
    how.add_argument(
        "--at-most",
        type=share,
        metavar="SHARE",
        help="instead: as many of each class as it takes to be --sure that at most this share is wrong",
    )
    how.add_argument("--rest", action="store_true", help="instead: all the rest of what was not accepted")
    how.add_argument(
        "--audit",
        type=count,
        metavar="N",
        help="instead: so many labels that nothing was said of",
    )
    draw.add_argument("--sure", type=share, default=0.95, help="with --at-most; 0.95 if not said")
    whose = {"class": "of a class", "change": f"that were {', '.join(CHANGES)}", "annotator": "of somebody"}
    for name, labels in whose.items():
        draw.add_argument(
            f"--{name}",
            type=_named_share,
            action="append",
            default=[],
            metavar="NAME=SHARE",
            help=f"with --rate: more of the labels {labels}",
        )
    draw.add_argument("--seed", type=int, help="any whole number: the same one draws the same")
    add_actor(draw, role="lead")


def _named_share(text: str) -> tuple[str, float]:
    name, _, number = text.rpartition("=")
    if not name:
        raise argparse.ArgumentTypeError(f"NAME=SHARE is needed (person=0.5), not {text}")
    return name, share(number)


def _draw(arguments: argparse.Namespace) -> None:
    if arguments.seed is None and not arguments.rest:
        raise Refused("Name a --seed, any whole number: with it anybody can draw the same sample again.")
    with working(arguments.project, Actor(arguments.actor, arguments.role)) as project:
        step = _step(project, arguments)
        print(project.apply(step, op="do" if step.draw is None else "draw").title)


def _step(project: Project, arguments: argparse.Namespace) -> Step:
    more = {name: dict(getattr(arguments, name)) for name in ("class", "change", "annotator")}
    if arguments.rate is None and any(more.values()):
        raise Refused("--class, --change and --annotator go with --rate.")
    if arguments.audit is not None:
        return draw_audit(project, arguments.audit, seed=arguments.seed)
    if arguments.rest:
        return sampling.draw_rest(project)
    if arguments.at_most is not None:
        return sampling.draw_planned(
            project, limit=arguments.at_most, sure=arguments.sure, seed=arguments.seed
        )
    for name in more["class"]:
        if name not in project.categories.name:
            raise Refused(f"There is no class {name!r}: they are {', '.join(project.categories.name)}.")
    rates = Rates(arguments.rate, more["class"], more["change"], more["annotator"])
    return sampling.draw_sample(project, rates, seed=arguments.seed)
