"""Has a thread trace what will be suggested for an issue, before anybody asks for that in the UI thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from labelmend.project.clusters import example
from labelmend.project.suggesting import Seen, traces

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

LONG: Final = 1000
"""Characters of the counts of masks that take about as long to trace as a frame may."""


def trace_suggested(session: Session, issue: int) -> None:
    """Trace the masks that are suggested for an issue, of a card for its example, if it was not done ahead.

    Of large ones a thread does: the window is painted meanwhile, and keys and clicks wait.
    """
    project = session.project
    row = -1 if project is None else project.issues.row_of(issue)
    if project is None or row < 0:
        return
    masks = [seen for one in {row, example(project, row)} for seen in traces(project, one)]
    if sum(len(seen.counts) for seen in masks) > LONG:
        session.making.aside(partial(_trace, masks))


def _trace(masks: Sequence[Seen]) -> None:
    for seen in masks:
        seen.outline()
