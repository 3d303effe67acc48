"""The queues' names, and how much of a queue is hidden as a person's own work."""

from __future__ import annotations

from labelmend.review.states import Queue
from labelmend_desktop.session import Session

QUEUE_WORDS: dict[Queue, str] = {"fix": "Fix", "review": "Review", "expert": "Expert", "done": "Done"}


def counts(session: Session, queue: Queue) -> tuple[int, int]:
    """How many issues of a queue wait for this person, and how many more are hidden as their own work."""
    waiting = len(session.waiting_rows(queue=queue))
    if session.project is None or queue not in ("review", "expert"):
        return waiting, 0
    return waiting, int(session.project.issues.are_in(queue).sum()) - waiting
