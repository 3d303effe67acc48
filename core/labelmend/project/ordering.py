"""Merges that follow one another come to the same in any order: as if by the numbers of the packages.

What a merge took in is kept with it. Where a package should have come before others in which the same images
were worked on, the project stands again as it did before them, and all are merged anew in that order. What
was done in the project itself is never done anew: merges that came before it stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from labelmend.progress import Progress, stage
from labelmend.project.history import Row, Step, Took
from labelmend.project.merged import Merged
from labelmend.project.project import Project
from labelmend.project.reconciling import reconcile
from labelmend.project.replaying import by
from labelmend.project.sides import Sides
from labelmend.project.taking_back import row_of
from labelmend.project.theirs import Theirs


@dataclass(frozen=True)
class _Merge:
    """A package that is merged, or is to be, for the n-th `time`; like: who merged it and when."""

    theirs: Theirs
    time: int
    like: Row

    @property
    def place(self) -> tuple[int, int]:
        """Its place among others: what was merged again comes after all that was merged once."""
        return self.time, self.theirs.told.number


def merge_in_order(copy: Project, theirs: Theirs, progress: Progress) -> Merged:
    """Do what is new in a package in a copy of its project, before what should have come after it."""
    tail, number = copy.state.tail, theirs.told.number
    time = 1 + sum(took.number == number for _, took in tail)
    mine = _Merge(theirs, time, by(copy.actor, theirs.rows[-1]))
    after = tail[_first_after(tail, mine) :]
    if not after:
        return _merge(copy, mine, progress)
    waited = copy.state.versions
    every = sorted([mine, *(_merged(copy, seq, took) for seq, took in after)], key=lambda one: one.place)
    _stand_at(copy, after[0][1].since)
    done = list[Merged]()
    for n, one in enumerate(every):
        part = stage(progress, 100 * n // len(every), 100 * (n + 1) // len(every))
        done.append(_merge(copy, one, part))
    new = sum(of != waited.get(issue) for issue, of in copy.state.versions.items())
    return replace(done[every.index(mine)], conflicts=new)


def _stand_at(copy: Project, seq: int) -> None:
    """Have a copy stand as its project stood at a row of the history: what was done since counts no more."""
    step = Step(f"packages merged after row {seq} are merged anew, by their numbers")
    copy.adopt(step, by(copy.actor, copy.last_row), op="anew", of=seq)
    before = (row for row in copy.store.history() if row.seq < copy.adopted[0].seq)
    copy.stand([*before, *copy.adopted])


def _merged(copy: Project, seq: int, took: Took) -> _Merge:
    row = row_of(copy, seq)
    assert row is not None  # the state was told of it by this row
    return _Merge(Theirs.kept(copy, took), took.time, row)


def _merge(copy: Project, one: _Merge, progress: Progress) -> Merged:
    took = one.theirs.took(one.time, copy.state.last)
    return reconcile(Sides.of(copy, one.theirs), took, one.like, progress)


def _first_after(tail: Sequence[tuple[int, Took]], mine: _Merge) -> int:
    """Which of these merges is the first that should have come after another: of those that hang together by
    the images that were worked on, or by the package."""
    images, together, size = set(mine.theirs.worked), {mine.place}, 0
    numbers = {mine.theirs.told.number}
    while size != len(together):
        size = len(together)
        for _, took in tail:
            if took.number in numbers or not images.isdisjoint(took.images):
                together.add(took.place)
                numbers.add(took.number)
                images.update(took.images)
    here = [(n, took.place) for n, (_, took) in enumerate(tail) if took.place in together]
    out = (n for (n, place), wanted in zip(here, sorted(together), strict=False) if place != wanted)
    return next(out, len(tail))
