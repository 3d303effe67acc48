"""What happened to one issue, from the history: who, when, what, and what they said."""

from dataclasses import dataclass

from labelmend.project.history import Row, Step


@dataclass(frozen=True)
class Entry:
    """One thing that happened to an issue."""

    at: str
    actor: str
    role: str
    what: str
    comment: str


def entries(rows: list[Row], issue: int) -> list[Entry]:
    """The entries of these rows that are about an issue, oldest first."""
    out = []
    for row in rows:
        step = row.step()
        about, comment = _about(step, issue)
        if about:
            what = f"{row.op}: {row.title}" if row.op in ("undo", "redo") else row.title
            out.append(Entry(row.at, row.actor, row.role, what, comment))
    return out


def _about(step: Step, issue: int) -> tuple[bool, str]:
    for decision in step.decisions:
        if decision.issue == issue:
            return True, decision.comment
    return step.draw is not None and issue in step.draw.frame, ""
