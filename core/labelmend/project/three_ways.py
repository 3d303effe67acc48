"""What became here of labels that were changed in a package: nothing, the same, or something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from labelmend.project.sides import Sides, rows_about, same
from labelmend.project.twins import paired
from labelmend.project.units import Node
from labelmend.project.versions import hands
from labelmend.review.states import FLAGGED, Standing, same_person

Record = Callable[[int], bytes | None]


@dataclass(frozen=True)
class Met:
    """Where the project came to what a package came to. twins: labels added there -> the same ones here.

    now: whether it still has that, or somebody went on from it; who: whose hands it went through here.
    """

    twins: Mapping[int, int]
    now: bool
    who: frozenset[str]


def is_idle(sides: Sides, unit: Sequence[Node]) -> bool:
    """Whether what was done in the package was taken back there."""
    return all(
        sides.record_there(n) == sides.record_before(n)
        if kind == "key"
        else same(sides.theirs.standing(n), sides.stood(n))
        for kind, n in unit
    )


def is_untouched(sides: Sides, unit: Sequence[Node], *, but_for_hands: bool = False) -> bool:
    """Whether the project has it as it was shared, and nobody changed it and back.

    but_for_hands: whoever did the same since has changed nothing, unless they would come to review or decide
    what they did.
    """
    return all(
        sides.project.record(sides.key(n)) == sides.record_before(n) and not _is_changed_here(sides, n)
        if kind == "key"
        else same(sides.project.standing(n), sides.stood(n)) or (but_for_hands and _is_agreed(sides, n))
        for kind, n in unit
    )


def _is_agreed(sides: Sides, issue: int) -> bool:
    """Whether others came to what was shared too, and nobody in the package may not judge it any more."""
    here, was = sides.project.standing(issue), sides.stood(issue)
    if not was.annotator or _without_hands(here) != _without_hands(was):
        return False
    if any(sides.project.record(key) != one for key, one in _touched_here(sides, issue).items()):
        return False
    judges = [row.actor for row in sides.rows_about(issue) if row.role != "annotator"]
    return not _is_among(judges, hands(here) - hands(was))


def _is_among(names: Sequence[str], others: set[str]) -> bool:
    return any(name and same_person(name, other) for name in names for other in others)


def _without_hands(standing: Standing) -> Standing:
    return replace(standing, annotator="", authors=())


def _is_changed_here(sides: Sides, key: int) -> bool:
    """Whether a label of the package was changed here since it was shared or merged last."""
    here = sides.key(key)
    return any(here in _touched_here(sides, issue) for issue in sides.project.state.issues_touching(here))


def _touched_here(sides: Sides, issue: int) -> dict[int, bytes | None]:
    """The labels that were changed here under an issue since it was shared or merged last, as they were
    before; to stand for one that was added alike is no change."""
    state, before = sides.project.state, dict[int, bytes | None]()
    since = max(sides.told.seq, state.merged_at.get(sides.told.number, 0))
    for seq, key, record in state.touches.get(issue, ()):
        if seq > since and seq not in state.united:
            before.setdefault(key, record)
    return before


# -------------------------------------------------------------------- the same
def met(sides: Sides, unit: Sequence[Node]) -> Met | None:
    """Where the project came to the same as the package, and changed no other label under the same issues:
    as it stands, or as others could see it since it was shared. None where it never did."""
    for record, standing, now in _moments(sides, unit):
        twins = _alike(sides, unit, record, standing)
        if twins is None or (not now and any(sides.project.record(here) is None for here in twins.values())):
            continue
        issues = [n for kind, n in unit if kind == "issue" and not sides.is_new((kind, n))]
        if now:
            return Met(twins, True, frozenset())
        if any(_would_judge_own(sides, issue) for issue in issues):
            return None
        return Met(twins, False, frozenset(set[str]().union(*(hands(standing(n)) for n in issues))))
    return None


def _would_judge_own(sides: Sides, issue: int) -> bool:
    """Whether somebody who did the same in the package has judged here since what came of it."""
    stands = sides.project.standing(issue)
    new = hands(sides.theirs.standing(issue)) - hands(sides.stood(issue))
    return _is_among([stands.reviewer, stands.first, stands.expert, stands.corrected], new)


def _moments(sides: Sides, unit: Sequence[Node]) -> Iterator[tuple[Record, Callable[[int], Standing], bool]]:
    """How labels and issues stand here, and stood whenever others could see it, the latest first: by key, by
    issue, and whether that is now."""
    project = sides.project
    yield project.record, project.standing, True
    records = dict[int, bytes | None]()
    stood = dict[int, Standing]()

    def record(key: int) -> bytes | None:
        return records[key] if key in records else project.record(key)

    def standing(issue: int) -> Standing:
        return stood.get(issue) or project.standing(issue)

    issues, _ = sides.around(unit)
    rows = [row for row in rows_about(project, issues) if row.seq > sides.told.seq]
    for n in reversed(range(len(rows))):
        step = rows[n].step()
        for edit in step.edits:
            records[edit.key] = edit.before
        for one in step.decisions:
            stood[one.issue] = one.before or FLAGGED
        for issue in step.draw.frame if step.draw is not None else ():
            stood[issue] = _undrawn(standing(issue))
        first = rows[n - 1].seq if n else sides.told.seq
        if any(first <= end <= rows[n].seq for end in project.state.ends):
            yield record, standing, False


def _undrawn(standing: Standing) -> Standing:
    """A standing as it was before its issue was drawn for review, or left out."""
    status = "dismissed" if standing.verdict == "dismissed" else "fixed"
    return replace(standing, status=status, second=False)


def _alike(
    sides: Sides, unit: Sequence[Node], record: Record, standing: Callable[[int], Standing]
) -> dict[int, int] | None:
    """The twins among the labels of a unit that had come to the same here at a moment; None where not so."""
    twins = _twins(sides, unit, record)
    known = {sides.key(n) for kind, n in unit if kind == "key"} | set(twins.values())
    before = sides.changed_here(n for kind, n in unit if kind == "issue")
    alike = all(record(key) == was for key, was in before.items() if key not in known) and all(
        sides.key(n) in twins or record(sides.key(n)) == sides.record_there(n)
        if kind == "key"
        else sides.is_new((kind, n)) or _verdict(standing(n)) == _verdict(sides.theirs.standing(n))
        for kind, n in unit
    )
    return twins if alike else None


def _twins(sides: Sides, unit: Sequence[Node], record: Record) -> dict[int, int]:
    """The labels that were added in the package, and here under the same issues, alike but for the id."""
    state, issues = sides.project.state, {n for kind, n in unit if kind == "issue"}
    mine = {
        n: there
        for kind, n in unit
        if kind == "key" and n < 0 and n == sides.key(n) and sides.record_before(n) is None
        if record(n) is None and (there := sides.record_there(n)) is not None
    }
    here = {
        key: added
        for key, was in sides.changed_here(issues).items()
        if key < 0
        and was is None
        and ("key", key) not in unit
        and issues.issuperset(state.issues_touching(key))
        if (added := record(key)) is not None
    }
    return paired(mine, here)


def _verdict(standing: Standing) -> tuple[str, str, bool, bool]:
    return standing.status, standing.verdict, bool(standing.first), bool(standing.corrected)
