"""The labels behind the agreement of each two people, and what a thread needs to tell it."""

from collections import defaultdict
from copy import copy
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np

from labelmend.project.agreeing import How
from labelmend.project.looks import BLIND
from labelmend.project.project import Project
from labelmend.report.judgements import Ids


def frozen(project: Project) -> Project:
    """The project with all that `agreement_of` reads as it stands now, for a thread; cheap."""
    state, other = project.state, copy(project)
    other.state = replace(
        state,
        standings=dict(state.standings),
        opinions=dict(state.opinions),
        reviews=dict(state.reviews),
    )
    return other


def judged_twice(project: Project) -> dict[tuple[str, str, How], Ids]:
    """The issues that both of two people judged, by the names and the occasion of `agreement_of`'s pairs."""
    found: defaultdict[tuple[str, str, How], list[int]] = defaultdict(list)
    for (trial, issue), said in project.state.opinions.items():
        if trial == BLIND:
            for one in said:
                if one.first is not None:
                    found[one.first.who, one.own.who, "second look"].append(issue)
        else:
            names = sorted((one.own.who for one in said), key=str.casefold)
            for a, b in combinations(names, 2):
                found[a, b, "trial"].append(issue)
    for issue, reviews in project.state.reviews.items():
        for before, after in pairwise((None, *reviews)):
            if after is None:
                continue
            if before is not None and before.approved and before.reviewer != after.reviewer:
                found[before.reviewer, after.reviewer, "second review"].append(issue)
            found[after.annotator, after.reviewer, "review"].append(issue)
    return {pair: np.array(sorted(set(issues)), np.int64) for pair, issues in found.items()}
