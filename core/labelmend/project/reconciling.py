"""What was done in a package, done in its project: three ways, label by label; what two changed stays open.

A unit is a set of issues and labels that belong together because one step changed them. Where the project
still has a unit as it was shared, the package's steps are done again, by whom and when they were done there.
Where both came to the same, or the project went on from where the package is, who did is noted, and of equal
labels that both added one stays. Otherwise its labels go back to what they were when they were shared, and
every version waits for the expert: so the order of merges makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable

from labelmend.progress import Progress
from labelmend.project.conflicts import Conflict, leave_open
from labelmend.project.history import Row, Step, Took
from labelmend.project.merged import Merged, since
from labelmend.project.replaying import replay, takes_back_known, tell, unite
from labelmend.project.sides import Sides
from labelmend.project.three_ways import Met, is_idle, is_untouched, met
from labelmend.project.units import Node, units_of
from labelmend.words import counted


def reconcile(sides: Sides, took: Took, like: Row, progress: Progress) -> Merged:
    """Do what is new in this package in (a copy of) its project; like: who merges, and when."""
    clean, alike = set[Node](), dict[int, Met]()
    twins, found = dict[int, int](), list[Conflict]()
    gone = sides.taken_back()
    kept = (row.step() for row in sides.rows if row.seq not in gone)
    for unit in units_of(kept, taken_back=(sides.new[seq].step() for seq in gone)):
        around = sides.around(unit)[0]
        is_open = any(sides.is_open(issue) for issue in around)
        if not is_open and is_untouched(sides, unit):
            clean.update(unit)
            continue
        if is_idle(sides, unit):
            continue
        reached = met(sides, unit)
        goes_on = not is_open and (reached is None or not reached.now)
        if goes_on and is_untouched(sides, unit, but_for_hands=True) and takes_back_known(sides, unit):
            clean.update(unit)
        elif reached is not None and not (
            is_open and (sides.is_put_back(around) or sides.is_told_apart(around))
        ):
            clean.update(node for node in unit if sides.is_new(node))
            alike |= {n: reached for kind, n in unit if kind == "issue" and not sides.is_new((kind, n))}
            twins |= reached.twins
        else:
            found.append(Conflict([(unit, reached)], around))
    steps = replay(sides, clean, gone, progress)
    unite(sides, twins)
    steps += tell(sides, alike, (), gone)
    conflicts = _apart(found)
    for conflict in conflicts:
        leave_open(sides, conflict, gone)
    told = f"{counted(steps, 'step')}, {counted(len(conflicts), 'conflict')}"
    facts: dict[str, str | int | float] = {"merged": sides.told.number}
    facts |= {"row": sides.last.seq, "hash": sides.last.hash.hex()}
    merged = Step(f"Merge {sides.theirs.name}: {told}", facts=facts, took=took)
    sides.project.adopt(merged, like, op="import")
    return Merged(sides.theirs.name, steps, len(conflicts), since(sides.project, sides.told.seq))


def _apart(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """These conflicts, those that hang together made one."""
    of = dict[int, Conflict]()
    for new in conflicts:
        for one in {id(of[issue]): of[issue] for issue in new.issues if issue in of}.values():
            new = Conflict([*one.units, *new.units], one.issues | new.issues)
        of |= dict.fromkeys(new.issues, new)
    return list({id(one): one for one in of.values()}.values())
