"""What can be drawn for review, counted for whoever chooses how much of it is."""

from collections import Counter
from dataclasses import dataclass

from labelmend.progress import Progress, silent
from labelmend.project.audit import left, unflagged
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.project.sampling import batches, finished, pace
from labelmend.review.sampling import Change


@dataclass(frozen=True)
class Drawable:
    """The labels that can be drawn, and how what was drawn before fares.

    labels: how many were finished since the last draw, by class, kind of change and annotator. fares: of each
    batch of the last acceptance plans, and of the last audit, how it stands, in a sentence. rest: how many
    labels of refused batches nobody will review as things are. unflagged: how many nothing was said of.
    pace: seconds that a review takes, None where too few tell; ``as_fixed``: it is how long fixing takes, for
    too few were reviewed. second: of those drawn, the share that a second person reviews too; blind: of all,
    the share that is judged blind once more. Both are drawn with them, as the rules have it.
    """

    labels: Counter[tuple[str, Change, str]]
    fares: tuple[str, ...] = ()
    rest: int = 0
    unflagged: int = 0
    pace: float | None = None
    as_fixed: bool = False
    second: float = 0.0
    blind: float = 0.0


def drawable(project: Project, *, progress: Progress = silent) -> Drawable:
    """What can be drawn of a project as it stands."""
    labels = Counter((one.category, one.change, one.annotator) for one in finished(project))
    progress(1, 2)
    drawn = sorted(batches(project), key=lambda one: (not one.refused, not one.open))
    reviewed, policy = pace(project), policy_of(project)
    told = Drawable(
        labels,
        (*(one.sentence for one in drawn), *(one.sentence for one in left(project))),
        sum(batch.left for batch in drawn if batch.refused),
        len(unflagged(project)),
        reviewed or pace(project, "annotator"),
        as_fixed=reviewed is None,
        second=policy.second,
        blind=policy.blind,
    )
    progress(2, 2)
    return told
