"""Issues as records for scripts and lists: ids and names as the COCO file has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.find.issues import FIX_MEMBERS, FIXES, KINDS, NO_FIX, NO_KEY, Issues
from labelmend.find.reasons.sentences import sentences

AT_ONCE = 1024
"""Issues whose records are made at a time."""


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
    return next(records_of(issues, np.array([row]), names=names, texts={row: text} if text else {}))


def records_of(
    issues: Issues, rows: NDArray[np.int64], *, names: Names, texts: Mapping[int, str]
) -> Iterator[Issue]:
    """`record_of` of many rows (k,), made a portion at a time; texts: by row, those reasons."""
    for some in portions(rows):
        yield from map(Issue, *columns_of(issues, some, names=names, texts=texts).values())


def portions(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Some rows (k,), a portion at a time: as many as make the columns' part of the work small."""
    return (rows[k : k + AT_ONCE] for k in range(0, len(rows), AT_ONCE))


def columns_of(
    issues: Issues, rows: NDArray[np.int64], *, names: Names, texts: Mapping[int, str]
) -> dict[str, list[Any]]:
    """The records of some rows (k,) column by column, k values each, by the names of Issue and in their
    order."""
    name_of = [*names.categories, None].__getitem__  # -1 is no class
    keys, images = issues.annotation[rows].tolist(), issues.image[rows].tolist()
    return {
        "kind": list(map(KINDS.__getitem__, issues.kind[rows].tolist())),
        "image_id": [names.image(image) if image >= 0 else None for image in images],
        "annotation_id": [None if key == NO_KEY else names.annotation(key) for key in keys],
        "bbox": _boxes(issues.bbox[rows]),
        "score": [round(score, 6) for score in issues.score[rows].tolist()],
        "category": list(map(name_of, issues.category[rows].tolist())),
        "reason": _reasons(issues, rows, names, texts),
        "suggestion": _suggestions(issues, rows, names),
        "cluster": [cluster if cluster >= 0 else None for cluster in issues.cluster[rows].tolist()],
    }


def _reasons(issues: Issues, rows: NDArray[np.int64], names: Names, texts: Mapping[int, str]) -> list[str]:
    written = [texts.get(row) for row in rows.tolist()] if texts else [None] * len(rows)
    said = iter(
        sentences(
            issues,
            rows[[not text for text in written]],
            categories=names.categories,
            name=lambda key: str(names.annotation(key)),
            file=lambda image: names.files[image],
        )
    )
    return [text or next(said) for text in written]


def _suggestions(issues: Issues, rows: NDArray[np.int64], names: Names) -> list[dict[str, Any] | None]:
    columns = issues.fix, issues.fix_category, issues.annotation, issues.image, issues.detection
    numbers = zip(*(column[rows].tolist() for column in columns), strict=True)
    boxes = _boxes(issues.fix_bbox[rows])
    return [_suggestion(names, box, *each) for box, each in zip(boxes, numbers, strict=True)]


def _suggestion(
    names: Names, box: list[float] | None, fix: int, category: int, key: int, image: int, detection: int
) -> dict[str, Any] | None:
    if fix == NO_FIX:
        return None
    told: dict[str, Any] = {"fix": FIXES[fix]}
    if fix == FIX_MEMBERS:
        return told
    if box is not None:
        told["bbox"] = box
        if key == NO_KEY or names.outlined(key):
            seen = names.mask(image, detection)
            told |= {"segmentation": seen} if seen else {}
    if category >= 0:
        told |= {"category": names.categories[category], "category_id": names.category(category)}
    return told


def _boxes(boxes: NDArray[np.float64]) -> list[list[float] | None]:
    """Boxes (k, 4) as records have them; None where a number is missing."""
    known: list[bool] = np.asarray(np.isfinite(boxes).all(axis=1)).tolist()
    return [box if whole else None for box, whole in zip(np.round(boxes, 2).tolist(), known, strict=True)]
