"""Says in words who said what about an issue, and what was changed under it."""

from __future__ import annotations

from collections.abc import Sequence

from labelmend.project.annotation import Annotation
from labelmend.project.project import Project
from labelmend.review.states import Standing
from labelmend_desktop.review.in_words import moves_in_words

_VERDICTS = {
    "accepted": "Accepted",
    "fixed": "Fixed by hand",
    "dismissed": "Called no error",
    "ambiguous": "Not to be told",
}


def standing_in_words(standing: Standing) -> str:
    """One line, such as "Accepted by Ada · rejected by Rev"; empty for an issue that nobody has judged."""
    if not standing.verdict:
        return f"Sent back by {standing.expert}" if standing.expert else ""
    parts = [f"{_VERDICTS[standing.verdict]} by {standing.annotator}"]
    if standing.status == "in_review":
        parts.append("in review")
    elif standing.status in ("approved", "rejected"):
        parts.append(f"{standing.status} by {standing.reviewer}")
    elif standing.reviewer:
        parts.append(f"rejected by {standing.reviewer}")
    if standing.status == "decided":
        parts.append(f"decided by {standing.expert}")
    elif standing.status == "flagged":
        parts.append(f"sent back by {standing.expert}")
    return " · ".join(parts)


def changes_in_words(project: Project, issue: int) -> str:
    """What was changed under an issue and not taken back, one line; empty when nothing was."""
    told = []
    for key, record in project.state.before(issue).items():
        before = project.read_annotation(key, record) if record is not None else None
        told.append(change_in_words(before, project.annotation(key), categories=project.categories.name))
    return "; ".join(part for part in told if part)


def change_in_words(before: Annotation | None, now: Annotation | None, *, categories: Sequence[str]) -> str:
    """What became of one annotation."""

    def name(annotation: Annotation) -> str:
        return (
            categories[annotation.category] if 0 <= annotation.category < len(categories) else "unknown class"
        )

    if now is None:
        return f"{name(before)} deleted" if before is not None else ""
    if before is None:
        return f"{name(now)} added, {now.bbox[2]:.0f} × {now.bbox[3]:.0f} px"
    parts = []
    if before.category != now.category:
        parts.append(f"{name(before)} made {name(now)}")
    moved = moves_in_words(before.bbox, now.bbox)
    if moved:
        parts.append(f"moved {moved}")
    elif len(before.polygons) != len(now.polygons) or any(
        a.shape != b.shape or (a != b).any() for a, b in zip(before.polygons, now.polygons, strict=True)
    ):
        parts.append("polygon reshaped")
    if before.rle is not None and now.rle is not None and before.rle != now.rle:
        parts.append("another mask")
    return ", ".join(parts)
