"""The blind second look: which finished labels wait for it, and what becomes of one that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from labelmend.errors import Refused
from labelmend.find.issues import MISSING, NO_KEY
from labelmend.project.comparing import compare
from labelmend.project.editing import actor_of
from labelmend.project.history import Decision, Step, Version
from labelmend.project.project import Project
from labelmend.project.state import State
from labelmend.project.versions import was_drawn
from labelmend.review import rules
from labelmend.review.opinions import Judged, Opinion
from labelmend.review.states import Status

BLIND: Final = 0
"""The number that blind looks have where trials have theirs."""


def lookable(project: Project, issues: Iterable[int]) -> list[int]:
    """Of issues those whose label can be shown as it came: it is in the source, and named once; or it was
    missing, and the place can be shown."""
    table, asked = project.issues, np.fromiter(issues, np.int64)
    rows = table.rows_of(asked)
    asked, rows = asked[rows >= 0], rows[rows >= 0]
    fits = (table.image[rows] >= 0) & ~table.are_cards(rows)
    asked, rows = asked[fits], rows[fits]
    keys = table.annotation[rows]
    shown = (keys < 0) & (table.kind[rows] == MISSING) & np.isfinite(table.bbox[rows]).all(axis=1)
    named = np.flatnonzero(keys >= 0)
    shown[named[np.unique(keys[named], return_index=True)[1]]] = True
    told: list[int] = asked[shown].tolist()
    return told


def key_of(project: Project, issue: int) -> int:
    """The label of the source that an issue is about; NO_KEY for a place where one was missing."""
    row = project.issues.row_of(issue)
    key = NO_KEY if row < 0 else int(project.issues.annotation[row])
    return key if key >= 0 else NO_KEY


def stands(project: Project, issue: int) -> bytes | None:
    """The record of an issue's label as it is now; of one that was missing, of that which was made for it."""
    key = key_of(project, issue)
    if key != NO_KEY:
        return project.record(key)
    made = [record for key in project.state.before(issue) if (record := project.record(key)) is not None]
    return made[-1] if made else None


def waiting(project: Project, *, everybody: bool = False) -> list[int]:
    """The issues whose label waits for who works to judge it blind; for anybody, when `everybody`."""
    state = project.state
    return [
        issue
        for issue in sorted(state.looks)
        if (BLIND, issue) not in state.opinions
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
    key = key_of(project, issue)
    standing = project.standing(issue)
    first = Judged(standing.annotator, standing.verdict, stands(project, issue))
    own = Judged(actor.name, own.verdict, own.record)
    alike = compare(project, key, first, own).alike
    after = rules.looked_at(standing, actor, alike=alike)
    versions = () if alike else versions_of(project.state, project.record, issue, key, first=first, own=own)
    return Step(
        f"second look: {'the same' if alike else 'not the same: the expert decides'}",
        decisions=(Decision(issue, standing, after),),
        opinions=(Opinion(issue, key, own, first),),
        versions=versions,
    )


def versions_of(
    state: State,
    record: Callable[[int], bytes | None],
    issue: int,
    key: int,
    *,
    first: Judged,
    own: Judged,
) -> tuple[Version, ...]:
    """What the two made of the label, for the expert to choose from; nothing of one who could not tell.

    record: gives what a label is now. The first one's version has all labels that their fix added, changed
    or deleted; the other one saw one of them alone. Where no label was, the first one's has a name in the
    project, the other one's has none yet.
    """
    if "ambiguous" in (first.verdict, own.verdict) or first.record == own.record:
        return ()
    made = {each: record(each) for each in state.before(issue) if each != key}  # by the same fix
    sides: tuple[dict[int, bytes | None], ...] = ({key: first.record} | made, {key: own.record})
    if key == NO_KEY:
        anew = {} if own.record is None else {NO_KEY: own.record}
        sides = (made, dict.fromkeys(made) | anew)
    drawn = (was_drawn(state, issue), False)
    return tuple(
        Version(issue, one.who, tuple(sorted(records.items())), "", was, ((one.who, said_by(one)),))
        for one, records, was in zip((first, own), sides, drawn, strict=True)
    )


def said_by(one: Judged) -> Status:
    """The word of who judged a label, as versions tell it."""
    return "fixed" if one.verdict in ("accepted", "fixed") else "dismissed"
