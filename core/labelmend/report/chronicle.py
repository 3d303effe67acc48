"""What the history tells besides single labels: draws, audits, versions of the instructions, files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from labelmend.project.history import AUDIT, Draw, Revision, Row, Step, first_tampered
from labelmend.project.project import Project

_AT_ONCE: Final = 2000
_EVENTS: Final = ("import", "find", "export")


@dataclass
class Chronicle:
    """One reading of the history, oldest first.

    draws and audits: the rows that drew a sample, with what was drawn; an audit's step holds a note a label.
    revisions: the rows that changed the instructions, rulings: the rules of review. events: imports, runs of
    the finder, exports, packages.
    rows: how many rows there are; altered: the first that does not follow from the rows before it.
    """

    draws: list[tuple[Row, Draw]] = field(default_factory=list)
    audits: list[tuple[Row, Step]] = field(default_factory=list)
    revisions: list[tuple[Row, Revision]] = field(default_factory=list)
    rulings: list[Row] = field(default_factory=list)
    events: list[tuple[Row, Step]] = field(default_factory=list)
    rows: int = 0
    altered: Row | None = None


def rows_of(project: Project) -> Iterator[Row]:
    """The history as it was when the project stood so, oldest first; who writes waits for no more than a
    few rows."""
    last = 0
    while rows := project.store.history_after(last, most=_AT_ONCE):
        for row in rows:
            if row.seq > project.last_row.seq:
                return
            yield row
        last = rows[-1].seq


def read_chronicle(project: Project) -> Chronicle:
    """The chronicle of a project."""
    told = Chronicle(altered=first_tampered(rows_of(project)))
    for row in rows_of(project):
        told.rows += 1
        if told.altered is not None and row.seq >= told.altered.seq:
            continue  # what it says is not to be believed, nor what follows
        step = row.step()
        if step.draw is not None:
            told.draws.append((row, step.draw))
        if step.notes and step.notes[0].kind == AUDIT:
            told.audits.append((row, step))
        if step.revision is not None:
            told.revisions.append((row, step.revision))
        if step.policy is not None:
            told.rulings.append(row)
        if row.op == "anew":
            told.events = [one for one in told.events if row.of is None or one[0].seq <= row.of]
        if row.op in _EVENTS:
            told.events.append((row, step))
    return told
