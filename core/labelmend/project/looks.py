"""The blind second look: which finished labels wait for it, and what becomes of one that was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from labelmend.errors import Refused
from labelmend.find.issues import NO_KEY
from labelmend.project.comparing import compare
from labelmend.project.editing import actor_of
from labelmend.project.history import Decision, Step, Version
from labelmend.project.project import Project
from labelmend.review import rules
from labelmend.review.opinions import Judged, Opinion

LOOK: Final = 0
"""The number that blind looks have where trials have theirs."""


def lookable(project: Project, issues: Iterable[int]) -> list[int]:
    """Of issues those whose label can be shown as it came: it is in the source, and named once."""
    table, keys, out = project.issues, set[int](), []
    for issue in issues:
        row = table.row_of(issue)
        key = NO_KEY if row < 0 else int(table.annotation[row])
        if key >= 0 and int(table.image[row]) >= 0 and key not in keys:
            keys.add(key)
            out.append(issue)
    return out


def waiting(project: Project, *, everybody: bool = False) -> list[int]:
    """The issues whose label waits for who works to judge it blind; for anybody, when `everybody`."""
    state = project.state
    return [
        issue
        for issue in sorted(state.looks)
        if (LOOK, issue) not in state.opinions
        if rules.may_look(project.standing(issue), None if everybody else project.actor)
    ]


def take_look(project: Project, issue: int, own: Judged) -> Step:
    """Keep what somebody made of a label that they judged blind (applied as op "answer").

    Nothing changes in the label. Where it is not what the first had made of it (another word, class or
    shape), both wait for the expert. Raises Refused for a label that is not theirs to judge.
    """
    actor = actor_of(project)
    if issue not in waiting(project):
        raise Refused("This label does not wait for you to judge it blind.")
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    standing = project.standing(issue)
    first = Judged(standing.annotator, standing.verdict, project.record(key))
    own = Judged(actor.name, own.verdict, own.record)
    alike = compare(project, key, first, own).alike
    after = rules.looked_at(standing, actor, alike=alike)
    versions = () if alike else _versions(issue, key, first, own)
    return Step(
        f"second look: {'the same' if alike else 'not the same: the expert decides'}",
        decisions=(Decision(issue, standing, after),),
        opinions=(Opinion(issue, key, own, first),),
        versions=versions,
    )


def _versions(issue: int, key: int, first: Judged, own: Judged) -> tuple[Version, ...]:
    """What the two made of the label, for the expert to choose from; nothing of one who could not tell."""
    sides = [one for one in (first, own) if one.verdict != "ambiguous"]
    if len(sides) < 2 or first.record == own.record:
        return ()
    return tuple(Version(issue, one.who, ((key, one.record),)) for one in sides)
