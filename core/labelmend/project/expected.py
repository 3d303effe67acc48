"""Whether what stands is still what a step expects: the first thing that is asked before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelmend.errors import Refused
from labelmend.project.about import refuse_the_leads
from labelmend.review.states import Standing

if TYPE_CHECKING:
    from labelmend.project.history import Step
    from labelmend.project.project import Project


def require_expected(project: Project, step: Step) -> None:
    """Refuse a step when a label, an issue, the instructions or the rules were changed since it was made,
    and in a package what the lead alone does."""
    refuse_the_leads(project.store, step)
    state = project.state
    for edit in step.edits:
        if project.record(edit.key) != edit.before:
            raise Refused("This label was changed by another step since: the action no longer fits.")
    if step.revision is not None and state.instructions != step.revision.before:
        raise Refused("The instructions were changed by another step since: the action no longer fits.")
    if step.policy is not None and state.policy != step.policy.before:
        raise Refused("The rules were changed by another step since: the action no longer fits.")
    for decision in step.decisions:
        stands = state.standings.get(decision.issue)
        if stands != decision.before and not (stands is None and decision.before == Standing()):
            raise Refused("This issue was decided by another step since: the action no longer fits.")
