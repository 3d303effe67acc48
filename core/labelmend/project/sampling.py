"""The review sample as steps: what it is drawn from, what is drawn, and which batches their plans accept."""

import statistics
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final

import msgspec
import numpy as np

from labelmend.errors import Refused
from labelmend.project.history import Draw, Step
from labelmend.project.looks import lookable
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.review.acceptance import Plan, plan
from labelmend.review.rules import looks_differ, require_lead
from labelmend.review.sampling import CHANGES, Change, Finished, Rates, Stratum, draw_again, draw_strata
from labelmend.review.states import STATUS_INDEX, Role, Standing

LATEST, PAUSE, FEWEST = 200, 300.0, 5
"""Reviews that tell the pace, seconds after which somebody was away, and how few gaps tell nothing."""


def finished(project: Project) -> list[Finished]:
    """Every issue that was fixed or dismissed since the last draw; cards are no labels, and left out."""
    table, standings = project.issues, project.state.standings
    rows = table.rows_in("done")
    rows = rows[np.isin(table.status[rows], [STATUS_INDEX["fixed"], STATUS_INDEX["dismissed"]])]
    columns = (column[rows].tolist() for column in (table.id, table.category))
    return [
        Finished(issue, *_seen(project, issue, category), standing.annotator)
        for row, issue, category in sorted(zip(rows.tolist(), *columns, strict=True), key=itemgetter(1))
        if (standing := standings.get(issue)) is not None and not table.is_card(row)
    ]


def draw_sample(project: Project, rates: Rates, *, seed: int) -> Step:
    """Draw the review sample from everything finished since the last draw (applied as op "draw").

    Raises Refused when there is nothing to draw from, or somebody else than the lead draws.
    """
    require_lead(project.actor, "draw a sample")
    labels = finished(project)
    if not labels:
        raise Refused("Nothing was fixed or dismissed since the last draw: there is nothing to review.")
    return _drawn(project, draw_strata(labels, rates, seed), rates, seed, _by_class(labels))


def draw_planned(project: Project, *, limit: float, sure: float, seed: int) -> Step:
    """Draw of each class as many labels as a plan needs (see review/acceptance.py). Raises Refused."""
    require_lead(project.actor, "draw a sample")
    labels = finished(project)
    if not labels:
        raise Refused("Nothing was fixed or dismissed since the last draw: there is nothing to review.")
    plans = plans_of(Counter(label.category for label in labels), limit=limit, sure=sure)
    rates = Rates(0.0, classes={name: one.sample / one.size for name, one in plans.items()})
    return _drawn(project, draw_strata(labels, rates, seed), rates, seed, _by_class(labels), plans)


def plans_of(sizes: Mapping[str, int], *, limit: float, sure: float) -> dict[str, Plan]:
    """The plan of each class that has so many labels. Raises Refused."""
    return {name: plan(size, limit=limit, sure=sure) for name, size in sizes.items()}


def draw_rest(project: Project) -> Step:
    """Draw all that was left undrawn of every batch that its plan does not accept. Raises Refused."""
    require_lead(project.actor, "draw a sample")
    refused = {batch.category: batch.rest for batch in batches(project) if batch.refused}
    classes = {name: tuple(n for n in rest if _is_done(project, n)) for name, rest in refused.items()}
    rest = [issue for issues in classes.values() for issue in issues]
    if not rest:
        raise Refused("No class has more wrong labels in its sample than its plan allows, or all are drawn.")
    stratum = Stratum("the rest of what was not accepted", 1.0, tuple(rest), tuple(rest))
    return _drawn(project, [stratum], Rates(1.0), 0, classes)


def _is_done(project: Project, issue: int) -> bool:
    """Whether a label that was not drawn is still to be drawn: nobody came back to it."""
    return project.standing(issue).status == "done"


def _by_class(labels: list[Finished]) -> dict[str, tuple[int, ...]]:
    """The issues of each class."""
    classes: dict[str, list[int]] = {}
    for label in labels:
        classes.setdefault(label.category, []).append(label.issue)
    return {name: tuple(issues) for name, issues in classes.items()}


def pace(project: Project, role: Role = "reviewer") -> float | None:
    """Seconds that a label takes people in this role: the mean of the latest without a pause, in which the
    few that take long count in full; None while there are few."""
    times = [datetime.fromisoformat(at) for at in project.store.times_of(role, LATEST)]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    gaps = [gap for gap in gaps if 0 <= gap < PAUSE]  # what was merged comes in later than it was done
    return statistics.fmean(gaps) if len(gaps) >= FEWEST else None


class Batch(msgspec.Struct, frozen=True):
    """How the review of one class of the last planned draw goes: its plan, and numbers of its sample.

    rest: the issues that were not drawn; left: how many of them nobody will review as things are.
    """

    category: str
    plan: Plan
    open: int
    wrong: int
    rest: tuple[int, ...]
    left: int

    @property
    def refused(self) -> bool:
        """Whether more are wrong than the plan allows."""
        return self.wrong > self.plan.most

    @property
    def sentence(self) -> str:
        """Whether the batch is accepted, and what that says and does not say."""
        told, sample, of = self.plan, f"{self.wrong:,} of {self.plan.sample:,} wrong", f"{self.plan.size:,}"
        if self.refused:
            todo = f"Review the other {self.left:,} too." if self.left else "All were drawn."
            return f"{self.category}: not accepted: {sample}, at most {told.most:,} may be. {todo}"
        if self.open:
            return f"{self.category}: {self.open:,} still to review; {sample}, at most {told.most:,} may be."
        if told.sample == told.size:
            return f"{self.category}: accepted: all {of} were reviewed, {self.wrong:,} were wrong."
        return (
            f"{self.category}: accepted: {sample}, at most {told.most:,} may be. "
            f"It is {100 * told.sure:.3g} % sure that at most {100 * told.limit:.3g} % of the {of} labels "
            "are wrong; not that none is."
        )


def batches(project: Project) -> list[Batch]:
    """The batches of the last draw that had plans, class by class; empty without one."""
    return [] if project.state.planned is None else batches_of(project, project.state.planned)


def batches_of(project: Project, draw: Draw) -> list[Batch]:
    """The batches of a draw that had plans, as they stand now."""
    out = []
    for stratum in draw.strata:
        category = stratum.title.removeprefix("class ")
        standings = [project.standing(issue) for issue in stratum.drawn]
        rest = tuple(sorted(set(stratum.frame) - set(stratum.drawn)))
        still = sum(is_open(one) for one in standings)
        wrong = sum(is_wrong(one) for one in standings)
        left = sum(project.standing(issue).status == "done" for issue in rest)
        out.append(Batch(category, draw.plans[category], still, wrong, rest, left))
    return out


def is_open(standing: Standing) -> bool:
    """Whether a drawn label is still to be judged: by its reviewer, or by the expert where several changed it
    in packages and no reviewer has spoken, or somebody who judged it blind saw it otherwise."""
    return standing.status in ("in_review", "conflict") or looks_differ(standing)


def is_wrong(standing: Standing) -> bool:
    """Whether a drawn label was corrected by who reviewed it, or rejected and no expert let it stand.

    What a merge put under another issue is judged there, and is not wrong here.
    """
    if is_open(standing) or standing.outcome == "merged":
        return False
    decided = standing.status == "decided" and standing.outcome == "fix stands"
    stood = decided or standing.status == "approved"
    return bool(standing.corrected) or not stood


def _drawn(
    project: Project,
    strata: list[Stratum],
    rates: Rates,
    seed: int,
    classes: dict[str, tuple[int, ...]],
    plans: dict[str, Plan] | None = None,
) -> Step:
    """The draw; what is looked at twice is drawn with it, before anybody looks."""
    frame = tuple(sorted(issue for one in strata for issue in one.frame))
    drawn = tuple(sorted(issue for one in strata for issue in one.drawn))
    policy = policy_of(project)
    second = draw_again(drawn, rate=policy.second, seed=seed, what="second review")
    shown = tuple(lookable(project, frame)) if policy.blind else ()
    blind = draw_again(shown, rate=policy.blind, seed=seed, what="blind second look")
    asked = sorted({(one.limit, one.sure) for one in (plans or {}).values()})
    parts = [f"at most {100 * most:.3g} % wrong, {100 * sure:.3g} % sure" for most, sure in asked]
    parts += [f"{100 * one.rate:.3g} % of {one.title}" for one in strata]
    again = ((second, "of them by a second reviewer too"), (blind, "to be judged blind once more"))
    parts += [f"{len(one.drawn):,} {how}" for one, how in again if one is not None]
    title = f"draw {len(drawn):,} of {len(frame):,} for review ({', '.join(parts)}; seed {seed})"
    kept = Draw(rates.every, seed, frame, drawn, rates, tuple(strata), plans or {}, second, blind, classes)
    return Step(title=title, draw=kept)


class _OfClass(msgspec.Struct, gc=False):
    """What is read of a record here: there may be a hundred thousand."""

    category_id: Any = None


_DECODER: Final = msgspec.json.Decoder(_OfClass)


def _seen(project: Project, issue: int, category: int) -> tuple[str, Change]:
    """The class that the label of an issue has now or had last, and the most telling thing that was done.

    category: the row of the issue's own class.
    """
    done = set[Change]()
    for key, before in project.state.before(issue).items():
        now = project.record(key)
        was, is_now = (None if one is None else _DECODER.decode(one).category_id for one in (before, now))
        if before is None or now is None:
            done |= {"added" if before is None else "deleted"} if before is not now else set()
        elif before != now:
            done.add("class" if was != is_now else "shape")
        category = project.category_ids.row_of(was if now is None else is_now)
    names = project.categories.name
    name = names[category] if 0 <= category < len(names) else "unknown class"
    return name, next((change for change in CHANGES if change in done), "kept")
