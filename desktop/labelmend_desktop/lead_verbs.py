"""What the lead sets: the rules of review, and what is drawn for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from labelmend.project.audit import draw_audit
from labelmend.project.drawable import drawable
from labelmend.project.history import Step
from labelmend.project.policy import change_policy, policy_of
from labelmend.project.project import Project
from labelmend.project.sampling import draw_planned, draw_rest, draw_sample
from labelmend_desktop.action_set import Verb
from labelmend_desktop.counting import Counting
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.sample_dialog import SampleChoice
from labelmend_desktop.session import Session


@dataclass(frozen=True)
class LeadVerbs:
    """Asks by ``prompts``, tells the session."""

    session: Session
    prompts: Prompts
    counting: Counting

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {"review_rules": self._change_policy, "draw_sample": self._draw_sample}

    def _change_policy(self) -> None:
        project = self.session.project
        if project is None:
            return
        before = policy_of(project)
        after = self.prompts.policy(before)
        if after is None or after == before:
            return
        if self.session.apply(lambda p: p.apply(change_policy(p, after))):
            self.session.said.emit("The rules of review are saved; Z takes that back.")

    def _draw_sample(self) -> None:
        if self.session.project is None:
            return
        choice = self.prompts.sample(known=partial(self.counting.begin, drawable))
        drew = "" if choice is None else self.session.draw(partial(_step_of, choice=choice))
        if drew:
            self.session.set_queue("review")
            self.session.said.emit(f"Done: {drew}.")


def _step_of(project: Project, *, choice: SampleChoice) -> Step:
    if choice.audit:
        return draw_audit(project, choice.audit, seed=choice.seed)
    if choice.rest:
        return draw_rest(project)
    if choice.plan is not None:
        limit, sure = choice.plan
        return draw_planned(project, limit=limit, sure=sure, seed=choice.seed)
    return draw_sample(project, choice.rates, seed=choice.seed)
