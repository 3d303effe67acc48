"""A project that people have worked on for some days: fixes, reviews, rejections and decisions by a seed."""

from datetime import UTC, datetime, timedelta

import numpy as np

from labelmend.errors import Refused
from labelmend.project import audit, queues, verbs
from labelmend.project.project import Project
from labelmend.project.sampling import draw_sample
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

ANNOTATORS = (("Ann", 0.04, 24), ("Bea", 0.1, 17), ("Carl", 0.3, 33))
"""Name, how often the reviewer says no, seconds for a label."""
REASONS = ("too loose", "wrong class", "part of it is missing", "no such object here")
REV, EXP, LEA = Actor("Rev", "reviewer"), Actor("Exp", "expert"), Actor("Lea", "lead")


class Clock:
    """The time that a project is told; put its `now` in the place of `labelmend.project.project.now`."""

    def __init__(self, at: datetime = datetime(2024, 3, 4, 8, tzinfo=UTC)) -> None:
        self.at = at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def now(self) -> str:
        return self.at.isoformat(timespec="milliseconds")


def work(project: Project, clock: Clock, *, days: int = 5, each: int = 60, seed: int = 0) -> None:
    """Every day each annotator judges `each` issues; a third is drawn, reviewed and decided."""
    rng, day = np.random.default_rng(seed), clock.at
    for number in range(days):
        for n, (name, _, seconds) in enumerate(ANNOTATORS):
            clock.at = day + timedelta(days=number, hours=n)
            project.work_as(Actor(name, "annotator"))
            judge(project, clock, rng, each, seconds)
        clock.at = day + timedelta(days=number, hours=6)
        project.work_as(LEA)
        project.apply(draw_sample(project, Rates(0.33), seed=number), op="draw")
        review(project, clock, rng, keep=0 if number < days - 1 else each // 3)
        decide(project, clock, rng, keep=number % 3)


def judge(project: Project, clock: Clock, rng: np.random.Generator, count: int, seconds: float) -> None:
    """Accept, dismiss or pass on issues, worst first."""
    rows = queues.waiting(project, "fix")
    rows = rows[np.argsort(-project.issues.score[rows], kind="stable")]
    for row in rows[: 2 * count].tolist():
        if count <= 0 or project.issues.is_card(row):
            continue
        issue, dice = int(project.issues.id[row]), rng.random()
        clock.wait(float(rng.gamma(4, seconds / 4)))
        act = verbs.accept if dice < project.issues.score[row] else verbs.dismiss
        try:
            project.apply((verbs.ambiguous if dice > 0.97 else act)(project, issue))
        except Refused:
            continue
        count -= 1


def review(project: Project, clock: Clock, rng: np.random.Generator, *, keep: int) -> None:
    """Approve or reject what is in review, but for some."""
    project.work_as(REV)
    often = {name: share for name, share, _ in ANNOTATORS}
    rows = queues.waiting(project, "review")
    for row in rows[: max(len(rows) - keep, 0)].tolist():
        issue = int(project.issues.id[row])
        clock.wait(float(rng.gamma(4, 3)))
        if rng.random() < often.get(project.standing(issue).annotator, 0.02):
            reason = REASONS[int(rng.integers(0, 4) * rng.random() * 1.4) % 4]
            project.apply(verbs.reject(project, issue, reason=reason))
        else:
            project.apply(verbs.approve(project, issue))


def decide(project: Project, clock: Clock, rng: np.random.Generator, *, keep: int) -> None:
    """Decide what was rejected or passed on, but for some."""
    project.work_as(EXP)
    rows = queues.waiting(project, "expert")
    for row in rows[: max(len(rows) - keep, 0)].tolist():
        clock.wait(float(rng.gamma(4, 11)))
        outcome = "fix stands" if rng.random() < 0.4 else "original stands"
        try:
            project.apply(verbs.decide(project, int(project.issues.id[row]), outcome))
        except Refused:
            continue


def audited(project: Project, clock: Clock, *, count: int, seed: int = 0) -> None:
    """The lead draws an audit, the reviewer looks at it."""
    rng = np.random.default_rng(seed)
    project.work_as(LEA)
    project.apply(audit.draw_audit(project, count, seed=seed))
    review(project, clock, rng, keep=0)
