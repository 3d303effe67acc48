"""The labels behind the agreement of each two people, and what a thread needs to tell it."""

from collections import defaultdict
from copy import copy
from dataclasses import replace

import numpy as np

from labelmend.project.agreeing import How, judged_by_both
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
    for one in judged_by_both(project):
        found[one.one, one.other, one.how].append(one.issue)
    return {pair: np.array(sorted(set(issues)), np.int64) for pair, issues in found.items()}
