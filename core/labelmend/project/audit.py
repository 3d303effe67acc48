"""The audit: labels that nothing was said of, drawn at random, tell how many wrong ones are left."""

from collections import Counter

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused
from labelmend.project.history import AUDIT, Decision, Note, Step
from labelmend.project.project import Project
from labelmend.project.sampling import is_open, is_wrong
from labelmend.review.acceptance import interval
from labelmend.review.rules import require_lead
from labelmend.review.sampling import draw
from labelmend.review.states import Standing

LISTED = 0.1
"""A label that an issue of this score is about was said something of: the list shows it."""


def unflagged(project: Project) -> NDArray[np.int64]:
    """The keys (n,) of the source's labels, crowds aside, that no listed or judged issue is about."""
    table, columns = project.issues, project.dataset.annotations
    told = (table.score >= LISTED) | np.isin(table.id, list(project.state.standings))
    changed = np.fromiter(project.state.records, np.int64, len(project.state.records))
    named = np.concatenate([table.annotation[told], table.columns.other[told], changed])
    usable = ~columns.crowd & (columns.image >= 0) & np.isfinite(columns.bbox).all(axis=1)
    usable[named[named >= 0]] = False
    return np.flatnonzero(usable)


def draw_audit(project: Project, count: int, *, seed: int) -> Step:
    """Put so many of them, drawn at random, into the review queue. Raises Refused when there are none."""
    require_lead(project.actor, "draw an audit")
    keys = unflagged(project)
    if not len(keys) or count < 1:
        raise Refused("There is nothing to audit: every label was judged or is listed, or none is wanted.")
    drawn = draw(keys, rate=min(count / len(keys), 1.0), seed=seed)
    columns, names = project.dataset.annotations, project.categories.name
    first = project.new_issue()
    notes = tuple(
        Note(
            first + n,
            AUDIT,
            int(columns.image[key]),
            key,
            int(columns.category[key]),
            tuple(columns.bbox[key].tolist()),
            "Is everything about it right?",
        )
        for n, key in enumerate(drawn.tolist())
    )
    sizes = Counter(columns.category[keys].tolist())
    facts: dict[str, str | int | float] = {"seed": seed, "labels": len(keys)}
    facts |= {f"class {names[row]}": number for row, number in sizes.items() if 0 <= row < len(names)}
    waiting = Standing(status="in_review")
    return Step(
        title=f"draw {len(notes):,} of {len(keys):,} unflagged labels for the audit (seed {seed})",
        decisions=tuple(Decision(note.id, None, waiting) for note in notes),
        notes=notes,
        facts=facts,
    )


class Left(msgspec.Struct, frozen=True):
    """What the last audit says of some labels: `wrong` ones of a `sample`, `open` ones still to review."""

    name: str
    size: int
    sample: int
    open: int
    wrong: int

    @property
    def sentence(self) -> str:
        """How many wrong labels are left, with an interval that holds the truth 95 times of 100."""
        told = f"{self.name}: {self.wrong:,} of {self.sample:,} audited labels wrong"
        if self.open:
            return f"{told}; {self.open:,} still to review."
        low, high = interval(self.size, self.sample, self.wrong)
        shares = between(low / self.size, high / self.size)
        return f"{told}: of all {self.size:,} that nothing was said of, {shares} are (95 % sure)."


def between(low: float, high: float) -> str:
    """From which share to which, as per cent; small ones with two digits."""
    from_, to = (f"{100 * n:.0f}" if n >= 0.1 else f"{100 * n:.2g}" for n in (low, high))
    return f"{to} %" if from_ == to else f"{from_} to {to} %"


def left(project: Project) -> list[Left]:
    """The last audit over all and class by class; empty without one."""
    return [] if project.state.audit is None else left_of(project, project.state.audit)


def left_of(project: Project, audit: Step) -> list[Left]:
    """What the step that drew an audit says, as it stands now; empty when it was taken back."""
    names = project.categories.name
    standings = project.state.standings
    drawn = [(note, stands) for note in audit.notes if (stands := standings.get(note.id)) is not None]
    if not drawn:
        return []
    groups = [("All classes", "labels", drawn)]
    for row, name in enumerate(names):
        mine = [pair for pair in drawn if pair[0].category == row]
        if mine:
            groups.append((name, f"class {name}", mine))
    out = []
    for name, fact, pairs in groups:
        size = audit.facts.get(fact)
        if not isinstance(size, int):
            continue  # of a part that was shared, or that came back
        still = sum(is_open(standing) for _, standing in pairs)
        wrong = sum(is_wrong(standing) for _, standing in pairs)
        out.append(Left(name, size, len(pairs), still, wrong))
    return out
