"""The queues' names, and how much of a queue is hidden as a person's own work."""

from __future__ import annotations

from labelmend.review.states import Queue
from labelmend_desktop.session import Session

QUEUE_WORDS: dict[Queue, str] = {"fix": "Fix", "review": "Review", "expert": "Expert", "done": "Done"}


def own_hidden(session: Session, queue: Queue) -> int:
    """How many issues of a queue are not shown because they are this person's own work."""
    if session.project is None or queue not in ("review", "expert"):
        return 0
    return len(session.project.issues.rows_in(queue)) - len(session.waiting_rows(queue=queue))
