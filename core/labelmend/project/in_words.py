"""Says in words who said what about an issue, and what was changed under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import BadFile
from labelmend.find.issues import DUPLICATE
from labelmend.geometry import masks
from labelmend.geometry.polygons import Parts
from labelmend.project.annotation import Annotation
from labelmend.project.history import NO_KEY
from labelmend.project.project import Project
from labelmend.project.versions import base_of
from labelmend.review.states import Standing

_LEAST: Final = 0.05
"""Pixels from which a side is said to have moved."""
_VERDICTS: Final = {
    "accepted": "Accepted",
    "fixed": "Fixed by hand",
    "dismissed": "Called no error",
    "ambiguous": "Could not be told",
}
_SAID: Final = {"dismissed": "not an error", "ambiguous": "cannot tell"}


def standing_in_words(standing: Standing) -> str:
    """One line, such as "Accepted by Ada · rejected by Rev"; empty for an issue that nobody has judged."""
    if not standing.verdict:
        return f"Sent back by {standing.expert}" if standing.expert else ""
    several = () if standing.annotator else standing.authors
    if standing.status == "conflict":
        return f"Conflict between {' and '.join(standing.authors)}"
    who = standing.annotator or standing.corrected or standing.expert
    parts = [f"{_VERDICTS[standing.verdict]} by {who}"]
    if len(several) > 1:
        parts = [f"Changed differently by {', '.join(several)}"]
    if standing.status == "in_review":
        told = standing.corrected not in ("", standing.first)  # a second reviewer is not to know
        parts.append(f"in review, corrected by {standing.corrected}" if told else "in review")
    elif standing.status in ("approved", "rejected"):
        corrected = " with a correction" if standing.corrected and standing.status == "approved" else ""
        parts.append(f"{standing.status}{corrected} by {standing.reviewer}")
    elif standing.reviewer:
        parts.append(
            f"reviewed by {standing.reviewer}"
        )  # who may have approved it before a blind second look
    if standing.status == "decided":
        parts.append(f"decided by {standing.expert}")
    elif standing.status == "flagged":
        parts.append(f"sent back by {standing.expert}")
    return " · ".join(parts)


def since_in_words(project: Project, row: int) -> str:
    """What became of the suspect of an issue (a row of `project.issues`) since it was found, other than
    under this issue: its reason tells of how it was. Empty where it is as it was."""
    table, issue = project.issues, int(project.issues.id[row])
    key, other = int(table.annotation[row]), int(table.other[row])
    if key == NO_KEY or table.is_card(row):
        return ""
    now = project.annotation(key)
    if key not in project.state.before(issue):
        if now is None:
            return "This label was deleted since this was found."
        if now.category != table.category[row] or not _same_box(now.bbox, table.bbox[row]):
            return "This label was changed since this was found: what is said here is of how it was."
    if table.kind[row] == DUPLICATE and other != NO_KEY and project.record(other) is None:
        return "The other label was deleted since this was found."
    return ""


def _same_box(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(np.array_equal(a, b, equal_nan=True))


def case_in_words(project: Project, row: int) -> list[str]:
    """What a case (a row of `project.issues`) is about: the label as it was, and as it is now where something
    was changed, each with class and place."""
    issue, key = int(project.issues.id[row]), int(project.issues.annotation[row])
    changed = project.state.before(issue)
    came = {each: was for each, was in changed.items() if was is not None or project.record(each) is not None}
    before = came or changed  # what was added and put back again is not told beside others
    labels = before if before or key == NO_KEY else {key: project.record(key)}
    was = [_in_words(project, each, record) for each, record in labels.items()]
    now = [_in_words(project, each, project.record(each)) for each in before]
    if now == was:
        now = []
    told = {"Original": was, "Now": now}
    return [f"{name}: {'; '.join(words)}" for name, words in told.items() if words]


def _in_words(project: Project, key: int, record: bytes | None) -> str:
    if record is None:
        return "no label"
    label, names = project.read_annotation(key, record), project.categories.name
    name = names[label.category] if 0 <= label.category < len(names) else "unknown class"
    x, y, w, h = label.bbox.tolist()
    form = "" if _form(label) == "box" else f"{_form(label)}, "
    return f"{name}, {form}{w:.1f} × {h:.1f} px at {x:.1f}, {y:.1f}"


def changes_in_words(project: Project, issue: int) -> str:
    """What was changed under an issue and not taken back, one line; empty when nothing was."""
    told = []
    for key, record in project.state.before(issue).items():
        before = project.read_annotation(key, record) if record is not None else None
        told.append(change_in_words(before, project.annotation(key), categories=project.categories.name))
    number = Counter(part for part in told if part)
    return "; ".join(part if n == 1 else f"{part} ({n} labels)" for part, n in number.items())


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
    if _form(before) != _form(now):
        parts.append(f"{_form(before)} made a {_form(now)}")
    elif not moved and _differ(before.polygons, now.polygons):
        parts.append("polygon reshaped")
    if before.rle is not None and now.rle is not None and before.rle != now.rle:
        parts.append(_repainted(before.rle, now.rle))
    return ", ".join(parts)


def _repainted(old: dict[str, Any], new: dict[str, Any]) -> str:
    """How a mask (COCO's dictionary) differs from what it was; pixels where both can be read."""
    try:
        height, width = old["size"]
        size = {"height": height, "width": width}
        was, now = (masks.counts(one, **size) for one in (old, new))
    except (BadFile, KeyError, TypeError, ValueError):
        return "another mask"
    areas, share = masks.areas([was, now]), masks.iou([was], [now], **size, crowd=[False])[0, 0]
    less, more = (round(each) for each in (areas - areas.sum() * share / (1 + share)).tolist())
    told = [f"{more:,} px added to the mask"] if more else []
    if less:
        told.append(f"{less:,} px taken off {'it' if more else 'the mask'}")
    return ", ".join(told) or "the same mask, written otherwise"


def _form(annotation: Annotation) -> str:
    return "polygon" if annotation.polygons else "box" if annotation.rle is None else "mask"


def _differ(before: Parts, now: Parts) -> bool:
    return len(before) != len(now) or any(
        a.shape != b.shape or (a != b).any() for a, b in zip(before, now, strict=True)
    )


def moves_in_words(old: NDArray[np.float64], new: NDArray[np.float64]) -> str:
    """How the sides of a box (4,) xywh moved, such as "left side 14.0 px right", or of a box that kept its
    size, how it did, such as "14.0 px right"; empty when none did."""
    if not np.isfinite(old).all():
        return f"to {new[2]:.0f} × {new[3]:.0f} px"
    if (np.abs(new[2:] - old[2:]) < _LEAST).all():
        ways = ((new[0] - old[0], "right", "left"), (new[1] - old[1], "down", "up"))
        return ", ".join(_way(by, onward, back) for by, onward, back in ways if abs(by) >= _LEAST)
    sides = (
        ("left side", new[0] - old[0], "right", "left"),
        ("top", new[1] - old[1], "down", "up"),
        ("right side", new[0] + new[2] - old[0] - old[2], "right", "left"),
        ("bottom", new[1] + new[3] - old[1] - old[3], "down", "up"),
    )
    return ", ".join(
        f"{side} {_way(by, onward, back)}" for side, by, onward, back in sides if abs(by) >= _LEAST
    )


def _way(by: float, onward: str, back: str) -> str:
    return f"{abs(by):.1f} px {onward if by > 0 else back}"


def versions_in_words(project: Project, issue: int) -> list[str]:
    """What each of the versions of a label makes of the labels as they were before."""
    base, names, told = base_of(project, issue), project.categories.name, []
    for version in project.state.versions_of(issue):
        parts = []
        for key, record in version.records:
            pair = (
                None if each is None else project.read_annotation(key, each) for each in (base[key], record)
            )
            parts.append(change_in_words(*pair, categories=names))
        told.append("; ".join(part for part in parts if part) or "changed nothing")
    return told


def said_in_words(said: Iterable[tuple[str, str]]) -> str:
    """Who said what of a label, such as "Ann: cannot tell · Rev: rejected"."""
    return " · ".join(f"{who}: {_SAID.get(word, word)}" for who, word in said)
