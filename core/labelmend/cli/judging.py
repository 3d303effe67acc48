"""Commands that judge, issue by issue, and that set the rules of review; the rules of the engine hold."""

import argparse
from collections.abc import Callable
from contextlib import closing
from typing import Final

import msgspec

from labelmend.cli.arguments import Commands, add_project_command, count, share, working
from labelmend.errors import Refused
from labelmend.project import verbs
from labelmend.project.history import Step
from labelmend.project.policy import change_policy, policy_of
from labelmend.project.project import Project
from labelmend.review.policy import Reason
from labelmend.review.rules import Outcome
from labelmend.review.states import ROLES, Actor, Role

_OUTCOMES: Final[dict[str, Outcome]] = {
    "fix-stands": "fix stands",
    "original-stands": "original stands",
    "corrected": "corrected",
    "sent-back": "sent back",
}
_SUGGESTION: Final = "suggestion"
_WORDS: Final = ", ".join((*_OUTCOMES, _SUGGESTION))
"""What an expert can say here: the outcomes, and that what the finder suggests is done."""


def add(commands: "Commands[argparse.ArgumentParser]") -> None:
    """The commands of this module."""
    review = add_project_command(commands, "review", _review)
    what = review.add_mutually_exclusive_group(required=True)
    what.add_argument("--approve", type=count, nargs="+", metavar="ISSUE", help="as reviewer")
    what.add_argument("--reject", type=count, nargs="+", metavar="ISSUE", help="as reviewer; give a --reason")
    what.add_argument("--decide", nargs=2, metavar=("ISSUE", "OUTCOME"), help=f"as expert: {_WORDS}")
    what.add_argument("--reopen", type=count, nargs="+", metavar="ISSUE", help="return to Fix")
    review.add_argument("--reason", default="", help="with --reject: one of the list, or other words")
    review.add_argument("--comment", default="", help="words that stay with it")
    review.add_argument("--actor", required=True, help="the name of who does this")
    review.add_argument(
        "--role",
        choices=ROLES,
        help="as what; if not said as who usually does this",
    )
    rules = add_project_command(commands, "rules", _rules)
    rules.add_argument(
        "--reason",
        type=_reason,
        action="append",
        metavar="KEY=TEXT",
        help="a reason to reject for, and its key; those given replace the list",
    )
    rules.add_argument("--second", type=share, help="share of the drawn labels that a second person reviews")
    rules.add_argument("--blind", type=share, help="share of the finished labels that are judged again blind")
    rules.add_argument("--actor", help="with any of these: the name of who sets them")
    rules.add_argument("--role", choices=ROLES, default="lead", help="lead if not said")


def _reason(text: str) -> Reason:
    key, equals, words = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"KEY=TEXT is needed (1=Too loose), not {text}")
    return Reason(words, key)


def _review(arguments: argparse.Namespace) -> None:
    usual: Role = "expert" if arguments.decide else "annotator" if arguments.reopen else "reviewer"
    role: Role = arguments.role or usual
    make, issues = _asked(arguments)
    with working(arguments.project, Actor(arguments.actor, role)) as project:
        for issue, step in [(issue, make(project, issue)) for issue in issues]:  # all or none
            print(f"issue {issue}: {project.apply(step).title}")


def _asked(arguments: argparse.Namespace) -> tuple[Callable[[Project, int], Step], list[int]]:
    comment = arguments.comment
    if arguments.reason and not arguments.reject:
        raise Refused("--reason goes with --reject; to say something else, use --comment.")
    if arguments.approve:
        return lambda p, issue: verbs.approve(p, issue, comment=comment), arguments.approve
    if arguments.reopen:
        return lambda p, issue: verbs.reopen(p, issue, comment=comment), arguments.reopen
    if arguments.reject:
        return (
            lambda p, issue: verbs.reject(p, issue, reason=arguments.reason, comment=comment),
            arguments.reject,
        )
    issue, word = arguments.decide
    if not issue.isdecimal() or word not in (*_OUTCOMES, _SUGGESTION):
        raise Refused(f"--decide needs an issue's id and one of {_WORDS}, not {issue} {word}.")
    if word == _SUGGESTION:
        return lambda p, n: verbs.take_suggestion(p, n, comment=comment), [int(issue)]
    return lambda p, n: verbs.decide(p, n, _OUTCOMES[word], comment=comment), [int(issue)]


def _rules(arguments: argparse.Namespace) -> None:
    given = {"second": arguments.second, "blind": arguments.blind}
    given["reasons"] = tuple(arguments.reason) if arguments.reason else None
    given = {name: value for name, value in given.items() if value is not None}
    if given:
        _set(arguments, given)
        return
    with closing(Project.open_to_read(arguments.project)) as project:
        rules = policy_of(project)
    for one in rules.reasons:
        print(f"reason {one.key or '-'}: {one.text}")
    print(f"second review: {100 * rules.second:.3g} % of the drawn labels")
    print(f"blind second look: {100 * rules.blind:.3g} % of the finished labels")


def _set(arguments: argparse.Namespace, given: dict[str, object]) -> None:
    if arguments.actor is None:
        raise Refused("Say who sets the rules: --actor NAME.")
    with working(arguments.project, Actor(arguments.actor, arguments.role)) as project:
        policy = msgspec.structs.replace(policy_of(project), **given)
        print(project.apply(change_policy(project, policy)).title)
