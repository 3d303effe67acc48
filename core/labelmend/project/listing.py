"""Lists the issues of a project for other programs, each with the state it is in."""

from collections.abc import Iterator
from typing import Any, TextIO

import numpy as np

from labelmend.coco.columns import NO_SHAPE
from labelmend.find.issues import CALLED, is_card
from labelmend.find.records import Form, Names, masks_of, record_of, row_of, write_records
from labelmend.project.history import AUDIT
from labelmend.project.issue_table import GONE
from labelmend.project.project import Project


def write_issues(project: Project, out: TextIO, *, form: Form, top: int | None = None) -> None:
    """Write the issues, worst first; form is "jsonl" or "csv"."""
    write_records(records(project, top=top), out, form=form, before=("issue",))


def records(project: Project, *, top: int | None = None) -> Iterator[dict[str, Any]]:
    """One dictionary an issue, worst first: its id here, then its record with ids as the file has them.

    Of equal scores the card of a systematic error comes before its members. Last come the labels that were
    drawn for an audit: of kind "audit" and without a score, for nothing is suspected of them.
    """
    issues, names = project.issues, names_of(project)
    audited = issues.called == CALLED.index(AUDIT)
    present = np.flatnonzero(issues.status != GONE)
    member = ~is_card(issues.columns)[present]
    for row in present[np.lexsort((member, -issues.score[present], audited[present]))][:top].tolist():
        text = issues.text(int(issues.id[row]))
        issue = record_of(issues.columns, row, names=names, text=text)
        told = {"issue": int(issues.id[row])} | row_of(issue, state=issues.status_of(row))
        yield told | ({"kind": AUDIT, "score": None} if audited[row] else {})


def names_of(project: Project) -> Names:
    """How the project's file calls its images, annotations and classes."""
    images, shape = project.images, project.dataset.annotations.shape
    detections = project.detections() if project.store.get("detections.masks") else None
    return Names(
        image=project.image_ids.id_of,
        annotation=project.id_of,
        category=project.category_ids.id_of,
        categories=project.categories.name,
        files=project.images.file_name,
        mask=masks_of(detections, width=images.width, height=images.height),
        outlined=lambda key: key < len(shape) and bool(shape[key] != NO_SHAPE),
    )
