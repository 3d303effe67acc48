"""Issues as records: one after the other for a script, as JSON lines or CSV for other programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TextIO

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.find.explain import sentence
from labelmend.find.issues import FIX_MEMBERS, FIXES, KINDS, NO_FIX, NO_KEY, Issues

Form = Literal["jsonl", "csv"]
FORMS: tuple[Form, ...] = ("jsonl", "csv")


@dataclass(frozen=True, slots=True)
class Issue:
    """One suspected label error, ids and names as the COCO file has them.

    kind: missing, spurious, class, location, duplicate or structure. image_id: None when the file has no
    such image. annotation_id: None for a missing label and for a fault of no annotation. bbox: where to look,
    [x, y, width, height] in pixels from the top left, or None. score: the probability that the label is
    wrong, 0 to 1. category: the annotation's class, of a missing label the proposed one; None when unknown.
    reason: why, in one sentence. cluster: the number of the systematic error that it is part of, or None;
    the one of kind structure stands for all the others. suggestion: the best fix, or None:

        {"fix": "create", "bbox": [x, y, width, height], "category": "dog", "category_id": 18}
        {"fix": "delete"}
        {"fix": "category", "category": "dog", "category_id": 18}
        {"fix": "bbox", "bbox": [x, y, width, height]}
        {"fix": "outline"}    the polygon in parts that do not cross themselves
        {"fix": "members"}    what the other issues of the cluster suggest

    Where the detection has a mask, and the label an outline or there is no label yet, "create" and "bbox"
    hold it too, to be used instead of the box: "segmentation": {"size": [height, width], "counts": "..."}.
    """

    kind: str
    image_id: Any
    annotation_id: Any
    bbox: list[float] | None
    score: float
    category: str | None
    reason: str
    suggestion: dict[str, Any] | None
    cluster: int | None = None


@dataclass(frozen=True, repr=False)
class Names:
    """How a dataset calls what the columns name by row or key: ids as the file has them, names of classes and
    of files, and the masks of detections (by image row and detection) as COCO writes them.

    outlined: whether an annotation has an outline.
    """

    image: Callable[[int], Any]
    annotation: Callable[[int], Any]
    category: Callable[[int], Any]
    categories: Sequence[str]
    files: Sequence[str]
    mask: Callable[[int, int], dict[str, Any] | None]
    outlined: Callable[[int], bool]


def masks_of(
    detections: Detections | None, *, width: NDArray[np.float64], height: NDArray[np.float64]
) -> Callable[[int, int], dict[str, Any] | None]:
    """`Names.mask` of these detections; width, height (n images,) in pixels."""
    masks = None if detections is None else detections.masks

    def mask(image: int, detection: int) -> dict[str, Any] | None:
        if masks is None or detection < 0 or not (counts := masks[detection]):
            return None
        return {"size": [int(height[image]), int(width[image])], "counts": counts.decode("ascii")}

    return mask


def record_of(issues: Issues, row: int, *, names: Names, text: str = "") -> Issue:
    """Row `row` as a record; `text` is its reason where that does not follow from the columns."""
    key, image, category = int(issues.annotation[row]), int(issues.image[row]), int(issues.category[row])
    name = names.categories[category] if category >= 0 else None
    reason = text or sentence(
        issues,
        row,
        categories=names.categories,
        name=lambda other: str(names.annotation(other)),
        file=lambda image: names.files[image],
    )
    return Issue(
        kind=KINDS[int(issues.kind[row])],
        image_id=names.image(image) if image >= 0 else None,
        annotation_id=None if key == NO_KEY else names.annotation(key),
        bbox=_box(issues.bbox[row]),
        score=round(float(issues.score[row]), 6),
        category=name,
        reason=reason,
        suggestion=_suggestion(issues, row, names),
        cluster=int(issues.cluster[row]) if issues.cluster[row] >= 0 else None,
    )


def _suggestion(issues: Issues, row: int, names: Names) -> dict[str, Any] | None:
    fix, category = int(issues.fix[row]), int(issues.fix_category[row])
    if fix == NO_FIX:
        return None
    box = _box(issues.fix_bbox[row])
    told: dict[str, Any] = {"fix": FIXES[fix]}
    if fix == FIX_MEMBERS:
        return told
    if box is not None:
        told["bbox"] = box
        key = int(issues.annotation[row])
        if key == NO_KEY or names.outlined(key):
            seen = names.mask(int(issues.image[row]), int(issues.detection[row]))
            told |= {"segmentation": seen} if seen else {}
    if category >= 0:
        told |= {"category": names.categories[category], "category_id": names.category(category)}
    return told


def _box(box: NDArray[np.float64]) -> list[float] | None:
    return np.round(box, 2).tolist() if np.isfinite(box).all() else None


def write_records(
    rows: Iterable[dict[str, Any]], out: TextIO, *, form: Form, before: Sequence[str] = ()
) -> None:
    """Write rows as they come: a JSON object a line, or CSV with a head (boxes as x y w h); `before` names
    what they hold before COLUMNS. Raises ValueError for any other form."""
    if form not in FORMS:
        raise ValueError(f"form is one of {', '.join(FORMS)}, not {form}")
    if form == "jsonl":
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*before, *COLUMNS))
    for row in rows:
        writer.writerow(map(_cell, row.values()))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


COLUMNS = (
    "kind",
    "image_id",
    "annotation_id",
    "bbox",
    "score",
    "category",
    "state",
    "cluster",
    "reason",
    "suggestion",
)


def row_of(issue: Issue, *, state: str | None = "flagged") -> dict[str, Any]:
    """The record as a list of issues writes it: COLUMNS; state is where the issue stands in its project."""
    told = asdict(issue) | {"state": state}
    return {name: told[name] for name in COLUMNS}
