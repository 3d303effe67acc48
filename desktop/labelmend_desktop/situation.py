"""What holds now, as the table of actions asks it."""

from __future__ import annotations

from labelmend.project.decided import is_mended
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.project.verbs import may_reopen
from labelmend.review.rules import may_decide, may_review
from labelmend.review.states import QUEUES, Queue
from labelmend_desktop.session import FLAGS, Session
from labelmend_desktop.when import Situation
from labelmend_desktop.words import is_of_picture

ROLE_QUEUE = {"annotator": "fix", "reviewer": "review", "expert": "expert"}


def situation_of(session: Session, *, busy: bool, proposed: bool = False) -> Situation:
    """The session's situation; ``busy`` while a task runs, ``proposed`` while a shape is on the canvas."""
    project, issue = session.project, session.issue
    if project is None:
        return Situation(busy=busy, queue=session.queue)
    row = project.issues.row_of(issue) if issue is not None else -1
    several = bool(session.selection.several)
    key = session.selected
    if key is None and row >= 0:
        key = int(project.issues.annotation[row])
    rejecting = session.asking.verdict == "reject" and session.queue == "review"
    versions = project.state.versions_of(issue) if issue is not None else ()
    suggested = row >= 0 and session.suggestion() is not None
    waits = _waits(project, issue)
    role = project.actor.role if project.actor is not None else ""
    return Situation(
        project=True,
        issue=row >= 0,
        annotation=several or (key is not None and project.annotation(key) is not None),
        suggestion=suggested,
        reopenable=issue is not None and may_reopen(project, issue),
        acceptable=suggested or proposed or _is_judged(project, issue),
        editing=session.editing or several,
        selected=bool(session.selection.keys),
        busy=busy,
        undo=proposed or session.undo_title is not None,
        redo=session.redo_title is not None,
        queue=session.queue,
        waits=waits,
        waits_for_others=not waits and _is_in(project, issue, session.queue),
        of_picture=row >= 0 and is_of_picture(project.issues, row),
        own_queue=ROLE_QUEUE.get(role) == session.queue,
        lead=role == "lead",
        teaches=role in ("lead", "expert"),
        rejecting=rejecting,
        reasons=tuple(one.key for one in policy_of(project).reasons) if rejecting else (),
        corrected=_has_corrected(project, issue),
        versions=len(versions) if session.queue in ("expert", "fix") else 0,
        sitting=bool(session.sitting.title),
        answered=session.sitting.end is not None,
        read_only=bool(project.tampered),
    )


def _is_judged(project: Project, issue: int | None) -> bool:
    """Whether something was done to the label already, by hand or by a verdict, that can be kept."""
    return issue is not None and (project.standing(issue).status != "flagged" or is_mended(project, issue))


def _waits(project: Project, issue: int | None) -> bool:
    """Whether the label is before the reviewer or expert who works; an annotator may think again."""
    actor = project.actor
    may = {"reviewer": may_review, "expert": may_decide}.get(actor.role if actor is not None else "")
    return issue is None or may is None or may(project.standing(issue), actor)


def _is_in(project: Project, issue: int | None, queue: Queue) -> bool:
    """Whether the label waits in a queue, whoever for."""
    return issue is not None and project.standing(issue).status in QUEUES[queue]


def _has_corrected(project: Project, issue: int | None) -> bool:
    """Whether who works has corrected the label; in a conflict, whether anybody has."""
    if issue is None or project.actor is None:
        return False
    stands = project.standing(issue)
    conflict = stands.status == "conflict"
    return bool(stands.corrected) if conflict else project.actor.is_person(stands.corrected)


def flags_of(session: Session) -> dict[str, bool]:
    """The session's switches."""
    return {name: bool(getattr(session, name)) for name in FLAGS} | session.seeing.flags
