"""Does in a project what was done in its package: again where nobody did otherwise, or names who agreed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import msgspec
from msgspec.structs import replace as replaced

from labelmend.progress import Progress
from labelmend.project.creation import now
from labelmend.project.history import NO_KEY, Decision, Edit, Note, Op, Row, Step
from labelmend.project.project import Project
from labelmend.project.sides import Sides
from labelmend.project.taking_back import Taking, moves, row_of
from labelmend.project.three_ways import Met
from labelmend.project.translating import Translation
from labelmend.project.twins import as_twin, one_for_all
from labelmend.project.units import Node, nodes_of
from labelmend.project.versions import carried, joined
from labelmend.review.opinions import Opinion
from labelmend.review.states import Actor, Role, same_person


def replay(sides: Sides, clean: set[Node], gone: set[int], progress: Progress) -> int:
    """Do again what was done to these issues and labels, by whom and when it was; how many steps that is.

    gone: the rows that were taken back in the package: they are done again whole or not at all.
    """
    project, here = sides.project, _translation(sides, clean)
    seq_here: dict[int, int] = {}
    for done, row in enumerate(sides.rows):
        progress(done, len(sides.rows))
        step = here.step(row.step())
        if step is None or (row.seq in gone and not nodes_of(row.step()) <= clean):
            continue
        know(sides, step)
        step = _as_twins(project, step)
        of = None if row.of is None else seq_here.get(row.of) or known_here(sides, row, step)
        op: Op = "do" if row.op in ("undo", "redo") and of is None else row.op
        known = None if of is None else row_of(project, of)
        if known is not None:
            stands = Taking.now(project)
            step = stands.back(known) if op == "undo" else stands.again(known)
        seq_here[row.seq] = project.adopt(_over(project, step, row), row, op=op, of=of).seq
    return len(seq_here)


def _translation(sides: Sides, clean: set[Node]) -> Translation:
    return Translation(
        sides.key_here,
        sides.image_here,
        {n for kind, n in clean if kind == "key"},
        {n for kind, n in clean if kind == "issue"},
        lambda one: _is_new_answer(sides.project, one),
    )


def takes_back_known(sides: Sides, unit: Sequence[Node]) -> bool:
    """Whether all that is taken back in the package of a unit, and was shared or merged before, is known here
    as it was: what others came to as well then stands as theirs."""
    here = _translation(sides, set(unit))
    rows = {row.seq: row for kind, n in unit if kind == "issue" for row in sides.rows_about(n)}.values()
    earlier = [row for row in rows if row.of is not None and row.of not in sides.new]
    steps = ((row, here.step(row.step())) for row in earlier)
    return all(
        known_here(sides, row, _as_twins(sides.project, step)) is not None
        for row, step in steps
        if step is not None
    )


def _over(project: Project, step: Step, row: Row) -> Step:
    """A step over what others came to as well: their hands stay known."""
    stands = project.state.standings
    decisions = tuple(carried(one, stands.get(one.issue), row.role) for one in step.decisions)
    return replaced(step, decisions=decisions)


def _as_twins(project: Project, step: Step) -> Step:
    """A step in which a label that stands for others keeps its id."""
    stand_for = project.state.stand_for
    edits = tuple(
        Edit(one.key, *(as_twin(project, one.key, record)[1] for record in (one.before, one.after)))
        if one.key in stand_for
        else one
        for one in step.edits
    )
    return replaced(step, edits=edits)


def known_here(sides: Sides, row: Row, step: Step) -> int | None:
    """The row here that a row takes back or does again that was shared or merged before; None where that
    is not the same any more."""
    meant = sides.theirs.by_seq.get(row.of or 0)
    who, stacks = Actor(row.actor, cast(Role, row.role)), sides.project.state.stacks
    undoes = row.op == "undo"
    for seq in stacks.undoable(who) if undoes else stacks.redoable(who):
        here = row_of(sides.project, seq)
        if here is not None and meant is not None and here.at == meant.at:
            stands = Taking.now(sides.project)
            alone = stands.alone(here.step())
            meant_by = (alone.inverse(), stands.back(here)) if undoes else (alone, stands.again(here))
            if any((one.edits, moves(one)) == (step.edits, moves(step)) for one in meant_by):
                return seq
    return None


def tell(sides: Sides, alike: Mapping[int, Met], others: Collection[int], gone: set[int]) -> int:
    """Keep what people did, each by themselves, to issues that the project has alike, or otherwise (others);
    with the last row about one that is alike, who came to it. How many such rows there are.

    gone: the rows that were taken back in the package.
    """
    about = {issue: sides.rows_about(issue) for issue in (*alike, *others)}
    last = {issue: about[issue][-1].seq for issue in alike}
    for _, row in sorted({row.seq: row for rows in about.values() for row in rows}.items()):
        judged = [one for one in row.step().decisions if one.issue in about]
        joins = [one for one in judged if last.get(one.issue) == row.seq]
        now = [one for one in joins if alike[one.issue].now]
        if now:
            _tell(sides, row, _joined(sides, alike, now), _own(sides, row.title, now), "do")
        if row.op == "undo" or row.seq in gone:
            judged = joins
        rest = tuple(replaced(one, keys=()) for one in judged if one not in now)
        if rest:
            ended = [one for one in joins if one not in now]
            _tell(sides, row, _joined(sides, alike, ended), Step(row.title, decisions=rest), "told")
    return len(set(last.values()))


def _joined(sides: Sides, alike: Mapping[int, Met], ended: Iterable[Decision]) -> tuple[Decision, ...]:
    """What stands of issues, with the hands of those who came to the same in the package."""
    stands, told = [], sides.project.state.standings
    for one in ended:
        here, there = sides.project.standing(one.issue), sides.theirs.standing(one.issue)
        both = joined(here, there, now=alike[one.issue].now)
        stands.append(Decision(one.issue, told.get(one.issue), both, one.comment, ()))
    return tuple(stands)


def _tell(sides: Sides, row: Row, decisions: tuple[Decision, ...], own: Step, op: Op) -> None:
    step = Step(row.title, decisions=decisions, own=own)
    know(sides, step)
    sides.project.adopt(step, row, op="answer" if row.op == "answer" else op)


def _changed(sides: Sides, issue: int) -> tuple[int, ...]:
    """The labels, as they are called in the package, that were changed there under an issue since."""
    since = sides.unread[0].seq
    touches = sides.theirs.state.touches.get(issue, ())
    return tuple(dict.fromkeys(key for seq, key, _ in touches if seq >= since))


def _own(sides: Sides, title: str, judged: Sequence[Decision]) -> Step:
    """What came of some issues in the package, as one step by itself."""
    changed = {one.issue: _changed(sides, one.issue) for one in judged}
    keys = dict.fromkeys(key for some in changed.values() for key in some)
    pairs = ((key, sides.record_before(key), sides.record_there(key)) for key in keys)
    edits = tuple(Edit(sides.key(key), was, is_now) for key, was, is_now in pairs if was != is_now)
    base, named = sides.base.standings, {n: tuple(map(sides.key, some)) for n, some in changed.items()}
    decisions = (
        Decision(n := one.issue, base.get(n), sides.theirs.standing(n), one.comment, named[n])
        for one in judged
    )
    return Step(title, edits, tuple(decisions))


def unite(sides: Sides, twins: Mapping[int, int]) -> None:
    """Of labels that are the same keep one."""
    if twins:
        there = {key: sides.record_there(key) for key in twins}
        sides.project.adopt(one_for_all(sides.project, twins, there), by(None, sides.last), op="do")


def _is_new_answer(project: Project, one: Opinion) -> bool:
    """Whether to keep what somebody answered: of two answers of one person to one question, always the
    same one, whichever package comes first."""
    said = project.state.opinions.get((one.trial, one.issue), ())
    known = [other.own for other in said if same_person(other.own.who, one.own.who)]
    return all(msgspec.msgpack.encode(one.own) < msgspec.msgpack.encode(other) for other in known)


def know(sides: Sides, step: Step) -> None:
    """Note the issues that errors found anew here have no longer: what was said of them is kept."""
    table, notes = sides.project.issues, {note.id for note in step.notes}
    named = {one.issue for one in step.judged}
    gone = [issue for issue in sorted(named - notes) if table.row_of(issue) < 0]
    if gone:
        found = tuple(_noted(sides, issue) for issue in gone)
        step = Step("issues that are not found any more", notes=found)
        sides.project.adopt(step, by(None, sides.last), op="import")


def _noted(sides: Sides, issue: int) -> Note:
    note = sides.theirs.notes[issue]
    image = sides.image_here(note.image)
    key = note.annotation if note.annotation == NO_KEY else sides.key(note.annotation)
    return replaced(note, image=-1 if image is None else image, annotation=key)


def by(actor: Actor | None, row: Row) -> Row:
    """This person did it now; None: the program itself."""
    name, role = ("", "") if actor is None else (actor.name, actor.role)
    return replace(row, actor=name, role=role, at=now())
