"""Leaves open what several made of the same labels: these go back to what they were, every version waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from labelmend.project.history import Decision, Edit, Step, Version
from labelmend.project.project import Project
from labelmend.project.replaying import by, know
from labelmend.project.sides import Sides, named, rows_about
from labelmend.project.three_ways import Met
from labelmend.project.twins import Records
from labelmend.project.units import Node
from labelmend.project.versions import at_draw, changes, hands, said_in, together, told_apart
from labelmend.review.states import Standing


@dataclass(frozen=True)
class Conflict:
    """Labels and issues of a package of which the project has something else, and the issues around them.

    reached: where the project had come to what the package came to, and went on; None where it never did.
    """

    unit: list[Node]
    issues: set[int]
    reached: Met | None


def leave_open(sides: Sides, conflict: Conflict) -> None:
    """Put labels back to what they were before anybody changed them; every version of them waits for the
    expert, under one issue."""
    project, unit, reached = sides.project, conflict.unit, conflict.reached
    about, keys = sides.around(unit)
    # What was drawn for review stays in question under its own issue.
    rows = rows_about(project, about)
    drawn = {issue: then for issue in about if (then := at_draw(rows, issue)) is not None}
    issues = sorted(about, key=lambda issue: (issue not in drawn, issue))
    known = [version for issue in issues for version in project.state.versions.get(issue, ())]
    base = _base(sides, unit, issues, named(known))
    theirs = _versions_there(sides, issues)
    for key in keys.union(key for version in (*known, *theirs) for key, _ in version.records):
        base.setdefault(key, project.record(key))
    stands = {key: project.record(key) for key in base}
    edits = tuple(Edit(key, stands[key], was) for key, was in base.items() if stands[key] != was)
    waits = bool(known)
    if not waits:
        known = [_version(project, issues, changes(stands, base))]
    if theirs:
        known += theirs
    else:
        new = _version(sides.package, issues, changes(sides.records_of(base, sides.record_there), base))
        known = _with(sides, unit, known, new, base, reached, waits)
    known = [
        msgspec.structs.replace(
            one,
            records=changes(dict(one.records), base),
            drawn=any(_is_so(base | dict(one.records), then, project.record) for then in drawn.values()),
        )
        for one in known
    ]
    versions = told_apart(known, issues[0], {key for key, was in base.items() if was is not None})
    step = Step("several changed it: the expert decides", edits, _settled(sides, issues), versions=versions)
    know(sides, step)
    project.adopt(step, by(None, sides.last), op="do")
    sides.note_waiting(versions)


def _base(
    sides: Sides, unit: Sequence[Node], issues: Sequence[int], open_ones: set[int]
) -> dict[int, bytes | None]:
    """The labels as they were before anybody changed them; what waits already stands so.

    What was merged in between is no common ground: of that the expert may have taken the other version.
    """
    base = sides.records_before(unit) | sides.changed_here(issues)
    return base | {key: sides.project.record(key) for key in open_ones}


def _with(
    sides: Sides,
    unit: Sequence[Node],
    known: list[Version],
    new: Version,
    base: dict[int, bytes | None],
    reached: Met | None,
    waits: bool,
) -> list[Version]:
    """These versions and another: in the place of the one that it goes on from; of one that went on from it,
    it is a part."""
    # What is told of the labels as they stand here is no version that anybody could go on from.
    had, before = set[str](), changes(sides.records_of(base, sides.record_before), base) if waits else ()
    for kind, n in unit:
        had |= hands(sides.stood(n)) if kind == "issue" else set()
    known_so = any(dict(one.records) == dict(new.records) for one in known)
    went_on = set() if known_so or reached is None or reached.now else reached.who
    out, new_is_in = list[Version](), False
    for one in known:
        who = set(one.who.split(", "))
        if before and had <= who and dict(one.records) == dict(before) != dict(new.records):
            new = together(one, new, records=new.records)
        elif went_on and went_on <= who:
            out.append(together(new, one, records=one.records))
            new_is_in = True
        else:
            out.append(one)
    return out if new_is_in else [*out, new]


def _settled(sides: Sides, issues: Sequence[int]) -> tuple[Decision, ...]:
    """The first of these issues is in conflict, and the others are judged with it."""
    both = [p.standing(issue) for p in (sides.project, sides.package) for issue in issues]
    authors = set[str]().union(*map(hands, both))
    after = Standing(status="conflict", verdict="fixed", authors=tuple(sorted(authors)))
    settled = msgspec.structs.replace(after, status="decided", outcome="merged")
    stands = sides.project.state.standings
    return tuple(
        Decision(issue, stands.get(issue), settled if n else after, _said(sides, issue))
        for n, issue in enumerate(issues)
    )


def _versions_there(sides: Sides, issues: Sequence[int]) -> list[Version]:
    """Versions that came to be in the package: of who judged a label blind, and of the first one."""
    there, before = sides.package.state.versions, sides.base.versions
    return [
        msgspec.structs.replace(one, records=sides.records_here(one.records))
        for issue in issues
        if there.get(issue, ()) != before.get(issue, ())
        for one in there.get(issue, ())
    ]


def _said(sides: Sides, issue: int) -> str:
    """What people wrote of an issue in the package."""
    said = sides.package.state.said.get(issue, {})
    told = [f"{row.actor}: {said[row.seq]}" for row in sides.rows_about(issue) if row.seq in said]
    return "; ".join(dict.fromkeys(told))


def _version(project: Project, issues: Sequence[int], records: Records) -> Version:
    """What became of these issues there: whose hands they went through, and when last."""
    state = project.state
    who = ", ".join(sorted(set().union(*(hands(state.standing(issue)) for issue in issues))))
    rows = rows_about(project, issues)
    return Version(issues[0], who, records, rows[-1].at if rows else "", said=said_in(rows, issues))


def _is_so(
    version: Mapping[int, bytes | None],
    then: Mapping[int, bytes | None],
    record: Callable[[int], bytes | None],
) -> bool:
    """Whether a version has the labels as they were at a time; record: gives those that did not change."""
    return all(version[key] == (then[key] if key in then else record(key)) for key in version)
