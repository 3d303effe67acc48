"""Prints the issues of a project for other programs: one JSON object a line, or CSV."""

import csv
import json
from collections.abc import Iterator
from typing import Any, TextIO

import numpy as np

from labelmend.project.history import NO_KEY
from labelmend.project.issue_table import GONE
from labelmend.project.project import Project

_COLUMNS = ("kind", "image_id", "annotation_id", "bbox", "score", "category", "state", "reason")


def write_issues(project: Project, out: TextIO, *, form: str, top: int | None = None) -> None:
    """Write the issues, worst first; form is "jsonl" or "csv"."""
    rows = records(project, top=top)
    if form == "jsonl":
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        box = "" if row["bbox"] is None else " ".join(map(str, row["bbox"]))
        writer.writerow([box if name == "bbox" else row[name] for name in _COLUMNS])


def records(project: Project, *, top: int | None = None) -> Iterator[dict[str, Any]]:
    """One dictionary an issue, worst first; ids as the COCO file has them."""
    issues = project.issues
    present = np.flatnonzero(issues.status != GONE)
    for row in present[np.argsort(-issues.score[present], kind="stable")][:top].tolist():
        key, image = int(issues.annotation[row]), int(issues.image[row])
        box = issues.bbox[row]
        category = int(issues.category[row])
        yield {
            "kind": issues.kind_of(row),
            "image_id": project.image_ids.id_of(image) if image >= 0 else None,
            "annotation_id": None if key == NO_KEY else project.id_of(key),
            "bbox": np.round(box, 2).tolist() if np.isfinite(box).all() else None,
            "score": round(float(issues.score[row]), 6),
            "category": project.categories.name[category] if category >= 0 else None,
            "state": issues.status_of(row),
            "reason": issues.sentence(row),
        }
