"""The fixes that a report shows: those that changed most, and some of every kind chosen at random."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import msgspec
import numpy as np

from labelmend.geometry.boxes import iou_pairs
from labelmend.geometry.differences import difference
from labelmend.progress import Progress, silent
from labelmend.project.annotation import Annotation
from labelmend.project.in_words import changes_in_words, standing_in_words
from labelmend.project.project import Project
from labelmend.review.sampling import CHANGES, Change, draw

WORST, TYPICAL, SEED = 4, 2, 1
"""How many are shown of each sort of change and of each kind of issue, and the seed of the random ones."""
_AT_ONCE: Final = 1000
"""After so many fixes somebody may have pressed Cancel."""


@dataclass(frozen=True)
class Fix:
    """An issue under which labels differ now from what they were before it.

    change: the most telling thing that was done; by: how much, 0 to 1: 1 - IoU of a changed shape, 1 for all
    else. score: what the finder gave the issue, 0 where a person noted it. keys: the labels that differ.
    """

    issue: int
    kind: str
    change: Change
    by: float
    score: float
    keys: tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """A fix as a report shows it: in words, and with its labels before and after (None: there was none)."""

    fix: Fix
    image: int
    what: str
    why: str
    who: str
    state: str
    labels: tuple[tuple[Annotation | None, Annotation | None], ...]

    @property
    def iou(self) -> float | None:
        """Of the outline before and after, where one label has another shape; None for all else."""
        if self.fix.change != "shape" or len(self.labels) != 1:
            return None
        return _exact(*self.labels[0])


@dataclass(frozen=True)
class Chosen:
    """What a report shows: how many fixes stand by what was done, and the ones that it pictures."""

    number: dict[Change, int]
    worst: tuple[Shown, ...]
    typical: tuple[Shown, ...]


def choose(project: Project, *, progress: Progress = silent) -> Chosen:
    """The fixes of a project that a report shows; the same each time."""
    found = fixes(project, progress=progress)
    number = Counter(one.change for one in found)
    return Chosen(
        {change: number[change] for change in CHANGES if number[change]},
        tuple(shown(project, one) for one in worst(found)),
        tuple(shown(project, one) for one in typical(found)),
    )


def fix_numbers(project: Project, chosen: Chosen) -> dict[str, Any]:
    """The same as plain values, without pictures."""
    return {
        "number": sum(chosen.number.values()),
        "by_change": chosen.number,
        "each": {"worst": WORST, "typical": TYPICAL},
        "seed": SEED,
        "worst": [_plain(project, one) for one in chosen.worst],
        "typical": [_plain(project, one) for one in chosen.typical],
    }


def _plain(project: Project, one: Shown) -> dict[str, Any]:
    fix, files = one.fix, project.images.file_name
    return {
        "issue": fix.issue,
        "kind": fix.kind,
        "score": None if fix.issue in project.state.notes else fix.score,
        "change": fix.change,
        "iou": one.iou,
        "file": files[one.image] if one.image >= 0 else "(no image)",
        "annotation_id": project.id_of(fix.keys[0]),
        "what": one.what,
        "why": one.why,
        "who": one.who,
        "state": one.state,
    }


def fixes(project: Project, *, progress: Progress = silent) -> list[Fix]:
    """Every fix that stands, by the number of its issue."""
    table, notes = project.issues, project.state.notes
    found = []
    issues = sorted(project.state.touches)
    for number, issue in enumerate(issues):
        if number % _AT_ONCE == 0:
            progress(number, len(issues))
        before = project.state.before(issue)
        pairs = [(key, was, now) for key, was in before.items() if (now := project.record(key)) != was]
        if not pairs or (row := table.row_of(issue)) < 0:
            continue
        done = [change_of(was, now) for _, was, now in pairs]
        change, by = min(done, key=lambda one: (CHANGES.index(one[0]), -one[1]))
        score = 0.0 if issue in notes else float(table.score[row])
        found.append(Fix(issue, table.kind_of(row), change, by, score, tuple(key for key, *_ in pairs)))
    return found


def worst(found: Iterable[Fix], *, each: int = WORST) -> list[Fix]:
    """Of each sort of change those that changed most; among equals those of the highest score."""
    order = sorted(found, key=lambda one: (CHANGES.index(one.change), -one.by, -one.score, one.issue))
    return list(_first_of(order, lambda one: one.change, each))


def typical(found: Iterable[Fix], *, each: int = TYPICAL, seed: int = SEED) -> list[Fix]:
    """Some of each kind of issue, drawn at random by the seed."""
    out = []
    order = sorted(found, key=lambda one: (one.kind, one.issue))
    for _, group in groupby(order, key=lambda one: one.kind):
        of_kind = {one.issue: one for one in group}
        ids = np.array(list(of_kind), np.int64)
        drawn = draw(ids, rate=min(each / len(ids), 1.0), seed=seed)
        out += [of_kind[issue] for issue in drawn.tolist()]
    return out


def shown(project: Project, fix: Fix) -> Shown:
    """What a report says of a fix."""
    row = project.issues.row_of(fix.issue)
    before = project.state.before(fix.issue)
    labels = []
    for key in fix.keys:
        record = before[key]
        was = None if record is None else project.read_annotation(key, record)
        labels.append((was, project.annotation(key)))
    standing = project.standing(fix.issue)
    return Shown(
        fix,
        image=int(project.issues.image[row]),
        what=changes_in_words(project, fix.issue),
        why=project.issues.sentence(row),
        who=standing_in_words(standing),
        state=standing.status,
        labels=tuple(labels),
    )


def _exact(before: Annotation | None, after: Annotation | None) -> float | None:
    if before is None or after is None:
        return None
    if before.polygons and after.polygons:
        return difference(before.polygons, after.polygons).iou
    if before.rle is not None or after.rle is not None:
        return None
    return float(iou_pairs(before.bbox[None], after.bbox[None])[0])


class _Told(msgspec.Struct, gc=False):
    """What is read of a record here: there may be a hundred thousand."""

    category_id: Any = None
    bbox: Any = None
    area: Any = None


_DECODER: Final = msgspec.json.Decoder(_Told)


def change_of(was: bytes | None, now: bytes | None) -> tuple[Change, float]:
    """What was done to a label between two records of it, and how much, 0 to 1 (see Fix)."""
    if was is None or now is None:
        return ("added" if was is None else "deleted"), 1.0
    old, new = _DECODER.decode(was), _DECODER.decode(now)
    if old.category_id != new.category_id:
        return "class", 1.0
    return "shape", 1.0 - min(_iou(old.bbox, new.bbox), _ratio(old.area, new.area))


def _iou(old: Any, new: Any) -> float:
    """The IoU of two boxes as records have them; 0 where one is no box."""
    try:
        found = float(iou_pairs(np.array([old], float), np.array([new], float))[0])
    except (TypeError, ValueError, IndexError):
        return 0.0
    return found if np.isfinite(found) else 0.0


def _ratio(old: Any, new: Any) -> float:
    """The smaller area by the larger: it tells of an outline that changed within its box; 1 without areas."""
    areas = [float(one) for one in (old, new) if isinstance(one, (int, float)) and one > 0]
    return min(areas) / max(areas) if len(areas) == 2 else 1.0


def _first_of(order: Iterable[Fix], group: Callable[[Fix], str], each: int) -> Iterator[Fix]:
    for _, members in groupby(order, key=group):
        for number, one in enumerate(members):
            if number < each:
                yield one
