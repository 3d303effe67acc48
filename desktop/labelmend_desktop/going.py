"""Going from issue to issue: where next and previous lead, what is said on leaving, and who stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from labelmend.project import verbs
from labelmend_desktop.drafts import About, about, found_again

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

JUDGED: Final = ("fixed", "dismissed", "ambiguous", "done")
"""The states of what an annotator has judged and nobody else since."""


def following(session: Session, way: int) -> int | None:
    """The next issue (1) of the list that waits, or the one before (-1); None where there is none."""
    if session.project is None or not len(session.order):
        return None
    at = np.flatnonzero(session.order == session.issue)
    here = int(at[0]) if len(at) else (-1 if way > 0 else len(session.order))
    steps = len(session.order) if way > 0 else here  # on round the end: what was passed over still waits
    for step in range(1, steps + 1):
        issue = int(session.order[(here + way * step) % len(session.order)])
        if issue != session.issue and session.is_waiting(issue):
            return issue
    return None


def leave(session: Session) -> None:
    """Say what was written of a label that oneself has judged already: no verdict of it is to come."""
    project, issue, said = session.project, session.issue, session.asking.comment
    if project is None or issue is None or not said or project.tampered or session.sitting.title:
        return
    actor, standing = project.actor, project.standing(issue)
    own = actor is not None and actor.role == "annotator" and actor.is_person(standing.annotator)
    if own and standing.status in JUDGED:
        session.apply(lambda p: p.apply(verbs.remark(p, issue, said)))


def written_of(session: Session) -> About | None:
    """The issue in sight, where somebody has written something of it that waits."""
    if session.project is None or session.issue is None or not session.asking.comment:
        return None
    return about(session.project, session.issue)


def stay(session: Session, was: About | None) -> None:
    """Come back to what somebody writes of, after the issues were found again: the rest comes there too."""
    if session.project is not None and was is not None:
        issue = found_again(session.project, was)
        if issue is not None:
            session.set_issue(issue)
