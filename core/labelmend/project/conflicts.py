"""Leaves open what several made of the same labels: these go back to what they were, every version waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from labelmend.project.history import Decision, Edit, Row, Step, Version
from labelmend.project.project import Project
from labelmend.project.replaying import by, know, tell
from labelmend.project.sides import Sides, named, rows_about, same
from labelmend.project.theirs import Theirs
from labelmend.project.three_ways import Met
from labelmend.project.units import Node
from labelmend.project.versions import at_draw, changes, hands, said_in, together, told_apart
from labelmend.review.states import Standing

Records = dict[int, bytes | None]


@dataclass(frozen=True)
class Conflict:
    """Units of a package of which the project has something else, and the issues around them.

    Each with where the project had come to what the package came to, and went on; None where it never did.
    """

    units: list[tuple[list[Node], Met | None]]
    issues: set[int]

    @property
    def nodes(self) -> list[Node]:
        """All labels and issues of the package."""
        return [node for unit, _ in self.units for node in unit]


def leave_open(sides: Sides, conflict: Conflict, gone: set[int]) -> None:
    """Put labels back to what they were before anybody changed them; every version of them waits for the
    expert, under one issue."""
    project = sides.project
    about, keys = sides.around(conflict.nodes)
    # What was drawn for review stays in question under its own issue.
    rows = rows_about(project, about)
    drawn = {issue: then for issue in about if (then := at_draw(rows, issue, sides.told.seq)) is not None}
    issues = sorted(about, key=lambda issue: (issue not in drawn, issue))
    known = [version for issue in issues for version in project.state.versions.get(issue, ())]
    theirs = _versions_there(sides, issues)
    put_back = sides.is_put_back(issues)
    base = _base(sides, conflict.nodes, issues, named(known) if put_back else set())
    for key in keys.union(key for version in (*known, *theirs) for key, _ in version.records):
        base.setdefault(key, project.record(key))
    stands = {key: project.record(key) for key in base}
    edits = tuple(Edit(key, stands[key], was) for key, was in base.items() if stands[key] != was)
    if not put_back:
        known = _beside(known, _versions_here(sides, issues, stands, base), base)
    for unit, reached in conflict.units:
        new = _beside(theirs, [_version_there(sides, unit, base)], base)[len(theirs) :]
        known = _with(sides, unit, known, new, base, reached if put_back else None)
    versions = told_apart(
        [_as_drawn(one, base, drawn.values(), project.record) for one in (*known, *theirs)],
        issues[0],
        {key for key, was in base.items() if was is not None},
    )
    step = Step("several changed it: the expert decides", edits, _settled(sides, issues), versions=versions)
    tell(sides, {}, {n for kind, n in conflict.nodes if kind == "issue"}, gone)
    know(sides, step)
    project.adopt(step, by(None, sides.last), op="do")
    sides.note_waiting(versions)


def _base(sides: Sides, unit: Sequence[Node], issues: Sequence[int], put_back: set[int]) -> Records:
    """The labels as they were before anybody changed them; what is in conflict already was put back.

    What was merged in between is no common ground: of that the expert may have taken the other version.
    """
    base = sides.records_before(unit) | sides.changed_here(issues)
    return base | {key: sides.project.record(key) for key in put_back}


def _beside(looked: list[Version], more: Iterable[Version], base: Records) -> list[Version]:
    """Versions of who judged a label blind, and what else came of it; what they looked at is among theirs."""
    seen = {changes(dict(one.records), base) for one in looked}
    return [*looked, *(one for one in more if one.records not in seen)]


def _versions_here(sides: Sides, issues: Sequence[int], stands: Records, base: Records) -> list[Version]:
    """What became of these labels here: a version of each set of them that was changed by itself."""
    project, groups = sides.project, list[tuple[list[int], set[int]]]()
    for issue in issues:
        touched = set(sides.changed_here([issue]))
        if not touched and same(project.standing(issue), sides.stood(issue)):
            continue
        joined = [group for group in groups if group[1] & touched]
        groups = [group for group in groups if group not in joined]
        its = sorted([issue, *(one for group in joined for one in group[0])])
        groups.append((its, touched.union(*(group[1] for group in joined))))
    groups = groups or [(list(issues), set())]
    rest = base.keys() - set().union(*(touched for _, touched in groups))
    groups[0][1].update(rest)
    made = ((its, {key: stands[key] for key in base.keys() & touched}) for its, touched in groups)
    return [_version(project, rows_about(project, its), its, changes(some, base)) for its, some in made]


def _version_there(sides: Sides, unit: Sequence[Node], base: Records) -> Version:
    """What became of a unit in the package, and of what else its issues changed, as it was shared."""
    nodes, theirs = set(unit), sides.theirs
    issues = sorted(n for kind, n in unit if kind == "issue")
    touched = {key for issue in issues for _, key, _ in theirs.state.touches.get(issue, ())}

    def record(n: int) -> bytes | None:
        if ("key", n) in nodes:
            return sides.record_there(n)
        return sides.record_before(n) if n in touched else base[sides.key(n)]

    return _version(theirs, theirs.rows_about(issues), issues, changes(sides.records_of(base, record), base))


def _with(
    sides: Sides,
    unit: Sequence[Node],
    known: list[Version],
    more: Iterable[Version],
    base: Records,
    reached: Met | None,
) -> list[Version]:
    """These versions and others: in the place of the one that they go on from; of one that went on from them,
    they are a part. reached: where the project had come to the same before it was put back."""
    before = dict(changes(sides.records_of(base, sides.record_before), base))
    issues = [n for kind, n in unit if kind == "issue"]
    had = set[str]().union(*(hands(sides.stood(issue)) for issue in issues))
    at = max((row.at for row in sides.theirs.rows_about(issues) if row.seq not in sides.new), default="")
    for new in more:
        known_so = any(dict(one.records) == dict(new.records) for one in known)
        went_on = set() if known_so or reached is None or reached.now else reached.who
        out, is_in = list[Version](), False
        for one in known:
            who, its = set(one.who.split(", ")), dict(one.records)
            shared = had and had <= who and (its or one.at == at)
            if shared and its.items() <= before.items() and not known_so:
                new = together(one, new, records=new.records)
            elif went_on and went_on <= who:
                out.append(together(new, one, records=one.records))
                is_in = True
            else:
                out.append(one)
        known = out if is_in else [*out, new]
    return known


def _as_drawn(
    version: Version,
    base: Records,
    drawn: Iterable[Mapping[int, bytes | None]],
    record: Callable[[int], bytes | None],
) -> Version:
    """A version told by what it changes, and whether it has the labels as they were drawn for review."""
    whole = base | dict(version.records)
    is_so = any(
        all(one == (then[key] if key in then else record(key)) for key, one in whole.items())
        for then in drawn
    )
    return msgspec.structs.replace(version, records=changes(dict(version.records), base), drawn=is_so)


def _settled(sides: Sides, issues: Sequence[int]) -> tuple[Decision, ...]:
    """The first of these issues is in conflict, and the others are judged with it."""
    both = [p.standing(issue) for p in (sides.project, sides.theirs) for issue in issues]
    authors = set[str]().union(*map(hands, both))
    after = Standing(status="conflict", verdict="fixed", authors=tuple(sorted(authors)))
    settled = msgspec.structs.replace(after, status="decided", outcome="merged")
    stands = sides.project.state.standings
    return tuple(
        Decision(issue, stands.get(issue), settled if n else after) for n, issue in enumerate(issues)
    )


def _versions_there(sides: Sides, issues: Sequence[int]) -> list[Version]:
    """Versions that came to be in the package: of who judged a label blind, and of the first one."""
    there, before = sides.theirs.state.versions, sides.base.versions
    return [
        msgspec.structs.replace(one, records=sides.records_here(one.records))
        for issue in issues
        if there.get(issue, ()) != before.get(issue, ())
        for one in there.get(issue, ())
    ]


def _version(
    there: Project | Theirs,
    rows: Sequence[Row],
    issues: Sequence[int],
    records: tuple[tuple[int, bytes | None], ...],
) -> Version:
    """What became of these issues there: whose hands they went through, and when last. Who only judged them
    blind made nothing of them."""
    looked = {row.actor for row in rows if row.op == "answer"}
    looked -= {row.actor for row in rows if row.op != "answer"}
    worked = set[str]().union(*(hands(there.standing(issue)) for issue in issues)) - looked
    who = ", ".join(sorted(worked))
    return Version(
        issues[0], who, records, max((row.at for row in rows), default=""), said=said_in(rows, issues)
    )
