"""How far the people of a project agree, pair by pair, and how often they merely follow the model."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from labelmend.find.issues import FIXES, KINDS, NO_FIX
from labelmend.geometry.boxes import iou_pairs
from labelmend.project.comparing import Compared, compare
from labelmend.project.looks import BLIND, waiting
from labelmend.project.project import Project
from labelmend.review.agreement import Followed, Kappa, Overlap, kappa, overlap
from labelmend.review.opinions import Judged, Opinion
from labelmend.review.shares import wilson

How = Literal["second look", "trial", "second review", "review"]
_MODELS: Final = ("missing", "class", "location", "spurious")
"""The kinds of issues that say what a model sees instead."""


class Pair(msgspec.Struct, frozen=True):
    """How far two people agree about n labels that both judged.

    how: on what occasion; `one` is who judged first where that matters. agreed: of how many both said the
    same, in a word (no error, changed, deleted, cannot tell; approved or not). classes: over the labels that
    both left there, shapes likewise.
    """

    one: str
    other: str
    how: How
    n: int
    agreed: int
    verdicts: Kappa
    classes: Kappa | None = None
    shapes: Overlap | None = None

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share of verdicts alike, 95 %."""
        return wilson(self.agreed, self.n)

    @property
    def sentence(self) -> str:
        """The pair in one line."""
        low, high = self.interval
        told = (
            f"{self.one} and {self.other}, {self.how}: {self.agreed:,} of {self.n:,} verdicts alike "
            f"({100 * low:.0f} to {100 * high:.0f} %, 95 % sure), {self.verdicts.sentence}"
        )
        if self.classes is not None and self.classes.n:
            alike = round(self.classes.observed * self.classes.n)
            told += f"; class alike {alike:,} of {self.classes.n:,}, {self.classes.sentence}"
        if self.shapes is not None and self.shapes.n:
            told += f"; mean IoU {self.shapes.mean:.2f}, median {self.shapes.median:.2f}"
        return f"{told}."


class Agreement(msgspec.Struct, frozen=True):
    """All pairs, who disagree most first; who followed the model; what still waits to be judged twice."""

    pairs: tuple[Pair, ...]
    followed: Followed
    looks_left: int
    seconds_left: int


def agreement_of(project: Project) -> Agreement:
    """How far the people of a project agree."""
    pairs = sorted(_pairs(project), key=lambda pair: (pair.agreed / pair.n, -pair.n, pair.one, pair.other))
    standings = project.state.standings.values()
    seconds = sum(one is not None and one.second and one.status == "in_review" for one in standings)
    return Agreement(tuple(pairs), followed(project), len(waiting(project, everybody=True)), seconds)


# -------------------------------------------------------------------- pairs
class _Names:
    """A person by the name that was met first: names may differ in case and outer spaces."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._first:
            self._first[name] = self._first.setdefault(name.strip().casefold(), name)
        return self._first[name]


def _looks(project: Project) -> Iterator[tuple[Opinion, Judged]]:
    for (trial, _), said in project.state.opinions.items():
        for one in said if trial == BLIND else ():
            if one.first is not None:
                yield one, one.first


class Both(NamedTuple):
    """An issue that two people judged: who, on what occasion, and what the two made of its label, or (of
    reviews) whether the other approved it."""

    one: str
    other: str
    how: How
    issue: int
    made: tuple[int, Judged, Judged] | None
    approved: bool = False


def judged_by_both(project: Project) -> Iterator[Both]:
    """All that any two people judged, the labels' keys with what they made of them."""
    named = _Names()
    for one, first in _looks(project):
        yield Both(named[first.who], named[one.own.who], "second look", one.issue, (one.key, first, one.own))
    for (trial, issue), answers in project.state.opinions.items():
        people = sorted(answers, key=lambda one: one.own.who.casefold()) if trial != BLIND else []
        for a, b in combinations(people, 2):
            yield Both(named[a.own.who], named[b.own.who], "trial", issue, (a.key, a.own, b.own))
    for issue, said in project.state.reviews.items():
        for before, now in zip((None, *said), said, strict=False):
            reviewer = named[now.reviewer]
            if before is not None and before.approved and named[before.reviewer] != reviewer:
                yield Both(named[before.reviewer], reviewer, "second review", issue, None, now.approved)
            yield Both(named[now.annotator], reviewer, "review", issue, None, now.approved)


def _pairs(project: Project) -> list[Pair]:
    groups: dict[tuple[str, str, How], list[Both]] = {}
    for one in judged_by_both(project):
        groups.setdefault((one.one, one.other, one.how), []).append(one)
    pairs = []
    for who, group in groups.items():
        told = [compare(project, *one.made) for one in group if one.made is not None]
        pairs.append(_pair(*who, told) if told else _reviewed(*who, [one.approved for one in group]))
    return pairs


def _pair(one: str, other: str, how: How, told: list[Compared]) -> Pair:
    words = [compared.words for compared in told]
    classes = [compared.classes for compared in told if compared.classes is not None]
    shares = [compared.iou for compared in told if compared.iou is not None]
    agreed = sum(a == b for a, b in words)
    return Pair(one, other, how, len(told), agreed, kappa(words), kappa(classes), overlap(shares))


def _reviewed(one: str, other: str, how: How, approved: list[bool]) -> Pair:
    agreed, n = sum(approved), len(approved)
    why = {
        "review": "the reviewer saw the other's answer",
        "second review": "the first approved all that the second saw",
    }
    return Pair(one, other, how, n, agreed, Kappa(n, agreed / n, float("nan"), why=why[how]))


# -------------------------------------------------------------------- who followed the model
def followed(project: Project) -> Followed:
    """Of the labels that were judged blind too: how often people did as the model suggests."""
    counts = {(seen, blind): 0 for seen in (True, False) for blind in (True, False)}
    for one, first in _looks(project):
        did = [_does(project, one, judged) for judged in (first, one.own)]
        if did[0] is not None and did[1] is not None:
            counts[did[0], did[1]] += 1
    return Followed(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _does(project: Project, about: Opinion, judged: Judged) -> bool | None:
    """Whether somebody did as the model suggests: added a label, deleted it, gave it that class, or a shape
    that is nearer to the model's than the label was; None where no model suggests anything."""
    columns, row = project.issues.columns, project.issues.row_of(about.issue)
    if row < 0 or KINDS[int(columns.kind[row])] not in _MODELS or columns.fix[row] == NO_FIX:
        return None
    if columns.code[row]:
        return None  # told by the record or the picture: no model was asked
    fix = FIXES[int(columns.fix[row])]
    if fix == "members":
        return None
    if judged.verdict == "ambiguous":
        return False
    if fix == "create":
        return judged.record is not None
    if fix == "delete" or judged.record is None:
        return fix == "delete" and judged.record is None
    label = project.read_annotation(about.key, judged.record)
    if fix == "category":
        return label.category == int(columns.fix_category[row])
    was = project.dataset.annotations.bbox[about.key]
    near = iou_pairs(np.array([label.bbox, was]), np.array([columns.fix_bbox[row]] * 2))
    return bool(near[0] > near[1])
