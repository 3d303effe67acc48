"""What the history tells besides single labels: draws, audits, versions of the instructions, files."""

from dataclasses import dataclass, field
from typing import Final

from labelmend.project.history import AUDIT, Draw, Revision, Row, Step
from labelmend.project.project import Project

_EVENTS: Final = ("import", "find", "export")


@dataclass
class Chronicle:
    """One reading of the history, oldest first.

    draws and audits: the rows that drew a sample, with what was drawn; an audit's step holds a note a label.
    revisions: the rows that changed the instructions. events: imports, runs of the finder, exports, packages.
    rows: how many rows there are.
    """

    draws: list[tuple[Row, Draw]] = field(default_factory=list)
    audits: list[tuple[Row, Step]] = field(default_factory=list)
    revisions: list[tuple[Row, Revision]] = field(default_factory=list)
    events: list[tuple[Row, Step]] = field(default_factory=list)
    rows: int = 0


def read_chronicle(project: Project) -> Chronicle:
    """The chronicle of a project."""
    told = Chronicle()
    for row in project.store.history():
        told.rows += 1
        step = row.step()
        if step.draw is not None:
            told.draws.append((row, step.draw))
        if step.notes and step.notes[0].kind == AUDIT:
            told.audits.append((row, step))
        if step.revision is not None:
            told.revisions.append((row, step.revision))
        if row.op in _EVENTS:
            told.events.append((row, step))
    return told
